# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""The resources of the API: one class for each, with a method for each of its operations.

They make no calls themselves but have an engine for that, which comes with the client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._resource import Resource, ResourcesOf, parameters
from .operations import (
    attach_payment_to_invoice,
    list_accounts,
    list_events,
    list_invoice_payments,
    list_invoices,
    retrieve_charge,
    retrieve_invoice,
    retrieve_invoice_payment,
    retrieve_payment_intent,
    retrieve_payment_record,
)
from .params import (
    AttachPaymentToInvoiceParams,
    ListAccountsParams,
    ListEventsParams,
    ListInvoicePaymentsParams,
    ListInvoicesParams,
    RetrieveChargeParams,
    RetrieveInvoiceParams,
    RetrieveInvoicePaymentParams,
    RetrievePaymentIntentParams,
    RetrievePaymentRecordParams,
)

if TYPE_CHECKING:
    from stripe_invoice_payments import AsyncPage, Page, RawResponse, RequestOptions
    from stripe_invoice_payments._call.engine import AsyncEngine, Engine
    from typing_extensions import Unpack

    from .models import (
        Account,
        Charge,
        Event,
        Invoice,
        InvoicePayment,
        PaymentIntent,
        PaymentRecord,
    )

    class ListAccountsArguments(ListAccountsParams, RequestOptions, total=False):
        """The parameters of `list_accounts`, and the options of the call."""

    class RetrieveChargeArguments(RetrieveChargeParams, RequestOptions, total=False):
        """The parameters of `retrieve_charge`, and the options of the call."""

    class ListEventsArguments(ListEventsParams, RequestOptions, total=False):
        """The parameters of `list_events`, and the options of the call."""

    class ListInvoicePaymentsArguments(ListInvoicePaymentsParams, RequestOptions, total=False):
        """The parameters of `list_invoice_payments`, and the options of the call."""

    class RetrieveInvoicePaymentArguments(
        RetrieveInvoicePaymentParams, RequestOptions, total=False
    ):
        """The parameters of `retrieve_invoice_payment`, and the options of the call."""

    class AttachPaymentToInvoiceArguments(
        AttachPaymentToInvoiceParams, RequestOptions, total=False
    ):
        """The parameters of `attach_payment_to_invoice`, and the options of the call."""

    class ListInvoicesArguments(ListInvoicesParams, RequestOptions, total=False):
        """The parameters of `list_invoices`, and the options of the call."""

    class RetrieveInvoiceArguments(RetrieveInvoiceParams, RequestOptions, total=False):
        """The parameters of `retrieve_invoice`, and the options of the call."""

    class RetrievePaymentIntentArguments(RetrievePaymentIntentParams, RequestOptions, total=False):
        """The parameters of `retrieve_payment_intent`, and the options of the call."""

    class RetrievePaymentRecordArguments(RetrievePaymentRecordParams, RequestOptions, total=False):
        """The parameters of `retrieve_payment_record`, and the options of the call."""


__all__ = [
    "AsyncResources",
    "Resources",
    "Accounts",
    "AsyncAccounts",
    "Charges",
    "AsyncCharges",
    "Events",
    "AsyncEvents",
    "InvoicePayments",
    "AsyncInvoicePayments",
    "Invoices",
    "AsyncInvoices",
    "PaymentIntents",
    "AsyncPaymentIntents",
    "PaymentRecords",
    "AsyncPaymentRecords",
]


class AccountsWithRawResponse(Resource["Engine"]):
    """The methods of `Accounts`, returning the raw response."""

    @parameters(ListAccountsParams)
    def list(self, **arguments: Unpack[ListAccountsArguments]) -> RawResponse[Page[Account]]:
        """See `Accounts.list`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(list_accounts(params), options)


class Accounts(Resource["Engine"]):
    """Operations on accounts."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = AccountsWithRawResponse(engine)

    @parameters(ListAccountsParams)
    def list(self, **arguments: Unpack[ListAccountsArguments]) -> Page[Account]:
        """List connected accounts.

        Gives one page of the accounts that are connected to your platform, newest first. The list
        is empty if you are not a platform.

        Args:
            **arguments: See `ListAccountsParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/accounts/list
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(list_accounts(params), options).parse()


class ChargesWithRawResponse(Resource["Engine"]):
    """The methods of `Charges`, returning the raw response."""

    @parameters(RetrieveChargeParams)
    def retrieve(
        self, charge: str, **arguments: Unpack[RetrieveChargeArguments]
    ) -> RawResponse[Charge]:
        """See `Charges.retrieve`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_charge(charge, params), options)


class Charges(Resource["Engine"]):
    """Operations on charges."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = ChargesWithRawResponse(engine)

    @parameters(RetrieveChargeParams)
    def retrieve(self, charge: str, **arguments: Unpack[RetrieveChargeArguments]) -> Charge:
        """Fetch one charge.

        Looks up a single charge.

        Args:
            charge: Id of the charge; it starts with `ch_` or `py_`.
            **arguments: See `RetrieveChargeParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/charges/retrieve
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_charge(charge, params), options).parse()


class EventsWithRawResponse(Resource["Engine"]):
    """The methods of `Events`, returning the raw response."""

    @parameters(ListEventsParams)
    def list(self, **arguments: Unpack[ListEventsArguments]) -> RawResponse[Page[Event]]:
        """See `Events.list`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(list_events(params), options)


class Events(Resource["Engine"]):
    """Operations on events."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = EventsWithRawResponse(engine)

    @parameters(ListEventsParams)
    def list(self, **arguments: Unpack[ListEventsArguments]) -> Page[Event]:
        """List events.

        Gives one page of the account's events of the last 30 days, newest first. Each event has the
        shape of the API version that it was created with, whatever version the request asks for.

        Args:
            **arguments: See `ListEventsParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/events/list
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(list_events(params), options).parse()


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

        Looks up a single invoice payment. For an unknown id, the response has status 404 and the
        code `resource_missing`.

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

    @parameters(AttachPaymentToInvoiceParams)
    def attach_payment(
        self, invoice: str, **arguments: Unpack[AttachPaymentToInvoiceArguments]
    ) -> RawResponse[Invoice]:
        """See `Invoices.attach_payment`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(attach_payment_to_invoice(invoice, params), options)

    @parameters(ListInvoicesParams)
    def list(self, **arguments: Unpack[ListInvoicesArguments]) -> RawResponse[Page[Invoice]]:
        """See `Invoices.list`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(list_invoices(params), options)

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

    @parameters(AttachPaymentToInvoiceParams)
    def attach_payment(
        self, invoice: str, **arguments: Unpack[AttachPaymentToInvoiceArguments]
    ) -> Invoice:
        """Attach a payment to an invoice.

        Adds a PaymentIntent or a PaymentRecord to the payments of an invoice, which creates an
        invoice payment. The invoice is credited once the PaymentIntent succeeds, or at once if it
        has succeeded already; it is paid when nothing remains. Returns the invoice.

        Args:
            invoice: Id of the invoice; it starts with `in_`.
            **arguments: See `AttachPaymentToInvoiceParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/invoices/attach_payment
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(attach_payment_to_invoice(invoice, params), options).parse()

    @parameters(ListInvoicesParams)
    def list(self, **arguments: Unpack[ListInvoicesArguments]) -> Page[Invoice]:
        """List invoices.

        Gives one page of the account's invoices, newest first. Filters can be combined; without
        any, every invoice is listed.

        Args:
            **arguments: See `ListInvoicesParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/invoices/list
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(list_invoices(params), options).parse()

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


class PaymentIntentsWithRawResponse(Resource["Engine"]):
    """The methods of `PaymentIntents`, returning the raw response."""

    @parameters(RetrievePaymentIntentParams)
    def retrieve(
        self, intent: str, **arguments: Unpack[RetrievePaymentIntentArguments]
    ) -> RawResponse[PaymentIntent]:
        """See `PaymentIntents.retrieve`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_payment_intent(intent, params), options)


class PaymentIntents(Resource["Engine"]):
    """Operations on payment intents."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = PaymentIntentsWithRawResponse(engine)

    @parameters(RetrievePaymentIntentParams)
    def retrieve(
        self, intent: str, **arguments: Unpack[RetrievePaymentIntentArguments]
    ) -> PaymentIntent:
        """Fetch one PaymentIntent.

        Looks up a single PaymentIntent. With a publishable key `client_secret` is required, and
        only some of the fields are returned.

        Args:
            intent: Id of the PaymentIntent; it starts with `pi_`.
            **arguments: See `RetrievePaymentIntentParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/payment_intents/retrieve
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_payment_intent(intent, params), options).parse()


class PaymentRecordsWithRawResponse(Resource["Engine"]):
    """The methods of `PaymentRecords`, returning the raw response."""

    @parameters(RetrievePaymentRecordParams)
    def retrieve(
        self, id: str, **arguments: Unpack[RetrievePaymentRecordArguments]
    ) -> RawResponse[PaymentRecord]:
        """See `PaymentRecords.retrieve`."""
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_payment_record(id, params), options)


class PaymentRecords(Resource["Engine"]):
    """Operations on payment records."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.with_raw_response = PaymentRecordsWithRawResponse(engine)

    @parameters(RetrievePaymentRecordParams)
    def retrieve(
        self, id: str, **arguments: Unpack[RetrievePaymentRecordArguments]
    ) -> PaymentRecord:
        """Fetch one PaymentRecord.

        Looks up a single PaymentRecord.

        Args:
            id: Id of the PaymentRecord.
            **arguments: See `RetrievePaymentRecordParams` and `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: An argument is of the right type but invalid.
            StripeError: The API reports a failure, or cannot be reached.

        Source: https://docs.stripe.com/api/payment-record/retrieve
        """
        params, options = self._engine.split(arguments)
        return self._engine.call(retrieve_payment_record(id, params), options).parse()


class Resources(ResourcesOf["Engine"]):
    """Every resource of the API, as attributes of `Client`."""

    @property
    def accounts(self) -> Accounts:
        """Operations on accounts."""
        return self._resource(Accounts)

    @property
    def charges(self) -> Charges:
        """Operations on charges."""
        return self._resource(Charges)

    @property
    def events(self) -> Events:
        """Operations on events."""
        return self._resource(Events)

    @property
    def invoice_payments(self) -> InvoicePayments:
        """Payments made toward invoices."""
        return self._resource(InvoicePayments)

    @property
    def invoices(self) -> Invoices:
        """Invoices, as far as their payments are concerned."""
        return self._resource(Invoices)

    @property
    def payment_intents(self) -> PaymentIntents:
        """Operations on payment intents."""
        return self._resource(PaymentIntents)

    @property
    def payment_records(self) -> PaymentRecords:
        """Operations on payment records."""
        return self._resource(PaymentRecords)


class AsyncAccountsWithRawResponse(Resource["AsyncEngine"]):
    """The methods of `AsyncAccounts`, returning the raw response."""

    @parameters(ListAccountsParams)
    async def list(
        self, **arguments: Unpack[ListAccountsArguments]
    ) -> RawResponse[AsyncPage[Account]]:
        """See `Accounts.list`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(list_accounts(params), options)


class AsyncAccounts(Resource["AsyncEngine"]):
    """Operations on accounts."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncAccountsWithRawResponse(engine)

    @parameters(ListAccountsParams)
    async def list(self, **arguments: Unpack[ListAccountsArguments]) -> AsyncPage[Account]:
        """List connected accounts; see `Accounts.list`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(list_accounts(params), options)).parse()


class AsyncChargesWithRawResponse(Resource["AsyncEngine"]):
    """The methods of `AsyncCharges`, returning the raw response."""

    @parameters(RetrieveChargeParams)
    async def retrieve(
        self, charge: str, **arguments: Unpack[RetrieveChargeArguments]
    ) -> RawResponse[Charge]:
        """See `Charges.retrieve`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(retrieve_charge(charge, params), options)


class AsyncCharges(Resource["AsyncEngine"]):
    """Operations on charges."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncChargesWithRawResponse(engine)

    @parameters(RetrieveChargeParams)
    async def retrieve(self, charge: str, **arguments: Unpack[RetrieveChargeArguments]) -> Charge:
        """Fetch one charge; see `Charges.retrieve`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(retrieve_charge(charge, params), options)).parse()


class AsyncEventsWithRawResponse(Resource["AsyncEngine"]):
    """The methods of `AsyncEvents`, returning the raw response."""

    @parameters(ListEventsParams)
    async def list(self, **arguments: Unpack[ListEventsArguments]) -> RawResponse[AsyncPage[Event]]:
        """See `Events.list`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(list_events(params), options)


class AsyncEvents(Resource["AsyncEngine"]):
    """Operations on events."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncEventsWithRawResponse(engine)

    @parameters(ListEventsParams)
    async def list(self, **arguments: Unpack[ListEventsArguments]) -> AsyncPage[Event]:
        """List events; see `Events.list`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(list_events(params), options)).parse()


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

    @parameters(AttachPaymentToInvoiceParams)
    async def attach_payment(
        self, invoice: str, **arguments: Unpack[AttachPaymentToInvoiceArguments]
    ) -> RawResponse[Invoice]:
        """See `Invoices.attach_payment`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(attach_payment_to_invoice(invoice, params), options)

    @parameters(ListInvoicesParams)
    async def list(
        self, **arguments: Unpack[ListInvoicesArguments]
    ) -> RawResponse[AsyncPage[Invoice]]:
        """See `Invoices.list`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(list_invoices(params), options)

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

    @parameters(AttachPaymentToInvoiceParams)
    async def attach_payment(
        self, invoice: str, **arguments: Unpack[AttachPaymentToInvoiceArguments]
    ) -> Invoice:
        """Attach a payment to an invoice; see `Invoices.attach_payment`."""
        params, options = self._engine.split(arguments)
        return (
            await self._engine.call(attach_payment_to_invoice(invoice, params), options)
        ).parse()

    @parameters(ListInvoicesParams)
    async def list(self, **arguments: Unpack[ListInvoicesArguments]) -> AsyncPage[Invoice]:
        """List invoices; see `Invoices.list`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(list_invoices(params), options)).parse()

    @parameters(RetrieveInvoiceParams)
    async def retrieve(
        self, invoice: str, **arguments: Unpack[RetrieveInvoiceArguments]
    ) -> Invoice:
        """Fetch one invoice; see `Invoices.retrieve`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(retrieve_invoice(invoice, params), options)).parse()


class AsyncPaymentIntentsWithRawResponse(Resource["AsyncEngine"]):
    """The methods of `AsyncPaymentIntents`, returning the raw response."""

    @parameters(RetrievePaymentIntentParams)
    async def retrieve(
        self, intent: str, **arguments: Unpack[RetrievePaymentIntentArguments]
    ) -> RawResponse[PaymentIntent]:
        """See `PaymentIntents.retrieve`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(retrieve_payment_intent(intent, params), options)


class AsyncPaymentIntents(Resource["AsyncEngine"]):
    """Operations on payment intents."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncPaymentIntentsWithRawResponse(engine)

    @parameters(RetrievePaymentIntentParams)
    async def retrieve(
        self, intent: str, **arguments: Unpack[RetrievePaymentIntentArguments]
    ) -> PaymentIntent:
        """Fetch one PaymentIntent; see `PaymentIntents.retrieve`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(retrieve_payment_intent(intent, params), options)).parse()


class AsyncPaymentRecordsWithRawResponse(Resource["AsyncEngine"]):
    """The methods of `AsyncPaymentRecords`, returning the raw response."""

    @parameters(RetrievePaymentRecordParams)
    async def retrieve(
        self, id: str, **arguments: Unpack[RetrievePaymentRecordArguments]
    ) -> RawResponse[PaymentRecord]:
        """See `PaymentRecords.retrieve`."""
        params, options = self._engine.split(arguments)
        return await self._engine.call(retrieve_payment_record(id, params), options)


class AsyncPaymentRecords(Resource["AsyncEngine"]):
    """Operations on payment records."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.with_raw_response = AsyncPaymentRecordsWithRawResponse(engine)

    @parameters(RetrievePaymentRecordParams)
    async def retrieve(
        self, id: str, **arguments: Unpack[RetrievePaymentRecordArguments]
    ) -> PaymentRecord:
        """Fetch one PaymentRecord; see `PaymentRecords.retrieve`."""
        params, options = self._engine.split(arguments)
        return (await self._engine.call(retrieve_payment_record(id, params), options)).parse()


class AsyncResources(ResourcesOf["AsyncEngine"]):
    """Every resource of the API, as attributes of `AsyncClient`."""

    @property
    def accounts(self) -> AsyncAccounts:
        """Operations on accounts."""
        return self._resource(AsyncAccounts)

    @property
    def charges(self) -> AsyncCharges:
        """Operations on charges."""
        return self._resource(AsyncCharges)

    @property
    def events(self) -> AsyncEvents:
        """Operations on events."""
        return self._resource(AsyncEvents)

    @property
    def invoice_payments(self) -> AsyncInvoicePayments:
        """Payments made toward invoices."""
        return self._resource(AsyncInvoicePayments)

    @property
    def invoices(self) -> AsyncInvoices:
        """Invoices, as far as their payments are concerned."""
        return self._resource(AsyncInvoices)

    @property
    def payment_intents(self) -> AsyncPaymentIntents:
        """Operations on payment intents."""
        return self._resource(AsyncPaymentIntents)

    @property
    def payment_records(self) -> AsyncPaymentRecords:
        """Operations on payment records."""
        return self._resource(AsyncPaymentRecords)
