"""The arguments of a scan of many accounts."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Literal

from stripe_invoice_payments_api.params import ListInvoicePaymentsParams

from .._config.settings import RequestOptions
from .progress import AccountsProgress

OnError = Literal["raise", "report"]


class ScanAccountsArguments(ListInvoicePaymentsParams, RequestOptions, total=False):
    """What to read, and how: filters, and options of a scan and of any call.

    Attributes:
        workers: The maximum number of concurrent requests. The default is enough for the limits and
            the response times.
        max_outage: Seconds for which each request is retried while Stripe is unreachable or
            failing. 300 by default; None: forever.
        checkpoint: A file that stores the remaining work of all accounts. If it exists, the scan
            continues from there. The file changes only with `commit()` or `autocommit`.
        autocommit: Whether to commit each page when the loop requests the payment after it. False
            by default.
        progress: Called with an `AccountsProgress` after each yielded page, at each retry during an
            outage, and at the end. Must be a regular function.
    """

    workers: int | None
    max_outage: float | None
    checkpoint: str | PathLike[str] | None
    autocommit: bool
    progress: Callable[[AccountsProgress], object] | None


OPTIONS = ("workers", "max_outage", "checkpoint", "autocommit", "progress")
"""Those that are neither filters nor options of a call."""

KNOWN = {*ScanAccountsArguments.__annotations__} - {"ending_before", "limit", "starting_after"}
"""The names of all arguments."""
