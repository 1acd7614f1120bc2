"""Rows of the flat table: what is in each column, and that a row is the whole payment."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, reject

from stripe_invoice_payments import API_VERSION, InvalidObjectError, InvoicePayment
from stripe_invoice_payments.export import export_rows, payment_of, to_arrow
from stripe_invoice_payments_api.columns import COLUMNS, SCHEMA_VERSION
from tests.any_input.answers import SCHEMAS, described, spoiled
from tests.generated import samples

NAMES = [column.name for column in COLUMNS]


def row_of(**changes: Any) -> dict[str, Any]:
    (row,) = export_rows([InvoicePayment.from_dict(samples.payment(**changes))])
    return row


def test_a_row_has_every_column_in_its_place():
    row = row_of(
        status="paid", amount_paid=4200, status_transitions={"paid_at": 60, "canceled_at": None}
    )
    assert list(row) == NAMES
    extracted_at = row.pop("_extracted_at")
    assert extracted_at.utcoffset().total_seconds() == 0
    assert row == {
        **dict.fromkeys(NAMES[19:]),
        "account": None,
        "id": "inpay_1",
        "status": "paid",
        "amount_requested": 4200,
        "amount_paid": 4200,
        "currency": "usd",
        "created": datetime(2026, 1, 1, tzinfo=timezone.utc),
        "paid_at": datetime(1970, 1, 1, 0, 1, tzinfo=timezone.utc),
        "canceled_at": None,
        "invoice": "in_1",
        "payment_type": "payment_intent",
        "payment_intent": "pi_1",
        "charge": None,
        "payment_record": None,
        "is_default": True,
        "livemode": False,
        "extra": None,
        "_api_version": API_VERSION,
    }


@pytest.mark.parametrize(
    ("changes", "cells"),
    [
        (
            {"invoice": samples.invoice()},
            {"invoice": "in_1", "extra": {"invoice": samples.invoice()}},
        ),
        (
            {"invoice": {"id": "in_9", "object": "invoice", "deleted": True}},
            {
                "invoice": "in_9",
                "extra": {"invoice": {"id": "in_9", "object": "invoice", "deleted": True}},
            },
        ),
        (
            {"payment": {"type": "payment_intent", "payment_intent": samples.payment_intent()}},
            {
                "payment_intent": "pi_1",
                "extra": {"payment": {"payment_intent": samples.payment_intent()}},
            },
        ),
        (
            {"payment": {"type": "bank", "bank": "ba_1"}},
            {"payment_type": "bank", "extra": {"payment": {"bank": "ba_1"}}},
        ),
        ({"new": [1, {"a": None}]}, {"extra": {"new": [1, {"a": None}]}}),
        ({"new": None}, {"extra": {"new": None}}),
        ({"status": "late"}, {"status": "late", "extra": None}),
        ({"amount_paid": 1 << 70}, {"amount_paid": None, "extra": {"amount_paid": 1 << 70}}),
        ({"amount_paid": True}, {"amount_paid": None, "extra": {"amount_paid": True}}),
        ({"created": 1 << 50}, {"created": None, "extra": {"created": 1 << 50}}),
        ({"currency": "\ud800"}, {"currency": None, "extra": {"currency": "\ud800"}}),
        ({"currency": "a\nb"}, {"currency": None, "extra": {"currency": "a\nb"}}),
        ({"currency": "złoty"}, {"currency": "złoty", "extra": None}),
        ({"object": "other"}, {"extra": {"object": "other"}}),
    ],
)
def test_what_has_no_column_is_in_extra(changes, cells):
    row = row_of(**changes)
    row["extra"] = row["extra"] and json.loads(row["extra"])
    assert {name: row[name] for name in cells} == cells


def test_account_and_version_are_what_the_caller_says():
    payment = InvoicePayment.from_dict(samples.payment())
    (row,) = export_rows([payment], account="acct_1", api_version="2025-01-01.x")
    assert (row["account"], row["_api_version"]) == ("acct_1", "2025-01-01.x")


def test_a_payment_that_was_changed_is_written_as_it_is():
    payment = InvoicePayment.from_dict(samples.payment())
    untouched = copy.deepcopy(payment)
    payment.additional_properties["new"] = 1
    payment.payment.additional_properties["kind"] = "x"
    (row,) = export_rows([payment])
    assert json.loads(row["extra"]) == {"new": 1, "payment": {"kind": "x"}}
    assert payment_of(row) == payment != untouched


def test_arrow_has_the_same_rows_with_types():
    payments = [
        InvoicePayment.from_dict(samples.payment(id=f"inpay_{number}", amount_paid=number or None))
        for number in range(25_000)
    ]
    table = to_arrow(iter(payments))
    assert table.schema.names == NAMES
    assert table.schema.field("amount_paid").type == pa.int64()
    assert table.schema.field("created").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("livemode").type == pa.bool_()
    assert table.schema.metadata == {
        b"stripe_invoice_payments.schema_version": str(SCHEMA_VERSION).encode()
    }
    rows = table.to_pylist()
    assert [payment_of(row) for row in rows[::5000]] == payments[::5000]
    assert rows[3]["created"] == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert to_arrow([]).schema == table.schema


# --- Any payment ----------------------------------------------------------------------------------


SOUND = described(SCHEMAS["invoice_payment"])


def without_nulls(payment: InvoicePayment) -> Any:
    """What Stripe would send, but for fields with a column that are null, or absent instead."""
    data: Any = payment.to_dict()
    for column in COLUMNS:
        holder = data
        for part in column.path[:-1]:
            holder = holder[part]
        if column.path and holder.get(column.path[-1], 0) is None:
            del holder[column.path[-1]]
    return data


@given(SOUND | spoiled(SOUND))
def test_any_payment_is_the_same_after_it_was_a_row(data):
    try:
        read = InvoicePayment.from_dict(data)
    except InvalidObjectError:
        reject()
    (row,) = export_rows([read])
    again = payment_of(row)
    # As text, in which a NaN equals itself.
    ours, theirs = (json.dumps(without_nulls(each), sort_keys=True) for each in (again, read))
    assert ours == theirs
    (from_arrow,) = to_arrow([read]).to_pylist()
    assert {**from_arrow, "_extracted_at": 0} == {**row, "_extracted_at": 0}
