"""Webhook events: is it from Stripe, and what does it say?"""

from __future__ import annotations

import hmac
import math
import re
import time
from hashlib import sha256
from typing import cast

from attrs import define

from stripe_invoice_payments_api.models import Event, InvoicePayment, JSONObject

from ._config import defaults as _defaults
from ._errors import SignatureVerificationError, UnexpectedResponseError, json_object

INVOICE_PAYMENT_PAID = "invoice_payment.paid"
_SCHEME = "v1"


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class InvoicePaymentPaidEvent(Event):
    """An invoice payment was paid.

    The event has the API version of its endpoint, which may differ from this package's. Therefore
    `invoice_payment` is read leniently: a field that the other version lacks is None.
    `data.object` is the same as plain JSON.
    """

    @property
    def invoice_payment(self) -> InvoicePayment:
        """The invoice payment, as it was when it was paid."""
        return InvoicePayment.from_dict_leniently(self.data.object)


class Webhook:
    """Verifies and reads what Stripe posts to a webhook endpoint.

    Example:
        body, signature = webhook.body, webhook.headers["Stripe-Signature"]
        event = Webhook.construct_event(body, signature, "whsec_...")
        if isinstance(event, InvoicePaymentPaidEvent):
            print(event.invoice_payment.invoice_id)
    """

    @staticmethod
    def construct_event(
        payload: bytes | bytearray | memoryview | str,
        sig_header: str | bytes | None,
        secret: str,
        tolerance: float | None = _defaults.WEBHOOK_TOLERANCE,
    ) -> Event:
        """The event in `payload`, once its signature is verified.

        Events of every API version can be read. A field that one lacks is None whatever its
        annotation says; one of another type is in `additional_properties`. Before 2017-05-25, for
        example, the id of the request is in `additional_properties["request"]`.

        The endpoint must receive snapshot events, which hold the object. A thin event holds only
        its id and is refused with an error that says so.

        Args:
            payload: The body of the request, exactly as it was received.
            sig_header: The request's `Stripe-Signature` header; None if it has none.
            secret: The endpoint's signing secret, `whsec_...`.
            tolerance: The maximum difference in seconds between the time of signing and now, so
                that nobody can send an old event again: a finite number of at least 0. None accepts
                any age.

        Returns:
            An `InvoicePaymentPaidEvent` for `invoice_payment.paid`, an `Event` for anything else.

        Raises:
            SignatureVerificationError: The payload was not signed with this secret, or too long
                ago.
            TypeError: An argument is of the wrong type, such as a payload that has been parsed.
            UnexpectedResponseError: It is signed, but not an event, or a thin one.
            ValueError: There is no secret, it has characters that no secret has, or `tolerance` is
                negative, infinite or NaN.
        """
        key, mistake = signing_key(secret), no_secret(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise mistake
        sig_header = _header(sig_header)
        _check_tolerance(tolerance)
        body = _body(payload)
        problem = find_problem(body, sig_header, key, tolerance, now=time.time())
        if problem is not None:
            text = body.decode("utf-8", errors="replace")
            raise SignatureVerificationError(problem, sig_header, text)
        return _event(body)

    @staticmethod
    def generate_test_header(
        payload: bytes | bytearray | memoryview | str, secret: str, timestamp: int | None = None
    ) -> str:
        """The `Stripe-Signature` header that Stripe would send with `payload`, for tests.

        Example:
            body = sandbox.invoice_payment_paid_webhook("inpay_...", secret="whsec_...").body
            header = Webhook.generate_test_header(body, "whsec_...")
            assert Webhook.construct_event(body, header, "whsec_...").id.startswith("evt_")

        Args:
            payload: The body to sign.
            secret: The signing secret that the code under test uses.
            timestamp: The time of signing in Unix seconds; now by default.

        Raises:
            TypeError: An argument is of the wrong type.
            ValueError: There is no secret, it has characters that no secret has, or `timestamp` is
                negative.
        """
        key, mistake = signing_key(secret), no_secret(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise mistake
        if timestamp is not None:
            if not _is_number(timestamp, int):
                raise _unexpected("timestamp", "an int of Unix seconds", timestamp)
            if timestamp < 0:
                raise ValueError(f"timestamp must be at least 0, got {timestamp}")
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


def no_secret(secret: object = "") -> TypeError | ValueError:
    """What is wrong with a secret that cannot be one. The error does not hold it."""
    if not isinstance(secret, str):
        return _unexpected("secret", "the endpoint's signing secret (whsec_...) as str", secret)
    return ValueError(
        "secret must be the endpoint's signing secret (whsec_...), without spaces or line breaks "
        "around it"
    )


def signature_header(body: bytes, key: hmac.HMAC, timestamp: int | None) -> str:
    """The header that Stripe would send with `body`, signed at this second or now."""
    signed_at = str(int(time.time()) if timestamp is None else timestamp)
    return f"t={signed_at},{_SCHEME}={_sign(body, key, signed_at)}"


def _body(payload: object) -> bytes:
    if isinstance(payload, str):
        return payload.encode("utf-8", errors="replace")
    if not isinstance(payload, (bytes, bytearray, memoryview)):
        raise TypeError(
            "payload must be the body as it was received, as bytes or str, got "
            f"{type(payload).__name__}; what has been parsed cannot be verified any more"
        )
    return bytes(cast("bytes | bytearray | memoryview", payload))


def _header(sig_header: object) -> str | None:
    """The header as text: ASGI frameworks hand over bytes."""
    if isinstance(sig_header, (bytes, bytearray)):
        return sig_header.decode("latin-1")
    if sig_header is not None and not isinstance(sig_header, str):
        raise _unexpected("sig_header", "the Stripe-Signature header as str or bytes", sig_header)
    return sig_header


def _check_tolerance(tolerance: object) -> None:
    if tolerance is None:
        return
    if not _is_number(tolerance, int, float):
        raise _unexpected("tolerance", "a number of seconds, or None", tolerance)
    seconds = cast("float", tolerance)
    if not 0 <= seconds < math.inf:  # NaN is neither
        raise ValueError(
            f"tolerance must be a finite number of at least 0, got {seconds}; None accepts any age"
        )


def _is_number(value: object, *kinds: type) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def _unexpected(name: str, expected: str, value: object) -> TypeError:
    return TypeError(f"{name} must be {expected}, got {type(value).__name__}")


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
    problem = _not_an_event(data)
    if problem is not None:
        raise UnexpectedResponseError(problem, http_body=text, json_body=data)
    kind = InvoicePaymentPaidEvent if data["type"] == INVOICE_PAYMENT_PAID else Event
    # Leniently: an event stays in the API version in which it was written, up to a decade ago.
    return kind.from_dict_leniently(data)


def _not_an_event(data: JSONObject) -> str | None:
    """Why a signed payload is no event of any API version; None if it is one."""
    identifier, kind = data.get("id"), data.get("object")
    if isinstance(kind, str) and kind.startswith("v2."):
        return (
            f"the endpoint sends thin events ({kind}), which do not hold the object; set the event "
            "destination's payload style to snapshot, or read the payload as JSON and fetch the "
            f"event that it names: GET /v2/core/events/{identifier}"
        )
    for name in ("id", "type"):
        if not isinstance(data.get(name), str):
            return f"Event: {name}: {_problem(data, name, 'a string')}"
    held = data.get("data")
    if not isinstance(held, dict):
        return f"Event {identifier}: data: {_problem(data, 'data', 'an object')}"
    if not isinstance(held.get("object"), dict):
        return f"Event {identifier}: data.object: {_problem(held, 'object', 'an object')}"
    return None


def _problem(data: JSONObject, name: str, expected: str) -> str:
    value = data.get(name)
    if value is not None:
        return f"{expected} was expected, not {type(value).__name__}"
    return "null where a value is required" if name in data else "missing"
