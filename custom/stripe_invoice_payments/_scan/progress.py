"""The progress of a scan, and the estimated time to its end."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define

from .._repr import shows_incomplete
from .plan import Window
from .state import ScanState


@shows_incomplete
@define(frozen=True, kw_only=True)
class ScanProgress:
    """The progress of a scan.

    Example:
        def show(progress: ScanProgress) -> None:
            print(f"{progress.payments} payments, {progress.share:.0%} of the period")

        with client.invoice_payments.scan(progress=show) as payments:
            total = sum(payment.amount_paid or 0 for payment in payments)

    Attributes:
        payments: How many payments have been yielded, in whole pages. With `scan_batches`, those of
            the unfinished batch count as well.
        requests: How many pages have been read.
        windows_left: How many time windows are unfinished.
        workers: How many workers there are.
        failing_for: Seconds for which a request has been failing and retried during an outage; 0 if
            there is no outage.
        share: The share of the period's seconds that has been yielded, from 0.0 to 1.0. Never
            decreases within a run. If the period has no start, or no end in the past, it stays 0.0
            until the scan has found both, and then counts from there.
        time_left: Seconds until the end, at this run's speed so far; None while it is unknown.
    """

    payments: int
    requests: int
    windows_left: int
    workers: int
    failing_for: float = 0.0
    share: float = 0.0
    time_left: float | None = None


class ProgressMeter:
    """Measures the progress of a scan.

    Args:
        state: The state of the scan.
        end: The end of the period.
        seconds: The length of the period; None if it has no start or no end in the past.
    """

    def __init__(self, state: ScanState, end: int, seconds: int | None) -> None:
        self._state = state
        self._end = end
        self._seconds = seconds
        self._share = 0.0
        # When this run started, or when both ends were found; and what the share was then.
        self._since: tuple[float, float] | None = None

    def measure(self, now: float) -> ScanProgress:
        """The progress of the scan. Must be called for the first time when it starts."""
        state = self._state
        left = state.left()
        self._measure_share(left, now)
        return ScanProgress(
            payments=state.payments,
            requests=state.requests,
            windows_left=state.windows_left,
            workers=state.workers,
            failing_for=now - min(state.failing.values(), default=now),
            share=self._share,
            time_left=self._time_left(now),
        )

    def _measure_share(self, left: Sequence[Window], now: float) -> None:
        if not left:
            self._share = 1.0
        elif self._seconds is not None or all(map(self._is_bounded, left)):
            seconds = sum(map(_seconds_left, left))
            self._seconds = self._seconds or max(1, seconds)
            self._share = max(self._share, 1 - seconds / self._seconds)
            self._since = self._since or (now, self._share)

    def _is_bounded(self, window: Window) -> bool:
        """Whether it is known that payments may be at both ends of this window."""
        return window.start > 0 and (window.cursor is not None or window.end < self._end)

    def _time_left(self, now: float) -> float | None:
        if self._share == 1:
            return 0.0
        if self._since is None:
            return None
        started, share = self._since
        if self._share == share:
            return None
        return (now - started) * (1 - self._share) / (self._share - share)


def _seconds_left(window: Window) -> int:
    """The unfinished seconds. The second of the cursor may have more payments."""
    newest = window.end if window.cursor is None else window.position + 1
    return newest - window.start
