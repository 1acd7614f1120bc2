"""Single objects: payments of every kind, invoices, and each expansion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..account import Account
from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Find, Run, Scenario


def payment(kind: str, **fields: Any) -> Find:
    """Find the newest payment made through a `kind` of object that has these values."""
    return lambda account: {"payment": account.payment(kind, **fields)}


def paid_with_invoice(account: Account) -> JSONObject:
    """Find a payment and its invoice."""
    found = account.find(
        lambda payment: (
            payment["status"] == "paid"
            and payment["payment"]["type"] == "payment_intent"
            and not account.invoice_of(payment).get("deleted")
        ),
        "a paid payment of an invoice that is still there",
    )
    invoice = account.invoice_of(found)
    names = ("id", "status", "currency", "total", "amount_paid", "customer_name")
    return {
        "payment": found,
        "invoice": {name: invoice[name] for name in names},
        "invoice_payments": [payment["id"] for payment in account.payments_of(invoice["id"])],
    }


def _with_deleted_invoice(account: Account) -> JSONObject:
    found = account.find(
        lambda payment: bool(account.invoice_of(payment).get("deleted")),
        "a payment of a deleted invoice",
    )
    return {"payment": found, "invoice": account.invoice_of(found)}


def retrieve(expand: Sequence[str] | None = None) -> Run:
    """Retrieve the payment that was found."""

    def run(client: AnyClient, known: JSONObject) -> Steps:
        return (yield client.invoice_payments.retrieve(known["payment"]["id"], expand=expand))

    return run


def _retrieve_invoice(expand: Sequence[str] | None = None) -> Run:
    def run(client: AnyClient, known: JSONObject) -> Steps:
        return (yield client.invoices.retrieve(known["invoice"]["id"], expand=expand))

    return run


SCENARIOS: Mapping[str, Scenario] = {
    "payment_intent": Scenario(retrieve(), payment("payment_intent", status="paid")),
    "charge": Scenario(retrieve(), payment("charge", status="paid")),
    "payment_record": Scenario(retrieve(), payment("payment_record", status="paid")),
    "open": Scenario(retrieve(), payment("payment_intent", status="open")),
    "canceled": Scenario(retrieve(), payment("payment_intent", status="canceled")),
    "expand_invoice": Scenario(retrieve(["invoice"]), paid_with_invoice),
    "expand_deleted_invoice": Scenario(retrieve(["invoice"]), _with_deleted_invoice),
    "expand_payment_intent": Scenario(
        retrieve(["payment.payment_intent"]), payment("payment_intent", status="paid")
    ),
    "expand_charge": Scenario(retrieve(["payment.charge"]), payment("charge", status="paid")),
    "expand_payment_record": Scenario(
        retrieve(["payment.payment_record"]), payment("payment_record", status="paid")
    ),
    "expand_nested": Scenario(
        retrieve(["invoice.payments", "payment.payment_intent.latest_charge"]), paid_with_invoice
    ),
    "invoice": Scenario(_retrieve_invoice(), paid_with_invoice),
    "invoice_expand_payments": Scenario(_retrieve_invoice(["payments"]), paid_with_invoice),
}
