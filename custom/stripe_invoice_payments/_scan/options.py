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
        rate_limit: The most requests a second, for a client without a limit of its own. The default
            is 20: Stripe allows 25 for each endpoint, and 100 where it has raised the limit.
        workers: How many requests may be under way at a time. The default is enough for the rate
            limit and the response times; more would only cost requests.
        ordered: Whether payments are yielded newest first. Pages that are read ahead are held back,
            at most 16 for each worker, which costs memory and some speed. False by default.
        checkpoint: A file that keeps what is left. A scan that finds it continues from there. The
            file only changes when you call `commit()`, on the scan or on one of its batches, or
            with `autocommit`. When nothing is left it stays, and says so.
        autocommit: Whether to commit each page as soon as the loop asks for the payment after it.
            For loops whose work on a payment is durable when the loop body ends. Batches are
            committed likewise, when the loop asks for the next one. False by default.
        max_outage: Seconds for which each request is retried while Stripe cannot be reached or
            responds with a 5xx, after the `max_retries` of any call. 300 by default. 0: no longer
            than a single call. None: forever.
        progress: Called after each page that has been yielded, at each retry during an outage, and
            at the end. A plain function.
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
        batch_size: How many payments each batch has, but for the last. The default is 2,000, which
            is twenty requests.
        resume_from: The token of a batch. The scan yields what is left after that batch; None: all.
            The filters and the account must be the same. Not together with `checkpoint`.
    """

    batch_size: int
    resume_from: str | None
