from __future__ import annotations

from stripe_invoice_payments import (
    AsyncPage,
    Charge,
    DeletedInvoice,
    Invoice,
    InvoicePayment,
    ListObject,
    Page,
    PaymentIntent,
    PaymentRecord,
)

from .support import assert_is, ids, plays


@plays(
    "retrieve/payment_intent",
    "retrieve/charge",
    "retrieve/payment_record",
    "retrieve/open",
    "retrieve/canceled",
)
def test_a_payment_is_what_the_list_shows(played):
    assert_is(played.result, played.known["payment"])


@plays("retrieve/open", "retrieve/canceled")
def test_nothing_was_paid_yet_or_any_more(played):
    assert played.result.status == played.name.partition("/")[2]
    assert played.result.amount_paid is None
    assert played.result.status_transitions.paid_at_datetime is None


@plays("retrieve/expand_invoice")
def test_an_expanded_invoice_is_an_object_and_its_id_is_where_it_was(played):
    payment, facts = played.result, played.known["invoice"]
    assert isinstance(payment.invoice, Invoice)
    assert payment.invoice is payment.expanded_invoice()
    assert payment.invoice_id == facts["id"] == played.known["payment"]["invoice"]
    assert {name: getattr(payment.invoice, name) for name in facts} == facts
    assert payment.invoice.payments is None


@plays("retrieve/expand_deleted_invoice")
def test_of_a_deleted_invoice_its_id_is_left(played):
    payment = played.result
    assert isinstance(payment.invoice, DeletedInvoice)
    assert payment.invoice.deleted is True
    assert payment.invoice.id == payment.invoice_id == played.known["payment"]["invoice"]


@plays("retrieve/expand_payment_intent")
def test_an_expanded_payment_intent(played):
    details, facts = played.result.payment, played.known["payment"]
    assert isinstance(details.payment_intent, PaymentIntent)
    assert details.payment_intent_id == facts["payment"]["payment_intent"]
    assert details.payment_intent.amount_received == facts["amount_paid"]
    assert details.payment_intent.status == "succeeded"
    assert isinstance(details.payment_intent.latest_charge, str)


@plays("retrieve/expand_charge")
def test_an_expanded_charge(played):
    details, facts = played.result.payment, played.known["payment"]
    assert isinstance(details.charge, Charge)
    assert details.charge_id == facts["payment"]["charge"]
    assert details.charge.amount_captured == facts["amount_paid"]
    assert details.charge.currency == facts["currency"]
    assert details.charge.paid is True


@plays("retrieve/expand_payment_record")
def test_an_expanded_payment_record(played):
    details, facts = played.result.payment, played.known["payment"]
    assert isinstance(details.payment_record, PaymentRecord)
    assert details.payment_record_id == facts["payment"]["payment_record"]
    requested = details.payment_record.amount_requested
    assert requested is not None
    assert (requested.value, requested.currency) == (facts["amount_requested"], facts["currency"])


@plays("retrieve/expand_nested")
def test_expansions_reach_into_what_is_expanded(played):
    payment, facts = played.result, played.known["payment"]
    assert isinstance(payment.invoice, Invoice)
    assert isinstance(payment.invoice.payments, ListObject)
    assert ids(payment.invoice.payments.data) == played.known["invoice_payments"][:10]
    charge = payment.payment.expanded_payment_intent().expanded_latest_charge()
    assert isinstance(charge, Charge)
    assert charge.payment_intent_id == facts["payment"]["payment_intent"]


@plays("retrieve/invoice")
def test_an_invoice_does_not_hold_its_payments(played):
    invoice, facts = played.result, played.known["invoice"]
    assert isinstance(invoice, Invoice)
    assert {name: getattr(invoice, name) for name in facts} == facts
    assert invoice.payments is None


@plays("retrieve/invoice_expand_payments")
def test_an_invoice_holds_its_payments_on_demand(played):
    invoice = played.result
    assert isinstance(invoice.payments, (Page, AsyncPage))
    assert all(isinstance(payment, InvoicePayment) for payment in invoice.payments)
    assert ids(invoice.payments) == played.known["invoice_payments"][:10]
    assert invoice.payments.url == f"/v1/invoice_payments?invoice={invoice.id}"
