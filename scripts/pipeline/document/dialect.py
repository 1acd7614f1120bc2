"""Dialect: OpenAPI 3.0 and 3.1 spell the same facts differently; from here on there is one way.

Null is `nullable: true`, as in 3.0, whether the document says `type: [string, "null"]`, has null
among the members of a union, or among the values of an enum. What the pipeline cannot express in
Python is refused by its name; nothing is ignored that says what a value may be.
"""

from __future__ import annotations

from typing import NoReturn

from ..errors import PipelineError
from ..naming.identifiers import check_property_names
from ..openapi import MEMBERS, SCHEMA_PREFIX, Document, Schema, is_list, is_mapping

# What says of which kind a value is.
_STRUCTURE = {
    *("$ref", "type", "format", "enum", "const", "nullable", "properties", "required", "items"),
    *("additionalProperties", *MEMBERS),
}
# What narrows a value further, or describes it. Stripe checks the former.
_ANNOTATIONS = {
    *("title", "description", "default", "example", "examples", "deprecated", "externalDocs"),
    *("readOnly", "writeOnly", "xml", "discriminator", "$comment"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    *("minProperties", "maxProperties"),
}
# Which keywords go with which of several types.
_OF_TYPE = {"array": ("items",), "object": ("properties", "required", "additionalProperties")}
_OF_OBJECTS = {"properties", "required", "additionalProperties"}
_ENUM_TYPES = {"string": str, "integer": int, "boolean": bool}


def plain_document(document: Document) -> Document:
    """A copy of the slice `document` with all schemas in one spelling.

    Raises:
        PipelineError: a schema says what cannot be expressed.
    """
    components = document["components"]
    schemas = {
        name: plain_schema(schema, f"components.schemas.{name}")
        for name, schema in components["schemas"].items()
    }
    paths = {
        path: {
            method: plain_operation(operation, f"{method.upper()} {path}")
            for method, operation in item.items()
        }
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths, "components": {**components, "schemas": schemas}}


def plain_operation(operation: Schema, where: str) -> Schema:
    """`operation` with the schemas of its parameters, body and responses in one spelling."""
    plain = dict(operation)
    plain["parameters"] = [
        {**given, "schema": plain_schema(given["schema"], f"{where} parameters.{given['name']}")}
        for given in operation.get("parameters", [])
    ]
    plain["responses"] = {
        status: _plain_content(response, f"{where} responses.{status}")
        for status, response in operation["responses"].items()
    }
    if "requestBody" in operation:
        plain["requestBody"] = _plain_content(operation["requestBody"], f"{where} requestBody")
    return plain


def _plain_content(holder: Schema, where: str) -> Schema:
    if "content" not in holder:
        return holder
    content = {
        kind: {**media, "schema": plain_schema(media["schema"], f"{where}.{kind}")}
        if "schema" in media
        else _refuse(where, f"{kind} has no `schema`")
        for kind, media in holder["content"].items()
    }
    return {**holder, "content": content}


def plain_schema(schema: object, where: str) -> Schema:
    """`schema` and all schemas in it, in one spelling.

    Raises:
        PipelineError: it says what cannot be expressed.
    """
    if not is_mapping(schema):
        _refuse(where, f"a schema is an object, and this is {_kind(schema)}")
    for keyword in schema:
        if keyword not in _STRUCTURE | _ANNOTATIONS and not keyword.startswith("x-"):
            _refuse(where, f"the keyword `{keyword}` is not supported")
    if "$ref" in schema:
        return _plain_reference(schema, where)
    plain = dict(schema)
    if not schema.keys() & _STRUCTURE:  # any value, and so null as well
        plain["nullable"] = True
    if not isinstance(plain.get("nullable", False), bool):
        _refuse(where, f"`nullable` is true or false, not {plain['nullable']!r}")
    plain = _with_one_type(_without_const(plain, where), where)
    if "enum" in plain:
        plain = _plain_enum(plain, where)
    for key in MEMBERS:
        if key in plain:
            plain = _plain_members(plain, key, where)
    return _plain_contents(plain, where)


def _plain_reference(schema: Schema, where: str) -> Schema:
    reference = schema["$ref"]
    if not isinstance(reference, str) or not reference.startswith(SCHEMA_PREFIX):
        _refuse(where, f"a reference to {reference!r}, which is not under {SCHEMA_PREFIX}")
    if beside := sorted(schema.keys() & _STRUCTURE - {"$ref"}):
        _refuse(where, f"`{beside[0]}` beside `$ref`, which OpenAPI 3.0 ignores and 3.1 does not")
    return schema


def _without_const(schema: Schema, where: str) -> Schema:
    if "const" not in schema:
        return schema
    if "enum" in schema:
        _refuse(where, "`const` beside `enum`")
    return {**_but(schema, "const"), "enum": [schema["const"]]}


def _with_one_type(schema: Schema, where: str) -> Schema:
    """`schema` with one `type` at most; several become a union."""
    kinds = schema.get("type")
    if kinds is None and "type" not in schema:
        return schema
    if isinstance(kinds, str):
        kinds = [kinds]
    if not is_list(kinds) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        _refuse(where, f"`type` is {schema['type']!r}, and no name or list of names")
    if len(set(kinds)) < len(kinds):
        _refuse(where, f"`type` is {kinds!r}, which names a type twice")
    others = [kind for kind in kinds if kind != "null"]
    if not others:
        _refuse(where, "a value that is always null")
    plain = _but(schema, "type")
    if len(others) < len(kinds):
        plain["nullable"] = True
    if len(others) == 1:
        return {**plain, "type": others[0]}
    for key in ("enum", "format", *MEMBERS):
        if key in plain:
            _refuse(where, f"`{key}` beside several types")
    members = [
        {"type": kind, **{key: plain[key] for key in _OF_TYPE.get(kind, ()) if key in plain}}
        for kind in others
    ]
    moved = {key for keys in _OF_TYPE.values() for key in keys}
    return {**{key: plain[key] for key in plain if key not in moved}, "anyOf": members}


def _plain_enum(schema: Schema, where: str) -> Schema:
    values, kind = schema["enum"], schema.get("type")
    if not is_list(values):
        _refuse(where, f"`enum` is {_kind(values)}, and no list")
    known = [value for value in values if value is not None]
    plain = {**schema, "enum": known}
    if len(known) < len(values):
        plain["nullable"] = True
    if not known:
        _refuse(where, "a value that is always null" if values else "an enum without values")
    kinds: set[type] = {type(value) for value in known}
    fitting = [name for name, python in _ENUM_TYPES.items() if kinds == {python}]
    if not fitting or kind not in (None, fitting[0]):
        found = " and ".join(sorted({_kind(value) for value in known}))
        _refuse(where, f"an enum of {found}{f' whose type is {kind}' if kind else ''}")
    if len(set(known)) < len(known):
        _refuse(where, f"an enum that lists a value twice: {max(known, key=known.count)!r}")
    return {**plain, "type": fitting[0]}


def _plain_members(schema: Schema, key: str, where: str) -> Schema:
    members = schema[key]
    if not is_list(members) or not members:
        _refuse(where, f"`{key}` is no list of schemas")
    if beside := sorted(schema.keys() & _STRUCTURE - {key, "nullable", "type"}):
        _refuse(where, f"`{beside[0]}` beside `{key}`")
    if key == "allOf" and len(members) > 1:
        _refuse(where, "an `allOf` of several schemas")
    present = [member for member in members if not _is_null(member)]
    if not present:
        _refuse(where, "a value that is always null")
    plain = [plain_schema(each, f"{where}.{key}.{n}") for n, each in enumerate(present)]
    nullable = len(present) < len(members) or any(each.get("nullable") for each in plain)
    result = {**schema, key: [_but(each, "nullable") for each in plain]}
    if key == "allOf":  # the way in which 3.0 says something beside a reference
        result = {**_but(schema, key), "anyOf": result[key]}
    return {**result, "nullable": True} if nullable else result


def _is_null(schema: object) -> bool:
    """Whether `schema` is one of the spellings of null."""
    if not is_mapping(schema):
        return False
    return (
        schema.get("type") in ("null", ["null"])
        or schema.get("enum") == [None]
        or ("const" in schema and schema["const"] is None)
    )


def _plain_contents(schema: Schema, where: str) -> Schema:
    """`schema` with what is in it, if it is an object or array, in one spelling."""
    kind = schema.get("type")
    if kind not in (None, "object") and (beside := sorted(schema.keys() & _OF_OBJECTS)):
        _refuse(where, f"`{beside[0]}` beside the type {kind}")
    if kind != "array" and "items" in schema:
        _refuse(where, f"`items` beside {f'the type {kind}' if kind else 'no type'}")
    plain = dict(schema)
    if "properties" in schema:
        if not is_mapping(schema["properties"]):
            _refuse(where, "`properties` is no object")
        check_property_names(schema["properties"], where)
        plain["properties"] = {}
        for name, value in schema["properties"].items():
            plain["properties"][name] = plain_schema(value, f"{where}.properties.{name}")
    required = schema.get("required", [])
    if not is_list(required) or not all(isinstance(name, str) for name in required):
        _refuse(where, "`required` is no list of names")
    if kind == "array":
        plain["items"] = plain_schema(schema.get("items", {}), f"{where}.items")
    values = schema.get("additionalProperties")
    if "additionalProperties" in schema and not isinstance(values, bool):
        plain["additionalProperties"] = plain_schema(values, f"{where}.additionalProperties")
    return plain


def _but(schema: Schema, key: str) -> Schema:
    return {name: value for name, value in schema.items() if name != key}


def _kind(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    names |= {int: "an integer", type(None): "null"}
    return names.get(type(value), "a number")


def _refuse(where: str, what: str) -> NoReturn:
    raise PipelineError(
        where,
        f"{what}: the pipeline does not support this",
        "Leave it out of the slice, or correct it through spec/overlay.yaml",
    )
