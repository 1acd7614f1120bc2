"""Whatever is posted to a webhook endpoint: an event that can be used, or a documented error."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    Event,
    InvoicePaymentPaidEvent,
    SignatureVerificationError,
    UnexpectedResponseError,
    Webhook,
)

from .answers import ANY_JSON, DEEP, ODDITIES, SCHEMAS, described, encoded, spoiled
from .usage import use

SECRET = "whsec_test"
PAYMENTS = described(SCHEMAS["invoice_payment"])
EVENTS = st.builds(
    lambda event, kind, payment: {**event, "type": kind, "data": {"object": payment}},
    described(SCHEMAS["event"]),
    st.sampled_from(["invoice_payment.paid", "invoice_payment.created", "invoice.paid"]),
    PAYMENTS | spoiled(PAYMENTS) | st.dictionaries(st.text(max_size=3), ANY_JSON, max_size=3),
)


def construct(payload: bytes | str) -> Event | None:
    header = Webhook.generate_test_header(payload, SECRET)
    try:
        return Webhook.construct_event(payload, header, SECRET)
    except UnexpectedResponseError as error:
        repr(pickle.loads(pickle.dumps(error)))
        return None


def use_event(event: Event | None) -> None:
    if event is None:
        return
    use(event)
    if isinstance(event, InvoicePaymentPaidEvent):
        use(event.invoice_payment)


@given(EVENTS)
def test_any_event(sent: Any):
    event = construct(json.dumps(sent))

    assert event is not None
    assert event.to_dict() == sent or "NaN" in json.dumps(sent)
    assert isinstance(event, InvoicePaymentPaidEvent) == (sent["type"] == "invoice_payment.paid")
    use_event(event)


@given(encoded(EVENTS | spoiled(EVENTS) | ANY_JSON))
def test_any_signed_json(payload: bytes):
    use_event(construct(payload))


@given(st.binary() | st.text(st.characters()))
def test_anything_signed(payload: bytes | str):
    use_event(construct(payload))


@pytest.mark.parametrize("payload", ODDITIES + DEEP, ids=lambda payload: repr(payload[:40]))
def test_oddities_signed(payload: bytes):
    use_event(construct(payload))


MARKS = st.sampled_from(
    ["t=", "v1=", "v0=", ",", "=", " ", "1700000000", "a" * 64, "1_0", "\u0661"]
)
HEADERS = st.none() | st.text(st.characters()) | st.lists(MARKS, max_size=8).map("".join)


@given(payload=st.binary(max_size=9) | st.text(st.characters(), max_size=9), header=HEADERS)
def test_any_header(payload: bytes | str, header: str | None):
    with pytest.raises(SignatureVerificationError) as caught:
        Webhook.construct_event(payload, header, SECRET, tolerance=None)

    assert SECRET not in repr(caught.value) + str(caught.value)
    assert repr(pickle.loads(pickle.dumps(caught.value))) == repr(caught.value)
