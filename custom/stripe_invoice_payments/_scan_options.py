"""What a scan can be told, beside what it is to look for."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ._scan_state import ScanProgress


class ScanOptions(TypedDict, total=False):
    """How a scan goes about it."""

    rate_limit: float | None
    """Requests a second at the most, for a client without a limit of its own. 20 unless given:
    Stripe allows 25 an endpoint, and 100 where it has raised the limit.
    """

    workers: int | None
    """How many requests may be under way at a time. As many as the rate and the time that answers
    take call for, unless given; more only waste requests.
    """

    ordered: bool
    """Whether payments come newest first. What is read ahead of its turn is held back, at most
    16 pages a reader, which takes memory and some speed.
    """

    checkpoint: str | PathLike[str] | None
    """A file that says what is left. A scan that finds it goes on from there; the payments of the
    page that was being handed over come again. When nothing is left it stays, and says so.
    """

    progress: Callable[[ScanProgress], object] | None
    """Called after each page that has been handed over, and at the end. A plain function."""
