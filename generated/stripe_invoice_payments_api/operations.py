# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""One function for each operation of the API: parameters in, a `Request` out. Nothing is sent."""

from __future__ import annotations

from ._checks import array, either, fields, integer, point_in_time, string
from ._model import ListObject, list_object
from ._request import Request, encode, path_segment
from .models import Invoice, InvoicePayment
from .params import ListInvoicePaymentsParams, RetrieveInvoiceParams, RetrieveInvoicePaymentParams

__all__ = ["Request", "list_invoice_payments", "retrieve_invoice", "retrieve_invoice_payment"]


_check_list_invoice_payments = fields(
    {
        "created": either(
            fields(
                {
                    "gt": point_in_time,
                    "gte": point_in_time,
                    "lt": point_in_time,
                    "lte": point_in_time,
                }
            ),
            point_in_time,
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

    Looks up a single invoice payment. An unknown id is answered with status 404 and the code
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
