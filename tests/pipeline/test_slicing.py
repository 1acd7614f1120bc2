"""What the slice keeps of the full document: names and types of what is configured, no prose."""

from typing import Any

import pytest
import yaml

from scripts.pipeline.document.slicing import cut_slice
from scripts.pipeline.inputs.configuration import read_configuration
from scripts.pipeline.inputs.parsing import canonical_json
from scripts.pipeline.inputs.slice_config import SliceConfig
from scripts.pipeline.openapi import Document

from .support import TINY_CONFIG, cat_properties, get_cat, tiny_document

DOG = {"$ref": "#/components/schemas/dog"}
PLAIN = {"type": "object"}


def page_of(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Stripe's list envelope, as the document writes it out at every place."""
    return {
        "type": "object",
        "description": "Upstream prose.",
        "required": ["object", "data", "has_more", "url"],
        "properties": {
            "object": {"type": "string", "enum": ["list"]},
            "data": {"type": "array", "items": items},
            "has_more": {"type": "boolean", "description": "Upstream prose."},
            "url": {"type": "string", "maxLength": 5000, "pattern": "^/v1/dogs"},
        },
        "x-expandableFields": ["data"],
        **more,
    }


@pytest.fixture
def cut(tmp_path):
    """Cuts a document by a configuration."""

    def cut(document: Document, **config: Any) -> Document:
        path = tmp_path / "slice.yaml"
        path.write_text(yaml.safe_dump({**TINY_CONFIG, **config}), "utf-8")
        return cut_slice(document, read_configuration(path, SliceConfig)).fitting()

    return cut


@pytest.fixture
def cut_field(cut):
    """What becomes of one field of a cat, with dogs outside of the slice or in it."""

    def cut_field(schema: dict[str, Any], *, with_dogs: bool = False) -> Any:
        document = tiny_document()
        dog = {"type": "object", "properties": {"id": {"type": "string", "description": "Prose."}}}
        document["components"]["schemas"]["dog"] = dog
        cat_properties(document)["field"] = schema
        schemas = {"cat": None, **({"dog": None} if with_dogs else {})}
        return cat_properties(cut(document, schemas=schemas))["field"]

    return cut_field


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            {"type": "string", "description": "Prose.", "maxLength": 5000, "example": "x"},
            {"type": "string"},
        ),
        ({"type": "integer", "format": "unix-time"}, {"type": "integer", "format": "unix-time"}),
        (
            {"type": "string", "nullable": True, "enum": ["a", "b"], "title": "Prose"},
            {"type": "string", "nullable": True, "enum": ["a", "b"]},
        ),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array", "items": {"type": "string"}},
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string", "maxLength": 500}},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
        ),
        (
            {"type": "object", "required": ["b", "a"], "properties": {"a": {"type": "string"}}},
            {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}}},
        ),
        # References to what is outside of the slice
        (DOG, PLAIN),
        ({"anyOf": [DOG]}, PLAIN),
        ({"anyOf": [DOG], "nullable": True}, {"type": "object", "nullable": True}),
        ({"anyOf": [{"type": "string"}, DOG]}, {"anyOf": [{"type": "string"}, PLAIN]}),
        ({"anyOf": [{"type": "string"}, DOG, DOG]}, {"anyOf": [{"type": "string"}, PLAIN]}),
        ({"type": "array", "items": DOG}, {"type": "array", "items": PLAIN}),
        (page_of(DOG), PLAIN),
        (page_of(DOG, nullable=True), {"type": "object", "nullable": True}),
        # What an id can be expanded to is a fact, within the slice or outside
        (
            {"anyOf": [{"type": "string"}, DOG], "x-expansionResources": {"oneOf": [DOG]}},
            {"anyOf": [{"type": "string"}, PLAIN], "x-expandable": ["dog"]},
        ),
    ],
)
def test_of_a_field_the_facts_are_kept(cut_field, given, kept):
    assert cut_field(given) == kept


@pytest.mark.parametrize("given", [DOG, {"anyOf": [{"type": "string"}, DOG]}, {"anyOf": [DOG]}])
def test_references_within_the_slice_stay(cut_field, given):
    assert cut_field(given, with_dogs=True) == given


def test_a_list_within_the_slice_stays_a_list(cut_field):
    kept = cut_field(page_of({"anyOf": [DOG]}), with_dogs=True)
    assert kept["properties"]["data"]["items"] == {"anyOf": [DOG]}
    assert kept["properties"]["url"] == {"type": "string"}


def test_only_scalars_drops_what_holds_objects(cut):
    document = tiny_document()
    document["components"]["schemas"]["dog"] = {"type": "object"}
    cat_properties(document).update(
        direct=DOG,
        inline={"type": "object", "properties": {"a": {"type": "string"}}},
        union={"anyOf": [{"type": "string"}, DOG]},
        items={"type": "array", "items": DOG},
        strings={"type": "array", "items": {"type": "string"}},
    )
    kept = cat_properties(cut(document, schemas={"cat": {"only": "scalars"}}))
    assert kept.keys() == {"id", "object", "name", "strings"}


def test_everything_follows_every_reference(cut):
    document = tiny_document()
    cat_properties(document)["friend"] = DOG
    document["components"]["schemas"] |= {
        "dog": {"type": "object", "properties": {"owner": {"$ref": "#/components/schemas/person"}}},
        "person": {"type": "object", "properties": {"pet": {"$ref": "#/components/schemas/cat"}}},
        "tree": {"type": "object"},
    }
    kept = cut(document, schemas="everything")["components"]["schemas"]
    assert kept.keys() == {"cat", "dog", "person"}


def test_roots_are_kept_though_no_operation_needs_them(cut):
    document = tiny_document()
    document["components"]["schemas"]["dog"] = {"type": "object", "description": "Prose."}
    kept = cut(document, schemas={"cat": None, "dog": None}, roots=["dog"])
    assert kept["components"]["schemas"]["dog"] == {"type": "object"}


def test_a_schema_that_is_another_name_for_one_is_that_one(cut):
    document = tiny_document()
    document["components"]["schemas"]["pet"] = {"$ref": "#/components/schemas/cat"}
    kept = cut(document, schemas={"cat": None, "pet": None}, roots=["pet"])["components"]["schemas"]
    assert kept["pet"] == kept["cat"]


def test_an_object_may_come_back_to_itself(cut):
    document = tiny_document()
    cat_properties(document)["parents"] = {"type": "array", "items": {"anyOf": [get_ref("cat")]}}
    assert cat_properties(cut(document))["parents"]["items"] == {"anyOf": [get_ref("cat")]}


def get_ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_of_an_operation_the_facts_are_kept(cut):
    document = tiny_document()
    fields = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}}}
    form = {"application/x-www-form-urlencoded": {"schema": fields, "encoding": {}}}
    get_cat(document)["requestBody"] = {"content": form, "required": False}
    get_cat(document)["parameters"][1] |= {"style": "deepObject", "explode": True}
    assert get_cat(cut(document)) == {
        "operationId": "retrieve_cat",
        "x-upstream-id": "GetCatsCat",
        "tags": ["cats"],
        "x-method": "retrieve",
        "parameters": [
            {"name": "cat", "in": "path", "required": True, "schema": {"type": "string"}},
            {
                "name": "expand",
                "in": "query",
                "style": "deepObject",
                "explode": True,
                "schema": {"type": "array", "items": {"type": "string"}},
            },
        ],
        "requestBody": {
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {"type": "object", "properties": {"name": {"type": "string"}}}
                }
            }
        },
        "responses": {
            "200": {
                "description": "",
                "content": {"application/json": {"schema": get_ref("cat")}},
            }
        },
    }


def test_of_the_document_itself_title_version_server_and_security_are_kept(cut):
    document = tiny_document()
    document["info"]["description"] = "Upstream prose."
    document["security"] = [{"bearer": []}]
    scheme = {"type": "http", "scheme": "bearer", "description": "Upstream prose."}
    document["components"]["securitySchemes"] = {"bearer": scheme}
    document["tags"] = [{"name": "cats"}]
    kept = cut(document)
    assert {key: value for key, value in kept.items() if key not in ("paths", "components")} == {
        "openapi": "3.0.0",
        "info": {"title": "Tiny", "version": "2026-01-01"},
        "servers": [{"url": "https://api.example.com/"}],
        "security": [{"bearer": []}],
    }
    assert kept["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}


def reversed_keys(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: reversed_keys(node[key]) for key in reversed(node)}
    return [reversed_keys(item) for item in node] if isinstance(node, list) else node


def test_the_order_of_keys_makes_no_difference(cut):
    document = tiny_document()
    document["components"]["schemas"]["dog"] = {"type": "object"}
    cat_properties(document)["friend"] = DOG
    one = cut(document, schemas="everything")
    other = cut(reversed_keys(document), schemas="everything")
    assert canonical_json(one) == canonical_json(other)
