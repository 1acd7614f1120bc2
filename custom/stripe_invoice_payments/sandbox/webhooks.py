"""What Stripe posts to webhook endpoints, for tests of an endpoint."""

from __future__ import annotations

import hmac
import json
from typing import NamedTuple

from .._webhooks import signature_header
from . import shapes
from .facts import Payment
from .headers import API_VERSION
from .ids import Ids
from .shapes import JsonObject


class WebhookRequest(NamedTuple):
    """A request to a webhook endpoint, to be handed to it in a test."""

    body: bytes
    """Exactly what was signed."""

    headers: dict[str, str]
    """`Stripe-Signature` and `Content-Type`."""


def invoice_payment_paid(
    payment: Payment, ids: Ids, *, account: str | None, livemode: bool
) -> bytes:
    """The body that tells that a payment was paid."""
    # Only what happens in a connected account names the account.
    origin: JsonObject = {} if account is None else {"account": account}
    event: JsonObject = {
        "id": ids["event"].encode(payment.number),
        "object": "event",
        **origin,
        "api_version": API_VERSION,
        "created": payment.paid_at,
        "data": {"object": shapes.invoice_payment(payment, ids, livemode)},
        "livemode": livemode,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "invoice_payment.paid",
    }
    # Not as json.dumps writes it by itself: an endpoint that verifies what it has parsed and
    # written again, and not what it received, is found out.
    return json.dumps(event, indent=2).encode()


def sign(body: bytes, key: hmac.HMAC, timestamp: int | None) -> WebhookRequest:
    """The request with this body, signed at this second or now."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature_header(body, key, timestamp),
    }
    return WebhookRequest(body, headers)
