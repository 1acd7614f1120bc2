"""What a reader of a scan does, without doing any of the waiting.

`read_windows` is a generator: it yields what has to be waited for and is handed the outcome. So
threads and tasks read the same way. Its steps are taken under the scan's lock, and waited for
without it.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import define

from stripe_invoice_payments_api._model import InvalidObjectError
from stripe_invoice_payments_api._request import Request
from stripe_invoice_payments_api.models import InvoicePayment, ListObject

from ._errors import (
    APIConnectionError,
    StripeError,
    UnexpectedResponseError,
    scan_error,
)
from ._retries import retry_delay
from ._scan_plan import Window

if TYPE_CHECKING:
    from ._scan_query import ScanSetup

# How many cursors in a row may be lost without anything new having been read.
_MAX_LOST = 3


class _Step(Enum):
    IDLE = 0


IDLE: Literal[_Step.IDLE] = _Step.IDLE
"""Something else in the scan has to change."""


@define(frozen=True)
class Pause:
    """So many seconds have to pass."""

    seconds: float


@define(frozen=True)
class Fetched:
    """A page, and how many seconds it took."""

    page: ListObject[InvoicePayment]
    elapsed: float


Step: TypeAlias = "Request[Any] | Pause | Literal[_Step.IDLE]"
Outcome: TypeAlias = "Fetched | StripeError | None"
Steps: TypeAlias = "Generator[Step, Outcome, None]"


def read_windows(setup: ScanSetup) -> Steps:
    """Read windows until none is left.

    Raises:
        ScanError: A window cannot be read.
    """
    state = setup.state
    while True:
        state.idle += 1
        try:
            while (window := state.take()) is None:
                if state.plan.is_finished:
                    return
                yield IDLE
        finally:
            state.idle -= 1
        try:
            yield from _read(setup, window)
        except StripeError as error:
            checkpoint = None if setup.checkpoint is None else str(setup.checkpoint.path)
            raise scan_error(error, (window.start, window.end), checkpoint) from error


def _read(setup: ScanSetup, window: Window) -> Steps:
    has_more = True
    while has_more:
        while not setup.state.reserve(window):
            yield IDLE
        fetched = yield from _fetch(setup, window)
        try:
            has_more = setup.state.accept(window, fetched.page)
        except InvalidObjectError as error:
            raise UnexpectedResponseError(str(error)) from error
        setup.adapt(fetched.elapsed)


def _fetch(setup: ScanSetup, window: Window) -> Generator[Step, Outcome, Fetched]:
    """The next page of the window, as soon as it can be had."""
    failing = setup.state.failing
    failures = 0
    try:
        while True:
            outcome = yield setup.query.request(window)
            if isinstance(outcome, Fetched):
                return outcome
            assert outcome is not None  # noqa: S101 - narrows the type: a request has an outcome
            if window.lost < _MAX_LOST and _lacks_cursor(outcome, window):
                window.lose_cursor()
                continue
            failures += 1
            now = time.monotonic()
            delay = _delay(outcome, failures)
            since = failing.setdefault(window, now)
            if delay is None or now - since + delay >= setup.max_outage:
                raise outcome
            setup.state.retries += 1
            if setup.query.settings.retry_delays:
                yield Pause(delay)
            else:
                failing[window] -= delay  # as if it had passed, or this would go on at full speed
    finally:
        failing.pop(window, None)


def _lacks_cursor(error: StripeError, window: Window) -> bool:
    """Whether the object is gone that the next page was to begin behind."""
    return (
        window.cursor is not None
        and error.code == "resource_missing"
        and error.param == "starting_after"
    )


def _delay(error: StripeError, failures: int) -> float | None:
    """Seconds until an outage has possibly ended; None if the error is about something else."""
    is_outage = isinstance(error, APIConnectionError) or (error.http_status or 0) >= 500
    if not is_outage:
        return None
    return retry_delay(error, attempt=failures, max_retries=failures, now=time.time())
