"""The progress of a scan of many accounts."""

from __future__ import annotations

from attrs import define

from .._repr import shows_incomplete
from .pool import Pool


@shows_incomplete
@define(frozen=True, kw_only=True)
class AccountsProgress:
    """The progress of a scan of many accounts.

    Example:
        from stripe_invoice_payments.accounts import AccountsProgress, scan_accounts

        def show(progress: AccountsProgress) -> None:
            print(f"{progress.payments} payments, {progress.finished} of {progress.accounts}")

        with scan_accounts(client, "connected", progress=show) as payments:
            total = sum(payment.amount_paid or 0 for _, payment in payments)

    Attributes:
        payments: How many payments have been yielded, in whole pages.
        requests: How many pages have been read.
        accounts: How many accounts there are; 0 until the platform's list has been read.
        finished: How many of them have been yielded completely, in all runs.
        missing: How many could not be read to their end.
        workers: How many workers there are.
        share: The share of the accounts that have been yielded completely, from 0.0 to 1.0.
        time_left: Seconds until the end at these limits, as far as is known; None until the size of
            each account is.
        failing_for: Seconds for which a request has been failing and retried during an outage; 0 if
            there is no outage.
    """

    payments: int
    requests: int
    accounts: int
    finished: int
    missing: int
    workers: int
    share: float = 0.0
    time_left: float | None = None
    failing_for: float = 0.0


class AccountsMeter:
    """Measures the progress of a scan of many accounts."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def measure(self, now: float) -> AccountsProgress:
        """The progress of the scan."""
        pool = self._pool
        failing = [since for state in pool.active for since in state.failing.values()]
        return AccountsProgress(
            payments=pool.payments,
            requests=pool.requests,
            accounts=pool.accounts,
            finished=len(pool.finished),
            missing=len(pool.failed),
            workers=pool.workers,
            share=1.0 if pool.is_finished else len(pool.finished) / max(1, pool.accounts),
            time_left=pool.time_left,
            failing_for=now - min(failing, default=now),
        )
