"""What our models and methods know: the surface of `spec/slice.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..pipeline.openapi import Document
from .surface import Item, Surface, class_name

Schema = dict[str, Any]
_PREFIX = "#/components/schemas/"


def object_names(document: Document) -> list[str]:
    """Stripe's names of the objects of the slice, such as `payment_intent`."""
    schemas = document["components"]["schemas"].values()
    names = {name for schema in schemas if (name := _object_name(schema))}
    return sorted(names - {"list", "search_result"})


def operations(document: Document) -> list[str]:
    """The operations of the slice, such as `GET /v1/invoices/{invoice}`."""
    return sorted(_operations(document))


def surface_of_slice(document: Document) -> Surface:
    """All objects, fields, operations and parameters of the slice."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    surface: dict[str, Item] = {}
    for schema in schemas.values():
        name = _object_name(schema)
        if name:  # several schemas may be of one object: `invoice` and `deleted_invoice`
            surface[class_name(name)] = Item()
            surface.update(_fields(class_name(name), schema, schemas))
    for name, operation in _operations(document).items():
        surface[name] = Item()
        surface.update(_fields(name, _parameters(operation), schemas))
    return surface


def _operations(document: Document) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _parameters(operation: Any) -> Schema:
    """The parameters of an operation, but for those in its path, as one object."""
    given = operation.get("parameters", ())
    properties = {one["name"]: one["schema"] for one in given if one["in"] == "query"}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        properties |= content["schema"].get("properties", {})
    return {"properties": properties}


def _fields(
    path: str, schema: Schema, schemas: dict[str, Schema], within: tuple[str, ...] = ()
) -> Iterator[tuple[str, Item]]:
    for name, field in schema.get("properties", {}).items():
        parts = list(_parts(field))
        values = (value for part in parts for value in part.get("enum", ()))
        yield (
            f"{path}.{name}",
            Item(
                values=frozenset(value for value in values if isinstance(value, str)),
                expandable=any("x-expandable" in part for part in parts),
            ),
        )
        for part in parts:
            reference = part.get("$ref", "").removeprefix(_PREFIX)
            target = schemas[reference] if reference else part
            if reference not in within and not _object_name(target):
                inner = (*within, reference) if reference else within
                yield from _fields(f"{path}.{name}", target, schemas, inner)


def _parts(schema: Schema) -> Iterator[Schema]:
    """A schema, its alternatives and its elements."""
    yield schema
    alternatives = [one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, ())]
    for part in (*alternatives, *([schema["items"]] if "items" in schema else ())):
        yield from _parts(part)


def _object_name(schema: Schema) -> str:
    """What `object` says in this kind of object; empty if it is a part of others."""
    (name, *others) = schema.get("properties", {}).get("object", {}).get("enum", ("",)) or ("",)
    return "" if others else str(name)
