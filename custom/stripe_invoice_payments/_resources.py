"""The resources as callers get them: the generated ones, and what no generator can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe_invoice_payments_api import resources as generated
from stripe_invoice_payments_api.params import ListInvoicePaymentsParams

from ._config.arguments import check_arguments, takes
from ._config.settings import RequestOptions
from ._scan.options import ScanOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._scan.iterators import AsyncScan, Scan

    class ScanArguments(ListInvoicePaymentsParams, ScanOptions, RequestOptions, total=False):
        """The parameters of the list, the scan's options, and those of its calls."""


check_arguments(generated)

_takes_scan = takes(
    ListInvoicePaymentsParams, ScanOptions, without=("ending_before", "limit", "starting_after")
)


class InvoicePayments(generated.InvoicePayments):
    """The operations on invoice payments, and `scan`, which reads a whole period."""

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


class AsyncInvoicePayments(generated.AsyncInvoicePayments):
    """The operations on invoice payments, and `scan`, which reads a whole period."""

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanArguments]) -> AsyncScan:
        """Every invoice payment of a period; see `InvoicePayments.scan`."""
        from ._scan.iterators import AsyncScan
        from ._scan.setup import prepare

        return AsyncScan(self._engine, prepare(self._engine.settings, arguments))
