"""The resources as callers get them: the generated ones, and what no generator can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe_invoice_payments_api import resources as generated
from stripe_invoice_payments_api.params import ListInvoicePaymentsParams

from ._config.arguments import check_arguments, takes
from ._config.settings import RequestOptions
from ._for_payment import charge_request, list_request, payment_intent_of
from ._scan.options import ScanBatchOptions, ScanOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from stripe_invoice_payments_api.models import InvoicePayment

    from ._call.engine import AsyncEngine, Engine
    from ._call.raw_response import RawResponse
    from ._pages.pages import AsyncPage, Page
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
_takes_filters = takes(ListInvoicePaymentsParams, without=("payment",))


class InvoicePaymentsWithRawResponse(generated.InvoicePaymentsWithRawResponse):
    """The methods of `InvoicePayments`, returning the raw response."""

    @_takes_filters
    def for_payment(
        self, payment_id: str, **arguments: Unpack[generated.ListInvoicePaymentsArguments]
    ) -> RawResponse[Page[InvoicePayment]]:
        """See `InvoicePayments.for_payment`."""
        filters, options = self._engine.split(arguments)
        charge = charge_request(payment_id, filters)
        if charge is not None:
            payment_id = payment_intent_of(self._engine.call(charge, options).parse())
        return self._engine.call(list_request(payment_id, filters), options)


class AsyncInvoicePaymentsWithRawResponse(generated.AsyncInvoicePaymentsWithRawResponse):
    """The methods of `AsyncInvoicePayments`, returning the raw response."""

    @_takes_filters
    async def for_payment(
        self, payment_id: str, **arguments: Unpack[generated.ListInvoicePaymentsArguments]
    ) -> RawResponse[AsyncPage[InvoicePayment]]:
        """See `InvoicePayments.for_payment`."""
        filters, options = self._engine.split(arguments)
        charge = charge_request(payment_id, filters)
        if charge is not None:
            payment_id = payment_intent_of((await self._engine.call(charge, options)).parse())
        return await self._engine.call(list_request(payment_id, filters), options)


class InvoicePayments(generated.InvoicePayments):
    """Calls about invoice payments: `list`, `retrieve`, `for_payment`, and scans of a period."""

    with_raw_response: InvoicePaymentsWithRawResponse

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = InvoicePaymentsWithRawResponse(engine)

    @_takes_filters
    def for_payment(
        self, payment_id: str, **arguments: Unpack[generated.ListInvoicePaymentsArguments]
    ) -> Page[InvoicePayment]:
        """List what a payment intent, payment record or charge paid.

        Returns one page of invoice payments, newest first. Each names an invoice, and how much of
        it was paid. A payment can pay several invoices. The page is empty if it pays none.

        For a charge, another request with the same options first looks up its payment intent, since
        Stripe has no filter for charges.

        Example:
            page = client.invoice_payments.for_payment("pi_...", expand=["data.invoice"], limit=100)
            for payment in page.auto_paging_iter():
                print(payment.invoice_id, payment.amount_paid, payment.expanded_invoice())

        Args:
            payment_id: Id of a payment intent (`pi_...`), payment record (`pr_...`) or charge
                (`ch_...`, `py_...`).
            **arguments: See `ListInvoicePaymentsParams`, without `payment`, and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: The id is of another kind, or another argument is invalid. After the lookup
                of a charge: it has no payment intent, so no filter finds what it paid.
            StripeError: The API reports a failure, or cannot be reached.
        """
        return self.with_raw_response.for_payment(payment_id, **arguments).parse()

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanArguments]) -> Scan:
        """Every invoice payment of a period, read by several workers at once.

        Yields each payment exactly once, in no particular order, as fast as the rate limit allows.
        Payments that are created while the scan runs may or may not be among them.

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
        """The same as `scan`, in batches. Each has a token of the remaining work, for your store.

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
    """Calls about invoice payments: `list`, `retrieve`, `for_payment`, and scans of a period."""

    with_raw_response: AsyncInvoicePaymentsWithRawResponse

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncInvoicePaymentsWithRawResponse(engine)

    @_takes_filters
    async def for_payment(
        self, payment_id: str, **arguments: Unpack[generated.ListInvoicePaymentsArguments]
    ) -> AsyncPage[InvoicePayment]:
        """List what a payment intent, record or charge paid; see `InvoicePayments.for_payment`."""
        return (await self.with_raw_response.for_payment(payment_id, **arguments)).parse()

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
