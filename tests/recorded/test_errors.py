from __future__ import annotations

from typing import NamedTuple

import stripe_invoice_payments
from scripts.cassettes.scenarios import SCENARIOS
from stripe_invoice_payments import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    PaginationError,
    PermissionError,
    RateLimitError,
    ScanError,
    SignatureVerificationError,
    StripeError,
    TLSError,
    UnexpectedResponseError,
)

from .support import plays

INVALID = "invalid_request_error"


class Expected(NamedTuple):
    error: type[StripeError]
    status: int | None
    type: str | None = None
    code: str | None = None
    param: str | None = None


EXPECTED = {
    "unknown_payment": Expected(
        InvalidRequestError, 404, INVALID, "resource_missing", "invoice_payment"
    ),
    "unknown_invoice": Expected(InvalidRequestError, 404, INVALID, "resource_missing", "invoice"),
    "unknown_filter_value": Expected(
        InvalidRequestError, 400, INVALID, "resource_missing", "invoice"
    ),
    "unknown_cursor": Expected(
        InvalidRequestError, 400, INVALID, "resource_missing", "starting_after"
    ),
    "unknown_cursor_backward": Expected(
        InvalidRequestError, 400, INVALID, "resource_missing", "ending_before"
    ),
    "unknown_expansion": Expected(InvalidRequestError, 400, INVALID, None, None),
    "unknown_status": Expected(InvalidRequestError, 400, INVALID, None, "status"),
    "payment_of_another_type": Expected(
        InvalidRequestError, 400, INVALID, None, "payment[payment_intent]"
    ),
    "unknown_version": Expected(InvalidRequestError, 400, INVALID),
    "unknown_key": Expected(AuthenticationError, 401, INVALID),
    "expired_key": Expected(AuthenticationError, 401, INVALID, "api_key_expired"),
    "restricted_key": Expected(PermissionError, 403, INVALID),
    "unknown_account": Expected(PermissionError, 403, INVALID, "account_invalid"),
    "rate_limit": Expected(RateLimitError, 429, INVALID, "rate_limit"),
    "rate_limit_400": Expected(RateLimitError, 400, INVALID, "rate_limit"),
    "lock_timeout": Expected(APIError, 409, INVALID, "lock_timeout"),
    "lock_timeout_429": Expected(RateLimitError, 429, INVALID, "lock_timeout"),
    "card_error": Expected(CardError, 402, "card_error", "card_declined", "payment_method"),
    "idempotency_error": Expected(IdempotencyError, 400, "idempotency_error"),
    "idempotency_conflict": Expected(IdempotencyError, 409, "idempotency_error"),
    "dependency_error": Expected(APIError, 424, "api_error"),
    "server_error": Expected(APIError, 500, "api_error"),
    "error_as_string": Expected(InvalidRequestError, 400),
    "error_without_body": Expected(APIError, 500),
    "proxy_503": Expected(APIError, 503),
    "proxy_520": Expected(APIError, 520),
    "redirect": Expected(APIError, 307),
    "html_instead_of_json": Expected(UnexpectedResponseError, 200),
    "empty_body": Expected(UnexpectedResponseError, 200),
    "cut_json": Expected(UnexpectedResponseError, 200),
    "null_field": Expected(UnexpectedResponseError, 200),
    "missing_field": Expected(UnexpectedResponseError, 200),
    "empty_page": Expected(PaginationError, None),
    "duplicate_page": Expected(PaginationError, None),
}

# There is no answer that could be recorded: none came, or the request came to the caller's server.
WITHOUT_ANSWER = {APIConnectionError, APITimeoutError, TLSError, SignatureVerificationError}
# The base of all, and one that chains any of the others; `tests/scan/` is about that.
WITHOUT_CAUSE_OF_ITS_OWN = {StripeError, ScanError}


@plays(*(f"errors/{name}" for name in EXPECTED))
def test_an_error_is_of_its_class_and_says_why(played):
    error = played.result
    found = (type(error), error.http_status, error.type, error.code, error.param)
    assert found == EXPECTED[played.name.removeprefix("errors/")]


@plays(*(f"errors/{name}" for name, expected in EXPECTED.items() if expected.status is not None))
def test_an_error_has_all_of_the_answer(played):
    error, answer = played.result, played.cassette.interactions[-1]
    assert error.request_id == answer.response_headers.get("request-id")
    assert error.http_body == answer.body
    assert answer.response_headers.items() <= error.headers.items()
    if error.type is not None:
        assert error.json_body["error"]["message"] == error.message
        assert error.error.message == error.message


@plays(*(f"errors/{name}" for name in EXPECTED))
def test_an_error_does_not_show_the_key(played):
    assert "sk_test_replay" not in f"{played.result!r} {played.result} {vars(played.result)}"


def test_every_class_of_error_is_recorded_or_has_no_answer():
    exported = (getattr(stripe_invoice_payments, name) for name in dir(stripe_invoice_payments))
    classes = {cls for cls in exported if isinstance(cls, type) and issubclass(cls, StripeError)}
    recorded = {expected.error for expected in EXPECTED.values()}
    assert recorded | WITHOUT_ANSWER == classes - WITHOUT_CAUSE_OF_ITS_OWN


def test_every_recorded_error_is_expected():
    names = {name.removeprefix("errors/") for name in SCENARIOS if name.startswith("errors/")}
    assert names == EXPECTED.keys()
