"""Logging and hooks. Neither contains a key, a header's value, a query or a body."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from typing import TypeVar

from attrs import define

from .._config import defaults as _defaults
from .._errors import one_line
from .._locks import Lock
from .._repr import shows_incomplete

logger = logging.getLogger(_defaults.LOGGER)

E = TypeVar("E")

# Notices that this program has been warned of. A server that keeps sending new ones must not fill
# the memory: after the first hundred, only hooks receive them.
_NOTICES: set[str] = set()
_MAX_NOTICES = 100
_NOTICES_LOCK = Lock()


class StripeNoticeWarning(UserWarning):
    """A notice of Stripe for developers, from the header `Stripe-Notice`. Each is shown once."""


@shows_incomplete
@define(frozen=True, kw_only=True)
class RequestEvent:
    """An attempt is about to be sent.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        attempt: The number of the attempt, from 1.
    """

    method: str
    path: str
    attempt: int


@shows_incomplete
@define(frozen=True, kw_only=True)
class ResponseEvent:
    """An attempt has ended.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        attempt: The number of the attempt, from 1.
        status: The status of the response; None if there was none.
        request_id: Stripe's id of the request, if it sent one.
        elapsed: Seconds from sending the request to the end of the response.
        notice: A notice for developers, from the header `Stripe-Notice`.
    """

    method: str
    path: str
    attempt: int
    status: int | None
    request_id: str | None
    elapsed: float
    notice: str | None = None


@shows_incomplete
@define(frozen=True, kw_only=True)
class RetryEvent:
    """A failed attempt is about to be retried.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        attempt: The number of the attempt that failed, from 1.
        status: The status of its response; None if there was none.
        delay: Seconds until the next attempt.

    Example:
        def count(event: RetryEvent) -> None:
            print(event.method, event.path, event.status, f"retry in {event.delay:.1f} s")

        client = client.with_options(on_retry=count)
    """

    method: str
    path: str
    attempt: int
    status: int | None
    delay: float


@define(frozen=True, kw_only=True, eq=False)
class Observer:
    """Logs one call and calls its hooks. Events without a hook are not created.

    Attributes:
        method: The call's HTTP method.
        path: Its path, without the query.
        on_request: The hook for attempts that are about to be sent.
        on_response: The hook for attempts that have ended.
        on_retry: The hook for attempts that are about to be retried.
    """

    method: str
    path: str
    on_request: Callable[[RequestEvent], object] | None
    on_response: Callable[[ResponseEvent], object] | None
    on_retry: Callable[[RetryEvent], object] | None

    def sending(self, attempt: int) -> None:
        """An attempt is about to be sent."""
        if self.on_request is not None:
            event = RequestEvent(method=self.method, path=self.path, attempt=attempt)
            _notify(self.on_request, event)

    def ended(
        self,
        attempt: int,
        status: int | None,
        request_id: str | None,
        elapsed: float,
        notice: str | None = None,
    ) -> None:
        """An attempt has ended."""
        logger.debug(
            "%s %s: %s, request %s, %.3f s, attempt %d",
            self.method,
            self.path,
            _status(status),
            request_id or "without id",
            elapsed,
            attempt,
        )
        if self.on_response is not None:
            event = ResponseEvent(
                method=self.method,
                path=self.path,
                attempt=attempt,
                status=status,
                request_id=request_id,
                elapsed=elapsed,
                notice=notice,
            )
            _notify(self.on_response, event)
        if notice:
            _warn(notice)

    def retrying(self, attempt: int, status: int | None, delay: float) -> None:
        """A failed attempt is about to be retried."""
        logger.info(
            "%s %s: attempt %d failed (%s), next in %.2f s",
            self.method,
            self.path,
            attempt,
            _status(status),
            delay,
        )
        if self.on_retry is not None:
            event = RetryEvent(
                method=self.method, path=self.path, attempt=attempt, status=status, delay=delay
            )
            _notify(self.on_retry, event)


def _warn(notice: str) -> None:
    if os.environ.get("STRIPE_SUPPRESS_NOTICES", "").lower() == "true":  # as with stripe-python
        return
    text = one_line(notice, 500)
    with _NOTICES_LOCK:
        if text in _NOTICES or len(_NOTICES) >= _MAX_NOTICES:
            return
        _NOTICES.add(text)
    warnings.warn(text, StripeNoticeWarning, stacklevel=2)


def _notify(hook: Callable[[E], object], event: E) -> None:
    """Call a hook. One that fails is logged and does not fail the call."""
    try:
        hook(event)
    except Exception:
        logger.exception("a hook failed on %s", type(event).__name__)


def _status(status: int | None) -> str:
    return "no response" if status is None else f"status {status}"
