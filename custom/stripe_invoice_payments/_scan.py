"""Every invoice payment of a period, read by several readers side by side.

The readers are threads or tasks. What they read next, and in which pieces, is decided by
`_scan_plan`; what has been handed over is remembered by `_scan_state`. This module waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, evolve

from stripe_invoice_payments_api._request import Request
from stripe_invoice_payments_api.models import InvoicePayment, ListObject
from stripe_invoice_payments_api.operations import list_invoice_payments

from . import _checks, _defaults
from ._engine import AsyncEngine, Engine
from ._errors import ScanError, StripeError
from ._paging import ENDING_BEFORE, STARTING_AFTER
from ._rate_limit import RateLimit
from ._scan_options import ScanOptions
from ._scan_plan import ScanPlan, Window
from ._scan_state import PAGE_SIZE, Checkpoint, ScanProgress, ScanState
from ._settings import Settings, split_call

if TYPE_CHECKING:
    from datetime import datetime

    from stripe_invoice_payments_api.params import CreatedFilter

# The end of a period without one: no object is as young.
FOREVER = 1 << 62
MAX_READERS = 64


@define(frozen=True, kw_only=True)
class ScanQuery:
    """What is scanned for, and how.

    Attributes:
        filters: The parameters of the list, but for its period and its cursors.
        start: The first second of the period, in Unix seconds.
        end: The second after its last.
        settings: How the calls are made.
    """

    filters: Mapping[str, Any]
    start: int
    end: int
    settings: Settings

    def told(self) -> dict[str, Any]:
        """What a checkpoint has to be of to fit."""
        return {
            "filters": dict(self.filters),
            "start": self.start,
            "end": self.end,
            "account": self.settings.stripe_account,
        }

    def request(self, window: Window) -> Request[ListObject[InvoicePayment]]:
        """The request for the next page of `window`."""
        created: dict[str, int] = {}
        if self.start > 0:
            created["gte"] = self.start
        if window.end < FOREVER:
            created["lt"] = window.end
        params: dict[str, Any] = {**self.filters, "limit": PAGE_SIZE}
        if created:
            params["created"] = created
        if window.cursor is not None:
            params["starting_after"] = window.cursor
        typed: Any = params
        return list_invoice_payments(typed)


@define(frozen=True, kw_only=True)
class Scan:
    """A scan that is ready to start.

    Attributes:
        query: What is scanned for, and how.
        state: What there is to read.
        readers: How many readers to start with.
        may_grow: Whether more may be started where answers take longer than expected.
        progress: Called after each page that has been handed over.
    """

    query: ScanQuery
    state: ScanState
    readers: int
    may_grow: bool
    progress: Callable[[ScanProgress], object] | None


def prepare(settings: Settings, arguments: Mapping[str, Any]) -> Scan:
    """A scan that is ready to start.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument cannot be meant, or the checkpoint is another scan's.
    """
    filters, call_options = split_call(arguments)
    options: Any = {
        name: filters.pop(name) for name in ScanOptions.__annotations__ if name in filters
    }
    list_invoice_payments(filters)  # refuses what the list does not know
    for name in ("limit", STARTING_AFTER, ENDING_BEFORE):
        if filters.get(name) is not None:
            raise TypeError(f"{name}: a scan reads whole pages, from the newest to the oldest")
    start, end = period(filters.pop("created", None))
    settings = paced(settings.for_call(call_options), options.get("rate_limit"))
    query = ScanQuery(filters=filters, start=start, end=end, settings=settings)
    workers = options.get("workers")
    readers = readers_for(settings, _defaults.SCAN_LATENCY) if workers is None else workers
    if _checks.number("workers", readers) < 1:
        raise ValueError(f"workers: {readers} readers would never read anything")
    ordered = bool(options.get("ordered", False))
    path = options.get("checkpoint")
    checkpoint = None if path is None else Checkpoint(Path(path), query.told())
    windows = checkpoint.read() if checkpoint is not None else None
    if windows is None:
        # A period that lies in the past can be cut right away. Otherwise the first page is read
        # alone: it shows where the newest object is, and what comes later does not matter.
        is_past = start > 0 and end <= time.time()
        windows = even_windows(start, end, readers if is_past and not ordered else 1)
    plan = ScanPlan(windows, PAGE_SIZE, in_order=ordered)
    return Scan(
        query=query,
        state=ScanState(plan, max_pages=2 * readers, in_order=ordered, checkpoint=checkpoint),
        readers=readers,
        may_grow=workers is None,
        progress=options.get("progress"),
    )


def paced(settings: Settings, rate_limit: float | None) -> Settings:
    """The settings with a rate limit: the client's own, or one for this scan."""
    if settings.rate_limit is None:
        limit = RateLimit(_defaults.SCAN_RATE_LIMIT if rate_limit is None else rate_limit)
    elif rate_limit is None:
        limit = settings.rate_limit
    else:
        raise ValueError(
            "rate_limit: this client has a rate limit of its own, which its scans share"
        )
    # What is refused all the same is sent again, later: the limit then holds back every reader.
    return evolve(settings, rate_limit=limit, retry_rate_limited=True)


def period(created: CreatedFilter | int | datetime | None) -> tuple[int, int]:
    """The first second of a `created` filter, and the one after its last."""
    if created is None:
        return 0, FOREVER
    if not isinstance(created, dict):
        second = unix_seconds(created, 0)
        return second, second + 1
    start = max(
        unix_seconds(created.get("gte"), 0),
        unix_seconds(created.get("gt"), -1) + 1,
    )
    end = min(
        unix_seconds(created.get("lt"), FOREVER),
        unix_seconds(created.get("lte"), FOREVER - 1) + 1,
    )
    return start, max(start, end)


def unix_seconds(value: int | datetime | None, default: int) -> int:
    """A point in time as Unix seconds."""
    if value is None:
        return default
    return value if isinstance(value, int) else int(value.timestamp())


def even_windows(start: int, end: int, pieces: int) -> list[Window]:
    """The period in equal windows, newest first."""
    bounds = sorted({start + (end - start) * piece // pieces for piece in range(pieces + 1)})
    return [Window(start=first, end=last) for first, last in reversed(list(pairwise(bounds)))]


def readers_for(settings: Settings, latency: float) -> int:
    """How many readers keep up with the rate limit.

    One for each request that is under way, and a quarter more. Further ones would only split
    windows that need no splitting.
    """
    assert settings.rate_limit is not None  # noqa: S101 - narrows the type: a scan always has one
    return min(MAX_READERS, int(settings.rate_limit.rate * latency * 1.25) + 1)


def failure(error: BaseException, window: Window | None, state: ScanState) -> BaseException:
    """What the consumer of a scan is told when a reader has failed."""
    if not isinstance(error, StripeError):
        return error
    told = ScanError(
        f"the scan stopped: {error.message}",
        http_status=error.http_status,
        headers=error.headers,
        http_body=error.http_body,
        json_body=error.json_body,
    )
    told.__cause__ = error
    if window is not None:
        told.window = window.start, window.end
    if state.checkpoint is not None:
        told.checkpoint = str(state.checkpoint.path)
    return told


class Readers:
    """Threads that read windows, and the consumer that waits for them."""

    def __init__(
        self,
        engine: Engine,
        scan: Scan,
    ) -> None:
        self._engine = engine
        self._query = scan.query
        self._state = scan.state
        self._scan = scan
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._stopped = False
        self._error: BaseException | None = None

    def __iter__(self) -> Generator[InvoicePayment, None, None]:
        for _ in range(self._scan.readers):
            self._start()
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(self._has_news)
                    batch = self._state.next_batch()
                    if self._error is not None:
                        raise self._error
                if batch is None:
                    self._state.save()
                    return
                yield from batch.payments
                with self._changed:
                    self._state.hand_over(batch)
                    self._changed.notify_all()
                    progress = self._state.progress(len(self._threads))
                if self._scan.progress is not None:
                    self._scan.progress(progress)
        finally:
            self._stop()

    def _has_news(self) -> bool:
        state = self._state
        return self._error is not None or state.next_batch() is not None or state.is_finished

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="stripe-scan", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        window: Window | None = None
        try:
            while (window := self._take()) is not None:
                self._read(window)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the scan is read
            with self._changed:
                self._error = self._error or failure(error, window, self._state)
                self._stopped = True
                self._changed.notify_all()

    def _take(self) -> Window | None:
        with self._changed:
            self._idle += 1
            try:
                while not self._stopped and not self._state.plan.is_finished:
                    if (window := self._state.take(self._idle)) is not None:
                        return window
                    self._changed.wait()
                return None
            finally:
                self._idle -= 1

    def _read(self, window: Window) -> None:
        has_more = True
        while has_more:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._state.has_room_for(window))
                if self._stopped:
                    return
                request = self._query.request(window)
            answer = self._engine.call(request, self._query.settings, request.read)
            page = answer.parse()
            with self._changed:
                has_more = self._state.accept(window, page)
                if self._scan.may_grow and len(self._threads) < readers_for(
                    self._query.settings, answer.elapsed
                ):
                    self._start()
                self._changed.notify_all()


class AsyncReaders:
    """Tasks that read windows, and the consumer that waits for them."""

    def __init__(
        self,
        engine: AsyncEngine,
        scan: Scan,
    ) -> None:
        import asyncio

        self._engine = engine
        self._query = scan.query
        self._state = scan.state
        self._scan = scan
        self._changed = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._idle = 0
        self._error: BaseException | None = None

    async def read(self) -> AsyncGenerator[InvoicePayment, None]:
        """Start the tasks and hand over what they read."""
        for _ in range(self._scan.readers):
            self._start()
        try:
            while True:
                async with self._changed:
                    await self._changed.wait_for(self._has_news)
                    batch = self._state.next_batch()
                    if self._error is not None:
                        raise self._error
                if batch is None:
                    self._state.save()
                    return
                for payment in batch.payments:
                    yield payment
                async with self._changed:
                    self._state.hand_over(batch)
                    self._changed.notify_all()
                if self._scan.progress is not None:
                    self._scan.progress(self._state.progress(len(self._tasks)))
        finally:
            await self._stop()

    def _has_news(self) -> bool:
        state = self._state
        return self._error is not None or state.next_batch() is not None or state.is_finished

    def _start(self) -> None:
        import asyncio

        self._tasks.append(asyncio.create_task(self._run(), name="stripe-scan"))

    async def _stop(self) -> None:
        import asyncio

        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        window: Window | None = None
        try:
            while (window := await self._take()) is not None:
                await self._read(window)
        except Exception as error:  # noqa: BLE001 - it is raised again where the scan is read
            async with self._changed:
                self._error = self._error or failure(error, window, self._state)
                self._changed.notify_all()

    async def _take(self) -> Window | None:
        async with self._changed:
            self._idle += 1
            try:
                while self._error is None and not self._state.plan.is_finished:
                    if (window := self._state.take(self._idle)) is not None:
                        return window
                    await self._changed.wait()
                return None
            finally:
                self._idle -= 1

    async def _read(self, window: Window) -> None:
        has_more = True
        while has_more:
            async with self._changed:
                await self._changed.wait_for(
                    lambda: self._error is not None or self._state.has_room_for(window)
                )
                if self._error is not None:
                    return
                request = self._query.request(window)
            answer = await self._engine.call(request, self._query.settings, request.read)
            page = answer.parse()
            async with self._changed:
                has_more = self._state.accept(window, page)
                if self._scan.may_grow and len(self._tasks) < readers_for(
                    self._query.settings, answer.elapsed
                ):
                    self._start()
                self._changed.notify_all()
