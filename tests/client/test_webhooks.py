"""Webhook events: only what Stripe has signed, and then typed."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_invoice_payments import (
    Event,
    InvoicePayment,
    InvoicePaymentPaidEvent,
    SignatureVerificationError,
    StripeError,
    UnexpectedResponseError,
    Webhook,
)

from .helpers import payment

SECRET = "whsec_NobodyMayEverSeeThisEither"
OTHER = "whsec_another"


def event(kind: str = "invoice_payment.paid", **changes: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "account": "acct_1",
        "api_version": "2026-05-27.dahlia",
        "created": 1_735_689_600,
        "data": {"object": payment(1)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    } | changes


def signed(timestamp: int | str, body: bytes, secret: str = SECRET, scheme: str = "v1") -> str:
    """A signature as Stripe makes it, by its documentation and not by our code."""
    message = str(timestamp).encode() + b"." + body
    return f"{scheme}={hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}"


BODY = json.dumps(event()).encode()
NOW = int(time.time())


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe_invoice_payments._webhooks.time.time", lambda: NOW + 0.5)


# --- Accepted -----------------------------------------------------------------------------------

ACCEPTED = {
    "as Stripe sends it": f"t={NOW},{signed(NOW, BODY)}",
    "with a signature of the old scheme": f"t={NOW},{signed(NOW, BODY)},v0={'0' * 64}",
    "while the secret is rolled, new one last": (
        f"t={NOW},{signed(NOW, BODY, OTHER)},{signed(NOW, BODY)}"
    ),
    "while the secret is rolled, new one first": (
        f"t={NOW},{signed(NOW, BODY)},{signed(NOW, BODY, OTHER)}"
    ),
    "the time at the end": f"{signed(NOW, BODY)},t={NOW}",
    "spaces": f" t={NOW} , {signed(NOW, BODY)} ",
    "elements that nobody knows": f"x,y=1,t={NOW},=,v9=1,{signed(NOW, BODY)},",
    "as old as is accepted": f"t={NOW - 299},{signed(NOW - 299, BODY)}",
    "from a clock that is fast": f"t={NOW + 299},{signed(NOW + 299, BODY)}",
}


@pytest.mark.parametrize("what", ACCEPTED)
@pytest.mark.parametrize(
    "make", [bytes, bytearray, bytes.decode], ids=["bytes", "bytearray", "str"]
)
def test_accepted(what, make):
    found = Webhook.construct_event(make(BODY), ACCEPTED[what], SECRET)
    assert found.id == "evt_1"


def test_text_of_the_whole_world():
    body = json.dumps(event(account="Grüße \N{SNOWMAN} \U0001f600"), ensure_ascii=False)
    for payload in (body, body.encode()):
        header = f"t={NOW},{signed(NOW, body.encode())}"
        assert Webhook.construct_event(payload, header, SECRET).account == (
            "Grüße \N{SNOWMAN} \U0001f600"
        )


@pytest.mark.parametrize("tolerance", [None, 10_000_000])
def test_an_old_event_if_it_is_wanted(tolerance):
    header = f"t={NOW - 9_999_000},{signed(NOW - 9_999_000, BODY)}"
    assert Webhook.construct_event(BODY, header, SECRET, tolerance).id == "evt_1"
    assert Webhook.construct_event(BODY, header, SECRET, tolerance=tolerance).id == "evt_1"


def test_a_tolerance_of_nothing_accepts_nothing_old():
    header = f"t={NOW - 1},{signed(NOW - 1, BODY)}"
    with pytest.raises(SignatureVerificationError, match="not signed within 0 s of now"):
        Webhook.construct_event(BODY, header, SECRET, tolerance=0)


# --- Refused ------------------------------------------------------------------------------------

REFUSED = {
    "no header": (None, "the request has no Stripe-Signature header"),
    "an empty header": ("", "no timestamp"),
    "garbage": ("garbage", "no timestamp"),
    "only commas": (",,,", "no timestamp"),
    "binary garbage": ("\x00\xff=\udcff", "no timestamp"),
    "no time": (signed(NOW, BODY), "no timestamp"),
    "an empty time": (f"t=,{signed('', BODY)}", "no timestamp"),
    "a time that is none": (f"t=abc,{signed('abc', BODY)}", "no timestamp"),
    "a negative time": (f"t=-{NOW},{signed(-NOW, BODY)}", "no timestamp"),
    "a time with a fraction": (f"t={NOW}.5,{signed(f'{NOW}.5', BODY)}", "no timestamp"),
    "a time in other digits": (f"t=٣,{signed('٣', BODY)}", "no timestamp"),
    "a time of many digits": (f"t={'9' * 5000},{signed('9' * 5000, BODY)}", "no timestamp"),
    "two times": (f"t={NOW},t={NOW + 1},{signed(NOW, BODY)}", "no timestamp"),
    "no signature": (f"t={NOW}", "no signature of scheme v1"),
    "an old scheme only": (
        f"t={NOW},{signed(NOW, BODY, scheme='v0')}",
        "no signature of scheme v1",
    ),
    "a scheme to come": (f"t={NOW},{signed(NOW, BODY, scheme='v2')}", "no signature of scheme v1"),
    "a scheme in capitals": (f"t={NOW},{signed(NOW, BODY, scheme='V1')}", "no signature of scheme"),
    "an empty signature": (f"t={NOW},v1=", "no signature in the Stripe-Signature header matches"),
    "zeros": (f"t={NOW},v1={'0' * 64}", "no signature in"),
    "half a signature": (f"t={NOW},{signed(NOW, BODY)[:-10]}", "no signature in"),
    "a signature and more": (f"t={NOW},{signed(NOW, BODY)}00", "no signature in"),
    "a signature in capitals": (f"t={NOW},v1={signed(NOW, BODY)[3:].upper()}", "no signature in"),
    "not ASCII": (f"t={NOW},v1=\N{SNOWMAN}", "no signature in"),
    "half a character": (f"t={NOW},v1=\udcff", "no signature in"),
    "another secret": (f"t={NOW},{signed(NOW, BODY, OTHER)}", "no signature in"),
    "another time": (f"t={NOW + 1},{signed(NOW, BODY)}", "no signature in"),
    "another body": (f"t={NOW},{signed(NOW, BODY + b' ')}", "no signature in"),
    "too old": (f"t={NOW - 301},{signed(NOW - 301, BODY)}", "not signed within 300 s of now"),
    "too new": (f"t={NOW + 302},{signed(NOW + 302, BODY)}", "not signed within 300 s of now"),
    "from the beginning of time": (f"t=0,{signed(0, BODY)}", "not signed within 300 s of now"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    header, message = REFUSED[what]
    with pytest.raises(SignatureVerificationError, match=message) as caught:
        Webhook.construct_event(BODY, header, SECRET)
    error = caught.value
    assert error.sig_header == header
    assert error.http_body == BODY.decode()
    assert error.http_status is None
    assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body + b" ",
        lambda body: body[:-1],
        lambda body: b"",
        lambda body: body.replace(b"1000", b"1001", 1),
        lambda body: json.dumps(json.loads(body), indent=1).encode(),
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: body.decode() + "\udcff",
    ],
)
def test_a_body_that_is_not_what_was_signed(change):
    with pytest.raises(SignatureVerificationError, match="not exactly what was received"):
        Webhook.construct_event(change(BODY), ACCEPTED["as Stripe sends it"], SECRET)


@given(header=st.text(max_size=100), payload=st.binary(max_size=50) | st.text(max_size=50))
def test_nobody_guesses_a_signature(header, payload):
    with pytest.raises(SignatureVerificationError):
        Webhook.construct_event(payload, header, SECRET)


@given(
    st.lists(
        st.sampled_from(
            [f"t={NOW}", "t=1", "v1=", f"v1={'0' * 64}", "v0=1", signed(NOW, b"other"), "", "v1"]
        )
    ).map(",".join)
)
def test_nor_puts_one_together(header):
    with pytest.raises(SignatureVerificationError):
        Webhook.construct_event(BODY, header, SECRET)


@pytest.mark.parametrize("payload", [None, {"id": "evt_1"}, 5, [], memoryview(b"{}")])
def test_what_has_been_parsed_cannot_be_verified(payload):
    with pytest.raises(TypeError, match="the body as it was received"):
        Webhook.construct_event(payload, ACCEPTED["as Stripe sends it"], SECRET)


@pytest.mark.parametrize(
    "secret", ["", " ", f"{SECRET}\n", f" {SECRET}", "whsec_\x00", None, b"x", 5]
)
def test_a_secret_that_is_none(secret):
    for call in (
        lambda: Webhook.construct_event(BODY, ACCEPTED["as Stripe sends it"], secret),
        lambda: Webhook.generate_test_header(BODY, secret),
    ):
        with pytest.raises(ValueError, match="the endpoint's signing secret") as caught:
            call()
        assert not isinstance(caught.value, StripeError)


# --- Signed, and then? --------------------------------------------------------------------------


def construct(body: Any) -> Event:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook.construct_event(payload, f"t={NOW},{signed(NOW, payload)}", SECRET)


def test_an_event_of_a_paid_invoice_payment_is_typed():
    found = construct(event())
    assert isinstance(found, InvoicePaymentPaidEvent)
    assert isinstance(found.invoice_payment, InvoicePayment)
    assert found.invoice_payment == InvoicePayment.from_dict(payment(1))
    assert found.data.object == payment(1)
    assert found.to_dict() == event()


@pytest.mark.parametrize("kind", ["invoice.paid", "invoice_payment.failed", "brand.new"])
def test_any_other_event_is_an_event(kind):
    found = construct(event(kind, data={"object": {"id": "x_1", "object": "x"}}))
    assert type(found) is Event
    assert found.data.object == {"id": "x_1", "object": "x"}


@pytest.mark.parametrize(
    "lacking", ["is_default", "status_transitions", "payment", "amount_requested", "id"]
)
def test_an_event_of_an_older_api_version(lacking):
    old = payment(1)
    del old[lacking]
    found = construct(event(api_version="2024-01-01", data={"object": old}))
    assert isinstance(found, InvoicePaymentPaidEvent)
    assert getattr(found.invoice_payment, lacking) is None
    assert found.api_version == "2024-01-01"
    assert found.to_dict()["data"] == {"object": old}


def test_an_event_of_a_newer_api_version():
    new = payment(1, status="brand_new", colour={"name": "red"})
    found = construct(event(brand_new=True, data={"object": new, "previous_attributes": None}))
    assert isinstance(found, InvoicePaymentPaidEvent)
    assert found.invoice_payment.status == "brand_new"
    assert found.invoice_payment.additional_properties == {"colour": {"name": "red"}}
    assert found.additional_properties == {"brand_new": True}


def test_an_event_can_be_pickled():
    found = construct(event())
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"3",
        b"{",
        b"<html>",
        b"\xff",
        {},
        {"object": "event"},
        event(id=None),
        event(data=None),
        event(data=[]),
        event(data={}),
        event(data={"object": None}),
        event(type=None),
        {"id": "evt_1", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found"},
    ],
    ids=str,
)
def test_signed_but_no_event(body):
    with pytest.raises(UnexpectedResponseError) as caught:
        construct(body)
    error = caught.value
    assert error.http_status is None
    assert error.http_body == (
        body if isinstance(body, bytes) else json.dumps(body).encode()
    ).decode(errors="replace")
    assert error.json_body == (body if isinstance(body, dict) else None)


# --- For users' own tests -----------------------------------------------------------------------


@pytest.mark.parametrize("payload", [BODY, BODY.decode()])
def test_a_test_header_is_what_stripe_would_send(payload):
    header = Webhook.generate_test_header(payload, SECRET)
    assert header == f"t={NOW},{signed(NOW, BODY)}"
    assert Webhook.construct_event(payload, header, SECRET).id == "evt_1"


def test_a_test_header_of_another_time():
    header = Webhook.generate_test_header(BODY, SECRET, timestamp=1_000)
    assert header == f"t=1000,{signed(1000, BODY)}"
    with pytest.raises(SignatureVerificationError, match="not signed within 300 s"):
        Webhook.construct_event(BODY, header, SECRET)


@given(st.binary(max_size=100), st.from_regex(r"whsec_[A-Za-z0-9]{1,40}", fullmatch=True))
def test_whatever_is_signed_is_verified(payload, secret):
    header = Webhook.generate_test_header(payload, secret)
    with pytest.raises(UnexpectedResponseError):  # verified, and then it is no event
        Webhook.construct_event(payload, header, secret)
