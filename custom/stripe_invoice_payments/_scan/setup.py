"""Prepares a scan from the arguments of the call."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from os import PathLike
from typing import Any

from attrs import define, evolve

from stripe_invoice_payments_api.operations import list_invoice_payments

from .._call.observability import logger
from .._call.rate_limit import RateLimit
from .._config import checks as _checks, defaults as _defaults
from .._config.settings import Settings, split_call
from .._pages.period import period
from .._pages.queries import ENDING_BEFORE, STARTING_AFTER
from .checkpoint import Checkpoint, begun_with
from .options import ScanBatchOptions, ScanOptions
from .plan import ScanPlan, Window
from .progress import ProgressMeter, ScanProgress
from .query import PAGE_SIZE, ScanQuery
from .state import ScanState
from .tokens import MAX_SIZE, Position, read_token

MAX_WORKERS = 64

# How many pages a worker may be ahead of the consumer. In order, one that reads a dense window
# whose turn comes later must be able to continue while the windows before it are read.
PAGES_HELD = 2
PAGES_HELD_IN_ORDER = 16


@define(frozen=True, kw_only=True, eq=False)
class Job:
    """What the workers of a scan do, and how.

    Attributes:
        query: What is requested, and how.
        state: What remains to be read.
        checkpoint: The path of the checkpoint, for errors. Not the checkpoint itself: the consumer
            holds its lock, and workers may outlive the consumer.
        workers: How many workers to start with.
        may_grow: Whether more are started if responses take longer than expected.
        max_outage: Seconds for which a request is retried during an outage.
    """

    query: ScanQuery
    state: ScanState
    checkpoint: str | None
    workers: int
    may_grow: bool
    max_outage: float

    @property
    def account(self) -> str | None:
        """The connected account that is read; None for the key's own."""
        return self.query.settings.stripe_account or self.query.settings.stripe_context

    def cut_dense(self, window: Window) -> bool:
        """Count one more worker for the older part of a window, if the window is dense."""
        may_start = self.may_grow and self.state.workers < MAX_WORKERS
        return may_start and self.state.cut_dense(window)

    def grow(self, elapsed: float) -> bool:
        """Count one more worker if responses that take this long require it to keep up the rate."""
        limit = self.query.settings.rate_limit
        assert limit is not None  # noqa: S101 - narrows the type: a scan always has one
        workers = self.state.workers - self.state.extra
        grows = self.may_grow and workers < workers_for(limit.rate, elapsed)
        if grows:
            self.state.add_worker()
        return grows


@define(frozen=True, kw_only=True, eq=False)
class ScanSetup:
    """A scan that is ready to start.

    Attributes:
        job: What its workers do.
        identity: What selects the data.
        checkpoint: The file that stores the remaining work, if the caller passed one.
        was_finished: Whether an earlier run finished the scan.
        autocommit: Whether a page or a batch is committed when the next one is requested.
        batch_size: The number of payments in a batch.
        progress: Called after each yielded page, at each retry during an outage, and at the end.
        meter: Measures the progress that `progress` is called with.
    """

    job: Job
    identity: Mapping[str, Any]
    checkpoint: Checkpoint[list[Window]] | None
    was_finished: bool
    autocommit: bool
    batch_size: int
    progress: Callable[[ScanProgress], object] | None
    meter: ProgressMeter

    @property
    def source(self) -> ScanState:
        """What the consumer reads from."""
        return self.job.state

    @property
    def workers(self) -> int:
        """How many workers to start with."""
        return self.job.workers

    def position(self, number: int) -> Position:
        """What remains after everything that has been yielded."""
        return Position(number=number, identity=self.identity, windows=self.job.state.left())

    def described(self) -> dict[str, Any]:
        """What is requested, to be stored with the result."""
        return {**self.identity, "stripe_version": self.job.query.settings.stripe_version}


def prepare(settings: Settings, arguments: Mapping[str, Any]) -> ScanSetup:
    """A scan that is ready to start.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the checkpoint is in use or belongs to another scan.
        OSError: The checkpoint cannot be read or written.
    """
    filters, call_options = split_call(arguments)
    names = {*ScanOptions.__annotations__, *ScanBatchOptions.__annotations__}
    options: Any = {name: filters.pop(name) for name in names if name in filters}
    check_filters(filters)
    limit = _limit(settings, options.get("rate_limit"))
    query = query_of(filters, paced(settings.for_call(call_options), limit))
    start, end = query.start, query.end
    given = options.get("workers")
    workers = workers_for(limit.rate, _defaults.SCAN_LATENCY) if given is None else given
    workers = _checks.at_least_1("workers", workers)
    ordered = _checks.flag("ordered", options.get("ordered", False))
    autocommit = _checks.flag("autocommit", options.get("autocommit", False))
    batch_size = options.get("batch_size", _defaults.SCAN_BATCH_SIZE)
    batch_size = _checks.at_least_1("batch_size", batch_size)
    max_outage = _checks.max_outage(options.get("max_outage", _defaults.SCAN_MAX_OUTAGE))
    progress = _checks.hook("progress", options.get("progress"))
    identity = query.identity()
    checkpoint, windows = begun(identity, options.get("checkpoint"), options.get("resume_from"))
    was_finished = windows == []
    is_past = start > 0 and end <= time.time()
    if windows is None:
        # A period in the past can be cut at once. Otherwise the first page is read alone: it shows
        # where the newest object is, and what is created later does not matter.
        windows = even_windows(start, end, workers if is_past and not ordered else 1)
    plan = ScanPlan(windows, PAGE_SIZE, in_order=ordered)
    pages = PAGES_HELD_IN_ORDER if ordered else PAGES_HELD
    state = ScanState(plan, start=start, pages_per_worker=pages, in_order=ordered)
    return ScanSetup(
        job=Job(
            query=query,
            state=state,
            checkpoint=None if checkpoint is None else str(checkpoint.path),
            workers=workers,
            may_grow=given is None,
            max_outage=max_outage,
        ),
        identity=identity,
        checkpoint=checkpoint,
        was_finished=was_finished,
        autocommit=autocommit,
        batch_size=batch_size,
        progress=progress,
        meter=ProgressMeter(state, end, end - start if is_past else None),
    )


def begun(
    identity: Mapping[str, Any], path: str | PathLike[str] | None, token: object
) -> tuple[Checkpoint[list[Window]] | None, list[Window] | None]:
    """The checkpoint, if there is one, and what an earlier run has left; None: everything."""
    read = partial(read_token, identity)
    checkpoint, windows = begun_with(read, path, token, max_size=MAX_SIZE)
    if windows == [] and checkpoint is not None:
        logger.warning(
            "checkpoint %s: this scan was finished; to scan anew, delete it", checkpoint.path
        )
    elif windows == []:
        logger.warning("resume_from: this scan was finished; to scan anew, leave it out")
    return checkpoint, windows


def check_filters(filters: Any) -> None:
    """Make sure that these are filters of the list, which a scan can send with its own cursors.

    Raises:
        TypeError: One is unknown or of the wrong type.
        ValueError: One is invalid.
    """
    list_invoice_payments(filters)
    for name in ("limit", STARTING_AFTER, ENDING_BEFORE):
        if filters.get(name) is not None:
            raise TypeError(f"{name}: a scan reads whole pages, from the newest to the oldest")


def query_of(filters: Mapping[str, Any], settings: Settings) -> ScanQuery:
    """What a scan with these filters requests."""
    rest = dict(filters)
    start, end = period(rest.pop("created", None))
    return ScanQuery(filters=rest, start=start, end=end, settings=settings)


def _limit(settings: Settings, rate_limit: float | None) -> RateLimit:
    """The client's own rate limit, or one for this scan."""
    if settings.rate_limit is None:
        return RateLimit(_defaults.SCAN_RATE_LIMIT if rate_limit is None else rate_limit)
    if rate_limit is None:
        return settings.rate_limit
    raise ValueError("rate_limit: this client has a rate limit of its own, which its scans share")


def paced(settings: Settings, limit: RateLimit) -> Settings:
    """The settings with a rate limit, as scans use it."""
    # A refused request is sent again later: the limit then slows down all workers.
    return evolve(
        settings,
        rate_limit=limit,
        retry_rate_limited=True,
        forgiven_refusals=_defaults.SCAN_FORGIVEN_REFUSALS,
    )


def even_windows(start: int, end: int, pieces: int) -> list[Window]:
    """The period in equal windows, newest first."""
    bounds = sorted({start + (end - start) * piece // pieces for piece in range(pieces + 1)})
    return [Window(start=first, end=last) for first, last in reversed(list(pairwise(bounds)))]


def workers_for(rate: float, latency: float) -> int:
    """How many workers keep up with a rate limit.

    One for each request in progress, and a quarter more. Additional workers would only split
    windows unnecessarily.
    """
    return min(MAX_WORKERS, int(rate * latency * 1.25) + 1)
