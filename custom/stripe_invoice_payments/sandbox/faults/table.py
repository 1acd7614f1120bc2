"""What can go wrong on demand: one table, from the name of a fault to what it does.

A fault can change the request on its way to the API, the answer on its way back, and the delivery
of that answer to the client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope

from stripe_invoice_payments_api.models import JSONObject

from ..api import believed
from ..api.errors import ApiError
from . import connection, contents, failures
from .connection import Delivery, Wire
from .failures import Change, error, proxy_page
from .response import Answer, capture


def _unchanged(scope: Scope) -> Scope:
    return scope


def _as_it_is(answer: Answer) -> Answer:
    return answer


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can go wrong."""

    summary: str
    """What the client gets, in a few words."""

    request: Callable[[Scope], Scope] = _unchanged
    change: Change = _as_it_is
    deliver: Delivery = connection.whole

    async def answer(
        self, app: ASGIApp, scope: Scope, receive: Receive, wire: Wire, seconds: float
    ) -> None:
        """Answer a request with this fault."""
        answer = self.change(await capture(app, self.request(scope), receive))
        await self.deliver(answer, wire, seconds)


def _contents(change: Callable[[JSONObject], None]) -> Change:
    return lambda answer: answer.with_json(change)


def _server_error(should_retry: str | None = None) -> ApiError:
    headers = {} if should_retry is None else {"Stripe-Should-Retry": should_retry}
    return ApiError(500, "Something went wrong on our side.", type="api_error", headers=headers)


def _idempotency_error(status: int) -> ApiError:
    return ApiError(
        status,
        "Keys for idempotent requests can only be used with the same parameters.",
        type="idempotency_error",
    )


_CARD_ERROR = ApiError(
    402, "Your card was declined.", type="card_error", code="card_declined", param="payment_method"
)
_DEPENDENCY_ERROR = ApiError(424, "Another service did not answer.", type="api_error")


FAULTS: Mapping[str, Fault] = {
    # Errors of the API.
    "rate_limit": Fault("429, without advice", change=error(believed.too_many_requests())),
    "rate_limit_retry": Fault(
        "429, Stripe-Should-Retry: true",
        change=error(believed.too_many_requests(should_retry=True)),
    ),
    "rate_limit_no_retry": Fault(
        "429, Stripe-Should-Retry: false",
        change=error(believed.too_many_requests(should_retry=False)),
    ),
    "rate_limit_400": Fault(
        "400 with the code rate_limit", change=error(believed.too_many_requests(status=400))
    ),
    "lock_timeout": Fault(
        "409 with the code lock_timeout", change=error(believed.lock_timeout(409))
    ),
    "lock_timeout_429": Fault(
        "429 with the code lock_timeout", change=error(believed.lock_timeout(429))
    ),
    "server_error": Fault("500, without advice", change=error(_server_error())),
    "server_error_retry": Fault(
        "500, Stripe-Should-Retry: true", change=error(_server_error("true"))
    ),
    "server_error_no_retry": Fault(
        "500, Stripe-Should-Retry: false", change=error(_server_error("false"))
    ),
    "api_key_expired": Fault("401, the key has expired", change=error(believed.key_lost())),
    "permission_denied": Fault(
        "403, the key has lost the permission", change=error(believed.permission_lost())
    ),
    "account_revoked": Fault(
        "403, the account has disconnected", change=error(believed.account_lost())
    ),
    "card_error": Fault("402, the card was declined", change=error(_CARD_ERROR)),
    "idempotency_error": Fault(
        "400 of the type idempotency_error", change=error(_idempotency_error(400))
    ),
    "idempotency_conflict": Fault(
        "409 of the type idempotency_error", change=error(_idempotency_error(409))
    ),
    "dependency_error": Fault("424", change=error(_DEPENDENCY_ERROR)),
    "error_as_string": Fault(
        '400 with {"error": "invalid_request"}', change=failures.error_as_string
    ),
    "error_without_body": Fault("500, empty", change=failures.error_without_body),
    # Answers of something in between.
    "proxy_503": Fault(
        "503, a page of HTML", change=proxy_page(503, "503 Service Temporarily Unavailable")
    ),
    "proxy_503_retry_after": Fault(
        "503, a page of HTML, Retry-After: 1",
        change=proxy_page(503, "503 Service Temporarily Unavailable", retry_after="1"),
    ),
    "proxy_520": Fault("520, a page of HTML", change=proxy_page(520, "520 Unknown Error")),
    "proxy_200": Fault("200, a page of HTML", change=proxy_page(200, "Please log in")),
    "redirect": Fault("307 to another host", change=failures.redirect),
    # Bodies that cannot be read.
    "empty_body": Fault("an empty body", change=failures.empty_body),
    "cut_json": Fault("half of the JSON", change=failures.cut_json),
    "wrong_charset": Fault("Latin-1 that claims to be UTF-8", change=failures.wrong_charset),
    "wrong_content_encoding": Fault(
        "plain text that claims to be gzip", change=failures.wrong_content_encoding
    ),
    "broken_gzip": Fault("gzip that is garbage from its middle on", change=failures.broken_gzip),
    "cut_gzip": Fault("half of the gzip", change=failures.cut_gzip),
    # Connections.
    "connection_closed": Fault(
        "the connection closed before the answer", deliver=connection.connection_closed
    ),
    "connection_closed_inside": Fault(
        "the connection closed inside the body", deliver=connection.connection_closed_inside
    ),
    "connection_reset": Fault(
        "the connection reset before the answer", deliver=connection.connection_reset
    ),
    "slow_headers": Fault(
        "nothing for some seconds, then the answer", deliver=connection.slow_headers
    ),
    "slow_body": Fault("the body in ten parts over some seconds", deliver=connection.slow_body),
    # Contents that cannot be right, or that are new.
    "duplicate_page": Fault("the first page again", request=contents.without_cursor),
    "empty_page": Fault("a list without data that has more", change=_contents(contents.empty_page)),
    "unknown_enum_value": Fault(
        "an unknown status in the last object", change=_contents(contents.unknown_enum_value)
    ),
    "unknown_field": Fault(
        "an unknown field in the last object and in the list",
        change=_contents(contents.unknown_field),
    ),
    "null_field": Fault(
        "currency is null in the last object", change=_contents(contents.null_field)
    ),
    "missing_field": Fault(
        "no currency in the last object", change=_contents(contents.missing_field)
    ),
}


def fault_named(name: str) -> Fault:
    """The fault of this name; a ValueError tells which there are."""
    fault = FAULTS.get(name)
    if fault is None:
        raise ValueError(f"no such fault: {name!r}; there are {', '.join(FAULTS)}")
    return fault
