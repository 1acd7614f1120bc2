"""What a scan can be told, beside what it is to look for."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .state import ScanProgress


class ScanOptions(TypedDict, total=False):
    """How a scan goes about it."""

    rate_limit: float | None
    """Requests a second at most, for a client without a limit of its own. The default is 20: Stripe
    allows 25 an endpoint, and 100 where it has raised the limit.
    """

    workers: int | None
    """How many requests may be under way at a time. The default is enough for the rate and the
    response times; more would only waste requests.
    """

    ordered: bool
    """Whether payments are returned newest first. Pages that are read ahead are held back, at most
    16 a reader, which costs memory and some speed.
    """

    checkpoint: str | PathLike[str] | None
    """A file for what is left. A scan that finds it goes on from there. It only changes when you
    call `commit()` on the scan, or with `autocommit`. When nothing is left it stays, and says so.
    """

    autocommit: bool
    """Commit each page as soon as the loop asks for the payment after it. For loops whose work on
    a payment is durable when the loop body ends. False by default.
    """

    max_outage: float | None
    """Seconds for which a request is retried while Stripe cannot be reached or reports a failure of
    its own (5xx), after the retries of any call. 300 by default. 0: no longer than a single call.
    None: without end.
    """

    progress: Callable[[ScanProgress], object] | None
    """Called after each page that has been handed over, at the end, and at each retry during an
    outage. A plain function.
    """
