"""All faults: one table, from the name of a fault to what it does.

A fault can change the request on its way to the API, the response on its way back, and the delivery
of that response to the client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope

from stripe_invoice_payments_api.models import JSONObject

from ..api import believed
from ..api.errors import FORCED_ERROR, ApiError
from . import connection, contents, wrong_responses
from .connection import Delivery, Wire
from .response import CapturedResponse, capture
from .wrong_responses import Change, proxy_page


def _unchanged(scope: Scope) -> Scope:
    return scope


def _as_it_is(response: CapturedResponse) -> CapturedResponse:
    return response


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can go wrong."""

    summary: str
    """What the client receives, in a few words."""

    request: Callable[[Scope], Scope] = _unchanged
    change: Change = _as_it_is
    deliver: Delivery = connection.whole

    async def respond(
        self, app: ASGIApp, scope: Scope, receive: Receive, wire: Wire, seconds: float
    ) -> None:
        """Respond to a request with this fault."""
        response = self.change(await capture(app, self.request(scope), receive))
        await self.deliver(response, wire, seconds)


def _instead(error: ApiError) -> Callable[[Scope], Scope]:
    """The error in place of the operation: nothing changes, and a retry can succeed."""
    return lambda scope: {**scope, FORCED_ERROR: error}


def _error(summary: str, error: ApiError) -> Fault:
    return Fault(summary, request=_instead(error))


def _contents(change: Callable[[JSONObject], None]) -> Change:
    return lambda response: response.with_json(change)


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
_DEPENDENCY_ERROR = ApiError(424, "Another service did not respond.", type="api_error")

_NOT_RUN = _instead(_server_error())


def _from_proxy(summary: str, status: int, title: str, **headers: str) -> Fault:
    return Fault(summary, request=_NOT_RUN, change=proxy_page(status, title, **headers))


FAULTS: Mapping[str, Fault] = {
    # Errors of the API.
    "rate_limit": _error("429, without advice", believed.too_many_requests()),
    "rate_limit_retry": _error(
        "429, Stripe-Should-Retry: true", believed.too_many_requests(should_retry=True)
    ),
    "rate_limit_no_retry": _error(
        "429, Stripe-Should-Retry: false", believed.too_many_requests(should_retry=False)
    ),
    "rate_limit_400": _error(
        "400 with the code rate_limit", believed.too_many_requests(status=400)
    ),
    "lock_timeout": _error("409 with the code lock_timeout", believed.lock_timeout(409)),
    "lock_timeout_429": _error("429 with the code lock_timeout", believed.lock_timeout(429)),
    "server_error": _error("500, without advice", _server_error()),
    "server_error_retry": _error("500, Stripe-Should-Retry: true", _server_error("true")),
    "server_error_no_retry": _error("500, Stripe-Should-Retry: false", _server_error("false")),
    "api_key_expired": _error("401, the key has expired", believed.key_lost()),
    "permission_denied": _error("403, the key has lost the permission", believed.permission_lost()),
    "account_revoked": _error("403, the account has disconnected", believed.account_lost()),
    "card_error": _error("402, the card was declined", _CARD_ERROR),
    "idempotency_error": _error("400 of the type idempotency_error", _idempotency_error(400)),
    "idempotency_conflict": _error("409 of the type idempotency_error", _idempotency_error(409)),
    "dependency_error": _error("424", _DEPENDENCY_ERROR),
    "error_as_string": Fault(
        '400 with {"error": "invalid_request"}',
        request=_NOT_RUN,
        change=wrong_responses.error_as_string,
    ),
    "error_without_body": Fault(
        "500, empty", request=_NOT_RUN, change=wrong_responses.error_without_body
    ),
    # Responses of a proxy.
    "proxy_503": _from_proxy("503, a page of HTML", 503, "503 Service Temporarily Unavailable"),
    "proxy_503_retry_after": _from_proxy(
        "503, a page of HTML, Retry-After: 1",
        503,
        "503 Service Temporarily Unavailable",
        retry_after="1",
    ),
    "proxy_520": _from_proxy("520, a page of HTML", 520, "520 Unknown Error"),
    "proxy_200": _from_proxy("200, a page of HTML", 200, "Please log in"),
    "redirect": Fault("307 to another host", request=_NOT_RUN, change=wrong_responses.redirect),
    # Bodies that cannot be read.
    "empty_body": Fault("an empty body", change=wrong_responses.empty_body),
    "cut_json": Fault("half of the JSON", change=wrong_responses.cut_json),
    "wrong_charset": Fault("Latin-1 that claims to be UTF-8", change=wrong_responses.wrong_charset),
    "wrong_content_encoding": Fault(
        "plain text that claims to be gzip", change=wrong_responses.wrong_content_encoding
    ),
    "broken_gzip": Fault(
        "gzip that is garbage from its middle on", change=wrong_responses.broken_gzip
    ),
    "cut_gzip": Fault("half of the gzip", change=wrong_responses.cut_gzip),
    # Connections.
    "connection_closed": Fault(
        "the connection closed before the response", deliver=connection.connection_closed
    ),
    "connection_closed_inside": Fault(
        "the connection closed inside the body", deliver=connection.connection_closed_inside
    ),
    "connection_reset": Fault(
        "the connection reset before the response", deliver=connection.connection_reset
    ),
    "slow_headers": Fault(
        "nothing for some seconds, then the response", deliver=connection.slow_headers
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
    """The fault with this name; otherwise a ValueError that lists all names."""
    fault = FAULTS.get(name)
    if fault is None:
        raise ValueError(f"no such fault: {name!r}. Faults: {', '.join(FAULTS)}")
    return fault


def refused(error: ApiError) -> Fault:
    """Refuses a request before the API runs it."""
    return _error(error.message, error)
