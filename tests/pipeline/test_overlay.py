"""Overlays: what an action does to a document, and what is not described yet."""

import copy
from typing import Any

import pytest

from scripts.pipeline.document.overlay import (
    Overlaid,
    apply_overlay,
    merge,
    read_actions,
    undescribed,
)
from scripts.pipeline.errors import MisfitError
from scripts.pipeline.openapi import Document

from .support import TINY_OVERLAY, cat_properties, get_cat, tiny_document


def apply(*actions: dict[str, Any]) -> Any:
    return overlaid(tiny_document(), *actions).fitting()


def overlaid(document: Document, *actions: dict[str, Any]) -> Overlaid:
    return apply_overlay(document, read_actions({"overlay": "1.0.0", "actions": list(actions)}))


@pytest.mark.parametrize(
    ("value", "update", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ({"a": {"b": 2}}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 2}}, {"a": None}, {"a": None}),
        ({"a": [1]}, {"a": [2, 3]}, {"a": [1, 2, 3]}),
        ({"a": [1]}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": [2]}, {"a": [2]}),
        ({}, {"a": {"b": [1]}}, {"a": {"b": [1]}}),
        ({"a": 1}, {}, {"a": 1}),
    ],
)
def test_an_update_is_merged_in_depth(value, update, merged):
    before = copy.deepcopy((value, update))
    assert merge(value, update) == merged
    assert (value, update) == before


def test_what_is_merged_shares_nothing_with_the_update():
    update: dict[str, Any] = {"a": {"b": []}, "c": []}
    merged = merge({"c": []}, update)
    merged["a"]["b"].append(1)
    assert update == {"a": {"b": []}, "c": []}


def test_an_update_of_an_array_is_a_new_entry_of_it():
    parameter = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    changed = apply({"target": "$.paths.*.get.parameters", "update": parameter})
    assert [given["name"] for given in get_cat(changed)["parameters"]] == [
        "cat",
        "expand",
        "limit",
    ]


def test_an_update_applies_to_every_match():
    changed = apply({"target": "$.components.schemas.cat.properties.*", "update": {"x-new": 1}})
    assert all(schema["x-new"] == 1 for schema in cat_properties(changed).values())


def test_the_whole_document_can_be_a_target():
    assert apply({"target": "$", "update": {"info": {"title": "Cats"}}})["info"]["title"] == "Cats"


@pytest.mark.parametrize(
    "target",
    ["$.paths.*.get.parameters[*]", "$.paths.*.get.parameters[?@.in]", "$..parameters[0,1]"],
)
def test_what_is_removed_does_not_shift_what_is_to_be_removed_next(target):
    assert get_cat(apply({"target": target, "remove": True}))["parameters"] == []


def test_actions_apply_in_order():
    changed = apply(
        {"target": "$.components.schemas.cat.required", "remove": True},
        {"target": "$.components.schemas.cat", "update": {"required": ["id"]}},
    )
    assert changed["components"]["schemas"]["cat"]["required"] == ["id"]


def test_the_document_itself_stays_as_it_is():
    document = tiny_document()
    apply_overlay(document, read_actions(TINY_OVERLAY))
    assert document == tiny_document()


def test_a_field_may_be_added_with_a_type():
    age = {"type": "integer", "description": "In years."}
    changed = apply({"target": "$.components.schemas.cat.properties", "update": {"age": age}})
    assert cat_properties(changed)["age"] == age


def test_a_schema_that_says_nothing_may_still_be_described():
    document = tiny_document()
    cat_properties(document)["anything"] = {}
    target = "$.components.schemas.cat.properties.anything"
    action = {"target": target, "update": {"description": "Whatever."}}
    described = overlaid(document, action).fitting()
    assert cat_properties(described)["anything"] == {"description": "Whatever."}


def test_whatever_has_no_description_is_listed():
    document = tiny_document()
    inline = {"type": "object", "properties": {"a": {"type": "string"}}}
    cat_properties(document)["inline"] = inline
    cat_properties(document)["items"] = {"type": "array", "items": inline}
    get_cat(document)["parameters"][1]["schema"] = {"anyOf": [{"type": "string"}, inline]}
    for described in (document["components"]["schemas"]["cat"], cat_properties(document)["name"]):
        described["description"] = "Ours."
    del get_cat(document)["description"]
    fields = {"b": inline, "c": {"type": "object", "additionalProperties": inline}}
    form = {"schema": {"type": "object", "properties": fields}}
    get_cat(document)["requestBody"] = {"content": {"application/x-www-form-urlencoded": form}}
    assert undescribed(document) == [
        "GET /v1/cats/{cat}",
        "GET /v1/cats/{cat} b",
        "GET /v1/cats/{cat} b.a",
        "GET /v1/cats/{cat} c",
        "GET /v1/cats/{cat} cat",
        "GET /v1/cats/{cat} c{}.a",
        "GET /v1/cats/{cat} expand",
        "GET /v1/cats/{cat} expand.a",
        "cat.id",
        "cat.inline",
        "cat.inline.a",
        "cat.items",
        "cat.items[].a",
        "cat.object",
    ]


def test_all_that_does_not_fit_comes_back_with_the_document_as_far_as_the_overlay_fits():
    described = {"properties": {"age": {"description": "Gone."}, "name": {"description": "Ours."}}}
    result = overlaid(
        tiny_document(),
        {"target": "$.x", "remove": True},
        {"target": "$.components.schemas.cat", "update": described},
        {"target": "$.info.title", "update": "Cats"},
        {"target": "$.info", "update": {"title": "Cats"}},
        {"target": "$.components.schemas.cat", "update": {"required": ["object", "name"]}},
    )
    assert [(problem.kind, problem.text) for problem in result.problems] == [
        ("stale-action", "matches nothing in the slice"),
        ("stale-prose", "describes `age`, which the slice does not have"),
        ("stale-action", "selects a plain value; only objects and arrays can be targets"),
        ("listed-already", "lists 'object' where the document lists the same itself"),
    ]
    assert result.document["info"]["title"] == "Cats"
    assert result.document["components"]["schemas"]["cat"]["required"] == ["id", "object", "name"]
    assert cat_properties(result.document).keys() == {"id", "object", "name"}
    assert cat_properties(result.document)["name"]["description"] == "Ours."
    with pytest.raises(MisfitError, match=r"action 1 \(\$.x\) matches nothing"):
        result.fitting()
