"""One run of an export: what both clients do with each batch. It sends no requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import repeat
from operator import itemgetter
from typing import Any, Literal, Protocol

from attrs import define, evolve

from stripe_invoice_payments_api._columns import MAX_TIME
from stripe_invoice_payments_api.columns import flat
from stripe_invoice_payments_api.models import InvoicePayment

from .._config import checks as _checks
from .._errors import StripeError
from .._repr import shows_incomplete
from ..accounts import AccountsBatch, AccountsBatches, AccountsProgress, AsyncAccountsBatches
from .certificate import Certificate, certificate_of
from .manifest import Manifest, Missing
from .rows import NAMES, Values
from .summary import COLUMNS as SUMMED
from .targets import Target
from .threads import in_slices

OnError = Literal["raise", "report"]

summed: Callable[[tuple[Any, ...]], tuple[Any, ...]] = itemgetter(*map(NAMES.index, SUMMED))
"""Selects the values of a row that a summary needs."""


class Batch(Protocol):
    """The part of a scan's batch that an export needs."""

    @property
    def payments(self) -> tuple[InvoicePayment, ...]:
        """The payments."""
        ...

    @property
    def token(self) -> str:
        """The token for what remains after them."""
        ...

    @property
    def left(self) -> tuple[tuple[int, int | None], ...]:
        """What remains, as stretches of time."""
        ...


class Progress(Protocol):
    """The part of a scan's progress that an export needs."""

    @property
    def requests(self) -> int:
        """How many pages it has read."""
        ...

    @property
    def share(self) -> float:
        """How much of the period it has read."""
        ...

    @property
    def time_left(self) -> float | None:
        """How many seconds it still needs."""
        ...


@shows_incomplete
@define(frozen=True, kw_only=True)
class ExportProgress:
    """The progress of an export. All rows that it counts are durable.

    Example:
        from stripe_invoice_payments.export import ExportProgress, export

        def show(progress: ExportProgress) -> None:
            print(f"{progress.rows} rows, {progress.share:.0%} of the period")

        export(client, to="payments.jsonl", progress=show)

    Attributes:
        rows: How many rows the target has, including those of earlier runs.
        rows_per_second: How many rows per second this run has written.
        share: The share of the period's seconds that has been read, from 0.0 to 1.0.
        time_left: Seconds until the end, at this run's speed so far; None while it is unknown.
        pages_read: How many pages of the list have been read, in all runs.
    """

    rows: int
    rows_per_second: float
    share: float
    time_left: float | None
    pages_read: int


@define(frozen=True)
class Options:
    """The options that only an export has, checked."""

    on_error: OnError
    progress: Callable[[ExportProgress], object] | None

    @classmethod
    def create(cls, on_error: OnError, progress: Any) -> Options:
        """Check the options. Raises `TypeError` or `ValueError` if a value is invalid."""
        if on_error not in ("raise", "report"):
            raise ValueError(f"on_error must be 'raise' or 'report', got {on_error!r}")
        return cls(on_error, _checks.hook("progress", progress))


def check_period(query: Mapping[str, Any]) -> None:
    """Reject a period that cannot be written down, such as one in milliseconds.

    Raises:
        ValueError: It begins or ends after the year 9999.
    """
    for time_of_period in (query["start"], query["end"] or 0):
        if time_of_period > MAX_TIME:
            raise ValueError(
                "created must be in Unix seconds before the year 10000, "
                f"got {time_of_period!r:.100}"
            )


def rows_of(batch: Batch, account: str | None, now: int, version: str) -> list[Values]:
    """The rows of a batch, which is of this account, or says itself of which ones."""
    accounts = batch.accounts if isinstance(batch, AccountsBatch) else repeat(account)
    return [
        flat(payment, whose, now, version)
        for part in in_slices(zip(accounts, batch.payments, strict=False))
        for whose, payment in part
    ]


class Session:
    """One run of an export into one target.

    Args:
        target: The target. No other export can use it until it is closed.
        query: What is requested.
        options: The export's own options.

    Raises:
        ValueError: The target holds something else.
        OSError: The target cannot be read or written.
    """

    def __init__(self, target: Target, query: Mapping[str, Any], options: Options) -> None:
        self._target = target
        self._options = options
        self._progress: Progress | None = None
        self._account: str | None = query["stripe_account"] or query["stripe_context"]
        self._has_accounts = "accounts" in query
        self._version: str = query["stripe_version"]
        found = target.read_manifest()
        if found is not None:
            found.require_same(query, str(target.path))
        self.was_finished = found is not None and found.state == "finished"
        self.manifest = found or Manifest(
            format=target.format,
            query=query,
            started_at=int(time.time()),
            left=[(query["start"], query["end"])],
        )
        self._pages_before = self.manifest.pages_read
        self._rows_before = self.manifest.summary.rows
        if not self.was_finished:
            self.manifest.state, self.manifest.missing = "running", []
            target.begin(self.manifest)
        elif changed := next(target.changes(self.manifest), None):
            raise ValueError(f"to: {changed}; it was changed since, so export into another target")
        self._started = time.monotonic()

    @property
    def is_read(self) -> bool:
        """Whether everything has been read."""
        return self.was_finished or (self.manifest.token is not None and not self.manifest.left)

    def scan_options(self) -> dict[str, Any]:
        """The options that the scan requires in addition to the caller's arguments."""
        return {
            "batch_size": self._target.batch_size,
            "resume_from": self.manifest.token,
            "progress": self.observe,
            **({"on_error": self._options.on_error} if self._has_accounts else {}),
        }

    @contextmanager
    def resuming(self) -> Generator[None, None, None]:
        """Around the preparation of the scan, whose other arguments were checked before."""
        try:
            yield
        except ValueError as error:
            raise ValueError(
                f"to: {self._target.path}: token must be that of this export, got another ({error})"
                "; export into another target"
            ) from error

    def observe(self, progress: Progress) -> None:
        """Record the progress of the scan."""
        self._progress = progress

    def store(self, batch: Batch) -> None:
        """Make a batch durable, together with its token."""
        now = int(time.time())
        rows = rows_of(batch, self._account, now, self._version)
        manifest = self.manifest
        for part in in_slices(rows):
            manifest.summary.add(map(summed, part))
        manifest.token, manifest.left = batch.token, list(batch.left)
        self._count_pages()
        self._target.store(rows, manifest)
        self._report()

    def leave_out(self, batches: object) -> None:
        """Note the accounts that could not be read to their end."""
        if isinstance(batches, (AccountsBatches, AsyncAccountsBatches)):
            self.manifest.missing = [
                Missing(start, end, f"{type(one.error).__name__}: {one.error}", one.account)
                for one in batches.missing
                for start, end in one.left
            ]

    def finish(self) -> Certificate:
        """Complete the target after everything has been read."""
        if self.manifest.missing:
            self._end("incomplete")
            self._target.store((), self.manifest)
        elif not self.was_finished:
            self._end("finished")
            self._target.finish(self.manifest)
        return self.certificate()

    def fail(self, error: StripeError) -> Certificate:
        """Stop because of an error: raise it, or report what is missing."""
        if self._options.on_error == "raise":
            raise error
        self.manifest.missing = [
            Missing(start, end, f"{type(error).__name__}: {error}")
            for start, end in self.manifest.left
        ]
        self._end("incomplete")
        self._target.store((), self.manifest)
        return self.certificate()

    def certificate(self) -> Certificate:
        """The certificate of what the target contains now."""
        certificate = certificate_of(self.manifest, self._target.path)
        return evolve(certificate, did_nothing=self.was_finished)

    def _end(self, state: Literal["finished", "incomplete"]) -> None:
        self.manifest.state, self.manifest.finished_at = state, int(time.time())
        self._count_pages()

    def _count_pages(self) -> None:
        if self._progress is not None:
            self.manifest.pages_read = self._pages_before + self._progress.requests
        if isinstance(self._progress, AccountsProgress):
            self.manifest.accounts_read = self._progress.accounts

    def _report(self) -> None:
        hook, progress = self._options.progress, self._progress
        if hook is None:
            return
        rows = self.manifest.summary.rows
        elapsed = max(time.monotonic() - self._started, 1e-6)
        hook(
            ExportProgress(
                rows=rows,
                rows_per_second=(rows - self._rows_before) / elapsed,
                share=1.0 if self.is_read else progress.share if progress else 0.0,
                time_left=0.0 if self.is_read else progress.time_left if progress else None,
                pages_read=self.manifest.pages_read,
            )
        )
