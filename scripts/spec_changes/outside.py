"""What is new just outside the cut: data that users get as plain JSON, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.document.overlay import step
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.naming.identifiers import attribute_name
from ..pipeline.openapi import Document, Schema
from .api import PLAIN_JSON, Api, Member, Part, component
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
        if (holder := new.get(("class", component(name)))) is None:
            continue
        for key, value in schema.get("properties", {}).items():
            symbol = f"{holder.name}.{attribute_name(key)}"
            place = "field", f"{holder.where}.properties{step(key)}"
            was, now = old.get(place), new.get(place)
            behind = sorted({*mentions(value)})
            beyond = [target for target in behind if not config.keeps(target)]
            if isinstance(now, Member):
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
    symbol: str, was: Part | None, now: Member, beyond: list[str], config: SliceConfig
) -> Iterator[Finding]:
    """What has come to lie behind a field that is plain JSON, at least in part."""
    is_cut = any(name in kind for name in PLAIN_JSON for kind in now.kinds)
    if was is None and is_cut:
        lies = f"{'is' if len(beyond) == 1 else 'are'} {listed(beyond)}"
        behind = lies if beyond else "is an object written out in place"
        text = f"is plain JSON; behind it {behind}, outside the cut"
        yield Finding("cut-field", symbol, text, WIDEN)
    if isinstance(was, Member):
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
    for kind, verb, these, those in (
        ("neighbour-grown", "has the new", after, before),
        ("neighbour-shrunk", "has lost the", before, after),
    ):
        only = [field for field in these if field not in those]
        # Not what is inside of something that is new or gone itself.
        if fields := [field for field in only if field.rpartition(".")[0] not in only]:
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
        if path:
            values = map(str, node.get("enum", []))
            found[path] = [*dict.fromkeys((*found.get(path, ()), *values))]
        for key, inner in node.get("properties", {}).items():
            walk(inner, f"{path}.{key}".removeprefix("."))
        for part in parts(node):
            walk(part, path)

    walk(schema, "")
    return found


def _new_operations(
    old: Mapping[str, Any], new: Mapping[str, Any], config: SliceConfig
) -> Iterator[Finding]:
    """Operations that are new below the paths of ours."""
    ours = {_resource(path) for _, path in config.operations} - {""}
    for path, methods in new.items():
        for method in methods.keys() - old.get(path, {}).keys() if _resource(path) in ours else ():
            if (method, path) not in config.operations:
                text = "is a new operation on our resources, outside the cut"
                remedy = "List it in spec/slice.yaml to have it"
                yield Finding("new-operation", f"{method.upper()} {path}", text, remedy)


def _resource(path: str) -> str:
    """The start of a path that tells what it is about, such as `/v1/invoices`."""
    return "/".join(path.split("/")[:3]) if path.count("/") >= 2 else ""
