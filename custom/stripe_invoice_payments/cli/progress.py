"""Shows on stderr how far a command has got: a bar on a terminal, or a line of JSON each second."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from .messages import say

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from .. import ResponseEvent, ScanProgress
    from ..accounts import AccountsProgress
    from ..export import ExportProgress
    from ..reconcile import InvoiceRow

    Show: TypeAlias = Callable[[ExportProgress], object]

_CHOICES = ("auto", "json", "none")
_SECONDS = 1.0
_REFUSED = 429


def add_progress(parser: ArgumentParser) -> None:
    """Add the option `--progress`."""
    parser.add_argument(
        "--progress",
        choices=_CHOICES,
        default="auto",
        help="auto: a bar on a terminal; json: a line a second; both on stderr",
    )


class Refusals:
    """Counts the requests that Stripe refused because there were too many: an `on_response`."""

    count = 0

    def __call__(self, event: ResponseEvent) -> None:
        """Count a response."""
        self.count += event.status == _REFUSED


def of_scan(show: Show | None) -> Callable[[ScanProgress | AccountsProgress], object] | None:
    """What a scan calls with its progress, which is then shown as that of an export."""
    if show is None:
        return None
    from ..export import ExportProgress

    started = time.monotonic()

    def show_scan(progress: ScanProgress | AccountsProgress) -> None:
        show(
            ExportProgress(
                rows=progress.payments,
                rows_per_second=progress.payments / max(time.monotonic() - started, 1e-6),
                share=progress.share,
                time_left=progress.time_left,
                pages_read=progress.requests,
            )
        )

    return show_scan


class Invoices:
    """Shows invoices of a period as progress: what `reconcile` calls with each, the newest first.

    Args:
        show: Called with the progress.
        start: The first second of the period.
        end: The second after its last; None if it has no end, and its share is unknown.
    """

    def __init__(self, show: Show, start: int, end: int | None) -> None:
        self._show = show
        self._start = start
        self._end = None if end is None else min(end, int(time.time()))
        self._started = time.monotonic()
        self._count = 0

    def __call__(self, invoice: InvoiceRow) -> None:
        """Count an invoice."""
        self._count += 1
        share = 0.0
        if self._end is not None:
            share = (self._end - invoice.created) / max(self._end - self._start, 1)
        self._report(min(max(share, 0.0), 1.0))

    def end(self) -> None:
        """There are no more."""
        self._report(1.0)

    def _report(self, share: float) -> None:
        from ..export import ExportProgress

        elapsed = max(time.monotonic() - self._started, 1e-6)
        self._show(
            ExportProgress(
                rows=self._count,
                rows_per_second=self._count / elapsed,
                share=share,
                time_left=elapsed * (1 - share) / share if share else None,
                pages_read=0,
            )
        )


@contextmanager
def shown(kind: str, refusals: Refusals) -> Generator[Show | None, None, None]:
    """What is called with the progress of an export; None where nobody would see it.

    Args:
        kind: `auto` for a bar on a terminal, `json` for lines of JSON, `none`.
        refusals: Those of the client that reads.
    """
    if kind == "json":
        yield _Lines(refusals).show
    elif kind == "none" or not sys.stderr.isatty():
        yield None
    else:
        bar = _rich_bar() or _PlainBar()
        with bar as update:
            yield lambda progress: update(progress.share, described(progress, refusals))


def described(progress: ExportProgress, refusals: Refusals) -> str:
    """The progress in words."""
    parts = [f"{progress.rows:,} rows", f"{progress.rows_per_second:,.0f}/s"]
    if refusals.count:
        parts.append(f"{refusals.count} requests refused")
    if progress.share:
        parts.append(f"{progress.share:.0%}")
    if progress.time_left is not None:
        minutes, seconds = divmod(round(progress.time_left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    return ", ".join(parts)


class _Lines:
    """At most one line of JSON each second, and one at the end."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._last = float("-inf")

    def show(self, progress: ExportProgress) -> None:
        now = time.monotonic()
        if now - self._last < _SECONDS and progress.share < 1:
            return
        self._last = now
        facts = {
            "rows": progress.rows,
            "rows_per_second": round(progress.rows_per_second, 1),
            "requests_refused": self._refusals.count,
            "share": round(progress.share, 4),
            "time_left": progress.time_left and round(progress.time_left, 1),
        }
        say(json.dumps(facts))


class _PlainBar:
    """One line that is written over itself."""

    def __enter__(self) -> Callable[[float, str], None]:
        return lambda _share, text: self._write(f"\r{text}\x1b[K")

    def __exit__(self, *_: object) -> None:
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def _rich_bar() -> Any:
    """The same with a bar, drawn by rich; None if that is not installed."""
    try:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
    except ImportError:
        return None

    @contextmanager
    def bar() -> Generator[Callable[[float, str], None], None, None]:
        columns = (BarColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("", total=1.0)
            yield lambda share, text: progress.update(task, completed=share, description=text)

    return bar()
