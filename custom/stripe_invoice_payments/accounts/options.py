"""The arguments of a scan of many accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Literal, TypedDict

from stripe_invoice_payments_api.params import ListInvoicePaymentsParams

from .._config.settings import RequestOptions
from .progress import AccountsProgress

OnError = Literal["raise", "report"]


class AccountsOptions(TypedDict, total=False):
    """How the accounts are read.

    Attributes:
        account_rate: The maximum number of requests per second for each account. 20 by default.
        platform_rate: The maximum number of requests per second for all accounts together, for a
            client without its own limit. The default is 80 with a live key and 20 with a test key.
        sizes: About how many payments each account has, if you know, so that the largest ones are
            read first. The size of any other account is found out with its first page.
    """

    account_rate: float
    platform_rate: float | None
    sizes: Mapping[str, int] | None


class ScanAccountsArguments(
    ListInvoicePaymentsParams, RequestOptions, AccountsOptions, total=False
):
    """What to read, and how: filters, and options of a scan and of any call.

    Attributes:
        on_error: What to do if an account cannot be read: `raise` the error, or `report` the
            account in `missing` and continue with the others. An invalid key, and a network that
            cannot be reached, are always raised. `raise` by default.
        workers: The maximum number of concurrent requests. The default is enough for the limits and
            the response times.
        max_outage: Seconds for which each request is retried while Stripe is unreachable or
            failing. 300 by default; None: forever.
        checkpoint: A file that stores the remaining work of all accounts. If it exists, the scan
            continues from there. The file changes only with `commit()` or `autocommit`.
        autocommit: Whether to commit each page when the loop requests the payment after it, and
            each batch when the loop requests the next one. False by default.
        progress: Called with an `AccountsProgress` after each yielded page, at each retry during an
            outage, and at the end. Must be a regular function.
    """

    on_error: OnError
    workers: int | None
    max_outage: float | None
    checkpoint: str | PathLike[str] | None
    autocommit: bool
    progress: Callable[[AccountsProgress], object] | None


class ScanAccountsBatchesArguments(ScanAccountsArguments, total=False):
    """The same, and the options of a scan in batches.

    Attributes:
        batch_size: The number of payments in each batch, except for the last. 2,000 by default.
        resume_from: The token of a batch. The scan yields what remains after that batch. None:
            everything. Cannot be combined with `checkpoint`.
    """

    batch_size: int
    resume_from: str | None


_NOT_OF_A_SCAN = {"ending_before", "limit", "starting_after"}

KNOWN = {*ScanAccountsArguments.__annotations__} - _NOT_OF_A_SCAN
KNOWN_IN_BATCHES = {*ScanAccountsBatchesArguments.__annotations__} - _NOT_OF_A_SCAN
"""The names of all arguments."""

OPTIONS = KNOWN_IN_BATCHES - {
    *ListInvoicePaymentsParams.__annotations__,
    *RequestOptions.__annotations__,
}
"""Those that are neither filters nor options of a call."""
