"""Instances of a document's schemas, for property tests; and whether a value fits an annotation."""

from __future__ import annotations

import functools
import types
import typing
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union

from hypothesis import strategies as st

from scripts.pipeline.openapi import Schema, is_list_object, is_mapping, referenced_schema

TEXTS = st.text(max_size=4)
PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=3,
)
PLAIN_OBJECTS = st.dictionaries(TEXTS, PLAIN_JSON, max_size=2)
# By format, or else by type.
SCALARS = defaultdict(
    lambda: TEXTS,
    object=PLAIN_OBJECTS,
    integer=st.integers(),
    number=st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    boolean=st.booleans(),
)
SCALARS["unix-time"] = st.integers(0, 4_102_444_800)  # to the year 2100


@st.composite
def instances(draw: st.DrawFn, schemas: dict[str, Schema], schema: Schema, depth: int = 2) -> Any:
    """JSON that is valid by `schema`: fields absent or null where they may be, fields and enum
    values that the schema does not list. Below `depth`, only what is required is there.
    """
    if (name := referenced_schema(schema)) is not None:
        return draw(instances(schemas, schemas[name], depth))
    if schema.get("nullable") and (depth <= 0 or draw(st.booleans())):
        return None
    if "anyOf" in schema:
        members = schema["anyOf"]
        if depth <= 0:  # an id rather than the object behind it
            members = [m for m in members if m.get("type") == "string"] or members[:1]
        return draw(instances(schemas, draw(st.sampled_from(members)), depth))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if is_list_object(schema) or schema.get("type") == "array":
        return draw(_lists(schemas, schema, depth))
    if schema.get("properties"):
        return draw(_objects(schemas, schema, depth))
    if not schema.keys() & {"type", "additionalProperties"}:  # anything but null
        return draw(PLAIN_JSON.filter(lambda value: value is not None))
    if is_mapping(schema.get("additionalProperties")):
        values = instances(schemas, schema["additionalProperties"], depth - 1)
        return draw(st.dictionaries(TEXTS, values, max_size=2))
    is_time = schema.get("format") == "unix-time"  # any other format leaves the type as it is
    return draw(SCALARS["unix-time" if is_time else schema["type"]])


@st.composite
def _lists(draw: st.DrawFn, schemas: dict[str, Schema], schema: Schema, depth: int) -> Any:
    is_page = is_list_object(schema)
    items = schema["properties"]["data"]["items"] if is_page else schema["items"]
    found = draw(st.lists(instances(schemas, items, depth - 1), max_size=max(0, min(2, depth))))
    if not is_page:
        return found
    return {"object": "list", "data": found, "has_more": draw(st.booleans()), "url": draw(TEXTS)}


@st.composite
def _objects(
    draw: st.DrawFn, schemas: dict[str, Schema], schema: Schema, depth: int
) -> dict[str, Any]:
    properties: dict[str, Schema] = schema["properties"]
    required = set(schema.get("required", ()))
    optional = sorted(properties.keys() - required)
    kept = set(draw(st.lists(st.sampled_from(optional)))) if optional and depth > 0 else set()
    found: dict[str, Any] = {}
    for name, value in properties.items():
        if name in required or name in kept:
            is_open = "enum" in value and value.get("type") == "string" and name != "object"
            unknown_value = is_open and draw(st.integers(0, 9)) == 9
            found[name] = (
                "new_value" if unknown_value else draw(instances(schemas, value, depth - 1))
            )
    if depth > 0 and draw(st.booleans()):
        found["x_new_field"] = draw(PLAIN_JSON)
    return found


def conforms(value: object, annotation: Any) -> bool:
    """Whether `value` is of the type that `annotation` promises."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is Any or isinstance(annotation, (TypeVar, typing.ForwardRef)):
        return True  # plain JSON within plain JSON
    if origin in (Union, types.UnionType):
        # An object that one of the classes is for must not be left as plain JSON.
        return any(conforms(value, member) for member in arguments) and not (
            is_mapping(value) and _kind(value) in _kinds(arguments)
        )
    if origin is Literal:
        return value in arguments
    if origin is list:
        return isinstance(value, list) and all(conforms(item, arguments[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(
            conforms(item, arguments[1]) for item in value.values()
        )
    if origin is not None:  # ListObject[...]
        page: Any = value
        return isinstance(value, origin) and all(conforms(i, arguments[0]) for i in page.data)
    if annotation is float:
        return isinstance(value, (int, float))
    if isinstance(value, bool):
        return annotation is bool
    return isinstance(value, annotation) and (
        not hasattr(annotation, "from_dict") or attributes_conform(value)
    )


def attributes_conform(model: Any) -> bool:
    """Whether all attributes of `model` are what their annotations promise."""
    kind: Any = type(model)
    return all(conforms(getattr(model, name), hint) for name, hint in _annotations(kind).items())


@functools.cache
def _annotations(model: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(model)
    return {name: hint for name, hint in hints.items() if not name.startswith("_")}


def _kind(value: Mapping[str, Any]) -> tuple[Any, bool]:
    return value.get("object"), value.get("deleted") is True


def _kinds(classes: tuple[Any, ...]) -> set[tuple[Any, bool]]:
    """What `object` and `deleted` are in the models among `classes`."""
    models = [_annotations(model) for model in classes if hasattr(model, "from_dict")]
    return {
        (kind, model.get("deleted") == Literal[True])
        for model in models
        for kind in typing.get_args(model.get("object"))
    }
