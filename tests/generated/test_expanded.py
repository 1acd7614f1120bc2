"""Expanded objects: to have one, or to be told how to get it."""

from __future__ import annotations

import pickle

import pytest

from stripe_invoice_payments_api.models import (
    DeletedInvoice,
    Invoice,
    InvoicePayment,
    NotExpandedError,
    PaymentIntent,
)

from .samples import payment as sample


@pytest.fixture
def payment():
    return sample()


def test_an_expanded_object_is_returned(payment):
    payment["invoice"] = {"id": "in_1", "object": "invoice", "number": "A-1"}
    found = InvoicePayment.from_dict(payment).expanded_invoice()
    assert isinstance(found, Invoice)
    assert found.number == "A-1"


def test_a_deleted_invoice_is_one_too(payment):
    payment["invoice"] = {"id": "in_1", "object": "invoice", "deleted": True}
    assert isinstance(InvoicePayment.from_dict(payment).expanded_invoice(), DeletedInvoice)


def test_an_id_says_which_expand_was_missing(payment):
    payment["invoice"] = "in_1"
    with pytest.raises(NotExpandedError) as caught:
        InvoicePayment.from_dict(payment).expanded_invoice()
    assert str(caught.value) == (
        "InvoicePayment.invoice holds the id 'in_1'; to get the object, ask for it with "
        "expand=['invoice'], in a list with expand=['data.invoice']"
    )
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_inside_another_object_the_path_leads_through_it(payment):
    payment["payment"] = {"type": "payment_intent", "payment_intent": "pi_1"}
    details = InvoicePayment.from_dict(payment).payment
    with pytest.raises(NotExpandedError, match=r"expand=\['payment\.payment_intent'\]"):
        details.expanded_payment_intent()
    with pytest.raises(NotExpandedError, match=r"InvoicePaymentDetails\.charge is empty"):
        details.expanded_charge()


def test_an_object_of_an_unknown_kind_is_not_passed_off_as_a_known_one(payment):
    payment["payment"] = {"type": "x", "payment_intent": {"id": "x_1", "object": "x"}}
    with pytest.raises(NotExpandedError, match="of a kind that this version"):
        InvoicePayment.from_dict(payment).payment.expanded_payment_intent()


def test_the_object_keeps_its_type(payment):
    payment["payment"] = {
        "type": "payment_intent",
        "payment_intent": {"id": "pi_1", "object": "payment_intent"},
    }
    found = InvoicePayment.from_dict(payment).payment.expanded_payment_intent()
    assert type(found) is PaymentIntent
