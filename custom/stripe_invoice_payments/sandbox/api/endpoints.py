"""What each operation does: takes a call, returns the JSON of a successful response."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from stripe_invoice_payments_api.models import JSONObject

from ..data.changes import attach
from ..data.events import Cause
from ..data.objects import Objects
from . import believed
from .errors import no_such_object
from .expansion import expand, read_expand
from .listing import (
    Window,
    created_within,
    find_window,
    list_events,
    list_invoice_payments,
    list_invoices,
)
from .parameters import (
    Parameters,
    read_event_filters,
    read_invoice_filters,
    read_invoice_payment_filters,
    read_page,
)

_T = TypeVar("_T")


class Call(NamedTuple):
    """One request, to the account whose objects these are."""

    objects: Objects
    parameters: Parameters
    id: str
    """The id in the path, if there is one."""

    cause: Cause


class Operation(NamedTuple):
    """An operation of the API: where it is, and what it does."""

    method: str
    path: str
    """With `{id}` for an id."""

    handle: Callable[[Call], JSONObject]

    def run(
        self, objects: Objects, parameters: Parameters, object_id: str, cause: Cause
    ) -> JSONObject:
        """Run it, and return the JSON of the response."""
        return self.handle(Call(objects, parameters, object_id, cause))


def _invoice_payments(call: Call) -> JSONObject:
    tree = read_expand(call.parameters.expand, "list of invoice_payment")
    filters = read_invoice_payment_filters(call.parameters)
    window = list_invoice_payments(call.objects.state, read_page(call.parameters), filters)
    page = _page("/v1/invoice_payments", window, call.objects.invoice_payment)
    expand(page, tree, "list of invoice_payment", call.objects)
    return page


def _invoices(call: Call) -> JSONObject:
    tree = read_expand(call.parameters.expand, "list of invoice")
    filters = read_invoice_filters(call.parameters)
    window = list_invoices(call.objects.state, read_page(call.parameters), filters)
    page = _page("/v1/invoices", window, call.objects.invoice)
    expand(page, tree, "list of invoice", call.objects)
    return page


def _events(call: Call) -> JSONObject:
    read_expand(call.parameters.expand, "list of event")
    filters = read_event_filters(call.parameters)
    window = list_events(call.objects.state, read_page(call.parameters), filters)
    return _page("/v1/events", window, call.objects.event)


def _accounts(call: Call) -> JSONObject:
    read_expand(call.parameters.expand, "list of account")
    page = read_page(call.parameters)
    accounts = call.objects.accounts

    def position_of(account_id: str) -> int | None:
        return accounts.index(account_id) if account_id in accounts else None

    candidates = created_within(page.created, call.objects.count_accounts_before, len(accounts))
    window = find_window(page, candidates, call.objects.account_at, position_of, "account")
    return _page("/v1/accounts", window, lambda account: account)


def _retrieve(kind: str) -> Callable[[Call], JSONObject]:
    """An operation that retrieves an object of this kind."""

    def retrieve(call: Call) -> JSONObject:
        tree = read_expand(call.parameters.expand, kind)
        if kind == "payment_intent":
            call.parameters.string("client_secret")  # with a secret key, nothing depends on it
        call.parameters.finish()
        found = call.objects.find(kind, call.id)
        if found is None or ("deleted" in found and not believed.DELETED_INVOICE_CAN_BE_RETRIEVED):
            raise no_such_object(kind, call.id, believed.PATH_PARAMS[kind], status=404)
        expand(found, tree, kind, call.objects)
        return found

    return retrieve


def _attach_payment(call: Call) -> JSONObject:
    """Let a payment intent or a payment record pay an invoice."""
    state = call.objects.state
    tree = read_expand(call.parameters.expand, "invoice")
    ids = {
        kind: value
        for kind in ("payment_intent", "payment_record")
        if (value := call.parameters.string(kind)) is not None
    }
    if len(ids) > 1:
        raise believed.two_to_attach()
    if not ids:
        raise believed.nothing_to_attach()
    call.parameters.finish()
    invoice = state.find_invoice(call.id)
    if invoice is None or invoice.deleted:
        raise no_such_object("invoice", call.id, believed.PATH_PARAMS["invoice"], status=404)
    [(kind, value)] = ids.items()
    source = state.find_source(kind, value)
    if source is None:
        raise no_such_object(kind, value, kind, status=400)
    if not source.is_unattached:
        raise believed.already_attached(kind, value)
    if source.status == "canceled":
        raise believed.canceled_payment(kind, value)
    if invoice.status in {"draft", "paid", "void"}:
        raise believed.invoice_takes_no_payment(invoice.status)
    if source.currency != invoice.currency:
        raise believed.other_currency(kind, value, invoice.currency)
    attached = call.objects.invoice(attach(state, invoice, source, call.cause))
    expand(attached, tree, "invoice", call.objects)
    return attached


def _page(url: str, window: Window[_T], show: Callable[[_T], JSONObject]) -> JSONObject:
    return {
        "object": "list",
        "url": url,
        "has_more": window.has_more,
        "data": [show(found) for found in window.objects],
    }


OPERATIONS = (
    Operation("GET", "/v1/invoice_payments", _invoice_payments),
    # With an empty id, only the slash remains, and Stripe returns the list.
    Operation("GET", "/v1/invoice_payments/", _invoice_payments),
    Operation("GET", "/v1/invoice_payments/{id}", _retrieve("invoice_payment")),
    Operation("GET", "/v1/invoices", _invoices),
    Operation("GET", "/v1/invoices/", _invoices),
    Operation("GET", "/v1/invoices/{id}", _retrieve("invoice")),
    Operation("POST", "/v1/invoices/{id}/attach_payment", _attach_payment),
    Operation("GET", "/v1/payment_intents/{id}", _retrieve("payment_intent")),
    Operation("GET", "/v1/charges/{id}", _retrieve("charge")),
    Operation("GET", "/v1/payment_records/{id}", _retrieve("payment_record")),
    Operation("GET", "/v1/events", _events),
    Operation("GET", "/v1/accounts", _accounts),
)
