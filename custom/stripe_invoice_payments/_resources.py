"""The operations as methods. What a method takes and returns comes from the generated types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stripe_invoice_payments_api.models import InvoicePayment, ListObject
from stripe_invoice_payments_api.operations import (
    list_invoice_payments,
    retrieve_invoice,
    retrieve_invoice_payment,
)
from stripe_invoice_payments_api.params import (
    ListInvoicePaymentsParams,
    RetrieveInvoiceParams,
    RetrieveInvoicePaymentParams,
)

from ._arguments import takes
from ._engine import AsyncEngine, Engine
from ._pages import AsyncPage, Page
from ._paging import ListQuery, embedded_query, list_query
from ._raw_response import RawResponse
from ._scan.options import ScanOptions
from ._settings import RequestOptions, Settings, split_call

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._paged_invoices import AsyncPagedInvoice, PagedInvoice
    from ._scan.iterators import AsyncScan, Scan

    class ListInvoicePayments(ListInvoicePaymentsParams, RequestOptions, total=False):
        """The operation's parameters and the call's options."""

    class ScanInvoicePayments(ListInvoicePaymentsParams, ScanOptions, RequestOptions, total=False):
        """The parameters of the list, the scan's options, and those of its calls."""

    class RetrieveInvoicePayment(RetrieveInvoicePaymentParams, RequestOptions, total=False):
        """The operation's parameters and the call's options."""

    class RetrieveInvoice(RetrieveInvoiceParams, RequestOptions, total=False):
        """The operation's parameters and the call's options."""


_takes_list = takes(ListInvoicePaymentsParams)
_takes_scan = takes(
    ListInvoicePaymentsParams, ScanOptions, without=("ending_before", "limit", "starting_after")
)
_takes_payment = takes(RetrieveInvoicePaymentParams)
_takes_invoice = takes(RetrieveInvoiceParams)


class _Resource:
    """What a REPL shows of resources: their methods, and whose they are."""

    def __repr__(self) -> str:
        engine: Engine | AsyncEngine | None = getattr(self, "_engine", None)
        if engine is None:
            return f"<{type(self).__name__}>"
        client = "Client" if isinstance(engine, Engine) else "AsyncClient"
        url = engine.settings.base_url
        return f"<{type(self).__name__} of {client}, base_url={url!r}>"

    def __dir__(self) -> list[str]:
        return [
            name for name in super().__dir__() if name.startswith("__") or not name.startswith("_")
        ]


def _list_query(settings: Settings, arguments: Mapping[str, Any]) -> ListQuery[InvoicePayment]:
    params, options = split_call(arguments)
    return list_query(list_invoice_payments(params), settings.for_call(options), params)


def _payments_query(
    payments: ListObject[InvoicePayment], settings: Settings, expand: Any
) -> ListQuery[InvoicePayment]:
    read = list_invoice_payments({}).read
    return embedded_query(payments, read, settings, expand or (), "payments")


class InvoicePaymentsWithRawResponse(_Resource):
    """The methods of `InvoicePayments`, returning the raw response."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @_takes_payment
    def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePayment]
    ) -> RawResponse[InvoicePayment]:
        """See `InvoicePayments.retrieve`."""
        params, options = split_call(arguments)
        request = retrieve_invoice_payment(invoice_payment, params)
        return self._engine.call(request, self._engine.settings.for_call(options), request.read)

    @_takes_list
    def list(self, **arguments: Unpack[ListInvoicePayments]) -> RawResponse[Page[InvoicePayment]]:
        """See `InvoicePayments.list`."""
        return self._engine.call_list(_list_query(self._engine.settings, arguments))


class InvoicePayments(_Resource):
    """Payments made toward invoices. Source: https://docs.stripe.com/api/invoice-payment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.with_raw_response = InvoicePaymentsWithRawResponse(engine)

    @_takes_payment
    def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePayment]
    ) -> InvoicePayment:
        """The invoice payment with this id.

        Example:
            payment = client.invoice_payments.retrieve("inpay_...", expand=["invoice"])
            print(payment.status, payment.invoice_id, payment.expanded_invoice().id)

        Args:
            invoice_payment: The id, `inpay_...`.
            **arguments: See `RetrieveInvoicePaymentParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is invalid, such as an empty id.
            StripeError: The API reports a failure, or cannot be reached.
        """
        return self.with_raw_response.retrieve(invoice_payment, **arguments).parse()

    @_takes_list
    def list(self, **arguments: Unpack[ListInvoicePayments]) -> Page[InvoicePayment]:
        """One page of invoice payments, newest first.

        Example:
            page = client.invoice_payments.list(status="paid", created={"gte": 1735689600}, limit=5)
            print(page.data, page.has_more)

        Args:
            **arguments: See `ListInvoicePaymentsParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is invalid, such as both cursors at once.
            StripeError: The API reports a failure, or cannot be reached.
        """
        return self.with_raw_response.list(**arguments).parse()

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanInvoicePayments]) -> Scan:
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


class InvoicesWithRawResponse(_Resource):
    """The methods of `Invoices`, returning the raw response."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @_takes_invoice
    def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoice]
    ) -> RawResponse[PagedInvoice]:
        """See `Invoices.retrieve`."""
        engine = self._engine
        params, options = split_call(arguments)
        settings = engine.settings.for_call(options)

        def read(data: Any) -> PagedInvoice:
            from ._paged_invoices import PagedInvoice  # milliseconds that few programs need

            found = PagedInvoice.from_dict(data)
            if found.payments is not None:
                query = _payments_query(found.payments, settings, params.get("expand"))
                found.payments = engine.page(found.payments, query)
            return found

        return engine.call(retrieve_invoice(invoice, params), settings, read)


class Invoices(_Resource):
    """Invoices, as far as their payments are concerned."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.with_raw_response = InvoicesWithRawResponse(engine)

    @_takes_invoice
    def retrieve(self, invoice: str, **arguments: Unpack[RetrieveInvoice]) -> PagedInvoice:
        """The invoice with this id; with `expand=["payments"]`, along with its payments.

        Example:
            invoice = client.invoices.retrieve("in_...")
            print(invoice.number, invoice.total, invoice.currency)

        Args:
            invoice: The id, `in_...`.
            **arguments: See `RetrieveInvoiceParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is invalid, such as an empty id.
            StripeError: The API reports a failure, or cannot be reached.
        """
        return self.with_raw_response.retrieve(invoice, **arguments).parse()


class AsyncInvoicePaymentsWithRawResponse(_Resource):
    """The methods of `AsyncInvoicePayments`, returning the raw response."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @_takes_payment
    async def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePayment]
    ) -> RawResponse[InvoicePayment]:
        """See `InvoicePayments.retrieve`."""
        params, options = split_call(arguments)
        request = retrieve_invoice_payment(invoice_payment, params)
        return await self._engine.call(
            request, self._engine.settings.for_call(options), request.read
        )

    @_takes_list
    async def list(
        self, **arguments: Unpack[ListInvoicePayments]
    ) -> RawResponse[AsyncPage[InvoicePayment]]:
        """See `InvoicePayments.list`."""
        return await self._engine.call_list(_list_query(self._engine.settings, arguments))


class AsyncInvoicePayments(_Resource):
    """Payments made toward invoices. Source: https://docs.stripe.com/api/invoice-payment."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.with_raw_response = AsyncInvoicePaymentsWithRawResponse(engine)

    @_takes_payment
    async def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePayment]
    ) -> InvoicePayment:
        """The invoice payment with this id; see `InvoicePayments.retrieve`."""
        return (await self.with_raw_response.retrieve(invoice_payment, **arguments)).parse()

    @_takes_list
    async def list(self, **arguments: Unpack[ListInvoicePayments]) -> AsyncPage[InvoicePayment]:
        """One page of invoice payments, newest first; see `InvoicePayments.list`."""
        return (await self.with_raw_response.list(**arguments)).parse()

    @_takes_scan
    def scan(self, **arguments: Unpack[ScanInvoicePayments]) -> AsyncScan:
        """Every invoice payment of a period; see `InvoicePayments.scan`."""
        from ._scan.iterators import AsyncScan
        from ._scan.setup import prepare

        return AsyncScan(self._engine, prepare(self._engine.settings, arguments))


class AsyncInvoicesWithRawResponse(_Resource):
    """The methods of `AsyncInvoices`, returning the raw response."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @_takes_invoice
    async def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoice]
    ) -> RawResponse[AsyncPagedInvoice]:
        """See `Invoices.retrieve`."""
        engine = self._engine
        params, options = split_call(arguments)
        settings = engine.settings.for_call(options)

        def read(data: Any) -> AsyncPagedInvoice:
            from ._paged_invoices import AsyncPagedInvoice  # milliseconds that few programs need

            found = AsyncPagedInvoice.from_dict(data)
            if found.payments is not None:
                query = _payments_query(found.payments, settings, params.get("expand"))
                found.payments = engine.page(found.payments, query)
            return found

        return await engine.call(retrieve_invoice(invoice, params), settings, read)


class AsyncInvoices(_Resource):
    """Invoices, as far as their payments are concerned."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.with_raw_response = AsyncInvoicesWithRawResponse(engine)

    @_takes_invoice
    async def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoice]
    ) -> AsyncPagedInvoice:
        """The invoice with this id; see `Invoices.retrieve`."""
        return (await self.with_raw_response.retrieve(invoice, **arguments)).parse()
