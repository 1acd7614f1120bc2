"""What is new just outside the cut: data that users get as plain JSON, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.naming.identifiers import attribute_name
from ..pipeline.openapi import MEMBERS, Document, Schema, is_mapping
from .api import Api, field_path
from .references import mentions
from .verdicts import Finding, listed

WIDEN = "List it in spec/slice.yaml to have a class for it"


def outside_the_cut(
    old: Api, new: Api, new_document: Document, config: SliceConfig
) -> Iterator[Finding]:
    """New fields and new expansion targets of our resources that are cut to plain JSON."""
    schemas: dict[str, Schema] = new_document["components"]["schemas"]
    for name, schema in schemas.items():
        for key, value in schema.get("properties", {}).items():
            where = field_path(name, key)
            if (member := new.members.get(where)) is None:
                continue
            beyond = sorted({target for target in mentions(value) if not config.keeps(target)})
            if (before := old.members.get(where)) is None:
                if member.is_cut:
                    text = f"is plain JSON; behind it {_verb(beyond)} outside the cut"
                    yield Finding("cut-field", member.symbols[0], text, WIDEN)
            elif targets := sorted(
                (member.targets or frozenset[str]())
                - (before.targets or frozenset[str]())
                - config.listed
            ):
                text = f"can be expanded to {listed(targets)}, outside the cut: plain JSON"
                yield Finding("cut-target", member.symbols[0], text, WIDEN)


def neighbours(
    old_document: Document, new_document: Document, config: SliceConfig, classes: Mapping[str, str]
) -> Iterator[Finding]:
    """What both full documents show: schemas that our resources refer to, and have new fields.

    `classes` gives the name of the class for each schema of the slice.
    """
    old: dict[str, Schema] = old_document["components"]["schemas"]
    new: dict[str, Schema] = new_document["components"]["schemas"]
    places: dict[str, list[str]] = {}
    for name, class_name in classes.items():
        for key, value in new.get(name, {}).get("properties", {}).items():
            symbol = f"{class_name}.{attribute_name(key)}"
            if config.only_scalars(name):
                if key not in old.get(name, {}).get("properties", {}) and {*mentions(value)}:
                    text = "is new upstream, and left out since the slice keeps scalars only"
                    yield Finding("cut-field", symbol, text, "See `only` in spec/slice.yaml")
                continue
            for target in sorted({*mentions(value)}):
                if not config.keeps(target) and target in old and target in new:
                    places.setdefault(target, []).append(symbol)
    for target, symbols in places.items():
        yield from _grown(symbols, target, old[target], new[target])


def new_operations(
    old: Mapping[str, Any], new: Mapping[str, Any], config: SliceConfig
) -> Iterator[Finding]:
    """Operations that are new below the paths of ours."""
    ours = {_resource(path) for _, path in config.operations} - {""}
    for path, methods in new.items():
        if _resource(path) in ours:
            for method in methods.keys() - old.get(path, {}).keys():
                if (method, path) not in config.operations:
                    text = "is a new operation on our resources, outside the cut"
                    remedy = "List it in spec/slice.yaml to have it"
                    yield Finding("new-operation", f"{method.upper()} {path}", text, remedy)


def _resource(path: str) -> str:
    """The start of a path that tells what it is about, such as `/v1/invoices`."""
    return "/".join(path.split("/")[:3]) if path.count("/") >= 2 else ""


def _grown(symbols: list[str], name: str, old: Schema, new: Schema) -> Iterator[Finding]:
    """What has changed in a neighbour that users reach under `symbols`."""
    before, after = dict(_fields(old)), dict(_fields(new))
    first, *others = symbols
    also = f", and so is {listed(others)}" if others else ""
    start = f"is plain JSON{also}; in it, `{name}`"
    if added := _outermost(after, before):
        text = f"{start} has the new {_noun(added)} {listed(added)}"
        yield Finding("neighbour-grown", first, text)
    if removed := _outermost(before, after):
        text = f"{start} has lost the {_noun(removed)} {listed(removed)}"
        yield Finding("neighbour-shrunk", first, text)
    for key in [key for key in after if key in before]:
        if values := [value for value in after[key] if value not in before[key]]:
            text = f"{start} has new values of `{key}`: {listed(values)}"
            yield Finding("neighbour-value-added", first, text)
        if values := [value for value in before[key] if value not in after[key]]:
            text = f"{start} has lost values of `{key}`: {listed(values)}"
            yield Finding("neighbour-value-removed", first, text)


def _fields(schema: Schema, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """The fields of an object and of the objects written out in it, with their known values."""
    for key, value in schema.get("properties", {}).items():
        yield f"{prefix}{key}", list(dict.fromkeys(_known_values(value)))
        for inner in _written_out(value):
            yield from _fields(inner, f"{prefix}{key}.")
    for key in MEMBERS:
        for member in schema.get(key, []):
            yield from _fields(member, prefix)


def _written_out(schema: Schema) -> Iterator[Schema]:
    yield schema
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if is_mapping(inner):
            yield from _written_out(inner)


def _known_values(schema: Schema) -> Iterator[str]:
    yield from map(str, schema.get("enum", []))
    for inner in [*_written_out(schema)][1:]:
        yield from _known_values(inner)
    for key in MEMBERS:
        for member in schema.get(key, []):
            yield from _known_values(member)


def _outermost(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The fields that only `one` has, without those inside of something that only it has."""
    only = [name for name in one if name not in other]
    return [name for name in only if name.rpartition(".")[0] not in only]


def _verb(names: list[str]) -> str:
    if not names:
        return "is an object written out in place,"
    return f"{'is' if len(names) == 1 else 'are'} {listed(names)},"


def _noun(names: list[str]) -> str:
    return "field" if len(names) == 1 else "fields"
