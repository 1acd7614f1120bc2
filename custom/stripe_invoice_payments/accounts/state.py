"""The state of the scan of one account among many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from stripe_invoice_payments_api.models import InvoicePayment, ListObject

from .._scan.plan import Window
from .._scan.query import PAGE_SIZE
from .._scan.setup import Job
from .._scan.state import ScanState, WindowPage
from .tokens import entry_of

if TYPE_CHECKING:
    from .pool import Pool


@define(eq=False, kw_only=True)
class AccountState(ScanState):
    """Like the state of a single scan, but its pages are yielded in turn with those of others.

    `workers` is how many workers read this account now.

    Attributes:
        pool: All accounts.
        expected: How many payments it has according to the caller; None if that is unknown.
    """

    pool: Pool
    expected: int | None
    _payments_read: int = field(init=False, default=0)
    # How many seconds of the period the pages have covered.
    _seconds_read: float = field(init=False, default=0.0)
    _entry: str | None = field(init=False, default=None)

    @property
    def pages_left(self) -> float:
        """About how many pages have not been read; at least one if anything remains."""
        if self.plan.is_finished:
            return 0.0
        expected = (self.expected or 0) / PAGE_SIZE - self.requests
        if expected <= 0 and self._seconds_read:
            windows = (*self.plan.waiting, *self.plan.being_read)
            seconds = sum(window.position - window.start for window in windows)
            expected = self._payments_read / self._seconds_read * seconds / PAGE_SIZE
        return max(1.0, expected)

    def entry(self) -> str:
        """What has not been yielded, for a token. Kept, since most accounts are idle at a time."""
        if self._entry is None:
            self._entry = entry_of(self.account, self.left())
        return self._entry

    def accept(self, window: Window, page: ListObject[InvoicePayment]) -> bool:
        """See `ScanState.accept`."""
        has_more = super().accept(window, page)
        self._entry = None
        self.pool.requests += 1
        if page.data:
            self._payments_read += len(page.data)
            self._seconds_read += len(page.data) / window.density
        return has_more

    def count_retry(self) -> None:
        """See `ScanState.count_retry`."""
        super().count_retry()
        self.pool.retries += 1

    def hand_over(self, page: WindowPage, count: int) -> None:
        """See `ScanState.hand_over`."""
        super().hand_over(page, count)
        self._entry = None
        if count == len(page.payments):
            self.pool.remove(page)

    def _keep(self, page: WindowPage) -> None:
        super()._keep(page)
        self.pool.ready.append(page)


@define(frozen=True, kw_only=True, eq=False)
class AccountJob(Job):
    """What workers do for one account."""

    state: AccountState

    def grow(self, elapsed: float) -> bool:
        """See `Job.grow`. The workers are those of all accounts."""
        return self.state.pool.grow(elapsed)
