"""What is new just outside the cut: data that users get as plain JSON, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.document.overlay import step
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.naming.identifiers import attribute_name
from ..pipeline.openapi import Document, Schema
from .api import Api, Class, Field, Part, component
from .schemas import mentions, parts
from .verdicts import Finding, listed

WIDEN = "List it in spec/slice.yaml to have a class for it"

Schemas = Mapping[str, Schema]


def outside_the_cut(
    old: Api,
    new: Api,
    old_document: Document | None,
    new_document: Document,
    config: SliceConfig,
) -> Iterator[Finding]:
    """What is new behind our fields, and in what they refer to.

    Of the schemas outside, and of those with scalars only, both full documents have to be known.
    """
    before: Schemas = old_document["components"]["schemas"] if old_document else {}
    after: Schemas = new_document["components"]["schemas"]
    places: dict[str, list[str]] = {}
    for name, schema in after.items():
        if (holder := new.get((Class, component(name)))) is None:
            continue
        for key, value in schema.get("properties", {}).items():
            symbol = f"{holder.name}.{attribute_name(key)}"
            where = f"{holder.where}.properties{step(key)}"
            was, now = (api.get((Field, where)) for api in (old, new))
            behind = sorted({*mentions(value)})
            beyond = [target for target in behind if not config.keeps(target)]
            if isinstance(now, Field):
                yield from _cut(symbol, was, now, beyond, config)
                for target in beyond:
                    places.setdefault(target, []).append(symbol)
            elif behind and before and key not in before.get(name, {}).get("properties", {}):
                text = "is new upstream, and left out since the slice keeps scalars only"
                yield Finding("cut-field", symbol, text, "See `only` in spec/slice.yaml")
    for target, symbols in places.items():
        if target in before and target in after:
            yield from _grown(symbols, target, before[target], after[target])
    if old_document:
        yield from _new_operations(old_document["paths"], new_document["paths"], config)


def _cut(
    symbol: str, was: Part | None, now: Field, beyond: list[str], config: SliceConfig
) -> Iterator[Finding]:
    """What has come to lie behind a field that is plain JSON, at least in part."""
    if was is None and now.is_cut:
        lies = f"{'is' if len(beyond) == 1 else 'are'} {listed(beyond)}"
        behind = lies if beyond else "is an object written out in place"
        text = f"is plain JSON; behind it {behind}, outside the cut"
        yield Finding("cut-field", symbol, text, WIDEN)
    if isinstance(was, Field):
        added = {*(now.targets or ())} - {*(was.targets or ())} - config.listed
        if added:
            text = f"can be expanded to {listed(sorted(added))}, outside the cut: plain JSON"
            yield Finding("cut-target", symbol, text, WIDEN)


def _grown(symbols: list[str], name: str, old: Schema, new: Schema) -> Iterator[Finding]:
    """What has changed in a neighbour that users reach under `symbols`."""
    before, after = _fields(old), _fields(new)
    first, *others = symbols
    also = f", and so is {listed(others)}" if others else ""
    start = f"is plain JSON{also}; in it, `{name}`"
    for kind, verb, fields in (
        ("neighbour-grown", "has the new", _outermost(after, before)),
        ("neighbour-shrunk", "has lost the", _outermost(before, after)),
    ):
        if fields:
            noun = "field" if len(fields) == 1 else "fields"
            yield Finding(kind, first, f"{start} {verb} {noun} {listed(fields)}")
    for key in [key for key in after if key in before]:
        for kind, verb, these, those in (
            ("neighbour-value-added", "has new", after, before),
            ("neighbour-value-removed", "has lost", before, after),
        ):
            if values := [value for value in these[key] if value not in those[key]]:
                yield Finding(kind, first, f"{start} {verb} values of `{key}`: {listed(values)}")


def _fields(schema: Schema) -> dict[str, list[str]]:
    """The fields of an object and of the objects written out in it, with their known values."""
    found: dict[str, list[str]] = {}

    def walk(node: Schema, path: str) -> None:
        for value in node.get("enum", []) if path else ():
            if str(value) not in found[path]:
                found[path].append(str(value))
        for key, inner in node.get("properties", {}).items():
            place = f"{path}.{key}" if path else key
            found.setdefault(place, [])
            walk(inner, place)
        for part in parts(node):
            walk(part, path)

    walk(schema, "")
    return found


def _outermost(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The fields that only `one` has, without those inside of something that only it has."""
    only = [name for name in one if name not in other]
    return [name for name in only if name.rpartition(".")[0] not in only]


def _new_operations(
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
