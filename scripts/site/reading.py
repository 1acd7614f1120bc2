"""How the reference shows what is peculiar to this project: an extension of griffe, which reads it.

- What `**arguments: Unpack[...]` stands for: parameters, each with its meaning. At run time, `help`
  and `inspect.signature` show the same ones, which `_config/signatures.py` declares.
- The examples in docstrings, which are Python and not prose.
"""

from __future__ import annotations

import re
from typing import Any, cast

from griffe import (
    Alias,
    Class,
    DocstringSectionKind,
    Expr,
    ExprSubscript,
    Extension,
    Function,
    GriffeLoader,
    Module,
    Object,
    Parameter,
    ParameterKind,
)

# Each leads to names of the other.
PACKAGES = ("stripe_invoice_payments_api", "stripe_invoice_payments")

# What reads everything there is takes no page.
_OF_A_PAGE = {"ending_before", "limit", "starting_after"}


_EXAMPLE = re.compile(r"(?<=^Example:\n)((?: {4}.*\n|\n)+)", re.MULTILINE)


class Reference(Extension):
    """Replaces that parameter of each function, as soon as what it leads to has been read."""

    def __init__(self) -> None:
        self._waiting: list[Function] = []

    def on_object(self, *, obj: Object, **_kwargs: Any) -> None:
        if obj.docstring is not None:
            text = f"{obj.docstring.value}\n"
            obj.docstring.value = _EXAMPLE.sub(_as_code, text).rstrip()

    def on_function(self, *, func: Function, **_kwargs: Any) -> None:
        if func.parameters and _typed_dict(list(func.parameters)[-1]) and not replace(func):
            self._waiting.append(func)

    def on_package(self, *, loader: GriffeLoader, **_kwargs: Any) -> None:
        for name in PACKAGES:
            if name not in loader.modules_collection:
                loader.load(name)
        self._waiting = [function for function in self._waiting if not replace(function)]


def replace(function: Function) -> bool:
    """Replace the last parameter; False if its type is in a package that was not read yet."""
    last = list(function.parameters)[-1]
    path = _typed_dict(last) or ""
    collection = function.modules_collection
    try:
        fields = _fields(collection[path])
    except KeyError:
        return False
    names = set(fields)
    if "max_outage" in names:
        names -= _OF_A_PAGE
    if "payment_id" in {parameter.name for parameter in function.parameters}:
        names.discard("payment")
    kept = {name: field for name, field in fields.items() if name in names}
    for signature in (function, *(function.overloads or ())):
        del signature.parameters[last.name]
        for name, (annotation, _) in kept.items():
            keyword = ParameterKind.keyword_only
            signature.parameters.add(
                Parameter(name, annotation=annotation, kind=keyword, default="...")
            )
    entries = [f"{name}: {meaning}" for name, (_, meaning) in kept.items()]
    for described in (function, function.parent):  # a class describes how it is made
        if described is not None and (described is function or function.name == "__init__"):
            _describe(described, last.name, entries)
    return True


def _as_code(example: re.Match[str]) -> str:
    return f"    ```python\n{example[0].rstrip()}\n    ```\n\n"


def _typed_dict(parameter: Parameter) -> str | None:
    """The path of what is unpacked in the annotation."""
    annotation = parameter.annotation
    if parameter.kind is not ParameterKind.var_keyword or not isinstance(annotation, ExprSubscript):
        return None
    if not annotation.canonical_path.endswith(".Unpack") or isinstance(annotation.slice, str):
        return None
    return annotation.slice.canonical_path


def _fields(found: Object | Alias) -> dict[str, tuple[str | Expr | None, str]]:
    """The keys of a `TypedDict`, those that it inherits first, with type and meaning."""
    cls = cast("Class", found.final_target if isinstance(found, Alias) else found)
    fields: dict[str, tuple[str | Expr | None, str]] = {}
    for base in cls.bases:
        path = base if isinstance(base, str) else base.canonical_path
        if not path.endswith(".TypedDict"):
            fields |= _fields(cls.modules_collection[path])
    meanings = _meanings(cls)
    for name, attribute in cls.attributes.items():
        if not attribute.is_alias:
            fields[name] = attribute.annotation, meanings[name]
    return fields


def _meanings(cls: Class) -> dict[str, str]:
    sections = [] if cls.docstring is None else cls.docstring.parse("google", warnings=False)
    return {
        attribute.name: attribute.description.replace("\n", " ")
        for section in sections
        if section.kind is DocstringSectionKind.attributes
        for attribute in section.value
    }


def _describe(function: Function | Class | Module, name: str, entries: list[str]) -> None:
    """Put the entries of the parameters in the place of one in the docstring."""
    if function.docstring is None:
        return
    lines = function.docstring.value.split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith(f"    **{name}:")]
    if not starts:
        return
    (start,) = starts
    end = start + 1
    while end < len(lines) and lines[end].startswith("        "):
        end += 1
    lines[start:end] = [f"    {entry}" for entry in entries]
    function.docstring.value = "\n".join(lines)
