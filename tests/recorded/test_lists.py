from __future__ import annotations

from scripts.cassettes.account import passes
from scripts.cassettes.scenarios import SCENARIOS
from stripe_invoice_payments import (
    AsyncPage,
    Charge,
    Invoice,
    InvoicePayment,
    Page,
    PaymentIntent,
    PaymentRecord,
)

from .support import ids, plays

KINDS = {"payment_intent": PaymentIntent, "charge": Charge, "payment_record": PaymentRecord}
LISTS = [name for name in SCENARIOS if name.startswith("list/")]


@plays(*LISTS)
def test_a_list_holds_what_passes_its_filters_newest_first(played):
    page = played.result
    assert isinstance(page, (Page, AsyncPage))
    assert page.object == "list"
    assert page.url == "/v1/invoice_payments"
    assert ids(page) == played.known["ids"]
    assert page.has_more is played.known["has_more"]
    assert all(isinstance(payment, InvoicePayment) for payment in page)
    seconds = [payment.created for payment in page]
    assert seconds == sorted(seconds, reverse=True)


@plays("list/status_open", "list/status_paid", "list/status_canceled")
def test_payments_of_one_status(played):
    status = played.name.rpartition("_")[2]
    assert {payment.status for payment in played.result} == {status}


@plays("list/invoice")
def test_payments_of_one_invoice(played):
    invoice = played.known["params"]["invoice"]
    assert {payment.invoice_id for payment in played.result} == {invoice}


@plays("list/payment_type_payment_intent", "list/payment_type_payment_record")
def test_payments_through_one_kind_of_object(played):
    kind = played.known["params"]["payment"]["type"]
    assert {payment.payment.type for payment in played.result} == {kind}


@plays("list/payment_intent")
def test_the_payment_through_one_payment_intent(played):
    (payment,) = played.result
    expected = played.known["params"]["payment"]["payment_intent"]
    assert payment.payment.payment_intent_id == expected


@plays("list/payment_record")
def test_the_payment_through_one_payment_record(played):
    (payment,) = played.result
    expected = played.known["params"]["payment"]["payment_record"]
    assert payment.payment.payment_record_id == expected


@plays("list/created")
def test_payments_of_one_second(played):
    second = played.known["params"]["created"]
    assert {payment.created for payment in played.result} == {second}


@plays("list/created_gt", "list/created_gte", "list/created_lt", "list/created_lte")
def test_a_bound_belongs_to_gte_and_lte_only(played):
    (bound, second), *_ = played.known["params"]["created"].items()
    nearest = min if bound.startswith("g") else max
    found = nearest(payment.created for payment in played.result)
    assert (found == second) is bound.endswith("e")
    assert nearest(found, second) == second


@plays("list/all_filters")
def test_all_filters_together_leave_one_payment(played):
    asked = played.known["params"]
    (payment,) = played.result
    assert passes(payment.to_dict(), asked)
    assert asked.keys() >= {"created", "invoice", "payment", "status", "limit"}


@plays("list/nothing_found")
def test_a_list_can_be_empty(played):
    assert list(played.result) == []


@plays("list/expand_invoice")
def test_invoices_expanded_in_a_list(played):
    assert any(isinstance(payment.invoice, Invoice) for payment in played.result)
    assert not any(isinstance(payment.invoice, str) for payment in played.result)


@plays("list/expand_payment_intent", "list/expand_charge", "list/expand_payment_record")
def test_what_paid_expanded_in_a_list(played):
    kind = played.name.removeprefix("list/expand_")
    paid_through = [getattr(payment.payment, kind) for payment in played.result]
    expanded = {type(value) for value in paid_through if value is not None}
    assert expanded == {KINDS[kind]}
