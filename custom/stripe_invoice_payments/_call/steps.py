"""One call of the API, from its request to its response, without doing any of the waiting.

`perform` is a generator: it yields what has to be sent or waited for, and receives the outcome.
Pacing, retries, deadlines, logging and error mapping are decided here once; `Client` and
`AsyncClient` only differ in how they carry out the steps.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeAlias, TypeVar

from attrs import define, evolve, field

from stripe_invoice_payments_api._request import Request

from .._config.secrets import ApiKey
from .._config.settings import AppInfo, Settings, Timeout
from .._errors import APITimeoutError, RateLimitError, StripeError, error_from_response
from .observability import Observer
from .raw_response import RawResponse
from .retries import retry_delay

T = TypeVar("T")

_REASON = "stripe-rate-limited-reason"


@define(frozen=True, kw_only=True, eq=False)
class WireRequest:
    """What a transport sends. The key is separate from the headers.

    Attributes:
        method: The HTTP method.
        url: The whole URL.
        headers: All headers except those made from the key and the app info.
        content: The body, if there is one.
        api_key: The key.
        app_info: The program that sends this.
        max_response_bytes: The maximum length of the response's body.
        timeout: How long each step of the exchange may take.
        seconds_left: How long the whole exchange may take.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    api_key: ApiKey
    app_info: AppInfo | None
    max_response_bytes: int
    timeout: Timeout
    seconds_left: float = math.inf

    @property
    def origin(self) -> str:
        """The scheme, the host and the port."""
        return "/".join(self.url.split("/", 3)[:3])

    def within(self, seconds_left: float) -> WireRequest:
        """The same, with no more time than is left."""
        if seconds_left == math.inf:
            return self
        timeout = Timeout(
            connect=min(seconds_left, self.timeout.connect),
            read=min(seconds_left, self.timeout.read),
        )
        return evolve(self, timeout=timeout, seconds_left=seconds_left)


@define(frozen=True, kw_only=True, eq=False)
class WireResponse:
    """What a transport receives: header names in lower case, and the key redacted."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@define(frozen=True)
class Wait:
    """So many seconds have to pass."""

    seconds: float


Step: TypeAlias = "WireRequest | Wait"
Outcome: TypeAlias = "WireResponse | StripeError"
Steps: TypeAlias = "Generator[Step, Outcome | None, T]"


def perform(
    request: Request[Any],
    settings: Settings,
    read: Callable[[Any], T],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Steps[RawResponse[T]]:
    """The steps of a call; its result is the response.

    Args:
        request: The request.
        settings: How to send it.
        read: Converts the response's JSON to what the caller gets.
        clock: The time in seconds.

    Raises:
        StripeError: The API reports a failure, or cannot be reached.
    """
    wire = wire_request(request, settings)
    observer = _observer(request, settings)
    end = math.inf if settings.deadline is None else clock() + settings.deadline
    attempt = refusals = 0
    while True:
        attempt += 1
        left = yield from _await_turn(settings, end, clock)
        outcome = yield from _attempt(wire.within(left), read, observer, attempt, clock)
        if isinstance(outcome, RawResponse):
            return outcome
        is_refusal = isinstance(outcome, RateLimitError)
        refusals += is_refusal
        delay = retry_delay(
            outcome,
            attempt=attempt - min(refusals, settings.forgiven_refusals),
            max_retries=settings.max_retries,
            retry_rate_limited=settings.retry_rate_limited,
            now=time.time(),
        )
        if delay is not None and not settings.retry_delays:
            delay = 0.0
        if delay is None or clock() + delay >= end:
            raise outcome
        observer.retrying(attempt, outcome.http_status, delay)
        if is_refusal and settings.rate_limit is not None:
            settings.rate_limit.slow_down(delay, outcome.headers.get(_REASON))
        yield Wait(delay)


def wire_request(request: Request[Any], settings: Settings) -> WireRequest:
    """The request as it is sent in each attempt."""
    headers = {
        "accept": "application/json",
        "stripe-version": settings.stripe_version,
        **settings.headers,
    }
    if settings.stripe_account is not None:
        headers["stripe-account"] = settings.stripe_account
    if settings.stripe_context is not None:
        headers["stripe-context"] = settings.stripe_context
    if request.method == "POST":
        # One key for all attempts, so that Stripe carries out no more than one of them.
        if settings.idempotency_key is not None:
            headers["idempotency-key"] = settings.idempotency_key
        headers.setdefault("idempotency-key", str(uuid.uuid4()))
    content = None
    if request.form is not None:
        headers["content-type"] = "application/x-www-form-urlencoded"
        content = request.form.encode("ascii")
    query = f"?{request.query}" if request.query else ""
    return WireRequest(
        method=request.method,
        url=f"{settings.base_url}{request.path}{query}",
        headers=headers,
        content=content,
        api_key=settings.api_key,
        app_info=settings.app_info,
        max_response_bytes=settings.max_response_bytes,
        timeout=settings.timeout,
    )


def _await_turn(settings: Settings, end: float, clock: Callable[[], float]) -> Steps[float]:
    """Wait for the rate limit; the result is how many seconds are left."""
    limit = settings.rate_limit
    if limit is None:
        if (left := end - clock()) > 0:
            return left
        raise _no_time(settings)
    with limit.turn() as turn:
        wait = turn.wait
        while wait < end - clock():
            if wait > 0:
                yield Wait(wait)
            left = end - clock()
            if left > 0 and (wait := limit.late(turn)) == 0:
                return left
        raise _no_time(settings)


def _no_time(settings: Settings) -> APITimeoutError:
    return APITimeoutError(f"the deadline of {settings.deadline} s leaves no time for a request")


def _attempt(
    wire: WireRequest,
    read: Callable[[Any], T],
    observer: Observer,
    attempt: int,
    clock: Callable[[], float],
) -> Steps[RawResponse[T] | StripeError]:
    """Send the request once; the result is a successful response or an error."""
    observer.sending(attempt)
    sent = clock()
    outcome = yield wire
    elapsed = clock() - sent
    assert outcome is not None  # noqa: S101 - narrows the type: a request has an outcome
    status = outcome.http_status if isinstance(outcome, StripeError) else outcome.status
    observer.ended(
        attempt,
        status,
        outcome.headers.get("request-id"),
        elapsed,
        outcome.headers.get("stripe-notice"),
    )
    if isinstance(outcome, StripeError):
        return outcome
    if not 200 <= outcome.status < 300:
        return error_from_response(outcome.status, outcome.headers, outcome.content)
    return RawResponse(
        status=outcome.status,
        headers=outcome.headers,
        content=outcome.content,
        elapsed=elapsed,
        attempts=attempt,
        read=read,
    )


def _observer(request: Request[Any], settings: Settings) -> Observer:
    return Observer(
        method=request.method,
        path=request.path,
        on_request=settings.on_request,
        on_response=settings.on_response,
        on_retry=settings.on_retry,
    )
