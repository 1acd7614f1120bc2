"""What OpenAPI documents are made of, as plain JSON, and how Stripe uses it."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeGuard

Document: TypeAlias = dict[str, Any]
Schema: TypeAlias = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

SCHEMA_PREFIX = "#/components/schemas/"

# Where schemas nest as a list: the members of a union or intersection.
MEMBERS = ("anyOf", "oneOf", "allOf")


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether `value` is a JSON array."""
    return isinstance(value, list)


def referenced_schema(schema: Schema) -> str | None:
    """The name of the component schema that `schema` is a reference to, if it is one."""
    reference = schema.get("$ref")
    return None if reference is None else str(reference).removeprefix(SCHEMA_PREFIX)


def is_list_object(schema: Schema) -> bool:
    """Whether `schema` is Stripe's envelope of a list, or of what a search has found.

    That is `{"object": "list", "data": [...], ...}`, or the same with `search_result`.
    """
    properties = schema.get("properties")
    if not is_mapping(properties) or "data" not in properties:
        return False
    return properties.get("object", {}).get("enum") in (["list"], ["search_result"])
