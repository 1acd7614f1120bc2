"""The options of a scan."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .progress import ScanProgress


class ScanOptions(TypedDict, total=False):
    """Options of a scan, in addition to its filters and the options of its calls.

    Attributes:
        rate_limit: The maximum number of requests per second, for a client without its own limit.
            The default is 20: Stripe allows 25 for each endpoint, and 100 where it has raised the
            limit.
        workers: The maximum number of concurrent requests. The default is enough for the rate limit
            and the response times; more would only cost requests.
        ordered: Whether payments are yielded newest first. The scan buffers pages until their turn,
            at most 16 for each worker, which costs memory and some speed. False by default.
        checkpoint: A file that stores the remaining work. If it exists, the scan continues from
            there. The file changes only when you call `commit()`, on the scan or on one of its
            batches, or with `autocommit`. When the scan is complete, the file records that and
            remains.
        autocommit: Whether to commit each page when the loop requests the payment after it, and
            each batch when the loop requests the next one. For loops whose work on a payment is
            durable at the end of the loop body. False by default.
        max_outage: Seconds for which each request is retried while Stripe is unreachable, times out
            or responds with a 5xx, after the `max_retries` of any call. 300 by default. 0: no
            longer than a single call. None: forever.
        progress: Called after each yielded page, at each retry during an outage, and at the end.
            Must be a regular function.
    """

    rate_limit: float | None
    workers: int | None
    ordered: bool
    checkpoint: str | PathLike[str] | None
    autocommit: bool
    max_outage: float | None
    progress: Callable[[ScanProgress], object] | None


class ScanBatchOptions(TypedDict, total=False):
    """Further options of a scan in batches.

    Attributes:
        batch_size: The number of payments in each batch, except for the last. The default is 2,000,
            which is twenty requests.
        resume_from: The token of a batch. The scan yields what remains after that batch. None:
            everything. The filters and the account must be the same. Cannot be combined with
            `checkpoint`.
    """

    batch_size: int
    resume_from: str | None
