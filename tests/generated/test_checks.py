"""What a parameter is refused for before anything is sent."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from stripe_invoice_payments_api.operations import list_invoice_payments, retrieve_invoice
from stripe_invoice_payments_api.params import ListInvoicePaymentsParams, PaymentFilter


def known(params: type) -> str:
    return ", ".join(sorted(params.__annotations__))


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (
            {"colour": "red"},
            TypeError,
            f"unknown parameter 'colour'; known are {known(ListInvoicePaymentsParams)}",
        ),
        ({"limit": 0}, ValueError, "limit: 0 is less than 1"),
        ({"limit": 101}, ValueError, "limit: 101 is more than 100"),
        ({"limit": True}, TypeError, "limit: an integer was expected, not bool"),
        ({"limit": "5"}, TypeError, "limit: an integer was expected, not str"),
        ({"limit": 1.0}, TypeError, "limit: an integer was expected, not float"),
        ({"payment": {}}, ValueError, "payment[type]: required, but not given"),
        ({"payment": {"type": None}}, ValueError, "payment[type]: required, but not given"),
        ({"payment": "pi_1"}, TypeError, "payment: a mapping was expected, not str"),
        (
            {"payment": {"type": "payment_intent", "charge": "ch_1"}},
            TypeError,
            f"payment: unknown parameter 'charge'; known are {known(PaymentFilter)}",
        ),
        ({"expand": "data.invoice"}, TypeError, "expand: a list was expected, not str"),
        ({"expand": ["data.invoice", 1]}, TypeError, "expand[1]: a string was expected, not int"),
        ({"status": 5}, TypeError, "status: a string was expected, not int"),
        ({"created": True}, TypeError, "created: a mapping or Unix seconds or an aware datetime was expected"),
        ({"created": "2026"}, TypeError, "created: a mapping or Unix seconds or an aware datetime was expected"),
        ({"created": {"ge": 1}}, TypeError, "created: unknown parameter 'ge'"),
        (
            {"created": {"gte": datetime(2026, 1, 1)}},  # noqa: DTZ001 - that is the point
            ValueError,
            "created[gte]: the datetime 2026-01-01 00:00:00 has no timezone; give it one",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(params, error, message):
    with pytest.raises(error) as caught:
        list_invoice_payments(params)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({"limit": 100, "status": None}, "limit=100"),
        ({"status": "settled"}, "status=settled"),  # which values there are is Stripe's to say
        ({"expand": ("data.invoice",)}, "expand%5B%5D=data.invoice"),
        (
            {"created": {"gte": datetime(2026, 1, 1, tzinfo=timezone.utc)}},
            "created%5Bgte%5D=1767225600",
        ),
        ({"created": {"gt": None, "lt": 5}}, "created%5Blt%5D=5"),
    ],
)
def test_what_can_be_meant_is_sent(params, query):
    assert list_invoice_payments(params).query == query


def test_an_operation_without_a_parameter_of_that_name_refuses_it():
    with pytest.raises(TypeError, match="unknown parameter 'limit'; known are expand"):
        retrieve_invoice("in_1", {"limit": 1})  # type: ignore[typeddict-unknown-key]
