"""A scan in batches, each with the token for what remains after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from stripe_invoice_payments_api.models import InvoicePayment

from .._pages.period import FOREVER
from .._repr import shows_incomplete
from .reader import Reader
from .steps import Steps
from .tokens import Position

if TYPE_CHECKING:
    from .checkpoint import Checkpoint
    from .plan import Window
    from .setup import ScanSetup


@shows_incomplete
@define(frozen=True, eq=False, repr=False)
class ScanBatch:
    """Some payments of a scan, and what remains of the scan after them.

    Example:
        with client.invoice_payments.scan_batches(batch_size=500) as batches:
            for batch in batches:
                ids = [payment.id for payment in batch.payments]
                print(len(ids), "payments, to be stored together with", batch.token)

    Attributes:
        payments: Exactly `batch_size` payments. The last batch contains the rest, which may be
            none.
    """

    payments: tuple[InvoicePayment, ...]
    _position: Position = field(alias="position")
    _checkpoint: Checkpoint[list[Window]] | None = field(alias="checkpoint")

    @property
    def token(self) -> str:
        """What remains of the scan after this batch and all batches before it, as text.

        Store it together with the payments, in one transaction, and pass the stored token as
        `resume_from` to continue. It contains the filters, but no secret. It is valid for the same
        filters, account, mode and address.
        """
        return self._position.token

    @property
    def left(self) -> tuple[tuple[int, int | None], ...]:
        """The stretches of creation time that remain after this batch, newest first.

        Each is its first second and the one after its last, in Unix seconds. None: no end.
        """
        # The second of a cursor may have more payments.
        ends = [w.position + (w.cursor is not None) for w in self._position.windows]
        return tuple(
            (window.start, end if end < FOREVER else None)
            for window, end in zip(self._position.windows, ends, strict=True)
        )

    @property
    def is_last(self) -> bool:
        """Whether nothing remains. A scan that reaches its end always yields such a batch."""
        return self._position.is_end

    def commit(self) -> None:
        """Record in the checkpoint that this batch and all before it are durable on your side.

        The next run starts after it. When this returns, the file is on disk. Does nothing if a
        later batch was already committed, or without a checkpoint. Any thread may call it.

        Raises:
            RuntimeError: The scan is closed, or belongs to another process.
            OSError: The file cannot be written.
        """
        if self._checkpoint is not None:
            self._checkpoint.record(self._position)

    def __repr__(self) -> str:
        return f"<ScanBatch of {len(self.payments)} payments>"


class BatchReader(Reader[ScanBatch, Position]):
    """Yields batches."""

    def __init__(self, setup: ScanSetup) -> None:
        super().__init__(setup)
        self._scan = setup
        # What remains after the last batch that was yielded.
        self._latest: Position | None = None

    def steps(self) -> Steps[ScanBatch | None]:
        """The next batch, as soon as it is full or nothing remains; None after the last."""
        if self._latest is not None:
            yield from self._autocommit(self._latest)
        size = self._scan.batch_size
        payments = list(self._take(size))
        while len(payments) < size and (yield from self._next_page()):
            payments += self._take(size - len(payments))
        says_end = self._scan.was_finished if self._latest is None else self._latest.is_end
        if says_end and not payments:
            return None
        self._latest = self.position()
        return ScanBatch(tuple(payments), self._latest, self._scan.checkpoint)
