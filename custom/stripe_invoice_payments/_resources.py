"""The resources as callers get them: the generated ones, and what no generator can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe_invoice_payments_api import resources as generated
from stripe_invoice_payments_api.params import ListInvoicePaymentsParams

from ._config.arguments import check_arguments, takes
from ._config.settings import RequestOptions
from ._scan.options import ScanBatchOptions, ScanOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._scan.iterators import AsyncScan, AsyncScanBatches, Scan, ScanBatches

    class ScanArguments(ListInvoicePaymentsParams, ScanOptions, RequestOptions, total=False):
        """The parameters of the list, the scan's options, and those of its calls."""

    class ScanBatchesArguments(ScanArguments, ScanBatchOptions, total=False):
        """The same, and the options of a scan in batches."""


check_arguments(generated)

_NOT_OF_A_SCAN = ("ending_before", "limit", "starting_after")
_takes_scan = takes(ListInvoicePaymentsParams, ScanOptions, without=_NOT_OF_A_SCAN)
_takes_scan_batches = takes(
    ListInvoicePaymentsParams, ScanOptions, ScanBatchOptions, without=_NOT_OF_A_SCAN
)


class InvoicePayments(generated.InvoicePayments):
    """The operations on invoice payments, and those that read a whole period."""

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanArguments]) -> Scan:
        """Every invoice payment of a period, read by several workers at once.

        As fast as Stripe's request limit allows, in no particular order, each exactly once. What is
        created while the scan runs may or may not be among them.

        Example:
            with client.invoice_payments.scan(status="paid") as payments:
                print(sum(1 for payment in payments))

        Args:
            **arguments: See `ListInvoicePaymentsParams`, without its cursors and its limit,
                `ScanOptions` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is invalid, or the checkpoint is in use or another scan's.
            OSError: The checkpoint cannot be read or written.
            ScanError: Raised by the iterator: a request failed, retries included.
        """
        from ._scan.iterators import Scan
        from ._scan.setup import prepare

        return Scan(self._engine, prepare(self._engine.settings, arguments))

    @_takes_scan_batches
    def scan_batches(self, **arguments: Unpack[ScanBatchesArguments]) -> ScanBatches:
        """As `scan`, in batches. Each says what is left after it, for a store of your own.

        Example:
            stored = None  # the token of the last run, if there was one
            with client.invoice_payments.scan_batches(resume_from=stored) as batches:
                for batch in batches:
                    stored = batch.token  # to be stored in one transaction with the payments

        Args:
            **arguments: See `ListInvoicePaymentsParams`, without its cursors and its limit,
                `ScanOptions`, `ScanBatchOptions` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is invalid, the checkpoint is in use, or the checkpoint or the
                token is another scan's.
            OSError: The checkpoint cannot be read or written.
            ScanError: Raised by the iterator: a request failed, retries included.
        """
        from ._scan.iterators import ScanBatches
        from ._scan.setup import prepare

        return ScanBatches(self._engine, prepare(self._engine.settings, arguments))


class AsyncInvoicePayments(generated.AsyncInvoicePayments):
    """The operations on invoice payments, and those that read a whole period."""

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanArguments]) -> AsyncScan:
        """Every invoice payment of a period; see `InvoicePayments.scan`."""
        from ._scan.iterators import AsyncScan
        from ._scan.setup import prepare

        return AsyncScan(self._engine, prepare(self._engine.settings, arguments))

    @_takes_scan_batches
    def scan_batches(self, **arguments: Unpack[ScanBatchesArguments]) -> AsyncScanBatches:
        """As `scan`, in batches; see `InvoicePayments.scan_batches`."""
        from ._scan.iterators import AsyncScanBatches
        from ._scan.setup import prepare

        return AsyncScanBatches(self._engine, prepare(self._engine.settings, arguments))
