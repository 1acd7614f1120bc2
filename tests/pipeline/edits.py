"""Edits of a slice of Stripe's document, for property tests: any name, spelling, text or shape.

Nothing here knows what the pipeline supports. Whatever it makes of an edit has to be right.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from scripts.pipeline.openapi import Document, is_mapping

CANARY = "CANARY"
# Each would run, or end what it stands in, if it ever came into a file as it is.
ATTACKS = (
    f'"); {CANARY}(); ("',
    f"'); {CANARY}(); ('",
    f'"""\n{CANARY}()\n"""',
    f"\n{CANARY}()\n#",
    f"\r{CANARY}()\r#",
    f"\f\n{CANARY}()\u2028",
    f'z" + str({CANARY}()) + "',
    f"{{{CANARY}()}}",
    f"{{{{ {CANARY}() }}}}{{% set a = {CANARY}() %}}",
    f'\\"""{CANARY}()\\',
    f"\\\\\\'{CANARY}()",
    f'""""{CANARY}()""""',
    f"\u202e{CANARY}()\u2066",
    f"{CANARY}()\0",
    f"x:{CANARY}()",
    f"__import__('{CANARY}')",
    f"}}{CANARY}(){{",
    f"*/{CANARY}<!--",
)
WORDS = (
    *("self", "cls", "from_dict", "to_dict", "from_dict_leniently", "additional_properties"),
    *("define_layout", "_data", "_layout", "_irregularities", "__init__", "__slots__", "__class__"),
    *(
        "class",
        "from",
        "None",
        "True",
        "match",
        "type",
        "case",
        "async",
        "await",
        "print",
        "lambda",
    ),
    *("int", "str", "bool", "list", "dict", "float", "object", "property", "classmethod", "super"),
    *("datetime", "Literal", "Any", "JSONObject", "JSONValue", "ListObject", "Model", "Self"),
    *("InvoicePayment", "Deleted", "NotExpandedError", "KeyError", "Exception", "id", "data"),
    *("found", "raw", "intern", "len", "_new", "to_datetime", "object_id", "attrs", "define"),
    *("params", "encode", "path_segment", "fields", "array", "string", "mapping", "annotations"),
    *("Sequence", "Mapping", "Required", "TypedDict", "sys", "field", "cast", "Request"),
    *("a-b", "a_b", "_x", "field_x", "x", "to_dict_", "raw_", "raw__", "created_datetime"),
    *("invoice_id", "expanded_invoice", "expanded_invoice_id", "invoice_datetime", "in_", "in"),
    *("2fa", "1", "-", "_", "__", "camelCase", "UPPER", "a.b", "a b", "a\tb", " ", ""),
    *(
        "\\",
        "\0",
        "\u202e",
        "a\u200bb",
        "ﬁ",
        "fi",
        "\uff49\uff44",
        "é",
        "名",
        "😀",
        "a" * 300,
        "[0]",
        "$ref",
    ),
    *("'", '"', '"""', "\n", "{a}", "%s", "#", "enum", "properties", "items", "nullable"),
)
NAMES = (
    st.sampled_from(WORDS)
    | st.sampled_from(ATTACKS)
    | st.text(st.characters(codec="utf-8"), max_size=6)
    | st.from_regex(r"[a-z_-]{1,6}", fullmatch=True)
)
TEXTS = st.sampled_from(ATTACKS) | st.text(max_size=20) | st.sampled_from(WORDS)
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | NAMES

NULLABLE_SPELLINGS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (
    lambda schema: {**schema, "nullable": True},
    lambda schema: {**schema, "type": [schema.get("type", "string"), "null"]},
    lambda schema: {"anyOf": [schema, {"type": "null"}]},
    lambda schema: {"oneOf": [{"type": "null"}, schema]},
    lambda schema: {"anyOf": [schema, {"const": None}]},
    lambda schema: {"anyOf": [schema, {"enum": [None]}]},
    lambda schema: {"allOf": [schema], "nullable": True},
    lambda schema: {**schema, "enum": ["a", None]},
    lambda schema: {**schema, "enum": [None]},
    lambda schema: {**schema, "const": None},
    lambda schema: {**schema, "type": "null"},
)


@st.composite
def schemas(draw: st.DrawFn, names: tuple[str, ...], depth: int = 2) -> Any:
    """What could stand where a schema stands, in 3.0, in 3.1, or in neither."""
    leaf: st.SearchStrategy[Any] = st.sampled_from(
        (
            *({"type": kind} for kind in ("string", "integer", "number", "boolean", "object")),
            *({"type": kind} for kind in ("null", "array", "file", "text")),
            {"type": "integer", "format": "unix-time"},
            {"type": "string", "format": "currency"},
            {"type": ["string", "null"]},
            {"type": ["integer", "string", "null"]},
            {"type": ["array", "object"], "items": {"type": "string"}},
            {"type": "integer", "exclusiveMinimum": 0},
            {"type": "string", "examples": ["a"], "pattern": '"""'},
            {"not": {}},
            {"prefixItems": []},
            {"type": "array", "items": False},
            {},
            True,
            None,
            [],
        )
    )
    references = st.sampled_from(names).map(lambda name: {"$ref": f"#/components/schemas/{name}"})
    enums = st.lists(SCALARS, max_size=3).map(lambda values: {"enum": values})
    typed = st.builds(
        lambda kind, values: {"type": kind, "enum": values},
        st.sampled_from(("string", "integer", "number", "boolean")),
        st.lists(SCALARS | TEXTS, max_size=3),
    )
    constants = SCALARS.map(lambda value: {"const": value})
    strings = st.lists(TEXTS, max_size=3).map(lambda values: {"type": "string", "enum": values})
    flat = leaf | references | enums | typed | constants | strings
    schema = draw(flat)
    if depth > 0 and draw(st.integers(0, 2)) == 0:
        inner = schemas(names, depth - 1)
        schema = draw(
            inner.map(lambda value: {"type": "array", "items": value})
            | inner.map(lambda value: {"type": "object", "additionalProperties": value})
            | st.lists(inner, min_size=1, max_size=3).map(lambda values: {"anyOf": values})
            | st.lists(inner, min_size=1, max_size=2).map(lambda values: {"allOf": values})
            | st.dictionaries(NAMES, inner, max_size=3).map(
                lambda values: {"type": "object", "properties": values, "required": [*values][:1]}
            )
        )
    if is_mapping(schema) and draw(st.integers(0, 4)) == 0:
        schema = draw(st.sampled_from(NULLABLE_SPELLINGS))(schema)
    return schema


def holders(document: Document) -> Iterator[dict[str, Any]]:
    """Every schema with properties."""

    def walk(node: object) -> Iterator[dict[str, Any]]:
        if is_mapping(node):
            if is_mapping(node.get("properties")) and node["properties"]:
                yield node
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    yield from walk(document["components"]["schemas"])
    yield from walk(document["paths"])


def rename(mapping: dict[str, Any], old: str, new: str) -> None:
    """Gives a key another name, where it stands."""
    entries = list(mapping.items())
    mapping.clear()
    mapping.update((new if key == old else key, value) for key, value in entries)


@st.composite
def edited(draw: st.DrawFn, original: Document) -> Document:
    """`original` after one to three edits."""
    document = copy.deepcopy(original)
    for _ in range(draw(st.integers(1, 3))):
        draw(st.sampled_from(EDITS))(draw, document)
    return document


def _property(draw: st.DrawFn, document: Document) -> tuple[dict[str, Any], str]:
    holder = draw(st.sampled_from(list(holders(document))))
    return holder, draw(st.sampled_from(sorted(holder["properties"])))


def _rename_property(draw: st.DrawFn, document: Document) -> None:
    holder, old = _property(draw, document)
    new = draw(NAMES)
    rename(holder["properties"], old, new)
    holder["required"] = [new if name == old else name for name in holder.get("required", [])]


def _add_property(draw: st.DrawFn, document: Document) -> None:
    holder, _ = _property(draw, document)
    name = draw(NAMES)
    names = tuple(document["components"]["schemas"])
    holder["properties"][name] = draw(schemas(names))
    if draw(st.booleans()):
        holder["required"] = sorted({*holder.get("required", []), name})


def _respell_property(draw: st.DrawFn, document: Document) -> None:
    holder, name = _property(draw, document)
    schema = holder["properties"][name]
    if is_mapping(schema):
        holder["properties"][name] = draw(st.sampled_from(NULLABLE_SPELLINGS))(schema)


def _describe(draw: st.DrawFn, document: Document) -> None:
    holder, name = _property(draw, document)
    keyword = draw(st.sampled_from(("description", "title", "pattern", "format", "default")))
    target = holder if draw(st.booleans()) else holder["properties"][name]
    if is_mapping(target) and "$ref" not in target:
        target[keyword] = draw(TEXTS)


def _rename_schema(draw: st.DrawFn, document: Document) -> None:
    found = document["components"]["schemas"]
    old, new = draw(st.sampled_from(sorted(found))), draw(NAMES)
    rename(found, old, new)
    prefix = "#/components/schemas/"

    def follow(node: Any) -> None:
        if is_mapping(node):
            if node.get("$ref") == prefix + old:
                node["$ref"] = prefix + new
            for value in node.values():
                follow(value)
        elif isinstance(node, list):
            for value in node:
                follow(value)

    follow(document)


def _operation(draw: st.DrawFn, document: Document) -> dict[str, Any]:
    path = draw(st.sampled_from(sorted(document["paths"])))
    method = draw(st.sampled_from(sorted(document["paths"][path])))
    found: dict[str, Any] = document["paths"][path][method]
    return found


def _edit_operation(draw: st.DrawFn, document: Document) -> None:
    keyword = draw(st.sampled_from(("operationId", "summary", "description", "tags")))
    text = draw(TEXTS | NAMES)
    _operation(draw, document)[keyword] = [text] if keyword == "tags" else text


def _edit_parameter(draw: st.DrawFn, document: Document) -> None:
    operation = _operation(draw, document)
    if not operation.get("parameters"):
        return
    parameter = draw(st.sampled_from(operation["parameters"]))
    names = tuple(document["components"]["schemas"])
    change = draw(st.sampled_from(("name", "schema", "style", "explode", "in", "description")))
    parameter[change] = draw(
        {
            "name": NAMES,
            "schema": schemas(names),
            "style": st.sampled_from(("form", "spaceDelimited", "pipeDelimited", "deepObject")),
            "explode": st.booleans(),
            "in": st.sampled_from(("query", "header", "cookie", "path")),
            "description": TEXTS,
        }[change]
    )


def _edit_path(draw: st.DrawFn, document: Document) -> None:
    old = draw(st.sampled_from(sorted(document["paths"])))
    rename(document["paths"], old, draw(st.sampled_from((old + "/", "/"))) + draw(NAMES))


def _edit_top(draw: st.DrawFn, document: Document) -> None:
    change = draw(st.sampled_from(("version", "description", "url", "openapi", "title")))
    text = draw(TEXTS)
    if change == "url":
        prefix = draw(st.sampled_from(("", "https://api.example.com/")))
        document["servers"] = [{"url": prefix + text}]
    elif change == "openapi":
        document["openapi"] = draw(st.sampled_from(("3.0.3", "3.1.0", "3.1.1", "3.9.0", text)))
    else:
        document["info"][change] = text


EDITS: tuple[Callable[[st.DrawFn, Document], None], ...] = (
    *(_rename_property, _add_property, _add_property, _respell_property, _describe),
    *(_rename_schema, _edit_operation, _edit_parameter, _edit_path, _edit_top),
)
