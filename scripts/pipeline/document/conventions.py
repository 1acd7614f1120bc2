"""Conventions: what holds for all of Stripe's operations, so that no overlay has to say it of each.

Stripe's document leaves it to its prose, or says otherwise: how operations are called, which page
sizes there are, which integers are points in time, and that a GET carries no body.
"""

from __future__ import annotations

from typing import Any

from ..naming.operation_names import operation_name
from ..openapi import Schema, is_list_object

MAX_PAGE_SIZE = 100
UNIX_TIME = "unix-time"
MONEY = "x-money"
"""Where the overlay says what a class calls an amount as money; false for not at all."""

UPSTREAM_ID = "x-upstream-id"
"""Where an operation keeps the `operationId` that Stripe gives it, by which it is found again."""

_BOUNDS_OF_RANGES = {"gt", "gte", "lt", "lte"}


def conventional_operation(method: str, path: str, operation: Schema) -> Schema:
    """The `operation` of a slice, named and completed by the rules above."""
    parameters = [_conventional_parameter(given) for given in operation["parameters"]]
    named = operation_name(method, path, is_list=_is_list(operation))
    completed: Schema = {
        **operation,
        UPSTREAM_ID: operation["operationId"],
        "operationId": named.function,
        "tags": [named.resource],
        "x-method": named.method,
        "parameters": parameters,
    }
    if method == "get" and _is_empty(operation.get("requestBody", {})):
        del completed["requestBody"]
    return completed


def conventional_money(field: str) -> str | None:
    """What a class calls this amount as money: `amount_paid` is `paid`. None if it is no amount."""
    name = field.removeprefix("amount_")
    return name if name != field else None


def _is_empty(body: Schema) -> bool:
    """Whether it is the form without fields that upstream lists on every GET."""
    media: list[Schema] = list(body.get("content", {}).values())
    return bool(media) and all(one["schema"].get("properties") == {} for one in media)


def _is_list(operation: Schema) -> bool:
    """Whether it returns a page: by the parameter that all lists but a few have, or the envelope.

    What comes in the list may lie outside the slice, and the envelope with it.
    """
    if any(given["name"] == "limit" for given in operation["parameters"]):
        return True
    content = operation["responses"].get("200", {}).get("content", {})
    return any(is_list_object(media["schema"]) for media in content.values())


def _conventional_parameter(parameter: Schema) -> Schema:
    schema: Schema = parameter["schema"]
    if parameter["in"] == "query":
        if parameter["name"] == "limit" and schema.get("type") == "integer":
            schema = {"minimum": 1, "maximum": MAX_PAGE_SIZE, **schema}
        schema = _with_points_in_time(schema)
    return {**parameter, "schema": schema}


def _with_points_in_time(schema: Schema) -> Schema:
    """`schema` with the integers of a range, and the one that may stand for it, as Unix seconds."""
    members: list[Schema] = schema.get("anyOf", [schema])
    if not any(is_range(member) for member in members):
        return schema
    marked = [_marked(member) for member in members]
    return {**schema, "anyOf": marked} if "anyOf" in schema else marked[0]


def _marked(schema: Schema) -> Schema:
    if schema.get("type") == "integer":
        return {**schema, "format": UNIX_TIME}
    if is_range(schema):
        bounds: dict[str, Any] = schema["properties"]
        return {**schema, "properties": {name: _marked(bound) for name, bound in bounds.items()}}
    return schema


def is_range(schema: Schema) -> bool:
    """Whether `schema` is an object with bounds, all of them integers: in Stripe's API, of time."""
    bounds: dict[str, Schema] = schema.get("properties", {})
    return bool(bounds) and all(
        name in _BOUNDS_OF_RANGES and bound.get("type") == "integer"
        for name, bound in bounds.items()
    )


def method_name(operation: Schema) -> str:
    """What an operation of the slice is called on the client, among those of its tag."""
    return str(operation["x-method"])
