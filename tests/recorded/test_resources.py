from __future__ import annotations

from stripe_invoice_payments import (
    Charge,
    DeletedInvoice,
    InvalidRequestError,
    Invoice,
    PaymentIntent,
    PaymentRecord,
)

from .support import ids, plays


@plays("resources/payment_intent", "resources/charge", "resources/payment_record")
def test_what_pays_is_that_of_the_payment(played):
    payment = played.known["payment"]
    classes = (PaymentIntent, Charge, PaymentRecord)
    kind = played.name.partition("/")[2]

    assert played.result.object == kind == payment["payment"]["type"]
    assert isinstance(played.result, {one.__name__: one for one in classes}[_class_name(kind)])
    assert played.result.id == played.known["id"]
    assert played.result.livemode is False


@plays("resources/payment_intent")
def test_a_payment_intent_has_the_amounts_of_its_payment(played):
    payment = played.known["payment"]

    assert played.result.status == "succeeded"
    assert played.result.amount == payment["amount_requested"]
    assert played.result.amount_received == payment["amount_paid"]


@plays("resources/for_payment_intent", "resources/for_payment_record", "resources/for_charge")
def test_what_an_object_paid(played):
    paid = played.known["payment"]
    (payment,) = played.result

    assert payment.id == paid["id"]
    assert payment.invoice_id == paid["invoice"]
    assert isinstance(payment.invoice, (Invoice, DeletedInvoice))


@plays("resources/for_charge_alone")
def test_what_a_charge_without_payment_intent_paid_cannot_be_listed(played):
    assert isinstance(played.result, ValueError)
    assert "without one" in str(played.result)
    (lookup,) = played.cassette.interactions
    assert lookup.url.endswith(f"/v1/charges/{played.known['id']}")


@plays("resources/invoices")
def test_every_open_invoice_is_listed_once_the_newest_first(played):
    created = [invoice.created for invoice in played.result]

    assert sorted(ids(played.result)) == played.known["ids"]
    assert created == sorted(created, reverse=True)
    assert {invoice.status for invoice in played.result} == {"open"}
    assert len(played.cassette.interactions) > 1


@plays("resources/events")
def test_events_hold_what_was_changed(played):
    created, invoice_paid, payment_paid = played.result

    assert [event.type for event in played.result] == [
        *("invoice.created", "invoice.paid", "invoice_payment.paid"),
    ]
    assert created.data.object["id"] == played.known["invoice"]
    assert payment_paid.data.object["id"] == played.known["invoice_payment"]
    assert invoice_paid.data.object["id"] == payment_paid.data.object["invoice"]


@plays("resources/accounts")
def test_connected_accounts_are_listed(played):
    (account,) = played.result

    assert account.id == "acct_scrubbed1"
    assert account.charges_enabled is True


@plays("resources/attach_payment")
def test_a_payment_is_attached_once(played):
    attached, replayed, error = played.result
    first, second, third = played.cassette.interactions

    assert isinstance(attached, Invoice)
    assert attached.id == played.known["invoice"]
    assert attached.to_dict() == replayed.to_dict()
    assert "idempotent-replayed" not in first.response_headers
    assert second.response_headers["idempotent-replayed"] == "true"
    assert isinstance(error, InvalidRequestError)
    assert error.param == "payment_intent"
    form = [("payment_intent", played.known["payment_intent"])]
    assert [first.form, second.form, third.form] == [form, form, form]


def _class_name(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("_"))
