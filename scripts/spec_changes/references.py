"""What a schema is made of, and which other schemas it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.documents import (
    MEMBERS,
    SCHEMA_PREFIX,
    Schema,
    is_list,
    is_mapping,
    referenced_schema,
)

EXPANDABLE = "x-expandable"


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
