"""What each operation does: an account's objects and a query in, the JSON of a response out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from stripe_invoice_payments_api.models import JSONObject

from ..data.objects import Objects
from . import believed
from .errors import no_such_object
from .expansion import expand, read_expand
from .listing import find_window
from .parameters import Query, read_list_parameters

LIST_PATH = "/v1/invoice_payments"


class Operation(NamedTuple):
    """An operation of the API: where it is, and what it does."""

    path: str
    run: Callable[[Objects, Query, str], JSONObject]
    """Takes the objects of the account, the query, and the id in the path, if there is one."""


def _list_invoice_payments(objects: Objects, query: Query, _id: str) -> JSONObject:
    tree = read_expand(query.expand, "list")
    window = find_window(objects.state, read_list_parameters(query))
    page: JSONObject = {
        "object": "list",
        "url": LIST_PATH,
        "has_more": window.has_more,
        "data": [objects.invoice_payment(payment) for payment in window.payments],
    }
    expand(page, tree, "list", objects)
    return page


def _retrieve_invoice_payment(
    objects: Objects, query: Query, invoice_payment_id: str
) -> JSONObject:
    tree = read_expand(query.expand, "invoice_payment")
    query.finish()
    payment = objects.find("invoice_payment", invoice_payment_id)
    if payment is None:
        param = believed.INVOICE_PAYMENT_PATH_PARAM
        raise no_such_object("invoice_payment", invoice_payment_id, param, status=404)
    expand(payment, tree, "invoice_payment", objects)
    return payment


def _retrieve_invoice(objects: Objects, query: Query, invoice_id: str) -> JSONObject:
    tree = read_expand(query.expand, "invoice")
    query.finish()
    invoice = objects.find("invoice", invoice_id)
    if invoice is None or ("deleted" in invoice and not believed.DELETED_INVOICE_CAN_BE_RETRIEVED):
        raise no_such_object("invoice", invoice_id, believed.INVOICE_PATH_PARAM, status=404)
    expand(invoice, tree, "invoice", objects)
    return invoice


OPERATIONS = (
    Operation("/v1/invoice_payments", _list_invoice_payments),
    # An empty id leaves its slash behind, and Stripe takes that for the list.
    Operation("/v1/invoice_payments/", _list_invoice_payments),
    Operation("/v1/invoice_payments/{id}", _retrieve_invoice_payment),
    Operation("/v1/invoices/{id}", _retrieve_invoice),
)
