"""What is new just outside the cut: data that users get as plain JSON, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.documents import Document, Schema
from ..pipeline.naming import attribute_name
from ..pipeline.slicing import SliceConfig
from .facts import ApiFacts, Member, field_path
from .references import mentions
from .shapes import PLAIN_JSON
from .verdicts import Finding

WIDEN = "List it in spec/slice.yaml to have a class for it"


def outside_the_cut(
    old: ApiFacts, new: ApiFacts, new_document: Document, config: SliceConfig
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
                if _is_cut(member):
                    text = f"is plain JSON; behind it {_verb(beyond)} outside the cut"
                    yield Finding("cut-field", member.symbols[0], text, WIDEN)
            elif targets := sorted(_targets(member) - _targets(before) - config.listed):
                text = f"can be expanded to {_listed(targets)}, outside the cut: plain JSON"
                yield Finding("cut-target", member.symbols[0], text, WIDEN)


def neighbours(
    old_document: Document, new_document: Document, config: SliceConfig, classes: Mapping[str, str]
) -> Iterator[Finding]:
    """What both full documents show: schemas that our resources refer to, and have new fields.

    `classes` gives the name of the class for each schema of the slice.
    """
    old: dict[str, Schema] = old_document["components"]["schemas"]
    new: dict[str, Schema] = new_document["components"]["schemas"]
    seen: set[str] = set()
    for name, class_name in classes.items():
        for key, value in new.get(name, {}).get("properties", {}).items():
            symbol = f"{class_name}.{attribute_name(key)}"
            if config.only_scalars(name):
                if key not in old.get(name, {}).get("properties", {}) and {*mentions(value)}:
                    text = "is new upstream, and left out since the slice keeps scalars only"
                    yield Finding("cut-field", symbol, text, "See `only` in spec/slice.yaml")
                continue
            for target in sorted({*mentions(value)}):
                if target not in seen and not config.keeps(target) and target in old:
                    seen.add(target)
                    yield from _grown(symbol, target, old[target], new[target])


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


def _grown(symbol: str, name: str, old: Schema, new: Schema) -> Iterator[Finding]:
    before: dict[str, Schema] = old.get("properties", {})
    after: dict[str, Schema] = new.get("properties", {})
    if added := [key for key in after if key not in before]:
        text = f"is plain JSON; in it, `{name}` has the new {_noun(added)} {_listed(added)}"
        yield Finding("neighbour-grown", symbol, text)
    if removed := [key for key in before if key not in after]:
        text = f"is plain JSON; in it, `{name}` has lost the {_noun(removed)} {_listed(removed)}"
        yield Finding("neighbour-shrunk", symbol, text)


def _is_cut(member: Member) -> bool:
    return any(PLAIN_JSON in kind for kind in member.shape.kinds)


def _targets(member: Member) -> frozenset[str]:
    return member.shape.targets or frozenset()


def _verb(names: list[str]) -> str:
    if not names:
        return "is an object written out in place,"
    return f"{'is' if len(names) == 1 else 'are'} {_listed(names)},"


def _noun(names: list[str]) -> str:
    return "field" if len(names) == 1 else "fields"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
