"""The endpoints of one account: a query in, the body of a successful answer out."""

from __future__ import annotations

import json

from . import believed
from .errors import no_such_object
from .expansion import expand, read_expand
from .listing import find_window
from .objects import Objects
from .parameters import read_list_parameters
from .query import Query
from .shapes import JsonObject
from .state import State
from .writer import PageWriter

LIST_PATH = "/v1/invoice_payments"

# Without the check for cycles, which these objects do not have, a list is written a tenth faster.
_encoder = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def encode(value: JsonObject) -> bytes:
    """JSON as compact UTF-8."""
    return _encoder.encode(value).encode()


class Endpoints:
    """The API on what one account holds."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._objects = Objects(state)
        self._writer = PageWriter(state.ids, livemode=state.livemode)

    def list_invoice_payments(self, query: Query) -> bytes:
        """`GET /v1/invoice_payments`."""
        tree = read_expand(query.expand, "list")
        window = find_window(self._state, read_list_parameters(query))
        if not tree:
            return self._writer.write(window, LIST_PATH).encode()
        page: JsonObject = {
            "object": "list",
            "url": LIST_PATH,
            "has_more": window.has_more,
            "data": [self._objects.invoice_payment(payment) for payment in window.payments],
        }
        expand(page, tree, "list", self._objects)
        return encode(page)

    def retrieve_invoice_payment(self, invoice_payment_id: str, query: Query) -> bytes:
        """`GET /v1/invoice_payments/{invoice_payment}`."""
        tree = read_expand(query.expand, "invoice_payment")
        query.finish()
        payment = self._objects.find("invoice_payment", invoice_payment_id)
        if payment is None:
            param = believed.INVOICE_PAYMENT_PATH_PARAM
            raise no_such_object("invoice_payment", invoice_payment_id, param, status=404)
        expand(payment, tree, "invoice_payment", self._objects)
        return encode(payment)

    def retrieve_invoice(self, invoice_id: str, query: Query) -> bytes:
        """`GET /v1/invoices/{invoice}`."""
        tree = read_expand(query.expand, "invoice")
        query.finish()
        invoice = self._objects.find("invoice", invoice_id)
        if invoice is None or (
            "deleted" in invoice and not believed.DELETED_INVOICE_CAN_BE_RETRIEVED
        ):
            raise no_such_object("invoice", invoice_id, believed.INVOICE_PATH_PARAM, status=404)
        expand(invoice, tree, "invoice", self._objects)
        return encode(invoice)
