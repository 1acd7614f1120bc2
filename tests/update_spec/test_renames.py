"""Renames, where they can be shown, and where they cannot."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from scripts.pipeline.document.overlay import Action
from scripts.pipeline.inputs.slice_config import SliceConfig

from . import edits as e
from .conftest import Compare


def test_the_old_name_is_named_wherever_it_has_to_be_replaced(
    pinned: dict[str, Any], compared: Compare
) -> None:
    comparison = compared(pinned, e.rename_schema("charge", "payment_charge")(pinned))
    by_kind = {finding.kind: finding for finding in comparison.blocking}
    assert by_kind.keys() == {"missing-in-document", "renamed-target"}
    assert "`payment_charge`" in by_kind["missing-in-document"].remedy
    assert by_kind["renamed-target"].subject.startswith("actions ")


def test_a_schema_that_has_a_new_name_and_a_new_field(
    pinned: dict[str, Any], compared: Compare
) -> None:
    edit = e.both(
        e.rename_schema("charge", "payment_charge"),
        e.add_field("payment_charge", "memo", {"type": "string"}),
    )
    kinds = {(c.kind, c.symbols[0]) for c in compared(pinned, edit(pinned)).changes}
    assert kinds == {("schema-renamed", "Charge"), ("field-added", "Charge.memo")}


def test_several_schemas_that_refer_to_each_other(
    pinned: dict[str, Any], compared: Compare
) -> None:
    edit = e.both(
        e.rename_schema("charge", "payment_charge"),
        e.rename_schema("payment_intent", "intent"),
        e.rename_schema("invoices_resource_status_transitions", "transitions"),
    )
    changes = compared(pinned, edit(pinned)).changes
    assert {change.kind for change in changes} == {"schema-renamed"}
    assert {c.symbols[0] for c in changes} == {
        "Charge",
        "PaymentIntent",
        "InvoiceStatusTransitions",
    }


def test_another_object_in_the_same_places_is_no_rename(
    pinned: dict[str, Any], compared: Compare
) -> None:
    edit = e.both(
        e.rename_schema("payment_record", "ledger_entry"),
        e.schema(
            "ledger_entry",
            lambda _: {"type": "object", "properties": {"id": {"type": "string"}}},
        ),
    )
    comparison = compared(pinned, edit(pinned))
    assert ("class-removed", "PaymentRecord") in {
        (change.kind, change.symbols[0]) for change in comparison.changes
    }
    (missing,) = [f for f in comparison.blocking if f.subject == "schema payment_record"]
    assert "`ledger_entry` has taken its place" in missing.remedy


def test_once_settled_nothing_of_it_is_left_to_do(
    pinned: dict[str, Any], config: SliceConfig, overlay: list[Action], compared: Compare
) -> None:
    assert config.schemas != "everything"
    names = {("payment_charge" if n == "charge" else n): v for n, v in config.schemas.items()}
    targets = [
        evolve(action, target=action.target.replace("schemas.charge", "schemas.payment_charge"))
        for action in overlay
    ]
    comparison = compared(
        pinned,
        e.rename_schema("charge", "payment_charge")(pinned),
        new_config=config.model_copy(update={"schemas": names}),
        new_overlay=targets,
    )
    assert [change.kind for change in comparison.changes] == ["schema-renamed"]
    assert not comparison.findings


def test_a_path_that_has_moved(pinned: dict[str, Any], compared: Compare) -> None:
    comparison = compared(
        pinned, e.move_path("/v1/invoices/{invoice}", "/v2/bills/{invoice}")(pinned)
    )
    (missing,) = [f for f in comparison.blocking if f.kind == "missing-in-document"]
    assert "`GET /v2/bills/{invoice}`" in missing.remedy


def test_a_field_with_the_same_facts_and_a_similar_name_is_possibly_renamed(
    pinned: dict[str, Any], compared: Compare
) -> None:
    comparison = compared(pinned, e.rename_field("invoice", "footer", "footer_text")(pinned))
    hints = {c.kind: c.text for c in comparison.changes}
    assert "possibly renamed to `footer_text`" in hints["field-removed"]
    assert "possibly renamed from `footer`" in hints["field-added"]


def test_other_facts_another_name_or_two_candidates_are_no_rename(
    pinned: dict[str, Any], compared: Compare
) -> None:
    edits = [
        e.both(
            e.remove_field("invoice", "footer"),
            e.add_field("invoice", "footer_text", {"type": "integer"}),
        ),
        e.rename_field("invoice", "footer", "zzz"),
        e.both(
            e.rename_field("invoice", "footer", "footer_text"),
            e.add_field("invoice", "page_footer", {"type": "string", "nullable": True}),
        ),
    ]
    for edit in edits:
        assert not any("possibly" in c.text for c in compared(pinned, edit(pinned)).changes)
