"""What has changed in the rendered package, as `griffe` sees it.

griffe reads the sources and imports nothing. It finds what is gone and what has become required;
of the annotations, which it does not compare, `annotations` judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import griffe
from attrs import define

from ..pipeline.errors import PipelineError
from ..pipeline.files import differences
from .annotations import OPEN, difference, passed_level, read_level
from .verdicts import Level


@define(frozen=True)
class ApiChange:
    """One difference between two packages, found by `griffe` or by comparing `annotations`."""

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
    changes = [*_breakages(before, after), *_others(dict(_public(before)), dict(_public(after)))]
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


def _others(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ApiChange]:
    """What is new, without what is inside of something new, and what is annotated otherwise."""
    for symbol, text in after.items():
        holder = re.split(r"[.(]", symbol)[0]
        was = before.get(symbol)
        if was is None:
            if symbol == holder or holder in before:
                yield ApiChange(symbol, "new", Level.MINOR, "griffe")
        elif was != text and symbol.isupper():
            level = Level.MINOR if symbol == "API_VERSION" else Level.MAJOR
            yield ApiChange(symbol, f"{was} became {text}", level, "annotations")
        elif was != text:
            yield ApiChange(symbol, difference(was, text), _level(symbol, was, text), "annotations")


def _level(symbol: str, was: str, text: str) -> Level:
    """How bad it is that an annotation has changed."""
    if symbol.endswith(")"):
        return passed_level(was, text)
    # The field behind it is open to further classes, so what it can be expanded to is as well.
    further = f" | {OPEN}" if ".expanded_" in symbol else ""
    return read_level(was + further, text + further)


def _public(package: griffe.Module) -> Iterator[tuple[str, str]]:
    """The public names, each with its annotation, if it has one, or its value as a constant.

    The keys of a `TypedDict` are called as its parameters are: `Class(key)`.
    """
    for name, constant in package.attributes.items():
        if constant.is_public:
            yield name, str(constant.value)
    for module in package.modules.values():
        for member in module.members.values() if not module.name.startswith("_") else ():
            if isinstance(member, griffe.Function) and member.is_public:
                yield member.name, _annotation(member)
            if isinstance(member, griffe.Class) and member.is_public:
                yield member.name, ""
                yield from _in_class(member)


def _in_class(cls: griffe.Class) -> Iterator[tuple[str, str]]:
    for name, member in cls.members.items():
        if member.is_public:
            yield f"{cls.name}.{name}", _annotation(member)
    init = cls.members.get("__init__")
    if isinstance(init, griffe.Function) and "TypedDict" in "".join(map(str, cls.bases)):
        for parameter in init.parameters:
            yield f"{cls.name}({parameter.name})", str(parameter.annotation)


def _annotation(member: griffe.Object | griffe.Alias) -> str:
    """What is written at a name, or at what a function returns."""
    if not isinstance(member, griffe.Attribute | griffe.Function) or member.annotation is None:
        return ""
    return str(member.annotation)
