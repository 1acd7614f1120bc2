"""The flat table: columns come from the document, and never move once they are committed."""

from __future__ import annotations

import json
import runpy
import sys
from typing import Any

import pytest

from scripts.pipeline.openapi import Document
from scripts.pipeline.repository import PACKAGE, THIS_REPOSITORY
from tests.pipeline.support import (
    TINY_CONFIG,
    TINY_OVERLAY,
    Checkout,
    cat_properties,
    tiny_document,
)

CATS: dict[str, Any] = {
    "schema": "cat",
    "version": 3,
    "columns": [
        {"name": "title", "kind": "string", "path": "name"},
        {"name": "extra", "kind": "string", "path": None},
        {"name": "id", "kind": "string", "path": "id"},
    ],
}


def with_columns(tiny: Checkout, table: dict[str, Any] = CATS) -> Checkout:
    tiny.repository.columns.write_text(json.dumps(table), "utf-8")
    return tiny


def columns(checkout: Checkout) -> list[tuple[str, str]]:
    """Those of the rendered module, which are also the committed ones."""
    committed = json.loads(checkout.repository.columns.read_text("utf-8"))
    code = f"import {PACKAGE}.columns as c; rendered = c.COLUMNS, c.SCHEMA_VERSION"
    rendered = rendered_by(checkout, code)
    found = [(column.name, column.kind) for column in rendered[0]]
    assert found == [(column["name"], column["kind"]) for column in committed["columns"]]
    assert rendered[1] == committed["version"]
    return found


def rendered_by(checkout: Checkout, code: str) -> Any:
    script = checkout.repository.root / "code.py"
    script.write_text(code, "utf-8")
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith(PACKAGE)}
    sys.path.insert(0, str(checkout.repository.generated))
    try:
        return runpy.run_path(str(script))["rendered"]
    finally:
        sys.path.pop(0)
        for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
            del sys.modules[name]
        sys.modules.update(kept)


def regenerate(tiny: Checkout, document: Document) -> None:
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 0, result.err


def test_columns_keep_their_order_and_names(tiny):
    with_columns(tiny)
    regenerate(tiny, tiny_document())
    assert columns(tiny) == [("title", "string"), ("extra", "string"), ("id", "string")]
    assert tiny.run("--check").code == 0


def test_a_new_field_is_a_new_column_at_the_end(tiny):
    with_columns(tiny)
    document = tiny_document()
    cat_properties(document)["age"] = {"type": "integer"}
    cat_properties(document)["born"] = {"type": "integer", "format": "unix-time"}
    cat_properties(document)["is_tame"] = {"type": "boolean"}
    cat_properties(document)["toys"] = {"type": "array", "items": {"type": "string"}}
    cat_properties(document)["weight"] = {"type": "number", "nullable": True}
    regenerate(tiny, document)
    assert columns(tiny) == [
        *(("title", "string"), ("extra", "string"), ("id", "string")),
        *(("age", "int64"), ("born", "timestamp"), ("is_tame", "bool"), ("weight", "float64")),
    ]
    assert json.loads(tiny.repository.columns.read_text("utf-8"))["version"] == 4
    assert tiny.run("--check").code == 0
    row = rendered_by(
        tiny,
        f"from {PACKAGE}.columns import flat\nfrom {PACKAGE}.models import Cat\n"
        "cat = Cat.from_dict({'id': 'c', 'object': 'cat', 'name': 'Tom', 'age': 3, 'born': 0,"
        " 'is_tame': True, 'weight': 4.5, 'toys': ['ball']})\n"
        "rendered = flat(cat, None, 0, None)",
    )
    assert row == ("Tom", '{"toys":["ball"]}', "c", 3, 0, True, 4.5)


def test_the_check_notices_a_field_without_a_column(tiny):
    with_columns(tiny, {**CATS, "columns": CATS["columns"][:2]})
    result = tiny.run("--check")
    assert result.code == 1
    assert "columns.json" in result.err


def test_the_column_of_a_field_that_is_gone_stays(tiny):
    gone = {"name": "color", "kind": "string", "path": "fur.color"}
    with_columns(tiny, {**CATS, "columns": [gone, *CATS["columns"]]})
    regenerate(tiny, tiny_document())
    assert columns(tiny)[0] == ("color", "string")
    row = rendered_by(
        tiny,
        f"from {PACKAGE}.columns import flat\nfrom {PACKAGE}.models import Cat\n"
        "cats = [{'id': 'c', 'object': 'cat', 'name': None},\n"
        "        {'id': 'c', 'object': 'cat', 'name': None, 'fur': {'color': 'red'}}]\n"
        "rendered = [flat(Cat.from_dict(cat), None, 0, None) for cat in cats]",
    )
    assert row == [(None, None, None, "c"), ("red", None, None, "c")]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ({"name": "title", "kind": "int64", "path": "name"}, "it is string now, but its column"),
        ({"name": "name", "kind": "string", "path": None}, "another column of the name 'name'"),
    ],
)
def test_a_column_that_does_not_fit_is_refused(tiny, column, words):
    with_columns(tiny, {**CATS, "columns": [column]})
    result = tiny.run("--from", tiny.write_document(tiny_document()))
    assert result.code == 2
    assert words in result.err
    assert "the column of name" in result.err


def test_two_fields_are_not_one_variable(tiny):
    """Which would give one column the value of the other."""
    with_columns(tiny)
    document = tiny_document()
    fur: dict[str, Any] = {"type": "object", "required": ["the-color"]}
    fur["properties"] = {"the-color": {"type": "string"}}
    document["components"]["schemas"]["fur"] = fur
    cat_properties(document)["fur"] = {"$ref": "#/components/schemas/fur"}
    cat_properties(document)["fur_the_color"] = {"type": "string"}
    document["components"]["schemas"]["cat"]["required"].append("fur")
    tiny.configure(slice={**TINY_CONFIG, "schemas": {"cat": None, "fur": None}})
    result = tiny.run("--from", tiny.write_document(document))
    assert result.code == 2
    assert "the column of fur_the_color: there is another column of the name" in result.err


@pytest.mark.parametrize("content", ["", "[]", '{"columns": [{}]}'])
def test_a_broken_list_of_columns_is_refused(tiny, content):
    tiny.repository.columns.write_text(content, "utf-8")
    result = tiny.run("--from", tiny.write_document(tiny_document()))
    assert result.code == 2
    assert "columns.json: not a list of columns" in result.err


def test_without_the_objects_there_is_no_table(tiny):
    tiny.configure(slice=TINY_CONFIG, overlay=TINY_OVERLAY)
    before = tiny.repository.columns.read_text("utf-8")
    regenerate(tiny, tiny_document())
    assert rendered_by(tiny, f"import {PACKAGE}.columns as c; rendered = c.COLUMNS") == ()
    assert tiny.repository.columns.read_text("utf-8") == before


def test_what_was_ever_exported_has_these_columns_first():
    """Tables with these exist, so their names, kinds and order never change."""
    committed = json.loads(THIS_REPOSITORY.columns.read_text("utf-8"))["columns"]
    assert " ".join(column["name"] for column in committed[:19]) == (
        "account id status amount_requested amount_paid currency created paid_at canceled_at "
        "invoice payment_type payment_intent charge payment_record is_default livemode extra "
        "_extracted_at _api_version"
    )
