# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""One function for each operation of the API: parameters in, a `Request` out. Nothing is sent."""

from __future__ import annotations

from ._checks import array, boolean, either, fields, integer, point_in_time, string
from ._model import ListObject, list_object
from ._request import Request, encode, path_segment
from .models import Account, Charge, Event, Invoice, InvoicePayment, PaymentIntent, PaymentRecord
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

__all__ = [
    "PATHS",
    "Request",
    "attach_payment_to_invoice",
    "list_accounts",
    "list_events",
    "list_invoice_payments",
    "list_invoices",
    "retrieve_charge",
    "retrieve_invoice",
    "retrieve_invoice_payment",
    "retrieve_payment_intent",
    "retrieve_payment_record",
]

PATHS = (
    "/v1/accounts",
    "/v1/charges/{charge}",
    "/v1/events",
    "/v1/invoice_payments",
    "/v1/invoice_payments/{invoice_payment}",
    "/v1/invoices",
    "/v1/invoices/{invoice}",
    "/v1/invoices/{invoice}/attach_payment",
    "/v1/payment_intents/{intent}",
    "/v1/payment_records/{id}",
)
"""The path of each operation, with names in braces for ids."""


_check_list_accounts = fields(
    {
        "created": either(
            mapping=fields(
                {
                    "gt": point_in_time,
                    "gte": point_in_time,
                    "lt": point_in_time,
                    "lte": point_in_time,
                }
            ),
            time=point_in_time,
        ),
        "ending_before": string,
        "expand": array(string),
        "limit": integer(minimum=1, maximum=100),
        "starting_after": string,
    }
)


def list_accounts(params: ListAccountsParams) -> Request[ListObject[Account]]:
    """List connected accounts.

    Gives one page of the accounts that are connected to your platform, newest first. The list is
    empty if you are not a platform.

    Args:
        params: See `ListAccountsParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/accounts/list
    """
    _check_list_accounts("", params)
    return Request(
        method="GET", path="/v1/accounts", query=encode(params), read=list_object(Account.from_dict)
    )


_check_retrieve_charge = fields({"expand": array(string)})


def retrieve_charge(charge: str, params: RetrieveChargeParams) -> Request[Charge]:
    """Fetch one charge.

    Looks up a single charge.

    Args:
        charge: Id of the charge; it starts with `ch_` or `py_`.
        params: See `RetrieveChargeParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/charges/retrieve
    """
    _check_retrieve_charge("", params)
    return Request(
        method="GET",
        path=f"/v1/charges/{path_segment('charge', charge)}",
        query=encode(params),
        read=Charge.from_dict,
    )


_check_list_events = fields(
    {
        "created": either(
            mapping=fields(
                {
                    "gt": point_in_time,
                    "gte": point_in_time,
                    "lt": point_in_time,
                    "lte": point_in_time,
                }
            ),
            time=point_in_time,
        ),
        "delivery_success": boolean,
        "ending_before": string,
        "expand": array(string),
        "limit": integer(minimum=1, maximum=100),
        "starting_after": string,
        "type": string,
        "types": array(string),
    }
)


def list_events(params: ListEventsParams) -> Request[ListObject[Event]]:
    """List events.

    Gives one page of the account's events of the last 30 days, newest first. Each event has the
    shape of the API version that it was created with, whatever version the request asks for.

    Args:
        params: See `ListEventsParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/events/list
    """
    _check_list_events("", params)
    return Request(
        method="GET", path="/v1/events", query=encode(params), read=list_object(Event.from_dict)
    )


_check_list_invoice_payments = fields(
    {
        "created": either(
            mapping=fields(
                {
                    "gt": point_in_time,
                    "gte": point_in_time,
                    "lt": point_in_time,
                    "lte": point_in_time,
                }
            ),
            time=point_in_time,
        ),
        "ending_before": string,
        "expand": array(string),
        "invoice": string,
        "limit": integer(minimum=1, maximum=100),
        "payment": fields(
            {"payment_intent": string, "payment_record": string, "type": string}, required=("type",)
        ),
        "starting_after": string,
        "status": string,
    }
)


def list_invoice_payments(params: ListInvoicePaymentsParams) -> Request[ListObject[InvoicePayment]]:
    """List invoice payments.

    Gives one page of the account's invoice payments, newest first. Filters can be combined; without
    any, every invoice payment is listed.

    Args:
        params: See `ListInvoicePaymentsParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/invoice-payment/list
    """
    _check_list_invoice_payments("", params)
    return Request(
        method="GET",
        path="/v1/invoice_payments",
        query=encode(params),
        read=list_object(InvoicePayment.from_dict),
    )


_check_retrieve_invoice_payment = fields({"expand": array(string)})


def retrieve_invoice_payment(
    invoice_payment: str, params: RetrieveInvoicePaymentParams
) -> Request[InvoicePayment]:
    """Fetch one invoice payment.

    Looks up a single invoice payment. For an unknown id, the response has status 404 and the code
    `resource_missing`.

    Args:
        invoice_payment: Id of the invoice payment; it starts with `inpay_`.
        params: See `RetrieveInvoicePaymentParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/invoice-payment/retrieve
    """
    _check_retrieve_invoice_payment("", params)
    return Request(
        method="GET",
        path=f"/v1/invoice_payments/{path_segment('invoice_payment', invoice_payment)}",
        query=encode(params),
        read=InvoicePayment.from_dict,
    )


_check_list_invoices = fields(
    {
        "collection_method": string,
        "created": either(
            mapping=fields(
                {
                    "gt": point_in_time,
                    "gte": point_in_time,
                    "lt": point_in_time,
                    "lte": point_in_time,
                }
            ),
            time=point_in_time,
        ),
        "customer": string,
        "customer_account": string,
        "due_date": either(
            mapping=fields(
                {
                    "gt": point_in_time,
                    "gte": point_in_time,
                    "lt": point_in_time,
                    "lte": point_in_time,
                }
            ),
            time=point_in_time,
        ),
        "ending_before": string,
        "expand": array(string),
        "limit": integer(minimum=1, maximum=100),
        "starting_after": string,
        "status": string,
        "subscription": string,
    }
)


def list_invoices(params: ListInvoicesParams) -> Request[ListObject[Invoice]]:
    """List invoices.

    Gives one page of the account's invoices, newest first. Filters can be combined; without any,
    every invoice is listed.

    Args:
        params: See `ListInvoicesParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/invoices/list
    """
    _check_list_invoices("", params)
    return Request(
        method="GET", path="/v1/invoices", query=encode(params), read=list_object(Invoice.from_dict)
    )


_check_retrieve_invoice = fields({"expand": array(string)})


def retrieve_invoice(invoice: str, params: RetrieveInvoiceParams) -> Request[Invoice]:
    """Fetch one invoice.

    Looks up a single invoice. Pass `expand=["payments"]` to get its invoice payments along with it.

    Args:
        invoice: Id of the invoice; it starts with `in_`.
        params: See `RetrieveInvoiceParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/invoices/retrieve
    """
    _check_retrieve_invoice("", params)
    return Request(
        method="GET",
        path=f"/v1/invoices/{path_segment('invoice', invoice)}",
        query=encode(params),
        read=Invoice.from_dict,
    )


_check_attach_payment_to_invoice = fields(
    {"expand": array(string), "payment_intent": string, "payment_record": string}
)


def attach_payment_to_invoice(
    invoice: str, params: AttachPaymentToInvoiceParams
) -> Request[Invoice]:
    """Attach a payment to an invoice.

    Adds a PaymentIntent or a PaymentRecord to the payments of an invoice, which creates an invoice
    payment. The invoice is credited once the PaymentIntent succeeds, or at once if it has succeeded
    already; it is paid when nothing remains. Returns the invoice.

    Args:
        invoice: Id of the invoice; it starts with `in_`.
        params: See `AttachPaymentToInvoiceParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/invoices/attach_payment
    """
    _check_attach_payment_to_invoice("", params)
    return Request(
        method="POST",
        path=f"/v1/invoices/{path_segment('invoice', invoice)}/attach_payment",
        form=encode(params),
        read=Invoice.from_dict,
    )


_check_retrieve_payment_intent = fields({"client_secret": string, "expand": array(string)})


def retrieve_payment_intent(
    intent: str, params: RetrievePaymentIntentParams
) -> Request[PaymentIntent]:
    """Fetch one PaymentIntent.

    Looks up a single PaymentIntent. With a publishable key `client_secret` is required, and only
    some of the fields are returned.

    Args:
        intent: Id of the PaymentIntent; it starts with `pi_`.
        params: See `RetrievePaymentIntentParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/payment_intents/retrieve
    """
    _check_retrieve_payment_intent("", params)
    return Request(
        method="GET",
        path=f"/v1/payment_intents/{path_segment('intent', intent)}",
        query=encode(params),
        read=PaymentIntent.from_dict,
    )


_check_retrieve_payment_record = fields({"expand": array(string)})


def retrieve_payment_record(id: str, params: RetrievePaymentRecordParams) -> Request[PaymentRecord]:
    """Fetch one PaymentRecord.

    Looks up a single PaymentRecord.

    Args:
        id: Id of the PaymentRecord.
        params: See `RetrievePaymentRecordParams`.

    Raises:
        TypeError: A parameter is unknown or of a type that cannot be sent.
        ValueError: A parameter is of the right type but invalid.

    Source: https://docs.stripe.com/api/payment-record/retrieve
    """
    _check_retrieve_payment_record("", params)
    return Request(
        method="GET",
        path=f"/v1/payment_records/{path_segment('id', id)}",
        query=encode(params),
        read=PaymentRecord.from_dict,
    )
