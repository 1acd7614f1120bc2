"""What has changed in the rendered package, as `griffe` sees it.

griffe reads the sources and imports nothing. It finds what is gone and what has become required;
of the annotations, which it does not compare, `annotations` judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import griffe
from attrs import define

from ..pipeline.errors import PipelineError
from ..pipeline.files import differences
from .annotations import difference, expanded_level, passed_level, read_level
from .verdicts import Level

API_VERSION = "API_VERSION"


@define(frozen=True)
class ApiChange:
    """One difference between two packages.

    Attributes:
        symbol: The name in Python.
        text: What has happened to it.
        level: Which part of the version number it calls for.
        found_by: `griffe`, or `annotations` for what griffe does not look at.
    """

    symbol: str
    text: str
    level: Level
    found_by: str


@define(frozen=True)
class PythonApi:
    """How the public API of the rendered package has changed."""

    changes: tuple[ApiChange, ...]
    files: tuple[str, ...]

    @property
    def level(self) -> Level:
        levels = [change.level for change in self.changes]
        return max([*levels, Level.PATCH if self.files else Level.NONE])


def compare_packages(old: Path, new: Path) -> PythonApi:
    """Compare two versions of a package, each given by its directory."""
    before, after = _load(old), _load(new)
    changes = [
        *_breakages(before, after),
        *_annotations(before, after),
        *_added(before, after),
        *_constants(before, after),
    ]
    changes.sort(key=lambda change: (-change.level, change.symbol))
    return PythonApi(tuple(changes), tuple(differences(old, new)))


def public_names(package: Path) -> dict[str, set[str]]:
    """For each module of the package the names that can be imported from it."""
    loaded = _load(package)
    modules = {"": loaded, **loaded.modules}
    return {name: {*module.members} for name, module in modules.items()}


def _load(package: Path) -> griffe.Module:
    # `unpack_typeddict` turns the keys of a TypedDict into parameters, which griffe compares.
    loader = griffe.GriffeLoader(
        search_paths=[package.parent],
        extensions=griffe.load_extensions("unpack_typeddict"),
        allow_inspection=False,
    )
    try:
        loaded = loader.load(package.name, try_relative_path=False)
    except (griffe.GriffeError, ImportError) as error:
        raise PipelineError(
            str(package), f"griffe cannot read it ({error})", "Run `make regenerate` first"
        ) from error
    assert isinstance(loaded, griffe.Module)  # noqa: S101 - narrows the type
    return loaded


def _breakages(old: griffe.Module, new: griffe.Module) -> Iterator[ApiChange]:
    for breakage in griffe.find_breaking_changes(old, new):
        explained = breakage.explain(griffe.ExplanationStyle.MARKDOWN)
        title, _, text = explained.removeprefix("- `").partition("`: ")
        symbol = title.replace(".__init__(", "(")
        yield ApiChange(symbol, text.replace("*", ""), Level.MAJOR, "griffe")


def _annotations(old: griffe.Module, new: griffe.Module) -> Iterator[ApiChange]:
    before, after = dict(_annotated(old)), dict(_annotated(new))
    for symbol, text in before.items():
        now = after.get(symbol, text)
        if now != text:
            yield ApiChange(symbol, difference(text, now), _judge(symbol)(text, now), "annotations")


def _judge(symbol: str) -> Callable[[str, str], Level]:
    """What tells how bad it is that an annotation has changed."""
    if symbol.endswith(")"):
        return passed_level
    # The field behind it is open to further classes, so what it can be expanded to is as well.
    is_open = ".expanded_" in symbol
    return expanded_level if is_open else read_level


def _annotated(package: griffe.Module) -> Iterator[tuple[str, str]]:
    """The annotations of attributes, of results and, as `Class(key)`, of a TypedDict's keys."""
    for function in _functions(package):
        yield function.name, str(function.returns)
    for cls in _classes(package):
        for name, member in cls.members.items():
            if isinstance(member, griffe.Attribute) and member.is_public and member.annotation:
                yield f"{cls.name}.{name}", str(member.annotation)
            if isinstance(member, griffe.Function) and member.is_public and member.returns:
                yield f"{cls.name}.{name}", str(member.returns)
        if _is_typed_dict(cls) and isinstance(init := cls.members.get("__init__"), griffe.Function):
            for parameter in init.parameters:
                if parameter.annotation is not None:
                    yield f"{cls.name}({parameter.name})", str(parameter.annotation)


def _added(old: griffe.Module, new: griffe.Module) -> Iterator[ApiChange]:
    """What is new, without what is inside of something new."""
    before, after = dict(_names(old)), dict(_names(new))
    for name, holder in after.items():
        if name not in before and (not holder or holder in before):
            yield ApiChange(name, "new", Level.MINOR, "griffe")


def _names(package: griffe.Module) -> Iterator[tuple[str, str]]:
    """The public names, each with that of the class that it belongs to."""
    yield from ((function.name, "") for function in _functions(package))
    for cls in _classes(package):
        yield cls.name, ""
        yield from ((f"{cls.name}.{n}", cls.name) for n, m in cls.members.items() if m.is_public)
    for symbol, _ in _annotated(package):
        if symbol.endswith(")"):
            yield symbol, symbol.partition("(")[0]


def _constants(old: griffe.Module, new: griffe.Module) -> Iterator[ApiChange]:
    for name, attribute in old.attributes.items():
        now = new.attributes.get(name)
        if now is not None and attribute.is_public and str(now.value) != str(attribute.value):
            level = Level.MINOR if name == API_VERSION else Level.MAJOR
            yield ApiChange(name, f"{attribute.value} became {now.value}", level, "annotations")


def _functions(package: griffe.Module) -> Iterator[griffe.Function]:
    for module in package.modules.values():
        if not module.name.startswith("_"):
            for member in module.members.values():
                if isinstance(member, griffe.Function) and member.is_public:
                    yield member


def _classes(package: griffe.Module) -> Iterator[griffe.Class]:
    for module in package.modules.values():
        if not module.name.startswith("_"):
            for member in module.members.values():
                if isinstance(member, griffe.Class) and member.is_public:
                    yield member


def _is_typed_dict(cls: griffe.Class) -> bool:
    return any(str(base).endswith("TypedDict") for base in cls.bases)
