"""The webhook that Stripe would send for a payment of the sandbox."""

from __future__ import annotations

import itertools
import json
import time
import traceback

import httpx
import pytest

from stripe_invoice_payments import (
    API_VERSION,
    InvoicePaymentPaidEvent,
    SignatureVerificationError,
    Webhook,
)
from stripe_invoice_payments.sandbox import Sandbox, WebhookRequest

SECRET = "whsec_OfTheEndpointUnderTest"


def receive(webhook: WebhookRequest, secret: str = SECRET) -> InvoicePaymentPaidEvent:
    """What the endpoint under test reads of it."""
    event = Webhook.construct_event(webhook.body, webhook.headers["Stripe-Signature"], secret)
    assert isinstance(event, InvoicePaymentPaidEvent)
    return event


@pytest.mark.parametrize("type_", ["payment_intent", "payment_record", "charge"])
def test_it_tells_of_the_payment_that_retrieve_gives(stripe_sandbox: Sandbox, type_):
    made = stripe_sandbox.create_invoice_payment(status="paid", type=type_, amount_paid=700)
    event = receive(stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET))
    assert event.invoice_payment == stripe_sandbox.client().invoice_payments.retrieve(made.id)


def test_every_paid_payment_of_the_seeded_data_has_one(stripe_sandbox: Sandbox):
    paid = stripe_sandbox.client().invoice_payments.list(status="paid").auto_paging_iter()
    events = {
        payment.id: receive(stripe_sandbox.invoice_payment_paid_webhook(payment.id, secret=SECRET))
        for payment in paid
    }
    assert len(events) > 100
    assert all(event.invoice_payment.id == paid for paid, event in events.items())
    assert len({event.id for event in events.values()}) == len(events)


def test_the_event_is_as_stripe_writes_it(stripe_sandbox: Sandbox):
    made = stripe_sandbox.create_invoice_payment(created=1_750_000_000)
    paid = stripe_sandbox.set_invoice_payment_status(made.id, "paid", at=1_760_000_000)
    webhook = stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET)

    sent = json.loads(webhook.body)
    assert sent.pop("id").startswith("evt_1")
    assert sent == {
        "object": "event",
        "api_version": API_VERSION,
        "created": 1_760_000_000,
        "data": {"object": paid.to_dict()},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "invoice_payment.paid",
    }


def test_body_and_headers_are_all_that_has_to_be_posted(stripe_sandbox: Sandbox):
    def endpoint(request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"].startswith("application/json")
        signature = request.headers.get("stripe-signature")
        event = Webhook.construct_event(request.content, signature, SECRET)
        return httpx.Response(200, text=event.type)

    made = stripe_sandbox.create_invoice_payment(status="paid")
    body, headers = stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET)
    with httpx.Client(transport=httpx.MockTransport(endpoint)) as client:
        answer = client.post("https://shop.example/webhooks", content=body, headers=headers)
    assert answer.text == "invoice_payment.paid"


def test_of_each_account_and_mode(stripe_sandbox: Sandbox):
    connected = stripe_sandbox.accounts[0]
    ids = set()
    for account, livemode in itertools.product([None, connected], [False, True]):
        made = stripe_sandbox.create_invoice_payment(
            status="paid", account=account, livemode=livemode
        )
        event = receive(stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET))
        assert (event.account, event.livemode) == (account, livemode)
        assert event.invoice_payment == made
        assert ("account" in event.to_dict()) == (account is not None)
        ids.add(event.id)
    assert len(ids) == 4


def test_asked_for_again_it_is_the_same_event(stripe_sandbox: Sandbox):
    made = stripe_sandbox.create_invoice_payment(status="paid")
    now = int(time.time())
    first, second = (
        stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET, timestamp=timestamp)
        for timestamp in (now - 60, now)
    )
    assert first.body == second.body
    assert first.headers["Stripe-Signature"] != second.headers["Stripe-Signature"]
    assert receive(first) == receive(second)


# --- Refused ---


@pytest.mark.parametrize("status", ["open", "canceled"])
def test_a_payment_that_is_not_paid_has_none(stripe_sandbox: Sandbox, status):
    made = stripe_sandbox.create_invoice_payment(status=status)
    words = f"invoice_payment must be paid, got '{made.id}', which is {status}"
    with pytest.raises(ValueError, match=words):
        stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET)


@pytest.mark.parametrize("unknown", ["inpay_nope", "", "in_1"])
def test_a_payment_that_there_is_not_has_none(stripe_sandbox: Sandbox, unknown):
    with pytest.raises(ValueError, match=f"no such invoice_payment: '{unknown}'"):
        stripe_sandbox.invoice_payment_paid_webhook(unknown, secret=SECRET)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"secret": ""}, "secret must be the endpoint's signing secret"),
        ({"secret": "whsec_ \n"}, "secret must be the endpoint's signing secret"),
        ({"secret": SECRET, "timestamp": -1}, "timestamp must be from 0"),
    ],
)
def test_what_cannot_be_signed(stripe_sandbox: Sandbox, arguments, words):
    made = stripe_sandbox.create_invoice_payment(status="paid")
    with pytest.raises(ValueError, match=words):
        stripe_sandbox.invoice_payment_paid_webhook(made.id, **arguments)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"1000", b"9000", 1),
        lambda body: body + b"\n",
        lambda body: json.dumps(json.loads(body)).encode(),
        lambda body: json.dumps(json.loads(body), separators=(",", ":")).encode(),
    ],
    ids=["another amount", "a line break", "read and written", "read and written tightly"],
)
def test_the_endpoint_notices_a_body_that_was_changed(stripe_sandbox: Sandbox, change):
    made = stripe_sandbox.create_invoice_payment(status="paid")
    webhook = stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET)
    with pytest.raises(SignatureVerificationError, match="not exactly what was received"):
        receive(webhook._replace(body=change(webhook.body)))


def test_the_endpoint_notices_another_secret_and_another_time(stripe_sandbox: Sandbox):
    made = stripe_sandbox.create_invoice_payment(status="paid")
    webhook = stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET)
    with pytest.raises(SignatureVerificationError, match="the secret is another endpoint's"):
        receive(webhook, "whsec_another")
    old = stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=SECRET, timestamp=1000)
    with pytest.raises(SignatureVerificationError, match="not signed within 300 s of now"):
        receive(old)


@pytest.mark.parametrize("secret", [SECRET, f"{SECRET}\n"])
def test_a_traceback_with_its_variables_shows_no_secret(stripe_sandbox: Sandbox, secret):
    made = stripe_sandbox.create_invoice_payment()
    with pytest.raises(ValueError, match=r"must be paid|whitespace|secret") as caught:
        stripe_sandbox.invoice_payment_paid_webhook(made.id, secret=secret)
    # The first frame is this test's own, which knows the secret.
    frames = list(traceback.walk_tb(caught.value.__traceback__))[1:]
    shown = traceback.StackSummary.extract(frames, capture_locals=True)
    assert len(shown) > 0
    assert SECRET not in str([frame.locals for frame in shown])
    assert SECRET not in str(caught.value)
