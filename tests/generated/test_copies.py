"""Copies keep what the attributes do not hold, and share none of it with the original."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import attrs
import pytest

from stripe_invoice_payments_api.models import Event, Invoice, InvoicePayment, PaymentIntent
from stripe_invoice_payments_api.operations import list_invoice_payments

from .samples import invoice, page, payment, payment_intent

EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "api_version": None,
    "created": 1,
    "data": {"object": payment()},
    "livemode": False,
    "pending_webhooks": 1,
    "request": None,
    "type": "invoice_payment.paid",
}

# A field that is not known, one that is absent though nullable, one that is null though not.
IRREGULAR = payment(colour={"name": ["red"]}, invoice=invoice(hue={"deep": [1]}, total=None))
del IRREGULAR["amount_paid"]

OBJECTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "payment": (InvoicePayment.from_dict, IRREGULAR),
    "invoice": (Invoice.from_dict, invoice(colour={"name": ["red"]})),
    "payment intent": (PaymentIntent.from_dict, payment_intent(colour={"name": ["red"]})),
    "event": (Event.from_dict, EVENT | {"colour": {"name": ["red"]}}),
    "list": (
        list_invoice_payments({}).read,
        page(payment(colour={"name": ["red"]}), colour={"name": ["red"]}),
    ),
}

COPIES: dict[str, Any] = {
    "evolve": attrs.evolve,
    "__replace__": lambda one: one.__replace__(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda one: pickle.loads(pickle.dumps(one)),
}
if sys.version_info >= (3, 13):
    COPIES["replace"] = copy.replace


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("what", OBJECTS)
def test_a_copy_is_written_as_its_original(what, how):
    read, data = OBJECTS[what]
    original = read(data)
    copied = COPIES[how](original)
    assert copied is not original
    assert type(copied) is type(original)
    assert copied == original
    assert copied.to_dict() == data


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("what", OBJECTS)
def test_a_copy_shares_no_unknown_field(what, how):
    read, data = OBJECTS[what]
    original = read(data)
    copied = COPIES[how](original)
    copied.additional_properties["colour"]["name"].append("blue")
    copied.additional_properties["more"] = 1
    assert original.additional_properties["colour"] == {"name": ["red"]}
    assert original.to_dict() == data
    del original.additional_properties["colour"]
    assert copied.additional_properties == {"colour": {"name": ["red", "blue"]}, "more": 1}


@pytest.mark.parametrize("change", [attrs.evolve, lambda one, **to: one.__replace__(**to)])
def test_what_is_changed_is_written_and_the_rest_stays(change):
    original = InvoicePayment.from_dict(IRREGULAR)
    assert change(original, status="paid").to_dict() == IRREGULAR | {"status": "paid"}
    assert change(original, amount_paid=5).to_dict() == IRREGULAR | {"amount_paid": 5}
    assert change(original, invoice="in_2").to_dict() == IRREGULAR | {"invoice": "in_2"}
    assert original.to_dict() == IRREGULAR


def test_a_name_that_is_no_field_is_refused():
    one: Any = InvoicePayment.from_dict(payment())
    with pytest.raises(TypeError, match="stauts"):
        attrs.evolve(one, stauts="paid")


def test_a_copy_of_what_is_half_read_is_half_read():
    half = InvoicePayment.__new__(InvoicePayment)
    half.id = "inpay_1"
    copied = copy.copy(half)
    assert copied.id == "inpay_1"
    assert not hasattr(copied, "status")
