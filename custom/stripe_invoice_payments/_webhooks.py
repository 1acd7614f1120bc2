"""Webhook events: is it from Stripe, and what does it say?"""

from __future__ import annotations

import hmac
import re
import time
from hashlib import sha256

from attrs import define

from stripe_invoice_payments_api.models import Event, InvalidObjectError, InvoicePayment

from . import _defaults
from ._errors import SignatureVerificationError, UnexpectedResponseError, json_object

INVOICE_PAYMENT_PAID = "invoice_payment.paid"
_SCHEME = "v1"


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class InvoicePaymentPaidEvent(Event):
    """An invoice payment was paid.

    The event carries the object as the API version of its endpoint has it, which may be another
    than this package's: `invoice_payment` is read leniently, and a field that the other version
    lacks is None. `data.object` is the same as plain JSON.
    """

    @property
    def invoice_payment(self) -> InvoicePayment:
        """The invoice payment, as it was when it was paid."""
        return InvoicePayment.from_dict_leniently(self.data.object)


class Webhook:
    """Verifies and reads what Stripe posts to a webhook endpoint."""

    @staticmethod
    def construct_event(
        payload: bytes | str,
        sig_header: str | None,
        secret: str,
        tolerance: float | None = _defaults.WEBHOOK_TOLERANCE,
    ) -> Event:
        """The event in `payload`, once its signature is verified.

        Args:
            payload: The body of the request, exactly as it was received.
            sig_header: The request's `Stripe-Signature` header; None if it has none.
            secret: The endpoint's signing secret, `whsec_...`.
            tolerance: By how many seconds the time of signing may differ from now, so that nobody
                can send an old event again. None accepts any.

        Returns:
            An `InvoicePaymentPaidEvent` for `invoice_payment.paid`, an `Event` for anything else.

        Raises:
            SignatureVerificationError: The payload was not signed with this secret, or not now.
            TypeError: The payload is not the body as it was received.
            UnexpectedResponseError: It is signed, but not an event.
            ValueError: There is no secret, or it has characters that no secret has.
        """
        key = signing_key(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise no_secret()
        body = _body(payload)
        problem = find_problem(body, sig_header, key, tolerance, now=time.time())
        if problem is not None:
            text = body.decode("utf-8", errors="replace")
            raise SignatureVerificationError(problem, sig_header, text)
        return _event(body)

    @staticmethod
    def generate_test_header(
        payload: bytes | str, secret: str, timestamp: int | None = None
    ) -> str:
        """The `Stripe-Signature` header that Stripe would send with `payload`, for tests.

        Args:
            payload: The body to sign.
            secret: The signing secret that the code under test uses.
            timestamp: The time of signing in Unix seconds; now, unless given.
        """
        key = signing_key(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise no_secret()
        return signature_header(_body(payload), key, timestamp)


def find_problem(
    body: bytes,
    sig_header: str | None,
    key: hmac.HMAC,
    tolerance: float | None,
    *,
    now: float,
) -> str | None:
    """Why a signature header is not one that Stripe would have sent with `body`; None if it is."""
    if sig_header is None:
        return "the request has no Stripe-Signature header"
    timestamp, *others = _elements(sig_header, "t") or [""]
    if others or not re.fullmatch("[0-9]{1,15}", timestamp):
        return "the Stripe-Signature header has no timestamp (t=...)"
    candidates = _elements(sig_header, _SCHEME)
    if not candidates:
        return f"the Stripe-Signature header has no signature of scheme {_SCHEME}"
    expected = _sign(body, key, timestamp).encode()
    # All are compared, each in constant time: while a secret is rolled there are two.
    matches = [
        hmac.compare_digest(expected, candidate.encode("utf-8", errors="replace"))
        for candidate in candidates
    ]
    if not any(matches):
        return (
            "no signature in the Stripe-Signature header matches: the secret is another "
            "endpoint's, or the payload is not exactly what was received"
        )
    if tolerance is not None and abs(now - int(timestamp)) > tolerance:
        return f"the payload was not signed within {tolerance:g} s of now"
    return None


def signing_key(secret: object) -> hmac.HMAC | None:
    """The secret as something that signs and cannot be shown; None if it cannot be a secret."""
    if not isinstance(secret, str) or not re.fullmatch("[!-~]+", secret):
        return None
    return hmac.new(secret.encode(), digestmod=sha256)


def no_secret() -> ValueError:
    """What is wrong with a secret that cannot be one."""
    return ValueError(
        "secret: the endpoint's signing secret (whsec_...) is wanted, without spaces or line "
        "breaks around it"
    )


def signature_header(body: bytes, key: hmac.HMAC, timestamp: int | None) -> str:
    """The header that Stripe would send with `body`, signed at this second or now."""
    signed_at = str(int(time.time()) if timestamp is None else timestamp)
    return f"t={signed_at},{_SCHEME}={_sign(body, key, signed_at)}"


def _body(payload: object) -> bytes:
    if isinstance(payload, str):
        return payload.encode("utf-8", errors="replace")
    if not isinstance(payload, (bytes, bytearray)):
        raise TypeError(
            "payload: the body as it was received is wanted, as bytes or str, not "
            f"{type(payload).__name__}; what has been parsed cannot be verified any more"
        )
    return bytes(payload)


def _sign(body: bytes, key: hmac.HMAC, timestamp: str) -> str:
    """What Stripe signs a body with at a time: an HMAC over both, in hexadecimal."""
    signed = key.copy()
    signed.update(timestamp.encode() + b"." + body)
    return signed.hexdigest()


def _elements(sig_header: str, name: str) -> list[str]:
    """The values of a signature header's `name=value` elements of this name."""
    pairs = [element.strip().partition("=") for element in sig_header.split(",")]
    return [value for key, separator, value in pairs if separator and key == name]


def _event(body: bytes) -> Event:
    text = body.decode("utf-8", errors="replace")
    data = json_object(body)
    if data is None:
        raise UnexpectedResponseError("the payload is not a JSON object", http_body=text)
    kind = InvoicePaymentPaidEvent if data.get("type") == INVOICE_PAYMENT_PAID else Event
    try:
        return kind.from_dict(data)
    except InvalidObjectError as error:
        # Without the frames of the reader: the objects in them are half read.
        cause = error.with_traceback(None)
        raise UnexpectedResponseError(str(error), http_body=text, json_body=data) from cause
