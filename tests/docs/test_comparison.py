"""The claims of docs/adopt/comparison.md about both libraries that no test of the client covers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import stripe

import stripe_invoice_payments as sip
from stripe_invoice_payments.sandbox import Sandbox

TEXT = (Path(__file__).parents[2] / "docs" / "adopt" / "comparison.md").read_text("utf-8")


def test_objects_as_json(stripe_sandbox: Sandbox):
    ours = stripe_sandbox.create_invoice_payment(status="paid")
    theirs = stripe.InvoicePayment.construct_from(ours.to_dict(), stripe_sandbox.api_key)

    for read in (lambda payment: payment["id"], lambda payment: "id" in payment):
        assert read(theirs)
        with pytest.raises(TypeError):
            read(ours)
    assert json.loads(str(theirs)) == ours.to_dict()
    assert str(ours) == repr(ours)
    assert theirs.to_dict() == ours.to_dict()
    assert sip.InvoicePayment.from_dict(theirs.to_dict()) == ours


def test_except_clauses_that_go_on_working():
    section = TEXT.partition("these clauses keep working:")[2].partition("Differences:")[0]
    classes = re.findall(r"`(\w+Error)`", section)
    attributes = re.findall(r"`([a-z_]+)`", section)
    assert len(classes) == 10
    assert len(attributes) == 8
    for name in classes:
        assert issubclass(getattr(sip, name), sip.StripeError)
        assert issubclass(getattr(stripe, name), stripe.StripeError)
    for name in attributes:
        assert hasattr(sip.InvalidRequestError("-"), name)
        assert hasattr(stripe.InvalidRequestError("-", None), name)
