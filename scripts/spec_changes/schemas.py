"""What a schema is made of, which other schemas it speaks of, and what bounds its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.openapi import (
    MEMBERS,
    SCHEMA_PREFIX,
    Schema,
    is_list,
    is_mapping,
    referenced_schema,
)

EXPANDABLE = "x-expandable"

UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "minLength", "minItems", "minProperties")
# A value that differs in one of these takes other values; whether fewer or more cannot be told.
EXACT = ("exclusiveMaximum", "exclusiveMinimum", "pattern", "multipleOf", "uniqueItems")
BOUNDS = (*UPPER, *LOWER, *EXACT)

# By the kind of value and the name of the bound; None where there is none.
Bounds = Mapping[tuple[str, str], Any]


def parts(schema: Schema) -> Iterator[Schema]:
    """The schemas of the same value and of its elements: all within `schema` but its fields."""
    for key in MEMBERS:
        yield from schema.get(key, [])
    for key in ("items", "additionalProperties"):
        if is_mapping(schema.get(key)):
            yield schema[key]


def mentions(node: object) -> Iterator[str]:
    """The schemas that `node` refers to, and those that it names as expansion targets."""
    if is_mapping(node):
        if (name := referenced_schema(node)) is not None:
            yield name
        for key, value in node.items():
            yield from map(str, value) if key == EXPANDABLE else mentions(value)
    elif is_list(node):
        for value in node:
            yield from mentions(value)


def with_other_names(node: Any, names: Mapping[str, str]) -> Any:
    """A copy of `node` that speaks of the schemas under their new names."""
    if is_list(node):
        return [with_other_names(item, names) for item in node]
    if not is_mapping(node):
        return node
    copied = {key: with_other_names(value, names) for key, value in node.items()}
    if (name := referenced_schema(node)) is not None:
        copied["$ref"] = SCHEMA_PREFIX + names.get(name, name)
    if is_list(targets := node.get(EXPANDABLE)):
        copied[EXPANDABLE] = [names.get(str(target), target) for target in targets]
    return copied


def bounds_of(schema: Schema) -> Bounds:
    return dict(_bounds_in(schema, ""))


def _bounds_in(schema: Schema, prefix: str) -> Iterator[tuple[tuple[str, str], Any]]:
    """What each kind of value is bounded by, but not the fields of objects."""
    members = [member for key in MEMBERS for member in schema.get(key, [])]
    for member in members:
        yield from _bounds_in(member, prefix)
    if not members:
        place = f"{prefix}{schema.get('type', 'any value')}"
        yield from (((place, bound), schema.get(bound) or None) for bound in BOUNDS)
        if is_mapping(items := schema.get("items")):
            yield from _bounds_in(items, f"{place} of ")


def tightest(bound: str, one: Any, other: Any) -> Any:
    """The tighter of two bounds; the second, where that cannot be told."""
    if one is None or other is None:
        return other if one is None else one
    try:
        if bound in UPPER:
            return min(one, other)
        return max(one, other) if bound in LOWER else other
    except TypeError:
        return other
