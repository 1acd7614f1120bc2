"""Webhook events: only what Stripe has signed, and then typed."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

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
    "make",
    [bytes, bytearray, memoryview, bytes.decode],
    ids=["bytes", "bytearray", "memoryview", "str"],
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


@pytest.mark.parametrize("payload", [None, {"id": "evt_1"}, 5, [], True])
def test_what_has_been_parsed_cannot_be_verified(payload):
    with pytest.raises(TypeError, match="the body as it was received"):
        Webhook.construct_event(payload, ACCEPTED["as Stripe sends it"], SECRET)


@pytest.mark.parametrize(
    "secret", ["", " ", f"{SECRET}\n", f" {SECRET}", "whsec_\x00", None, b"x", 5, ["whsec_1"]]
)
def test_a_secret_that_is_none(secret):
    for call in (
        lambda: Webhook.construct_event(BODY, ACCEPTED["as Stripe sends it"], secret),
        lambda: Webhook.generate_test_header(BODY, secret),
    ):
        kind = ValueError if isinstance(secret, str) else TypeError
        with pytest.raises(kind, match=r"secret.* the endpoint.s signing secret") as caught:
            call()
        assert not isinstance(caught.value, StripeError)
        assert "whsec_1" not in str(caught.value)


HEADER = ACCEPTED["as Stripe sends it"]
WRONG_ARGUMENTS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "header: a list": ({"sig_header": [HEADER]}, TypeError, "sig_header must be .*, got list"),
    "header: a tuple": (
        {"sig_header": (b"x", b"y")},
        TypeError,
        "sig_header must be .*, got tuple",
    ),
    "header: all headers": (
        {"sig_header": {"a": "b"}},
        TypeError,
        "sig_header must be .*, got dict",
    ),
    "header: a number": ({"sig_header": 5}, TypeError, "sig_header must be .*, got int"),
    "payload: parsed": ({"payload": {}}, TypeError, "payload must be the body .*, got dict"),
    "payload: none": ({"payload": None}, TypeError, "payload must be the body .*, got NoneType"),
    "payload: a stream": ({"payload": iter([b""])}, TypeError, "payload must be the body"),
    "secret: bytes": ({"secret": SECRET.encode()}, TypeError, "secret must be .* str, got bytes"),
    "secret: none": ({"secret": None}, TypeError, "secret must be .* str, got NoneType"),
    "secret: spaces": ({"secret": " "}, ValueError, "secret must be .* without spaces"),
    "tolerance: text": ({"tolerance": "5"}, TypeError, "tolerance must be a number.*, got str"),
    "tolerance: a bool": ({"tolerance": True}, TypeError, "tolerance must be a number.*, got bool"),
    "tolerance: a timedelta": (
        {"tolerance": timedelta(seconds=5)},
        TypeError,
        "tolerance must be a number of seconds, or None, got timedelta",
    ),
    "tolerance: NaN": ({"tolerance": float("nan")}, ValueError, "tolerance must be .* 0, got nan"),
    "tolerance: inf": ({"tolerance": float("inf")}, ValueError, "tolerance must be .*, got inf"),
    "tolerance: negative": ({"tolerance": -1}, ValueError, "tolerance must be .* 0, got -1"),
}


@pytest.mark.parametrize("what", WRONG_ARGUMENTS)
def test_whatever_an_endpoint_is_handed_the_error_names_the_argument(what):
    changes, kind, message = WRONG_ARGUMENTS[what]
    arguments: Any = {"payload": BODY, "sig_header": HEADER, "secret": SECRET, **changes}
    with pytest.raises(kind, match=message) as caught:
        Webhook.construct_event(**arguments)
    assert not isinstance(caught.value, StripeError)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("make", [str.encode, lambda text: bytearray(text.encode())])
def test_a_header_may_be_bytes(make):
    assert Webhook.construct_event(BODY, make(HEADER), SECRET).id == "evt_1"
    with pytest.raises(SignatureVerificationError, match="no timestamp"):
        Webhook.construct_event(BODY, make("\xff"), SECRET)


@given(
    payload=st.none() | st.binary() | st.text() | st.integers() | st.lists(st.binary()),
    sig_header=st.none() | st.binary() | st.text() | st.integers() | st.lists(st.text()),
    secret=st.none() | st.binary() | st.text() | st.just(SECRET),
    tolerance=st.none() | st.floats() | st.integers() | st.text() | st.booleans(),
)
def test_nothing_but_documented_errors(payload, sig_header, secret, tolerance):
    arguments: Any = (payload, sig_header, secret, tolerance)
    documented = (SignatureVerificationError, TypeError, ValueError)
    with pytest.raises(documented) as caught:
        Webhook.construct_event(*arguments)
    names = ("payload must", "sig_header must", "secret", "tolerance must")
    refused = isinstance(caught.value, SignatureVerificationError)
    assert refused or str(caught.value).startswith(names)


@pytest.mark.parametrize(
    ("timestamp", "kind", "message"),
    [
        ("5", TypeError, "timestamp must be an int of Unix seconds, got str"),
        (1.5, TypeError, "timestamp must be an int of Unix seconds, got float"),
        (True, TypeError, "timestamp must be an int of Unix seconds, got bool"),
        (-1, ValueError, "timestamp must be at least 0, got -1"),
    ],
)
def test_a_time_of_signing_that_is_none(timestamp, kind, message):
    with pytest.raises(kind, match=message):
        Webhook.generate_test_header(BODY, SECRET, timestamp)


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


def without(*names: str, **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in event(**changes).items() if name not in names}


# Every shape that Stripe's changelog and its public archives show.
SHAPES = {
    "before 2017-05-25: the request is an id": event(request="req_1"),
    "before 2017-05-25: no request": event(request=None),
    "before requests were recorded": without("request"),
    "a request without idempotency key": event(request={"id": "req_1"}),
    "before 2014-10-31: no version": event(api_version=None),
    "no version at all": without("api_version"),
    "no pending webhooks": without("pending_webhooks"),
    "pending webhooks: null": event(pending_webhooks=None),
    "before Connect": without("account"),
    "no object": without("object"),
    "no livemode": without("livemode"),
    "no creation time": without("created"),
    "a former user_id": event(user_id="acct_1"),
    "previous attributes: null": event(data={"object": payment(1), "previous_attributes": None}),
    "previous attributes": event(
        data={"object": payment(1), "previous_attributes": {"status": "open"}}
    ),
    "more in data": event(data={"object": payment(1), "raw_object": {}}),
    "an object without id, as of upcoming invoices": event(data={"object": {"object": "invoice"}}),
    "the least": {"id": "evt_1", "type": "invoice_payment.paid", "data": {"object": {}}},
}


@pytest.mark.parametrize("kind", ["invoice_payment.paid", "charge.succeeded"])
@pytest.mark.parametrize("what", SHAPES)
def test_an_event_of_any_age_is_readable(what, kind):
    found = construct(SHAPES[what] | {"type": kind})
    assert found.id == "evt_1"
    assert found.type == kind
    assert found.data.object == SHAPES[what]["data"]["object"]
    assert found.to_dict() == SHAPES[what] | {"type": kind}
    if isinstance(found, InvoicePaymentPaidEvent):
        assert found.invoice_payment.to_dict() == found.data.object


def test_the_request_of_an_old_event_is_an_unknown_field():
    found = construct(event(request="req_1"))
    assert found.request is None
    assert found.additional_properties == {"request": "req_1"}


@pytest.mark.parametrize("kind", ["v2.core.event", "v2.core.event_notification"])
def test_a_thin_event_is_named_and_what_to_change(kind):
    with pytest.raises(UnexpectedResponseError) as caught:
        construct({"id": "evt_v2", "object": kind, "type": "v1.invoice_payment.paid"})
    message = str(caught.value)
    assert f"the endpoint sends thin events ({kind})" in message
    assert "payload style to snapshot" in message
    assert "GET /v2/core/events/evt_v2" in message


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
        event(data={"object": []}),
        event(id=5),
        event(type=["invoice_payment.paid"]),
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
