"""From a schema to Python: names, types, docstrings."""

import ast
import textwrap
from typing import Any

import pytest
from hypothesis import given, strategies as st

from scripts.pipeline.errors import PipelineError
from scripts.pipeline.naming.identifiers import attribute_name
from scripts.pipeline.openapi import Schema
from scripts.pipeline.output.rendering import docstring
from scripts.pipeline.view.text import Text
from scripts.pipeline.view.types import Types

STRING: Schema = {"type": "string"}
SCHEMAS: dict[str, Schema] = {
    "cat": {"properties": {"object": {"type": "string", "enum": ["cat"]}}},
    "deleted_cat": {
        "properties": {
            "object": {"type": "string", "enum": ["cat"]},
            "deleted": {"type": "boolean", "enum": [True]},
        },
        "required": ["deleted"],
    },
    "perhaps_deleted_cat": {
        "properties": {
            "object": {"type": "string", "enum": ["cat"]},
            "deleted": {"type": "boolean", "enum": [True], "nullable": True},
        },
        "required": ["deleted"],
    },
    "at_times_deleted_cat": {
        "properties": {
            "object": {"type": "string", "enum": ["cat"]},
            "deleted": {"type": "boolean", "enum": [True]},
        }
    },
    "marked_cat": {
        "properties": {
            "object": {"type": "string", "enum": ["cat"]},
            "deleted": {"type": "boolean"},
        },
        "required": ["deleted"],
    },
    "dog": {"properties": {"object": {"type": "string", "enum": ["dog"]}}},
    "big_dog": {"properties": {"object": {"type": "string", "enum": ["dog"]}}},
    "tree": {"properties": {"height": {"type": "integer"}}},
    "bush": {"properties": {"height": {"type": "integer"}}},
    "pet": {"anyOf": [{"$ref": "cat"}, {"$ref": "dog"}]},
    "name": {"type": "string", "nullable": True},
    "plain": {"type": "object"},
}


def types() -> Types:
    names = {id(schema): name.title().replace("_", "") for name, schema in SCHEMAS.items()}
    return Types(SCHEMAS, lambda schema: names.get(id(schema), "Inline"))


def page_of(items: Schema) -> Schema:
    data = {"type": "array", "items": items}
    return {"properties": {"object": {"type": "string", "enum": ["list"]}, "data": data}}


CAT, DOG, TREE = ({"$ref": name} for name in ("cat", "dog", "tree"))


@pytest.mark.parametrize(
    ("schema", "annotation", "reader"),
    [
        (STRING, "str", None),
        ({"type": "integer"}, "int", None),
        ({"type": "integer", "format": "unix-time"}, "int", None),
        ({"type": "number"}, "float", None),
        ({"type": "boolean"}, "bool", None),
        ({}, "JSONValue", None),
        ({"type": "object"}, "JSONObject", None),
        ({"type": "object", "properties": {}}, "JSONObject", None),
        ({"type": "string", "enum": ["a", "b"]}, "Literal['a', 'b'] | str", None),
        ({"type": "string", "enum": ["a"]}, "Literal['a'] | str", None),
        ({"type": "array", "items": STRING}, "list[str]", None),
        ({"type": "array", "items": TREE}, "list[Tree]", "list_of(Tree.from_dict)"),
        ({"type": "object", "additionalProperties": STRING}, "dict[str, str]", None),
        (
            {"type": "object", "additionalProperties": TREE},
            "dict[str, Tree]",
            "dict_of(Tree.from_dict)",
        ),
        ({"type": "object", "additionalProperties": False}, "JSONObject", None),
        # Null within a list or mapping has no attribute to stand in for it.
        ({"type": "array", "items": {"$ref": "name"}}, "list[str | None]", None),
        (
            {"type": "array", "items": {"anyOf": [TREE], "nullable": True}},
            "list[Tree | None]",
            "list_of(or_none(Tree.from_dict))",
        ),
        (TREE, "Tree", "Tree.from_dict"),
        ({"properties": {"a": STRING}}, "Inline", "Inline.from_dict"),
        (page_of(TREE), "ListObject[Tree]", "list_object(Tree.from_dict)"),
        (page_of(STRING), "ListObject[str]", "list_object(as_is)"),
        # Unions: of one, of scalars, of an id and objects
        ({"anyOf": [TREE]}, "Tree", "Tree.from_dict"),
        ({"anyOf": [STRING, {"type": "integer"}, STRING]}, "str | int", None),
        ({"anyOf": [STRING, TREE]}, "str | Tree", "object_or_scalar(Tree.from_dict)"),
        ({"anyOf": [STRING, {"type": "object"}]}, "str | JSONObject", None),
        (
            {"anyOf": [STRING, CAT]},
            "str | Cat | JSONObject",
            "expandable({'cat': Cat})",
        ),
        (
            {"anyOf": [STRING, CAT, {"$ref": "deleted_cat"}]},
            "str | Cat | DeletedCat | JSONObject",
            "expandable({'cat': Cat}, deleted={'cat': DeletedCat})",
        ),
        (
            {"anyOf": [STRING, {"$ref": "pet"}]},
            "str | Cat | Dog | JSONObject",
            "expandable({'cat': Cat, 'dog': Dog})",
        ),
        (
            {"anyOf": [STRING, CAT, {"$ref": "plain"}]},
            "str | JSONObject | Cat",
            "expandable({'cat': Cat})",
        ),
        # What nothing tells apart stays plain JSON.
        ({"anyOf": [TREE, {"$ref": "bush"}]}, "JSONObject", None),
        ({"anyOf": [DOG, {"$ref": "big_dog"}]}, "JSONObject", None),
        (
            {"anyOf": [CAT, DOG, {"$ref": "big_dog"}]},
            "Cat | JSONObject",
            "expandable({'cat': Cat})",
        ),
        *(
            (
                {"anyOf": [STRING, CAT, {"$ref": name}]},
                "str | Cat | JSONObject",
                "expandable({'cat': Cat})",
            )
            for name in ("perhaps_deleted_cat", "at_times_deleted_cat", "marked_cat")
        ),
        (
            {"anyOf": [STRING, {"$ref": "marked_cat"}]},
            "str | MarkedCat",
            "object_or_scalar(MarkedCat.from_dict)",
        ),
        ({"anyOf": [TREE, {"$ref": "plain"}]}, "JSONObject", None),
        ({"anyOf": [STRING, {"type": "array", "items": TREE}]}, "JSONValue", None),
    ],
)  # fmt: skip
def test_the_type_of_an_answer(schema, annotation, reader):
    output = types().output(schema)
    assert (output.annotation, output.reader) == (annotation, reader)


@pytest.mark.parametrize(
    ("name", "enum", "annotation"),
    [
        ("object", ["cat"], "Literal['cat']"),
        ("deleted", [True], "Literal[True]"),
        ("object", ["cat", "dog"], "Literal['cat', 'dog'] | str"),
        ("type", ["cat"], "Literal['cat'] | str"),
    ],
)
def test_only_what_tells_the_kind_of_an_object_is_a_constant(name, enum, annotation):
    assert types().field(name, {"type": "string", "enum": enum}).annotation == annotation


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        (STRING, "str"),
        ({"type": "number"}, "float"),
        ({"type": "integer", "format": "unix-time"}, "int | datetime"),
        ({"type": "string", "enum": ["a", "b"]}, "Literal['a', 'b']"),
        ({"type": "array", "items": STRING}, "Sequence[str]"),
        ({"type": "object", "additionalProperties": STRING}, "Mapping[str, str]"),
        ({"type": "object"}, "Mapping[str, object]"),
        ({"type": "object", "properties": {}}, "Mapping[str, object]"),
        ({"properties": {"a": STRING}}, "Inline"),
        ({"anyOf": [STRING, STRING, {"type": "string", "enum": [""]}]}, "str | Literal['']"),
    ],
)
def test_the_type_of_a_parameter(schema, annotation):
    assert types().input(schema, "GET /v1/cats name") == annotation


@pytest.mark.parametrize("schema", [{}, {"type": "string", "format": "binary"}, {"type": "file"}])
def test_a_parameter_that_cannot_be_passed_is_refused(schema):
    with pytest.raises(PipelineError, match="POST /v1/files file: the templates do not support"):
        types().input(schema, "POST /v1/files file")


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("type", "type"),
        ("object", "object"),
        ("id", "id"),
        ("payment_method", "payment_method"),
        ("camelCase", "camelCase"),
        ("in", "in_"),
        ("from", "from_"),
        ("str", "str_"),
        ("property", "property_"),
        ("from_dict", "from_dict_"),
        ("_private", "field_private"),
        ("with-dash", "with_dash"),
        ("2fa", "field_2fa"),
    ],
)
def test_an_attribute_has_stripes_own_name_where_python_lets_it(name, attribute):
    assert attribute_name(name) == attribute
    assert attribute.isidentifier()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Short.", ['    """Short."""']),
        ("word " * 30, ['    """' + "word " * 17 + "word", "    " + "word " * 11 + 'word"""']),
        ("x" * 90, ['    """' + "x" * 90 + '"""']),
        ('Ends in "quotes"', ['    """Ends in "quotes" """']),
        ("One.\n\nTwo.", ['    """One.', "", "    Two.", '    """']),
        (
            "One.\n\nArgs:\n    name: " + "word " * 20,
            [
                '    """One.',
                "",
                "    Args:",
                "        name: " + "word " * 16 + "word",
                "            " + "word word word".strip(),
                '    """',
            ],
        ),
        ("See https://a-long.example/" + "a-b/" * 30, None),
    ],
)
def test_a_docstring_is_wrapped_between_words(text, lines):
    written = docstring(Text(text))
    if lines is not None:
        assert written.split("\n") == lines
    assert " ".join(ast.literal_eval(textwrap.dedent(written)).split()) == " ".join(text.split())


@given(
    st.text(st.sampled_from("a \"'\\\n{}\t-\0\r\f\x1b\u2028\u202e\ud800"), min_size=1).filter(
        str.strip
    )
)
def test_no_text_can_end_a_docstring_early(text):
    module = ast.parse(f"class A:\n{docstring(Text(text))}\n")
    definition: Any = module.body[0]
    assert len(definition.body) == 1
    assert ast.get_docstring(definition) is not None
