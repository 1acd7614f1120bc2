"""What users get as plain JSON, and what they do not get at all."""

from __future__ import annotations

from typing import Any

from . import edits as e
from .conftest import Compare


def _notes(compared: Compare, old: dict[str, Any], edit: e.Edit) -> set[tuple[str, str]]:
    return {(finding.kind, finding.subject) for finding in compared(old, edit(old)).outside}


def test_a_new_field_whose_object_lies_outside(pinned: dict[str, Any], compared: Compare) -> None:
    edit = e.add_field("charge", "account", {"$ref": "#/components/schemas/account"})
    (note,) = compared(pinned, edit(pinned)).outside
    assert (note.kind, note.subject) == ("cut-field", "Charge.account")
    assert "`account`" in note.text
    assert "spec/slice.yaml" in note.remedy


def test_a_new_field_that_is_a_scalar_is_not_mentioned(
    pinned: dict[str, Any], compared: Compare
) -> None:
    assert not _notes(compared, pinned, e.add_field("charge", "memo", {"type": "string"}))


def test_a_new_expansion_target_that_lies_outside(
    pinned: dict[str, Any], compared: Compare
) -> None:
    details = "invoices_payments_invoice_payment_associated_payment"
    edit = e.field(details, "payment_record", e.add_targets("account", "charge"))
    (note,) = compared(pinned, edit(pinned)).outside
    assert (note.kind, note.subject) == ("cut-target", "InvoicePaymentDetails.payment_record")
    assert "`account`, outside" in note.text


def test_new_and_lost_fields_of_the_neighbours(pinned: dict[str, Any], compared: Compare) -> None:
    edit = e.both(
        e.add_field("transfer_data", "memo", {"type": "string"}),
        e.remove_field("billing_details", "email"),
    )
    assert _notes(compared, pinned, edit) == {
        ("neighbour-grown", "PaymentIntent.transfer_data"),
        ("neighbour-shrunk", "Charge.billing_details"),
    }


def test_a_shared_neighbour_is_named_at_every_place(
    pinned: dict[str, Any], compared: Compare
) -> None:
    shared = {"$ref": "#/components/schemas/transfer_data"}
    old = e.add_field("charge", "next_transfer", shared)(pinned)
    edit = e.add_field("transfer_data", "memo", {"type": "string"})
    (note,) = compared(old, edit(old)).outside
    named = ("Charge.next_transfer", "PaymentIntent.transfer_data")
    assert all(name in f"`{note.subject}` {note.text}" for name in named)
    assert "`memo`" in note.text


def test_values_and_fields_deeper_in_a_neighbour(pinned: dict[str, Any], compared: Compare) -> None:
    inner = {"type": "object", "properties": {"kind": {"type": "string", "enum": ["a", "b"]}}}
    lists = {"type": "array", "items": {"type": "string", "enum": ["x"]}}
    old = e.both(
        e.add_field("transfer_data", "inner", inner), e.add_field("transfer_data", "lists", lists)
    )(pinned)
    kind = {"type": "string", "enum": ["b", "c"]}
    edit = e.both(
        e.field("transfer_data", "inner", e.at("properties", "kind", change=e.to(kind))),
        e.field("transfer_data", "lists", e.at("items", change=e.add_values("y"))),
        e.field("transfer_data", "inner", e.at("properties", change=lambda p: {**p, "n": lists})),
    )
    notes = {
        (note.kind, note.text.partition("`transfer_data` ")[2])
        for note in compared(old, edit(old)).outside
    }
    assert notes == {
        ("neighbour-grown", "has the new field `inner.n`"),
        ("neighbour-value-added", "has new values of `inner.kind`: `c`"),
        ("neighbour-value-removed", "has lost values of `inner.kind`: `a`"),
        ("neighbour-value-added", "has new values of `lists`: `y`"),
    }


def test_an_object_that_the_error_leaves_out(pinned: dict[str, Any], compared: Compare) -> None:
    edit = e.add_field("api_errors", "charge_object", {"$ref": "#/components/schemas/charge"})
    assert _notes(compared, pinned, edit) == {("cut-field", "ErrorDetails.charge_object")}


def test_a_new_operation_on_our_resources(pinned: dict[str, Any], compared: Compare) -> None:
    def with_operations(paths: dict[str, Any]) -> dict[str, Any]:
        operation = paths["/v1/invoice_payments"]["get"]
        return {
            **paths,
            "/v1/invoice_payments/search": {"get": operation},
            "/v1/plans/search": {"get": operation},
        }

    assert _notes(compared, pinned, e.at("paths", change=with_operations)) == {
        ("new-operation", "GET /v1/invoice_payments/search")
    }
