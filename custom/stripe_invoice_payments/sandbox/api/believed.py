"""Assumptions about Stripe that we could not verify, to be corrected here once we know more.

The rest of this package follows Stripe's documentation, its OpenAPI document or its mock server.
These assumptions are part of other modules:

- `Stripe-Context` is not echoed, as `Stripe-Account` is (`headers.py`).
- An unknown URL is a 404 with or without a key (`app.py`).
- If a parameter occurs twice, the last one counts (`parameters.py`).
- A cursor is a position in the whole list; its object need not match the filters (`listing.py`).
- Of two payments of the same second, the later one comes first (`data/order.py`).
- A refused request does not count against the rate limit, and a request without a valid key is
  refused before it is counted (`app.py`, `rate_limit.py`).
- A webhook's body is indented (`control/webhooks.py`), and an event is created in the second of the
  change (`data/changes.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .errors import ApiError, no_such_object, unauthorized

PATH_PARAMS: Mapping[str, str] = {
    "invoice_payment": "invoice_payment",
    "invoice": "invoice",
    "payment_intent": "intent",
    "charge": "id",
    "payment_record": "id",
}
"""The `param` of the 404 for an unknown object, by its kind: older resources say `id` here."""

MAX_IDEMPOTENCY_KEY = 255
"""Documented is that a key has at most 255 characters; that a longer one is a 400 is believed."""

EMBEDDED_LIST_LIMIT = 10
"""How many payments `invoice.payments` has; documented are only "the first few"."""

MAX_EXPAND_LEVELS = 4
"""That there are four is documented; that `data.` counts as one of them is believed."""

DELETED_INVOICE_CAN_BE_RETRIEVED = False
"""`GET /v1/invoices/{invoice}` documents no deleted invoice as a response, so it is a 404."""

RATE_LIMIT_BURST_SECONDS = 1.0
"""The size of the token bucket, in seconds at its rate. The limits a second, for each account and
each endpoint, are documented; how requests are counted is not."""

ACCOUNT_LIMIT_REASON = "global-rate"
ENDPOINT_LIMIT_REASON = "endpoint-rate"
PLATFORM_LIMIT_REASON = "global-rate"
"""Values of `Stripe-Rate-Limited-Reason`. That a 429 has this header is documented. Whether there
is a limit for a platform with all its accounts is not; nor is the reason of such a refusal."""

# 2025-11-17.clover, 2024-06-20; previews may add "; feature=v1".
_API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?(;.*)?")


def check_api_version(version: str) -> None:
    """Refuse a `Stripe-Version` of the wrong form; whether it exists is not checked."""
    if _API_VERSION.fullmatch(version) is None:
        raise ApiError(400, f"Invalid Stripe API version: {version}")


def expired_api_key(masked_key: str) -> ApiError:
    """An expired key: the status is documented, the code is believed."""
    return unauthorized(f"Expired API key: {masked_key}", code="api_key_expired")


def permission_missing(masked_key: str) -> ApiError:
    """A restricted key without the permission: that there is no code is believed."""
    return ApiError(
        403, f"The key '{masked_key}' does not have the permission that this endpoint requires."
    )


def key_lost() -> ApiError:
    """A key that was valid so far, as a fault: the same as an expired one."""
    return unauthorized("Expired API key: it was valid until now.", code="api_key_expired")


def permission_lost() -> ApiError:
    """A key that lost a permission, as a fault."""
    return ApiError(403, "The key no longer has the permission that this endpoint requires.")


def account_lost() -> ApiError:
    """A connected account that disconnected, as a fault."""
    return ApiError(
        403, "The API key no longer has access to this account.", code="account_invalid"
    )


def too_many_requests(
    reason: str = ACCOUNT_LIMIT_REASON, *, status: int = 429, should_retry: bool | None = None
) -> ApiError:
    """A request beyond the limit. The status, the code and the header's name are documented."""
    headers = {"Stripe-Rate-Limited-Reason": reason}
    if should_retry is not None:
        headers["Stripe-Should-Retry"] = str(should_retry).lower()
    return ApiError(
        status,
        "Request rate limit exceeded. Send fewer requests a second.",
        code="rate_limit",
        headers=headers,
    )


def lock_timeout(status: int) -> ApiError:
    """Another request is changing the object. 429 is documented, 409 was seen."""
    return ApiError(
        status,
        "This object cannot be accessed right now because another request is changing it.",
        code="lock_timeout",
    )


def two_accounts() -> ApiError:
    """`Stripe-Account` with `Stripe-Context`, which supersedes it: a 400, even for the same one."""
    return ApiError(
        400, "Received both Stripe-Account and Stripe-Context; send only one of these headers."
    )


def path_in_stripe_account() -> ApiError:
    """A path of accounts, which only `Stripe-Context` can name."""
    return ApiError(400, "Stripe-Account names one account; a path belongs in Stripe-Context.")


def account_without_access(account: str, masked_key: str) -> ApiError:
    """An account that does not exist or has not connected, whichever header names it."""
    return ApiError(
        403,
        f"The API key '{masked_key}' has no access to account '{account}', "
        "or there is no such account.",
        code="account_invalid",
    )


def limit_out_of_range(value: int, smallest: int, largest: int) -> ApiError:
    """`limit=0` and `limit=101`: that the code is the same as for text is believed."""
    return ApiError(
        400,
        f"Invalid integer: {value}. It must be between {smallest} and {largest}.",
        code="parameter_invalid_integer",
        param="limit",
    )


def not_a_choice(param: str, choices: Sequence[str]) -> ApiError:
    """A value that is not in an enum: that there is no code is believed."""
    return ApiError(400, f"Invalid {param}: must be one of {', '.join(choices)}", param=param)


def not_an_object(param: str) -> ApiError:
    """A scalar in place of a group of parameters."""
    return ApiError(400, f"Invalid object: write {param}[...]=... for each value", param=param)


def empty_value(param: str) -> ApiError:
    """An empty value, such as `status=`: Stripe takes it for an attempt to unset something."""
    return ApiError(
        400,
        f"You passed an empty string for '{param}'.",
        code="parameter_invalid_empty",
        param=param,
    )


def other_payment_type(param: str, payment_type: str) -> ApiError:
    """`payment[type]=payment_record` with `payment[payment_intent]`, or the other way round."""
    return ApiError(
        400, f"{param} cannot be combined with payment[type]={payment_type}.", param=param
    )


def type_and_types() -> ApiError:
    """`type` with `types`: documented is that one may send either."""
    return ApiError(400, "Received both type and types; send only one of them.", param="type")


def nothing_to_attach() -> ApiError:
    """Neither of the parameters of which one is required: that this is the `param` is believed."""
    return ApiError(
        400,
        "Missing required parameter: send either payment_intent or payment_record.",
        code="parameter_missing",
        param="payment_intent",
    )


def two_to_attach() -> ApiError:
    """Both of the parameters of which one is required."""
    return ApiError(400, "Received both payment_intent and payment_record; send only one of them.")


def invoice_takes_no_payment(status: str) -> ApiError:
    """A draft, a paid invoice or a void one: that there is no code is believed."""
    return ApiError(
        400, f"A payment cannot be attached to an invoice that is {status}.", param="invoice"
    )


def already_attached(kind: str, value: str) -> ApiError:
    """A payment that is attached already, to this invoice or another."""
    return ApiError(400, f"The {kind} '{value}' is attached to an invoice already.", param=kind)


def canceled_payment(kind: str, value: str) -> ApiError:
    """A canceled payment: the code is documented; that it applies here is believed."""
    return ApiError(
        400,
        f"The {kind} '{value}' is canceled and cannot pay an invoice.",
        code="payment_intent_unexpected_state",
        param=kind,
    )


def other_currency(kind: str, value: str, currency: str) -> ApiError:
    """A payment in another currency than the invoice's."""
    return ApiError(
        400, f"The {kind} '{value}' is not in the invoice's currency, {currency}.", param=kind
    )


def key_reused(key: str) -> ApiError:
    """An idempotency key with other parameters: the type is documented."""
    return ApiError(
        400,
        "Keys for idempotent requests can only be used with the same parameters as the first "
        f"time. Use another key than '{key}' for another request.",
        type="idempotency_error",
    )


def key_in_use(key: str) -> ApiError:
    """An idempotency key of a request that is in progress: status and code are documented."""
    return ApiError(
        409,
        f"Another request with the idempotency key '{key}' is in progress.",
        type="idempotency_error",
        code="idempotency_key_in_use",
    )


def not_a_form(content_type: str) -> ApiError:
    """A body that is not a form: that it is refused, not ignored, is believed."""
    return ApiError(
        400,
        "The body of a request must be a form, application/x-www-form-urlencoded, got "
        f"{content_type[:100] or 'no Content-Type'}.",
    )


def key_too_long() -> ApiError:
    """An idempotency key beyond the documented length."""
    return ApiError(400, f"An idempotency key must have at most {MAX_IDEMPOTENCY_KEY} characters.")


def no_such_filter(kind: str, value: str, param: str) -> ApiError:
    """A filter by an object that does not exist: an error is believed, not an empty list."""
    return no_such_object(kind, value, param, status=400)
