"""What Stripe calls differently now: schemas and paths of the old slice under new names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define

from ..pipeline.document.conventions import UPSTREAM_ID
from ..pipeline.document.slicing import cut_slice
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.openapi import Document, Schema, is_mapping
from .schemas import mentions, with_other_names

# What names a schema and says nothing of its fields.
NAMES = ("title", "x-resourceId")
NAMELESS = dict.fromkeys(NAMES)

# The share of fields that has to be equal for two schemas to be one under two names.
ENOUGH = 0.5


@define(frozen=True)
class UpstreamNames:
    """New names by old ones.

    Attributes:
        schemas: Of schemas that are the same object under the new name.
        paths: Of paths whose operations have kept their ids.
        guesses: Of schemas whose places another object has taken.
    """

    schemas: Mapping[str, str]
    paths: Mapping[str, str]
    guesses: Mapping[str, str]

    def in_config(self, config: SliceConfig) -> SliceConfig:
        """The configuration with new names in the place of old ones."""
        paths, names = self.paths, self.schemas
        changed: dict[str, Any] = {
            "operations": [(method, paths.get(path, path)) for method, path in config.operations],
            "roots": [names.get(name, name) for name in config.roots],
        }
        if config.schemas != "everything":
            changed["schemas"] = {names.get(k, k): value for k, value in config.schemas.items()}
        return config.model_copy(update=changed)

    def in_document(self, document: Document) -> Document:
        """The document with new names in the place of old ones."""
        if not self.schemas and not self.paths:
            return document
        renamed: Document = with_other_names(document, self.schemas)
        schemas, paths = renamed["components"]["schemas"], renamed["paths"]
        renamed["components"]["schemas"] = {self.schemas.get(k, k): v for k, v in schemas.items()}
        renamed["paths"] = {self.paths.get(k, k): v for k, v in paths.items()}
        return renamed

    def in_target(self, target: str) -> str:
        """The target of an overlay action with new names in the place of old ones."""
        for old, new in self.schemas.items():
            name = re.escape(old)
            target = re.sub(
                rf"\.schemas(\.{name}\b|\[(['\"]){name}\2\])", f".schemas.{new}", target
            )
        for old, new in self.paths.items():
            target = target.replace(f"['{old}']", f"['{new}']")
        return target


def upstream_names(
    old_slice: Document, new_document: Document, config: SliceConfig
) -> UpstreamNames:
    """The names that have changed between the old slice and the new document."""
    paths = dict(_moved_paths(old_slice["paths"], new_document["paths"]))
    candidates = {name: found for name, found in _candidates(old_slice, new_document) if found}
    listed = {name: None for found in candidates.values() for name in found}
    moved = UpstreamNames({}, paths, {})
    widened = moved.in_config(config)
    if widened.schemas != "everything":
        widened = widened.model_copy(update={"schemas": {**listed, **widened.schemas}})
    cut: dict[str, Schema] = cut_slice(new_document, widened).document["components"]["schemas"]
    # Several names may have changed at once, so none of them counts when fields are compared.
    unnamed = dict.fromkeys([*candidates, *listed], "?")
    shown: dict[str, str] = {}
    for name, found in candidates.items():
        before = with_other_names(old_slice["components"]["schemas"][name], unnamed)
        likeness = {
            other: _likeness(before, with_other_names(cut[other], unnamed))
            for other in found
            if other in cut
        }
        best = [other for other, share in likeness.items() if share == max(likeness.values())]
        if len(best) == 1 and likeness[best[0]] >= ENOUGH:
            shown[name] = best[0]
    guesses = {
        name: found[0]
        for name, found in candidates.items()
        if name not in shown and len(found) == 1
    }
    return UpstreamNames(shown, paths, guesses)


def _likeness(one: Schema, other: Schema) -> float:
    """How much two schemas agree: the share of equal fields, or 1 for objects of one kind."""
    fields, others = one.get("properties", {}), other.get("properties", {})
    names = fields.keys() | others.keys()
    if not names:
        return float({**one, **NAMELESS} == {**other, **NAMELESS})
    if "object" in fields and fields["object"] == others.get("object"):
        return float(("deleted" in fields) == ("deleted" in others))
    equal = [name for name in names if fields.get(name) == others.get(name)]
    return len(equal) / len(names)


def _moved_paths(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The paths that are gone, with the one that their operations are under now."""
    by_id = {
        (method, operation.get("operationId")): path
        for path, methods in new.items()
        if path not in old
        for method, operation in methods.items()
        if is_mapping(operation)
    }
    for path, methods in old.items():
        if path not in new:
            places = {by_id.get((m, one.get(UPSTREAM_ID))) for m, one in methods.items()}
            if len(places) == 1 and (place := places.pop()) is not None:
                yield path, place


def _candidates(old: Document, new: Document) -> Iterator[tuple[str, list[str]]]:
    """For each schema that is gone: those that have taken its places or bear its title."""
    before: dict[str, Schema] = old["components"]["schemas"]
    after: dict[str, Schema] = new["components"]["schemas"]
    for name in sorted(before.keys() - after.keys()):
        found = {
            candidate
            for then, now in _same_places(old, new)
            if name in (known := {*mentions(then)})
            for candidate in {*mentions(now)} - known
        }
        found |= {
            candidate
            for candidate, schema in after.items()
            if any(key in schema and schema[key] == before[name].get(key) for key in NAMES)
        }
        yield name, sorted(found - before.keys())


def _same_places(old: Document, new: Document) -> Iterator[tuple[Any, Any]]:
    """What the slice and the new document have in the same fields and answers."""
    schemas: dict[str, Schema] = new["components"]["schemas"]
    for name, schema in old["components"]["schemas"].items():
        properties = schemas.get(name, {}).get("properties", {})
        for key, value in schema.get("properties", {}).items():
            if key in properties:
                yield value, properties[key]
    for path, methods in old["paths"].items():
        for method, operation in methods.items():
            if (other := new["paths"].get(path, {}).get(method)) is not None:
                yield operation["responses"], other["responses"]
