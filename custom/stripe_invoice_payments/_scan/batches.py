"""A scan in batches, each with the token for what remains after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from attrs import define, field

from stripe_invoice_payments_api.models import InvoicePayment

from .._pages.period import FOREVER
from .._repr import shows_incomplete
from .checkpoint import Checkpoint, Committable
from .reader import Reader, Setup
from .steps import Steps
from .tokens import Position

if TYPE_CHECKING:
    from .plan import Window
    from .setup import ScanSetup

B = TypeVar("B")
P = TypeVar("P", bound=Committable)


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


class BatchReader(Reader[B, P]):
    """Yields batches; subclasses decide in what form.

    Args:
        setup: What is read.
        size: The number of payments in each batch, except for the last.
        was_finished: Whether an earlier run finished the scan.
    """

    def __init__(self, setup: Setup[P], size: int, *, was_finished: bool) -> None:
        super().__init__(setup)
        self._size = size
        self._was_finished = was_finished
        # What remains after the last batch that was yielded.
        self._latest: P | None = None

    def batch(self, payments: Sequence[tuple[str, InvoicePayment]], position: P) -> B:
        """A batch of payments, each with its account, and what remains after them."""
        raise NotImplementedError

    def steps(self) -> Steps[B | None]:
        """The next batch, as soon as it is full or nothing remains; None after the last."""
        if self._latest is not None:
            yield from self._autocommit(self._latest)
        payments = self._next(self._size)
        while len(payments) < self._size and (yield from self._next_page()):
            payments += self._next(self._size - len(payments))
        says_end = self._was_finished if self._latest is None else self._latest.is_end
        if says_end and not payments:
            return None
        self._latest = self.position()
        return self.batch(payments, self._latest)

    def _next(self, count: int) -> list[tuple[str, InvoicePayment]]:
        account = "" if self._page is None else self._page.state.account
        return [(account, payment) for payment in self._take(count)]


class ScanBatchReader(BatchReader[ScanBatch, Position]):
    """Yields the batches of a single scan."""

    def __init__(self, setup: ScanSetup) -> None:
        super().__init__(setup, setup.batch_size, was_finished=setup.was_finished)
        self._checkpoint = setup.checkpoint

    def batch(
        self, payments: Sequence[tuple[str, InvoicePayment]], position: Position
    ) -> ScanBatch:
        """See `BatchReader.batch`."""
        return ScanBatch(tuple(payment for _, payment in payments), position, self._checkpoint)
