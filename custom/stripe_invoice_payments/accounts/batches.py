"""A scan of many accounts in batches, each with the token for what remains after it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from stripe_invoice_payments_api.models import InvoicePayment

from .._repr import shows_incomplete
from .._scan.batches import BatchReader
from .._scan.checkpoint import Checkpoint
from .._scan.steps import Steps
from .setup import AccountsSetup
from .tokens import AccountsPosition, Begun
from .work import begin, report_missing


@shows_incomplete
@define(frozen=True, eq=False, repr=False)
class AccountsBatch:
    """Some payments of many accounts, and what remains of the scan after them.

    Attributes:
        payments: Exactly `batch_size` payments. The last batch contains the rest, which may be
            none.
        accounts: The account of each of them, in the same order.
    """

    payments: tuple[InvoicePayment, ...]
    accounts: tuple[str, ...]
    _position: AccountsPosition = field(alias="position")
    _checkpoint: Checkpoint[Begun] | None = field(alias="checkpoint")

    @property
    def token(self) -> str:
        """What remains of the scan after this batch and all batches before it, as text.

        Store it together with the payments, in one transaction, and pass the stored token as
        `resume_from` to continue. It has the size of a checkpoint.
        """
        return self._position.token

    @property
    def left(self) -> tuple[tuple[int, int | None], ...]:
        """The stretch of creation time that remains in any account: the whole period, or none.

        It is its first second and the one after its last, in Unix seconds. None: no end.
        """
        return self._position.left

    @property
    def is_last(self) -> bool:
        """Whether nothing remains, but for accounts that are missing."""
        return self._position.is_end

    def commit(self) -> None:
        """Record in the checkpoint that this batch and all before it are durable on your side.

        See `ScanBatch.commit`.

        Raises:
            RuntimeError: The scan is closed, or belongs to another process.
            OSError: The file cannot be written.
        """
        if self._checkpoint is not None:
            self._checkpoint.record(self._position)

    def __repr__(self) -> str:
        return f"<AccountsBatch of {len(self.payments)} payments>"


class AccountsBatchReader(BatchReader[AccountsBatch, AccountsPosition]):
    """Yields batches of the payments of many accounts."""

    def __init__(self, setup: AccountsSetup) -> None:
        super().__init__(setup, setup.batch_size, was_finished=False)
        self._accounts = setup

    def batch(
        self, payments: Sequence[tuple[str, InvoicePayment]], position: AccountsPosition
    ) -> AccountsBatch:
        """See `BatchReader.batch`."""
        return AccountsBatch(
            tuple(payment for _, payment in payments),
            tuple(account for account, _ in payments),
            position,
            self._accounts.checkpoint,
        )

    def steps(self) -> Steps[AccountsBatch | None]:
        """See `BatchReader.steps`. Whatever is missing at the end is logged."""
        batch = yield from super().steps()
        if batch is None:
            report_missing(self._accounts.pool)
        return batch

    def _start(self) -> Steps[None]:
        yield from begin(self._accounts)
        yield from super()._start()
