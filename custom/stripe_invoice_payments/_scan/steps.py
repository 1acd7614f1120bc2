"""What a scan does, without the waiting.

Steps are generators, like the steps of a call: they yield what has to be waited for, and receive
the outcome or the exception that was raised. So threads and tasks work in the same way. Steps are
computed under the scan's lock, and carried out without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import define

from stripe_invoice_payments_api._model import InvalidObjectError
from stripe_invoice_payments_api._request import Request
from stripe_invoice_payments_api.models import ListObject

from .._errors import ScanError, StripeError, UnexpectedResponseError, scan_error
from .outage import Outage
from .plan import Window

if TYPE_CHECKING:
    from .._config.settings import Settings
    from .setup import Job
    from .state import ScanState

T = TypeVar("T")

# How many cursors in a row may be lost without anything new having been read.
_MAX_LOST = 3


class Signal(Enum):
    """Steps without details."""

    IDLE = "wait until the state of the scan changes"
    START = "start another worker"


@define(frozen=True)
class Pause:
    """Wait this number of seconds."""

    seconds: float


@define(frozen=True)
class Call:
    """Call a function that may block."""

    function: Callable[[], object]


@define(frozen=True)
class Fetch:
    """Request a page."""

    request: Request[ListObject[Any]]
    settings: Settings


@define(frozen=True)
class Fetched:
    """The outcome of a request: a page, and how many seconds it took."""

    page: ListObject[Any]
    elapsed: float


Step: TypeAlias = "Fetch | Pause | Call | Signal"
Steps: TypeAlias = "Generator[Step, Fetched | None, T]"


def work(job: Job) -> Steps[None]:
    """Everything that one worker does. An error ends the scan, and is raised in the consumer."""
    try:
        yield from _read_windows(job)
    except BaseException as error:
        job.state.run.end(error)
        if not isinstance(error, Exception):
            raise


def _read_windows(job: Job) -> Steps[None]:
    """Read windows until none remains."""
    while (window := (yield from _take(job.state))) is not None:
        yield from read_window(job, window)


def _take(state: ScanState) -> Steps[Window | None]:
    """A window to read, as soon as there is one; None if nothing remains."""
    if state.retire():
        return None
    state.idle += 1
    try:
        while (window := state.take()) is None and not state.plan.is_finished:
            yield from _wait_for_change(state)
        return window
    finally:
        state.idle -= 1


def read_window(job: Job, window: Window, pages: float = math.inf) -> Steps[None]:
    """Read the next pages of a window, at most so many.

    Raises:
        ScanError: One of them cannot be read.
        CancelledError: Nothing more is to be read.
    """
    try:
        yield from _read_pages(job, window, pages)
    except ScanError:
        raise
    except StripeError as error:
        raise _stopped(job, window, error) from error


def _stopped(job: Job, window: Window, error: StripeError, detail: str = "") -> ScanError:
    return scan_error(error, (window.start, window.end), job.checkpoint, detail, job.account)


def _read_pages(job: Job, window: Window, pages: float) -> Steps[None]:
    state = job.state
    has_more = True
    while has_more and pages > 0:
        pages -= 1
        while not state.reserve(window):
            yield from _wait_for_change(state)
        fetched = yield from _fetch(job, window)
        try:
            has_more = state.accept(window, fetched.page)
        except InvalidObjectError as error:
            raise UnexpectedResponseError(str(error)) from error
        if job.grow(fetched.elapsed):
            yield Signal.START
        if has_more and job.cut_dense(window):
            yield Signal.START
        _check_is_wanted(state)


def _wait_for_change(state: ScanState) -> Steps[None]:
    yield Signal.IDLE
    _check_is_wanted(state)


def _check_is_wanted(state: ScanState) -> None:
    if state.is_over:
        raise CancelledError


def _fetch(job: Job, window: Window) -> Steps[Fetched]:
    """The next page of the window. The request is retried for as long as an outage may last."""
    state, settings = job.state, job.query.settings
    outage = Outage(job.max_outage, waits=settings.retry_delays)
    try:
        while True:
            try:
                fetched = yield Fetch(job.query.request(window), settings)
            except StripeError as error:
                if window.lost < _MAX_LOST and _lacks_cursor(error, window):
                    window.lose_cursor()
                    continue
                delay = outage.delay(error)
                if outage.is_too_long:
                    detail = f" after max_outage={job.max_outage:g} s of failing"
                    raise _stopped(job, window, error, detail) from error
                if delay is None:
                    raise
            else:
                assert fetched is not None  # noqa: S101 - narrows the type: the outcome of a request
                return fetched
            state.failing[window] = outage.since
            state.count_retry()
            if delay:
                yield Pause(delay)
    finally:
        state.failing.pop(window, None)


def _lacks_cursor(error: StripeError, window: Window) -> bool:
    """Whether the object that the cursor names no longer exists."""
    return (
        window.cursor is not None
        and error.code == "resource_missing"
        and error.param == "starting_after"
    )
