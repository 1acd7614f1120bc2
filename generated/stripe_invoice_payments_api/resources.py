# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""The resources of the API: one class for each, with a method for each of its operations.

They make no calls themselves but have an engine for that, which comes with the client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._resource import Resource, ResourcesOf, parameters
from .operations import list_invoice_payments, retrieve_invoice, retrieve_invoice_payment
from .params import ListInvoicePaymentsParams, RetrieveInvoiceParams, RetrieveInvoicePaymentParams

if TYPE_CHECKING:
    from stripe_invoice_payments import AsyncPage, Page, RawResponse, RequestOptions
    from stripe_invoice_payments._engine import AsyncEngine, Engine
    from typing_extensions import Unpack

    from .models import Invoice, InvoicePayment

    class ListInvoicePaymentsArguments(ListInvoicePaymentsParams, RequestOptions, total=False):
        """The parameters of `list_invoice_payments`, and the options of the call."""

    class RetrieveInvoicePaymentArguments(
        RetrieveInvoicePaymentParams, RequestOptions, total=False
    ):
        """The parameters of `retrieve_invoice_payment`, and the options of the call."""

    class RetrieveInvoiceArguments(RetrieveInvoiceParams, RequestOptions, total=False):
        """The parameters of `retrieve_invoice`, and the options of the call."""


__all__ = [
    "AsyncResources",
    "Resources",
    "InvoicePayments",
    "AsyncInvoicePayments",
    "Invoices",
    "AsyncInvoices",
]


class InvoicePaymentsWithRawResponse(Resource["Engine"]):
    """The methods of `InvoicePayments`, returning the raw response."""

    @parameters(ListInvoicePaymentsParams)
    def list(
        self, **arguments: Unpack[ListInvoicePaymentsArguments]
    ) -> RawResponse[Page[InvoicePayment]]:
        """See `InvoicePayments.list`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(list_invoice_payments(params), options)

    @parameters(RetrieveInvoicePaymentParams)
    def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePaymentArguments]
    ) -> RawResponse[InvoicePayment]:
        """See `InvoicePayments.retrieve`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_invoice_payment(invoice_payment, params), options)


class InvoicePayments(Resource["Engine"]):
    """Payments made toward invoices.

    Source: https://docs.stripe.com/api/invoice-payment
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = InvoicePaymentsWithRawResponse(engine)

    @parameters(ListInvoicePaymentsParams)
    def list(self, **arguments: Unpack[ListInvoicePaymentsArguments]) -> Page[InvoicePayment]:
        """List invoice payments.

        Gives one page of the account's invoice payments, newest first. Filters can be combined;
        without any, every invoice payment is listed.

        Example:
            page = client.invoice_payments.list(status="paid", created={"gte": 1735689600}, limit=5)
            print(page.data, page.has_more)

        Args:
            **arguments: See `ListInvoicePaymentsParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/invoice-payment/list
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(list_invoice_payments(params), options).parse()

    @parameters(RetrieveInvoicePaymentParams)
    def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePaymentArguments]
    ) -> InvoicePayment:
        """Fetch one invoice payment.

        Looks up a single invoice payment. An unknown id is answered with status 404 and the code
        `resource_missing`.

        Example:
            payment = client.invoice_payments.retrieve("inpay_...", expand=["invoice"])
            print(payment.status, payment.invoice_id, payment.expanded_invoice().id)

        Args:
            invoice_payment: Id of the invoice payment; it starts with `inpay_`.
            **arguments: See `RetrieveInvoicePaymentParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/invoice-payment/retrieve
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_invoice_payment(invoice_payment, params), options).parse()


class InvoicesWithRawResponse(Resource["Engine"]):
    """The methods of `Invoices`, returning the raw response."""

    @parameters(RetrieveInvoiceParams)
    def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]
    ) -> RawResponse[Invoice]:
        """See `Invoices.retrieve`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_invoice(invoice, params), options)


class Invoices(Resource["Engine"]):
    """Invoices, as far as their payments are concerned.

    Source: https://docs.stripe.com/api/invoices
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = InvoicesWithRawResponse(engine)

    @parameters(RetrieveInvoiceParams)
    def retrieve(self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]) -> Invoice:
        """Fetch one invoice.

        Looks up a single invoice. Pass `expand=["payments"]` to get its invoice payments along with
        it.

        Example:
            invoice = client.invoices.retrieve("in_...")
            print(invoice.number, invoice.total, invoice.currency)

        Args:
            invoice: Id of the invoice; it starts with `in_`.
            **arguments: See `RetrieveInvoiceParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/invoices/retrieve
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_invoice(invoice, params), options).parse()


class Resources(ResourcesOf["Engine"]):
    """Every resource of the API, as attributes of `Client`."""

    @property
    def invoice_payments(self) -> InvoicePayments:
        """Payments made toward invoices."""
        return self._resource(InvoicePayments)

    @property
    def invoices(self) -> Invoices:
        """Invoices, as far as their payments are concerned."""
        return self._resource(Invoices)


class AsyncInvoicePaymentsWithRawResponse(Resource["AsyncEngine"]):
    """The methods of `AsyncInvoicePayments`, returning the raw response."""

    @parameters(ListInvoicePaymentsParams)
    async def list(
        self, **arguments: Unpack[ListInvoicePaymentsArguments]
    ) -> RawResponse[AsyncPage[InvoicePayment]]:
        """See `InvoicePayments.list`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(list_invoice_payments(params), options)

    @parameters(RetrieveInvoicePaymentParams)
    async def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePaymentArguments]
    ) -> RawResponse[InvoicePayment]:
        """See `InvoicePayments.retrieve`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(retrieve_invoice_payment(invoice_payment, params), options)


class AsyncInvoicePayments(Resource["AsyncEngine"]):
    """Payments made toward invoices.

    Source: https://docs.stripe.com/api/invoice-payment
    """

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncInvoicePaymentsWithRawResponse(engine)

    @parameters(ListInvoicePaymentsParams)
    async def list(
        self, **arguments: Unpack[ListInvoicePaymentsArguments]
    ) -> AsyncPage[InvoicePayment]:
        """List invoice payments; see `InvoicePayments.list`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(list_invoice_payments(params), options)).parse()

    @parameters(RetrieveInvoicePaymentParams)
    async def retrieve(
        self, invoice_payment: str, **arguments: Unpack[RetrieveInvoicePaymentArguments]
    ) -> InvoicePayment:
        """Fetch one invoice payment; see `InvoicePayments.retrieve`."""
        params, options = self._engine.split(arguments)
        return (
            await self._engine.call(retrieve_invoice_payment(invoice_payment, params), options)
        ).parse()


class AsyncInvoicesWithRawResponse(Resource["AsyncEngine"]):
    """The methods of `AsyncInvoices`, returning the raw response."""

    @parameters(RetrieveInvoiceParams)
    async def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]
    ) -> RawResponse[Invoice]:
        """See `Invoices.retrieve`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(retrieve_invoice(invoice, params), options)


class AsyncInvoices(Resource["AsyncEngine"]):
    """Invoices, as far as their payments are concerned.

    Source: https://docs.stripe.com/api/invoices
    """

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncInvoicesWithRawResponse(engine)

    @parameters(RetrieveInvoiceParams)
    async def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]
    ) -> Invoice:
        """Fetch one invoice; see `Invoices.retrieve`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(retrieve_invoice(invoice, params), options)).parse()


class AsyncResources(ResourcesOf["AsyncEngine"]):
    """Every resource of the API, as attributes of `AsyncClient`."""

    @property
    def invoice_payments(self) -> AsyncInvoicePayments:
        """Payments made toward invoices."""
        return self._resource(AsyncInvoicePayments)

    @property
    def invoices(self) -> AsyncInvoices:
        """Invoices, as far as their payments are concerned."""
        return self._resource(AsyncInvoices)
