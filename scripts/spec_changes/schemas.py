"""What a schema is made of, where, which others it speaks of, and what bounds its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.document.overlay import step
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


def places(node: object, where: str = "$") -> Iterator[tuple[Schema, str]]:
    """Every object in a document with its JSONPath; none depends on an order of keys."""
    if is_mapping(node):
        yield node, where
        for key, value in node.items():
            if key in MEMBERS and is_list(value):
                kinds = [member.get("type") for member in value]
                for number, member in enumerate(value):
                    is_unique = kinds.count(kinds[number]) == 1
                    choice = f"?@.type=={kinds[number]!r}" if is_unique else str(number)
                    yield from places(member, f"{where}.{key}[{choice}]")
            else:
                yield from places(value, f"{where}{step(key)}")
    elif is_list(node):
        for number, item in enumerate(node):
            name = item.get("name") if is_mapping(item) else None
            yield from places(item, f"{where}[{f'?@.name=={name!r}' if name else number}]")


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


def bounds_in(schema: Schema, prefix: str = "") -> Iterator[tuple[tuple[str, str], Any]]:
    """What each kind of value is bounded by, but not the fields of objects."""
    members = [member for key in MEMBERS for member in schema.get(key, [])]
    for member in members:
        yield from bounds_in(member, prefix)
    if not members:
        place = f"{prefix}{schema.get('type', 'any value')}"
        yield from (((place, bound), schema.get(bound) or None) for bound in BOUNDS)
        if is_mapping(items := schema.get("items")):
            yield from bounds_in(items, f"{place} of ")


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
