"""Lists over several pages: forward, backward, embedded in an invoice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stripe_invoice_payments.sandbox import Sandbox

from ..account import Account, MissingError, passes
from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Find, Scenario


def several_pages(account: Account, **filters: Any) -> JSONObject:
    """Find a list of at least seven payments that pass the filters, on pages of three."""
    selected = [payment for payment in account.payments if passes(payment, filters)]
    if len(selected) < 7:
        raise MissingError(f"seven payments with {filters}")
    found = account.listing(**filters, created={"gte": selected[6]["created"]}, limit=100)
    return {**found, "params": {**found["params"], "limit": 3}}


def _backward(account: Account) -> JSONObject:
    newer = account.payments[:7]
    params = {"ending_before": account.nth(7)["id"], "limit": 3}
    return {"params": params, "ids": [payment["id"] for payment in reversed(newer)]}


def _make_long_invoice(sandbox: Sandbox) -> None:
    """25 payments: those that are embedded, a full page, and a half one."""
    second = 1_767_225_600
    first = sandbox.create_invoice_payment(created=second, status="paid")
    for number in range(1, 25):
        sandbox.create_invoice_payment(
            invoice=first.invoice_id, created=second + number, amount_requested=1000 + number
        )


def _invoice_with(more_than: int) -> Find:
    """Find an invoice with so many payments that they are not all embedded."""

    def find(account: Account) -> JSONObject:
        for invoice_id, invoice in account.invoices.items():
            payments = account.payments_of(invoice_id)
            if len(payments) > more_than and not invoice.get("deleted"):
                return {"invoice": invoice_id, "ids": [payment["id"] for payment in payments]}
        raise MissingError(f"an invoice with more than {more_than} payments")

    return find


def all_payments(client: AnyClient, known: JSONObject) -> Steps:
    """Read the list to its end."""
    page = yield client.invoice_payments.list(**known["params"])
    return (yield page.auto_paging_iter())


def _prefetched(client: AnyClient, known: JSONObject) -> Steps:
    page = yield client.invoice_payments.list(**known["params"])
    return (yield page.auto_paging_iter(prefetch=True))


def _all_pages(client: AnyClient, known: JSONObject) -> Steps:
    page = yield client.invoice_payments.list(**known["params"])
    return (yield page.iter_pages())


def _to_and_fro(client: AnyClient, known: JSONObject) -> Steps:
    first = yield client.invoice_payments.list(**known["params"])
    second = yield first.next_page()
    back = yield second.previous_page()
    beyond = yield back.previous_page()
    return [first, second, back, beyond]


def _embedded(client: AnyClient, known: JSONObject) -> Steps:
    invoice = yield client.invoices.retrieve(known["invoice"], expand=["payments"])
    return (yield invoice.payments.auto_paging_iter())


def _embedded_expanded(client: AnyClient, known: JSONObject) -> Steps:
    expand = ["payments.data.payment.payment_intent"]
    invoice = yield client.invoices.retrieve(known["invoice"], expand=expand)
    return (yield invoice.payments.auto_paging_iter())


SCENARIOS: Mapping[str, Scenario] = {
    "forward": Scenario(all_payments, several_pages),
    "forward_pages": Scenario(_all_pages, several_pages),
    "forward_prefetched": Scenario(_prefetched, several_pages),
    "forward_filtered_and_expanded": Scenario(
        all_payments,
        lambda account: several_pages(
            account, payment={"type": "payment_record"}, expand=["data.payment.payment_record"]
        ),
    ),
    "to_and_fro": Scenario(_to_and_fro, several_pages),
    "backward": Scenario(all_payments, _backward),
    "backward_pages": Scenario(_all_pages, _backward),
    "embedded": Scenario(_embedded, _invoice_with(more_than=20), prepare=_make_long_invoice),
    "embedded_expanded": Scenario(_embedded_expanded, _invoice_with(more_than=10)),
}
