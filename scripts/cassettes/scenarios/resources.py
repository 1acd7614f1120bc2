"""The other resources: invoices, what pays them, events and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stripe_invoice_payments import StripeError
from stripe_invoice_payments.sandbox import Sandbox

from ..account import Account
from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Find, Run, Scenario

_SECOND = 1_767_225_600  # fixed, so that two recordings are the same


def _source(kind: str) -> Find:
    """Find a paid payment, and the object of this kind that made it."""

    def find(account: Account) -> JSONObject:
        payment = account.payment(kind, status="paid")
        return {"payment": payment, "id": payment["payment"][kind]}

    return find


def _retrieve(resource: str) -> Run:
    def run(client: AnyClient, known: JSONObject) -> Steps:
        return (yield getattr(client, resource).retrieve(known["id"]))

    return run


def _for_payment(client: AnyClient, known: JSONObject) -> Steps:
    """What an object paid, with the invoices."""
    return (yield client.invoice_payments.for_payment(known["id"], expand=["data.invoice"]))


def _for_charge(client: AnyClient, known: JSONObject) -> Steps:
    """What the charge of a payment intent paid, looked up by the charge."""
    payment_intent = yield client.payment_intents.retrieve(known["id"])
    charge = payment_intent.latest_charge_id
    return (yield client.invoice_payments.for_payment(charge, expand=["data.invoice"]))


def _for_charge_alone(client: AnyClient, known: JSONObject) -> Steps:
    """A charge without payment intent, which no filter finds."""
    try:
        yield client.invoice_payments.for_payment(known["id"])
    except ValueError as error:
        return error


def _open_invoices(account: Account) -> JSONObject:
    standing = account.invoices.values()
    ids = sorted(invoice["id"] for invoice in standing if invoice.get("status") == "open")
    return {"params": {"status": "open", "limit": 10}, "ids": ids}


def _every(resource: str) -> Run:
    """Every object of a list, over all its pages."""

    def run(client: AnyClient, known: JSONObject) -> Steps:
        page = yield getattr(client, resource).list(**known.get("params", {}))
        return (yield page.auto_paging_iter())

    return run


def _make_changes(sandbox: Sandbox) -> JSONObject:
    paid = sandbox.create_invoice_payment(status="paid", created=_SECOND)
    invoice = sandbox.create_invoice(created=_SECOND + 1)
    return {"params": {"limit": 2}, "invoice_payment": paid.id, "invoice": invoice.id}


def _make_payment(sandbox: Sandbox) -> JSONObject:
    invoice = sandbox.create_invoice(total=1500, created=_SECOND)
    payment_intent = sandbox.create_payment_intent(amount=1500, created=_SECOND)
    return {"invoice": invoice.id, "payment_intent": payment_intent.id}


def _made(account: Account) -> JSONObject:
    return account.made


def _attach_twice(client: AnyClient, known: JSONObject) -> Steps:
    """Attach a payment, retry that, and attach it once more as a request of its own."""

    def attach(key: str) -> Any:
        return client.invoices.attach_payment(
            known["invoice"],
            payment_intent=known["payment_intent"],
            extra_headers={"Idempotency-Key": key},
        )

    attached = yield attach("attach-1")
    replayed = yield attach("attach-1")
    try:
        yield attach("attach-2")
    except StripeError as error:
        return attached, replayed, error


SCENARIOS: Mapping[str, Scenario] = {
    "payment_intent": Scenario(_retrieve("payment_intents"), _source("payment_intent")),
    "charge": Scenario(_retrieve("charges"), _source("charge")),
    "payment_record": Scenario(_retrieve("payment_records"), _source("payment_record")),
    "for_payment_intent": Scenario(_for_payment, _source("payment_intent")),
    "for_payment_record": Scenario(_for_payment, _source("payment_record")),
    "for_charge": Scenario(_for_charge, _source("payment_intent")),
    "for_charge_alone": Scenario(_for_charge_alone, _source("charge")),
    "invoices": Scenario(_every("invoices"), _open_invoices, sandbox_only=True),
    "events": Scenario(_every("events"), _made, prepare=_make_changes, sandbox_only=True),
    "accounts": Scenario(_every("accounts"), sandbox_only=True),
    "attach_payment": Scenario(_attach_twice, _made, prepare=_make_payment, sandbox_only=True),
}
