"""The resources as callers get them: the generated ones, and what no generator can know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_invoice_payments_api import resources as generated
from stripe_invoice_payments_api.models import InvoicePayment, ListObject
from stripe_invoice_payments_api.operations import list_invoice_payments, retrieve_invoice
from stripe_invoice_payments_api.params import ListInvoicePaymentsParams, RetrieveInvoiceParams

from ._arguments import check_arguments, takes
from ._engine import AsyncEngine, Engine
from ._paging import ListQuery, embedded_query
from ._raw_response import RawResponse
from ._scan_options import ScanOptions
from ._settings import RequestOptions, Settings

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from stripe_invoice_payments_api.resources import RetrieveInvoiceArguments

    from ._paged_invoices import AsyncPagedInvoice, PagedInvoice
    from ._scan import AsyncScan, Scan

    class ScanArguments(ListInvoicePaymentsParams, ScanOptions, RequestOptions, total=False):
        """The parameters of the list, the scan's options, and those of its calls."""


check_arguments(generated)

_takes_invoice = takes(RetrieveInvoiceParams)
_takes_scan = takes(
    ListInvoicePaymentsParams, ScanOptions, without=("ending_before", "limit", "starting_after")
)


class InvoicePayments(generated.InvoicePayments):
    """The operations on invoice payments, and `scan`, which reads a whole period."""

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanArguments]) -> Scan:
        """Every invoice payment of a period, read by several readers side by side.

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
        from ._scan import Scan
        from ._scan_query import prepare

        return Scan(self._engine, prepare(self._engine.settings, arguments))


class AsyncInvoicePayments(generated.AsyncInvoicePayments):
    """The operations on invoice payments, and `scan`, which reads a whole period."""

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanArguments]) -> AsyncScan:
        """Every invoice payment of a period; see `InvoicePayments.scan`."""
        from ._scan import AsyncScan
        from ._scan_query import prepare

        return AsyncScan(self._engine, prepare(self._engine.settings, arguments))


# --- An invoice's payments as a page --------------------------------------------------------------


class InvoicesWithRawResponse(generated.InvoicesWithRawResponse):
    """The methods of `Invoices`, returning the raw response."""

    @_takes_invoice
    def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]
    ) -> RawResponse[PagedInvoice]:
        """See `Invoices.retrieve`."""
        engine = self._engine
        params, options = engine.split(arguments)
        settings = engine.settings.for_call(options)

        def read(data: Any) -> PagedInvoice:
            from ._paged_invoices import PagedInvoice  # milliseconds that few programs need

            found = PagedInvoice.from_dict(data)
            if found.payments is not None:
                query = _payments_query(found.payments, settings, params.get("expand"))
                found.payments = engine.page(found.payments, query)
            return found

        return engine.send(retrieve_invoice(invoice, params), settings, read)


class Invoices(generated.Invoices):
    """The operations on invoices, whose payments are pages."""

    with_raw_response: InvoicesWithRawResponse

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = InvoicesWithRawResponse(engine)

    @_takes_invoice
    def retrieve(self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]) -> PagedInvoice:
        """Fetch one invoice; with `expand=["payments"]`, along with its payments.

        Example:
            invoice = client.invoices.retrieve("in_...")
            print(invoice.number, invoice.total, invoice.currency)

        Args:
            invoice: The id, `in_...`.
            **arguments: See `RetrieveInvoiceParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.
        """
        return self.with_raw_response.retrieve(invoice, **arguments).parse()


class AsyncInvoicesWithRawResponse(generated.AsyncInvoicesWithRawResponse):
    """The methods of `AsyncInvoices`, returning the raw response."""

    @_takes_invoice
    async def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]
    ) -> RawResponse[AsyncPagedInvoice]:
        """See `Invoices.retrieve`."""
        engine = self._engine
        params, options = engine.split(arguments)
        settings = engine.settings.for_call(options)

        def read(data: Any) -> AsyncPagedInvoice:
            from ._paged_invoices import AsyncPagedInvoice  # milliseconds that few programs need

            found = AsyncPagedInvoice.from_dict(data)
            if found.payments is not None:
                query = _payments_query(found.payments, settings, params.get("expand"))
                found.payments = engine.page(found.payments, query)
            return found

        return await engine.send(retrieve_invoice(invoice, params), settings, read)


class AsyncInvoices(generated.AsyncInvoices):
    """The operations on invoices, whose payments are pages."""

    with_raw_response: AsyncInvoicesWithRawResponse

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncInvoicesWithRawResponse(engine)

    @_takes_invoice
    async def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]
    ) -> AsyncPagedInvoice:
        """Fetch one invoice; see `Invoices.retrieve`."""
        return (await self.with_raw_response.retrieve(invoice, **arguments)).parse()


def _payments_query(
    payments: ListObject[InvoicePayment], settings: Settings, expand: Any
) -> ListQuery[InvoicePayment]:
    read = list_invoice_payments({}).read
    return embedded_query(payments, read, settings, expand or (), "payments")
