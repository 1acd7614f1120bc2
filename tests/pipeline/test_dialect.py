"""OpenAPI 3.0 and 3.1 spell the same facts differently: both are read, the rest is refused."""

import ast
import re
from importlib import import_module
from inspect import getattr_static
from typing import Any

import pytest

from scripts.pipeline.document.dialect import plain_schema
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.inputs.parsing import parse_document
from scripts.pipeline.naming.identifiers import (
    TAKEN,
    TAKEN_BY_MODULES,
    TAKEN_BY_OPERATIONS,
    TAKEN_BY_RESOURCES,
)
from scripts.pipeline.repository import PACKAGE, THIS_REPOSITORY

from .support import cat_properties, get_cat, load_package, tiny_document

REF: dict[str, Any] = {"$ref": "#/components/schemas/cat"}
STRING = {"type": "string"}
NULLABLE = {"type": "string", "nullable": True}


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        (STRING, STRING),
        (NULLABLE, NULLABLE),
        ({"type": ["string"]}, STRING),
        ({"type": ["string", "null"]}, NULLABLE),
        ({"type": ["null", "string"], "nullable": False}, NULLABLE),
        ({"type": ["string", "null"], "format": "x"}, {**NULLABLE, "format": "x"}),
        ({"anyOf": [STRING, {"type": "null"}]}, {"anyOf": [STRING], "nullable": True}),
        ({"anyOf": [STRING, {"const": None}]}, {"anyOf": [STRING], "nullable": True}),
        ({"anyOf": [{"enum": [None]}, STRING]}, {"anyOf": [STRING], "nullable": True}),
        ({"oneOf": [STRING, {"type": ["null"]}]}, {"oneOf": [STRING], "nullable": True}),
        ({"anyOf": [NULLABLE, REF]}, {"anyOf": [STRING, REF], "nullable": True}),
        ({"allOf": [REF], "nullable": True}, {"anyOf": [REF], "nullable": True}),
        ({"enum": ["a", None]}, {**NULLABLE, "enum": ["a"]}),
        ({"type": ["string", "null"], "enum": ["a", None]}, {**NULLABLE, "enum": ["a"]}),
        ({"const": "a"}, {**STRING, "enum": ["a"]}),
        ({"enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
        ({"enum": [True, False]}, {"type": "boolean", "enum": [True, False]}),
        ({}, {"nullable": True}),
        ({"type": "array"}, {"type": "array", "items": {"nullable": True}}),
        ({"type": ["integer", "string"]}, {"anyOf": [{"type": "integer"}, STRING]}),
        (
            {"type": ["array", "string", "null"], "items": STRING},
            {"anyOf": [{"type": "array", "items": STRING}, STRING], "nullable": True},
        ),
        ({**REF, "description": "A cat."}, {**REF, "description": "A cat."}),
        (
            {"type": "integer", "exclusiveMinimum": 0, "examples": [1]},
            {"type": "integer", "exclusiveMinimum": 0, "examples": [1]},
        ),
    ],
)
def test_every_spelling_becomes_one(schema, plain):
    assert plain_schema(schema, "cat.name") == plain
    assert plain_schema(plain, "cat.name") == plain


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        (True, "cat.name: a schema is an object, and this is a boolean"),
        (None, "this is null"),
        ({"not": {}}, "the keyword `not` is not supported"),
        ({"prefixItems": []}, "the keyword `prefixItems` is not supported"),
        ({"patternProperties": {}}, "`patternProperties`"),
        ({"type": "null"}, "a value that is always null"),
        ({"type": ["null"]}, "a value that is always null"),
        ({"const": None}, "a value that is always null"),
        ({"enum": [None]}, "a value that is always null"),
        ({"anyOf": [{"type": "null"}]}, "a value that is always null"),
        ({"type": []}, "`type` is []"),
        ({"type": ["string", "string"]}, "names a type twice"),
        ({"type": ["string", "integer"], "enum": ["a", 1]}, "`enum` beside several types"),
        ({"enum": []}, "an enum without values"),
        ({"enum": ["a", "a"]}, "lists a value twice: 'a'"),
        ({"enum": [1.5]}, "an enum of a number"),
        ({"enum": ["a", 1]}, "an enum of a string and an integer"),
        ({"enum": [True, 1]}, "an enum of a boolean and an integer"),
        ({"type": "number", "enum": [1]}, "an enum of an integer whose type is number"),
        ({"const": "a", "enum": ["a"]}, "`const` beside `enum`"),
        ({"nullable": "yes"}, "`nullable` is true or false, not 'yes'"),
        ({**REF, "nullable": True}, "`nullable` beside `$ref`"),
        ({"$ref": "other.json#/cat"}, "a reference to 'other.json#/cat'"),
        ({"allOf": [REF, STRING]}, "an `allOf` of several schemas"),
        ({"anyOf": [STRING], "properties": {}}, "`properties` beside `anyOf`"),
        ({"type": "string", "properties": {}}, "`properties` beside the type string"),
        ({"type": "object", "items": {}}, "`items` beside the type object"),
        ({"properties": {"a": {"properties": {"b": {"not": {}}}}}}, "properties.a.properties.b:"),
        *(
            ({"properties": {name: STRING}}, "is not named in ASCII letters")
            for name in ("", " ", "a b", "a.b", "\\", "\0", "\u202e", "é", "ﬁ", '"', "-", "a" * 201)
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_expressed_is_refused_by_its_name(schema, complaint):
    with pytest.raises(PipelineError) as caught:
        plain_schema(schema, "cat.name")
    assert str(caught.value).startswith("cat.name")
    assert complaint in str(caught.value)


def test_null_of_openapi_3_1_is_read_as_null(tiny):
    document = tiny_document()
    document["openapi"] = "3.1.0"
    cat_properties(document)["name"] = {"type": ["string", "null"]}
    cat_properties(document)["owner"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    document["components"]["schemas"]["cat"]["required"] += ["name", "owner"]
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 0, result.err
    cat = load_package(tiny.package(), "newer")["models"].Cat
    assert cat.__annotations__["name"] == cat.__annotations__["owner"] == "str | None"
    data = {"id": "cat_1", "object": "cat", "name": None, "owner": None}
    assert cat.from_dict(data).to_dict() == data
    assert '"openapi": "3.0.3"' in tiny.repository.slice.read_text("utf-8")


@pytest.mark.parametrize("version", ["3.9.0", "3.2.0", "3.", "3.0.0\nx", "3.1.0); x"])
def test_another_version_is_refused_by_its_name(version):
    with pytest.raises(PipelineError, match=r"3\.0 and 3\.1 are supported"):
        parse_document(f'{{"openapi": {version!a}, "paths": {{}}}}'.replace("'", '"'), "it")


PARAMETERS = [
    ({"style": "pipeDelimited"}, "a parameter of the style 'pipeDelimited'"),
    ({"style": "spaceDelimited"}, "a parameter of the style 'spaceDelimited'"),
    ({"style": "form", "explode": False}, "of the style 'form', sent as expand=a,b"),
    ({"style": "form"}, "of the style 'form', sent as expand=a&expand=b"),
    ({"in": "header"}, "parameters in a header"),
    ({"in": "cookie"}, "parameters in a cookie"),
    ({"style": "deepObject", "name": "from"}, "a parameter whose name is no Python identifier"),
    ({"style": "deepObject", "name": "a b"}, "the parameter 'a b' is not named in ASCII letters"),
    ({"style": "deepObject", "name": "str"}, "a parameter that hides Python's own 'str'"),
    (
        {"name": "object", "style": "deepObject", "schema": {"type": "object"}},
        "a parameter that hides Python's own 'object'",
    ),
]


@pytest.mark.parametrize(("change", "complaint"), PARAMETERS)
def test_a_parameter_is_refused_by_what_it_is(tiny, change, complaint):
    document = tiny_document()
    parameter = get_cat(document)["parameters"][1]
    del parameter["style"]
    parameter.update(change)
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 2
    assert complaint in result.err


def test_a_parameter_may_be_called_like_a_type_that_nothing_beside_it_has(tiny):
    schema = {"type": "string", "enum": ["cat", "object"]}
    document = tiny_document()
    get_cat(document)["parameters"].append({"name": "object", "in": "query", "schema": schema})
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 0, result.err
    assert '    object: Literal["cat", "object"] | None\n' in (
        tiny.package() / "params.py"
    ).read_text("utf-8")


def test_parameters_and_responses_that_are_shared_are_read(tiny):
    document = tiny_document()
    operation = get_cat(document)
    first, second = operation["parameters"]
    document["components"]["parameters"] = {"expand": second}
    document["components"]["responses"] = {"cat": operation["responses"]["200"]}
    document["paths"]["/v1/cats/{cat}"]["parameters"] = [first]
    operation["parameters"] = [{"$ref": "#/components/parameters/expand"}]
    operation["responses"]["200"] = {"$ref": "#/components/responses/cat"}
    before = tiny.content()
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 0, result.err
    package = {name: data for name, data in tiny.content().items() if name.startswith("generated")}
    assert package == {name: before[name] for name in package}


def test_a_parameter_that_is_not_there_is_refused(tiny):
    document = tiny_document()
    get_cat(document)["parameters"][1] = {"$ref": "#/components/parameters/expand"}
    result = tiny.run("--from", tiny.write_document(document))
    assert "GET /v1/cats/{cat}: $ref to '#/components/parameters/expand'" in result.err


# --- Text that is no plain data ---


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"a": NaN}', "NaN is no value of JSON"),
        ('{"a": 1, "a": 2}', "an object has the name 'a' twice"),
        ('{"a": "\\ud800"}', "has half of a surrogate pair"),
        ('{"\\udfff": 1}', "has half of a surrogate pair"),
        ('{"a": ' * 101 + "1" + "}" * 101, "nested too deeply, in more than 100 levels"),
        ("a: " + "[" * 101 + "]" * 101, "nested too deeply, in more than 100 levels"),
        ("a: " + "[" * 200_000, "nested too deeply"),
        ("a: 1\na: 2", "line 2: a mapping has the name 'a' twice"),
        ("on: 1", "line 1: the name 'on' is True in YAML; quote it"),
        ("~: 1", "the name '~' is None in YAML"),
        ("200: 1\n'200': 2", "a mapping has the name '200' twice"),
        ("a: .nan", "not plain JSON data"),
    ],
    ids=lambda value: value[:15],
)
def test_text_that_parsers_do_not_agree_on_is_refused(text, complaint):
    with pytest.raises(PipelineError) as caught:
        parse_document(text, "document")
    assert complaint in str(caught.value)


@pytest.mark.parametrize("name", ["slice", "overlay", "document"])
def test_aliases_that_stand_for_billions_of_values_are_refused_at_once(tiny, name):
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "\n".join(["openapi: 3.0.0", *bomb])
    path = tiny.repository.spec / f"{name}.yaml"
    arguments = ("--from", tiny.write_document(text)) if name == "document" else ()
    if name != "document":
        path.write_text(text, "utf-8")
    result = tiny.run(*arguments)
    assert result.code == 2
    assert "its aliases make it larger than 5000000 values" in result.err


# --- Names ---


@pytest.mark.parametrize(
    "name",
    [
        *("self", "cls", "from_dict", "to_dict", "additional_properties", "class", "match"),
        *("datetime", "Literal", "JSONObject", "int", "str", "raw", "found", "intern"),
        *("_data", "field_x", "define_layout", "from_dict_leniently", "super", "None"),
    ],
)
def test_a_property_of_any_name_is_read_and_written(tiny, name):
    document = tiny_document()
    cat_properties(document)[name] = {"type": "integer", "format": "unix-time"}
    cat_properties(document)["raw"] = {"type": "integer"}
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 0, result.err
    cat = load_package(tiny.package(), f"named_{name}")["models"].Cat
    data = {"id": "cat_1", "object": "cat", "name": None, name: 1, "raw": 2}
    read = cat.from_dict(data)
    assert read.to_dict() == data
    assert read.additional_properties == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("a-b", "a_b"), ("_x", "field_x"), ("to_dict", "to_dict_"), ("in", "in_")),
        *(("fooBar", "foo_bar"), ("raw", "raw_")),
    ],
)
def test_two_properties_of_one_attribute_are_refused_with_both_names(tiny, one, other):
    document = tiny_document()
    cat_properties(document).update({one: {"type": "string"}, other: {"type": "string"}})
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 2
    assert one in result.err
    assert other in result.err


def test_two_accessors_of_one_name_are_refused_with_both_properties(tiny):
    document = tiny_document()
    expandable = {
        "anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/cat"}],
        "x-expansionResources": {"oneOf": [{"$ref": "#/components/schemas/cat"}]},
    }
    cat_properties(document).update({"expanded_x": expandable, "x_id": expandable})
    result = tiny.run("--from", tiny.write_document(document))
    assert "class Cat: 'x_id' and 'expanded_x' both give it a 'expanded_x_id'" in result.err


def test_what_the_rendered_modules_use_is_known_to_be_taken():
    package = THIS_REPOSITORY.generated / PACKAGE
    base = import_module(f"{PACKAGE}._model")
    names = {
        name
        for name in dir(base.Model)
        if name[0] != "_" and not isinstance(getattr_static(base.Model, name), base._Habit)
    }
    assert names <= TAKEN
    for module, taken in (
        ("models", TAKEN_BY_MODULES),
        ("params", TAKEN_BY_MODULES),
        ("resources", {*TAKEN_BY_MODULES, *TAKEN_BY_RESOURCES}),
    ):
        tree = ast.parse((package / f"{module}.py").read_text("utf-8"))
        used = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module not in ("models", "params")
            for alias in node.names
        }
        assert {name for name in used if name[0].isupper()} - {"TYPE_CHECKING"} <= taken
    template = (THIS_REPOSITORY.templates / "operations.py.jinja").read_text("utf-8")
    imported = set(re.findall(r"^    (\w+),$", template, re.MULTILINE))
    assert imported <= TAKEN_BY_OPERATIONS


# --- The package ---


def test_a_package_that_cannot_be_imported_replaces_nothing(tiny):
    path = tiny.repository.templates / "params.py.jinja"
    path.write_text(path.read_text("utf-8") + "\nBROKEN = 1 // 0\n", "utf-8")
    before = tiny.content()
    result = tiny.run()
    assert result.code == 2
    assert "cannot be imported: ZeroDivisionError: " in result.err
    assert tiny.content() == before
