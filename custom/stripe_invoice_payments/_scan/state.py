"""The state of one scan: what has been read, what has been yielded, and what is left.

The workers and the consumer share it, under one lock. Nothing in here waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from attrs import define, field

from stripe_invoice_payments_api.models import InvoicePayment, ListObject

from .._pages.guards import check_distinct, check_not_empty, check_order, check_range, items_of
from .._pages.queries import check_list
from .._repr import shows_incomplete
from .plan import ScanPlan, Window


@shows_incomplete
@define(frozen=True, kw_only=True)
class ScanProgress:
    """How far a scan has got.

    Example:
        def show(progress: ScanProgress) -> None:
            print(progress.payments, "payments in", progress.requests, "requests")

        with client.invoice_payments.scan(progress=show) as payments:
            total = sum(payment.amount_paid or 0 for payment in payments)

    Attributes:
        payments: How many payments have been yielded, in whole pages.
        requests: How many pages have been read.
        windows_left: How many windows of time are not finished.
        workers: How many workers there are.
        failing_for: Seconds for which a request has been failing and is being retried, because of
            an outage; 0 while there is none.
    """

    payments: int
    requests: int
    windows_left: int
    workers: int
    failing_for: float = 0.0


@define(eq=False, kw_only=True)
class Batch:
    """The part of a page that belongs to a window, until it has been yielded."""

    window: Window
    payments: Sequence[InvoicePayment]


@define(eq=False)
class ScanState:
    """See the module.

    Attributes:
        plan: Decides what to read next.
        start: The first second of the period.
        pages_per_worker: How many pages may be held for each worker, those under way included.
        in_order: Whether payments are yielded newest first.
        workers: How many workers there are.
        idle: How many of them have no window.
        retries: How many requests were repeated because of outages.
        error: Why the scan ends before everything has been read.
        has_changed: Whether something changed for which a worker or the consumer may be waiting,
            since they were last woken.
    """

    plan: ScanPlan
    start: int
    pages_per_worker: int
    in_order: bool = False
    workers: int = 0
    idle: int = 0
    requests: int = 0
    payments: int = 0
    retries: int = 0
    error: BaseException | None = None
    has_changed: bool = False
    # Since when the requests for these windows have been failing.
    failing: dict[Window, float] = field(init=False, factory=dict[Window, float])
    _under_way: int = field(init=False, default=0)
    # Whether a worker ever waited for room. Until then, nobody is woken when there is more room.
    _was_full: bool = field(init=False, default=False)
    # The windows that are not finished, with the batches that have not been yielded.
    _batches: dict[Window, deque[Batch]] = field(init=False, factory=dict[Window, deque[Batch]])
    # The last payment of each of these windows that was yielded, by this run or by the run that
    # wrote the checkpoint: its id, and when it was created.
    _handed_over: dict[Window, tuple[str, int]] = field(
        init=False, factory=dict[Window, tuple[str, int]]
    )

    @property
    def is_finished(self) -> bool:
        """Whether everything has been read and yielded."""
        return self.plan.is_finished and not self._batches

    def add_worker(self) -> None:
        """Count one more worker, for which more pages may be held."""
        self.workers += 1
        self.has_changed = True

    def count_retry(self) -> None:
        """Count a request that is repeated because of an outage."""
        self.retries += 1
        self.has_changed = True

    def end(self, error: BaseException) -> None:
        """End the scan, unless it has ended already. Needs no lock."""
        self.error = self.error or error
        self.has_changed = True

    def take(self) -> Window | None:
        """A window for one of the idle workers; None if there is nothing to read at the moment."""
        window = self.plan.take(self.idle)
        if window is not None:
            self.has_changed = True
            self._batches[window] = deque()
            if window.cursor is not None:
                self._handed_over[window] = window.cursor, window.position
        return window

    def reserve(self, window: Window) -> bool:
        """Whether the next page of `window` may be read now; if so, its place is reserved.

        In order, the window whose turn it is gets a place whatever the others hold.
        """
        held = sum(map(len, self._batches.values())) + self._under_way
        most = self.pages_per_worker * self.workers
        if self.in_order:
            is_head = window is self._head()
            may_read = held < (most if is_head else most - 1)
            may_read = may_read or (is_head and not self._batches[window])
        else:
            may_read = held < most
        self._under_way += may_read
        self._was_full |= not may_read
        return may_read

    def accept(self, window: Window, page: ListObject[InvoicePayment]) -> bool:
        """Take a page of `window`. The result is whether there is more to read of it.

        Raises:
            InvalidObjectError: This is not a page of a list.
            PaginationError: The page cannot be what was requested.
        """
        self.has_changed = True
        self._under_way -= 1
        self.requests += 1
        check_list(page)
        place = self._place(window)
        items = items_of(page.data, place)
        check_not_empty(items, page.has_more, place)
        last = [] if window.cursor is None else [(window.cursor, window.position)]
        ids = [identifier for identifier, _ in items]
        check_distinct(ids, place, window.seen.union(identifier for identifier, _ in last))
        check_order([*last, *items], place)
        check_range(items, self.start, window.before, place)
        belonging = self.plan.advance(window, items, page.has_more)
        payments = page.data[:belonging]
        if window.skipped:
            payments = [payment for payment in payments if payment.id not in window.skipped]
        if payments:
            window.lost = 0
            self._batches[window].append(Batch(window=window, payments=payments))
        self._forget_if_done(window)
        return window in self.plan.being_read

    def next_batch(self) -> Batch | None:
        """What is yielded next; None if it has not been read yet, or if nothing is left."""
        if self.in_order:
            head = self._head()
            candidates = [self._batches[head]] if head in self._batches else []
        else:
            candidates = list(self._batches.values())
        return next((batches[0] for batches in candidates if batches), None)

    def hand_over(self, batch: Batch, count: int) -> None:
        """Note that the first `count` payments of `batch` have been yielded.

        Does nothing if that was noted before, since an interrupt may have come right after it.
        """
        batches = self._batches.get(batch.window)
        if not batches or batches[0] is not batch:
            return
        last = batch.payments[count - 1]
        self._handed_over[batch.window] = last.id, last.created
        if count == len(batch.payments):
            self.has_changed |= self._was_full
            self.payments += count
            batches.popleft()
            self._forget_if_done(batch.window)

    def left(self) -> list[Window]:
        """What has not been yielded, as windows to be read."""
        left = list(self.plan.waiting)
        for window in self._batches:
            cursor, position = self._handed_over.get(window, (None, 0))
            rest = Window(start=window.start, end=window.end, cursor=cursor, position=position)
            left.append(rest)
        return sorted(left, key=lambda window: -window.end)

    def progress(self, now: float) -> ScanProgress:
        """How far the scan has got."""
        return ScanProgress(
            payments=self.payments,
            requests=self.requests,
            windows_left=len(self.plan.waiting) + len(self._batches),
            workers=self.workers,
            failing_for=now - min(self.failing.values(), default=now),
        )

    def _place(self, window: Window) -> str:
        behind = f"behind {window.cursor!r}" if window.cursor is not None else "at the start"
        return f"the page {behind} of the window [{window.start}, {window.end})"

    def _head(self) -> Window | None:
        """The window whose turn it is when payments are yielded newest first."""
        return max(
            (*self.plan.waiting, *self._batches), key=lambda window: window.end, default=None
        )

    def _forget_if_done(self, window: Window) -> None:
        if window not in self.plan.being_read and not self._batches[window]:
            del self._batches[window]
            self._handed_over.pop(window, None)
