"""The state of one scan: what has been read, what has been yielded, and what remains.

The workers and the consumer share it, under one lock. Nothing in this module waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from attrs import define, field

from stripe_invoice_payments_api.models import InvoicePayment, ListObject

from .._pages.guards import check_distinct, check_not_empty, check_order, check_range, items_of
from .._pages.queries import check_list
from .plan import ScanPlan, Window, joined


@define(eq=False, kw_only=True)
class WindowPage:
    """The part of a page that belongs to a window of a scan, until it has been yielded."""

    state: ScanState
    window: Window
    payments: Sequence[InvoicePayment]


@define(eq=False)
class Run:
    """What the workers and the consumer tell each other.

    Attributes:
        error: Why the run ends before everything has been read.
        has_changed: Whether, since the last wake-up, something changed that a worker or the
            consumer may be waiting for.
    """

    error: BaseException | None = None
    has_changed: bool = False

    def end(self, error: BaseException) -> None:
        """End the run, unless it has already ended. Requires no lock."""
        self.error = self.error or error
        self.has_changed = True


@define(eq=False)
class ScanState:
    """See the module.

    Attributes:
        plan: Decides what to read next.
        start: The first second of the period.
        pages_per_worker: How many pages may be held for each worker, including requests in
            progress.
        in_order: Whether payments are yielded newest first.
        workers: How many workers there are.
        extra: How many of them are more than the rate limit requires, for dense windows.
        idle: How many of them have no window.
        retries: How many requests were retried because of outages.
        run: Ends with an error, and knows of changes. Several scans may share one.
        is_abandoned: Whether this scan ends although the run goes on.
        account: The connected account that is read; empty for the key's own.
    """

    plan: ScanPlan
    start: int
    pages_per_worker: int
    in_order: bool = False
    workers: int = 0
    extra: int = 0
    idle: int = 0
    requests: int = 0
    payments: int = 0
    retries: int = 0
    run: Run = field(factory=Run)
    is_abandoned: bool = False
    account: str = ""
    # Since when the requests for these windows have been failing.
    failing: dict[Window, float] = field(init=False, factory=dict[Window, float])
    _under_way: int = field(init=False, default=0)
    # Whether a worker ever waited for room. Until then, nobody is woken when there is more room.
    _was_full: bool = field(init=False, default=False)
    # The windows that are not finished, with the pages that have not been yielded.
    _pages: dict[Window, deque[WindowPage]] = field(
        init=False, factory=dict[Window, deque[WindowPage]]
    )
    # The last payment of each of these windows that was yielded, by this run or by the run that
    # wrote the checkpoint: its id, and when it was created.
    _handed_over: dict[Window, tuple[str, int]] = field(
        init=False, factory=dict[Window, tuple[str, int]]
    )

    @property
    def is_finished(self) -> bool:
        """Whether everything has been read and yielded."""
        return self.plan.is_finished and not self._pages

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be read, although something may remain."""
        return self.is_abandoned or self.run.error is not None

    def add_worker(self) -> None:
        """Count one more worker, so that more pages may be held."""
        self.workers += 1
        self.run.has_changed = True

    def cut_dense(self, window: Window) -> bool:
        """Count an extra worker for the older part of a window, if the window is dense."""
        is_cut = self.plan.cut_dense(window)
        if is_cut:
            self.extra += 1
            self.add_worker()
        return is_cut

    def retire(self) -> bool:
        """Whether a worker without a window ends, since there is no dense one for it."""
        is_needless = self.extra > 0 and not self.plan.has_dense
        if is_needless:
            self.extra -= 1
            self.workers -= 1
        return is_needless

    def count_retry(self) -> None:
        """Count a request that is retried because of an outage."""
        self.retries += 1
        self.run.has_changed = True

    def take(self) -> Window | None:
        """A window for one of the idle workers; None if there is nothing to read at the moment."""
        window = self.plan.take(self.idle)
        if window is not None:
            self.run.has_changed = True
            if window not in self._pages:
                self._pages[window] = deque()
                if window.cursor is not None:
                    self._handed_over[window] = window.cursor, window.position
        return window

    def put_back(self, window: Window) -> None:
        """Let another worker continue with a window, or nobody."""
        if window in self.plan.being_read:
            self.run.has_changed = True
            self.plan.put_back(window)
            self._forget_if_done(window)

    def reserve(self, window: Window) -> bool:
        """Whether the next page of `window` may be read now; if so, its place is reserved.

        In order, the window whose turn it is gets a place, however many pages the others hold.
        """
        held = sum(map(len, self._pages.values())) + self._under_way
        most = self.pages_per_worker * self.workers
        if self.in_order:
            is_head = window is self._head()
            may_read = held < (most if is_head else most - 1)
            may_read = may_read or (is_head and not self._pages[window])
        else:
            may_read = held < most
        self._under_way += may_read
        self._was_full |= not may_read
        return may_read

    def accept(self, window: Window, page: ListObject[InvoicePayment]) -> bool:
        """Accept a page of `window`. Returns whether the window has more to read.

        Raises:
            InvalidObjectError: It is not a page of a list.
            PaginationError: The page cannot be the one that was requested.
        """
        self.run.has_changed = True
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
            self._keep(WindowPage(state=self, window=window, payments=payments))
        self._forget_if_done(window)
        return window in self.plan.being_read

    def next_page(self) -> WindowPage | None:
        """The page to yield next; None if it has not been read yet, or if nothing remains."""
        if self.in_order:
            head = self._head()
            candidates = [self._pages[head]] if head in self._pages else []
        else:
            candidates = list(self._pages.values())
        return next((pages[0] for pages in candidates if pages), None)

    def hand_over(self, page: WindowPage, count: int) -> None:
        """Record that the first `count` payments of `page` have been yielded.

        Does nothing if that was already recorded: an interrupt may have followed immediately.
        """
        pages = self._pages.get(page.window)
        if not pages or pages[0] is not page:
            return
        last = page.payments[count - 1]
        self._handed_over[page.window] = last.id, last.created
        if count == len(page.payments):
            self.run.has_changed |= self._was_full
            self.payments += count
            pages.popleft()
            self._forget_if_done(page.window)

    @property
    def windows_left(self) -> int:
        """How many windows are unfinished."""
        return len({*self.plan.waiting, *self._pages})

    def left(self) -> list[Window]:
        """What has not been yielded, as windows to be read, newest first.

        They do not change when the scan continues.
        """
        left = [window for window in self.plan.waiting if window not in self._pages]
        for window in self._pages:
            cursor, position = self._handed_over.get(window, (None, 0))
            rest = Window(start=window.start, end=window.end, cursor=cursor, position=position)
            left.append(rest)
        return joined(left)

    def _keep(self, page: WindowPage) -> None:
        self._pages[page.window].append(page)

    def _place(self, window: Window) -> str:
        behind = f"behind {window.cursor!r}" if window.cursor is not None else "at the start"
        return f"the page {behind} of the window [{window.start}, {window.end})"

    def _head(self) -> Window | None:
        """The window whose turn it is when payments are yielded newest first."""
        return max((*self.plan.waiting, *self._pages), key=lambda window: window.end, default=None)

    def _forget_if_done(self, window: Window) -> None:
        if window not in self.plan.being_read and not self._pages[window]:
            del self._pages[window]
            self._handed_over.pop(window, None)
