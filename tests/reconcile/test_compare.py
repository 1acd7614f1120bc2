"""The comparison of rows: made-up accounts, against a naive second opinion."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from stripe_invoice_payments import InvoicePayment, Money
from stripe_invoice_payments.reconcile import InvoiceRow, PaymentRow, Reason, compare
from tests.generated.samples import payment as payment_json

NOW = 1000
TIME = datetime(2026, 1, 1, tzinfo=timezone.utc)
KINDS = ("payment_intent", "charge", "payment_record")
amounts = st.integers(0, 30)


@st.composite
def accounts(draw: st.DrawFn) -> tuple[list[InvoiceRow], list[PaymentRow]]:
    """Invoices of small amounts, so that they often agree; payments of few payment intents."""
    invoices = [
        InvoiceRow(
            account=None,
            id=f"in_{number}",
            status=draw(st.sampled_from(["draft", "open", "paid", "uncollectible", "void"])),
            currency=draw(st.sampled_from(["usd", "jpy"])),
            created=draw(st.integers(0, 3)),
            due_date=draw(st.none() | st.integers(NOW - 2, NOW + 2)),
            amount_due=draw(amounts),
            amount_paid=draw(amounts),
            amount_paid_off_stripe=draw(st.none() | amounts),
            amount_overpaid=draw(st.just(0) | amounts),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    currencies = {invoice.id: invoice.currency for invoice in invoices} | {"in_else": "usd"}
    payments: list[PaymentRow] = []
    for number in range(draw(st.integers(0, 8))):
        status = draw(st.sampled_from(["open", "paid", "paid", "paid", "canceled"]))
        of, kind = draw(st.sampled_from(sorted(currencies))), draw(st.sampled_from(KINDS))
        source, amount = draw(st.integers(1, 3)), draw(amounts)
        payments.append(row(f"inpay_{number}", of, kind, source, status, currencies[of], amount))
    return invoices, draw(st.permutations(payments))


def row(  # noqa: PLR0917 - as short as a table
    id: str, invoice: str, kind: str, source: int, status: str, currency: str, amount: int
) -> PaymentRow:
    made_by: dict[str, Any] = dict.fromkeys(KINDS) | {kind: f"{kind}_{source}"}
    return PaymentRow(
        account=None,
        id=id,
        status=status,
        amount_requested=amount,
        amount_paid=amount if status == "paid" else None,
        currency=currency,
        created=TIME,
        paid_at=None,
        canceled_at=None,
        invoice=invoice,
        payment_type=kind,
        is_default=False,
        livemode=False,
        **made_by,
    )


def naive(  # noqa: C901 - a sentence for each reason
    invoices: list[InvoiceRow], payments: list[PaymentRow]
) -> set[tuple[str, Reason, int, int]]:
    """Each reason by its own sentence, and everything counted anew for each of them."""
    found: set[tuple[str, Reason, int, int]] = set()
    for one in invoices:
        own = [p for p in payments if p.invoice == one.id and p.status != "canceled"]
        paid = [p for p in own if p.status == "paid"]
        total = sum(p.amount_paid or 0 for p in paid)
        outside = sum(p.amount_paid or 0 for p in paid if p.payment_record)
        if total != one.amount_paid:
            found.add((one.id, Reason.AMOUNT_PAID_DIFFERS, one.amount_paid, total))
        off = one.amount_paid_off_stripe
        if off is not None and off != outside:
            found.add((one.id, Reason.AMOUNT_PAID_OFF_STRIPE_DIFFERS, off, outside))
        unpaid = one.amount_due - one.amount_paid
        if unpaid > 0 and one.amount_paid and one.status in ("open", "uncollectible"):
            found.add((one.id, Reason.PARTLY_PAID, one.amount_due, one.amount_paid))
        if unpaid < 0 or one.amount_overpaid:
            worth = max(one.amount_paid, one.amount_due + one.amount_overpaid)
            found.add((one.id, Reason.OVERPAID, one.amount_due, worth))
        if one.status == "open" and unpaid > 0 and (one.due_date or NOW) < NOW:
            found.add((one.id, Reason.PAST_DUE, one.amount_due, one.amount_paid))
        alone = one.status == "paid" and one.amount_due > 0 and not paid
        if off or alone or any(p.payment_record for p in paid):
            found.add((one.id, Reason.PAID_OUT_OF_BAND, one.amount_paid, outside))
        if len(paid) >= 2:
            found.add((one.id, Reason.SEVERAL_PAYMENTS, one.amount_paid, total))
        for p in own:
            others = {
                q.invoice
                for q in payments
                if q.payment_intent == p.payment_intent and q.status != "canceled"
            }
            if p.payment_intent and others - {one.id, "in_else"}:
                part = sum(q.amount_paid or 0 for q in paid if q.payment_intent == p.payment_intent)
                found.add((one.id, Reason.SHARED_PAYMENT_INTENT, one.amount_paid, part))
    return found


@given(accounts())
def test_the_findings_are_those_of_a_naive_count(account):
    invoices, payments = account
    result = compare(invoices, payments, now=NOW)
    assert {
        (one.invoice, one.reason, one.expected.minor, one.found.minor) for one in result.findings
    } == naive(invoices, payments)
    ids = {one.id for one in invoices}
    assert result.unmatched == sum(p.invoice not in ids for p in payments)


@given(accounts(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_that_of_the_rows(account, random):
    invoices, payments = account
    before = compare(invoices, payments, now=NOW)
    for rows in (invoices, payments):
        random.shuffle(rows)
    after = compare(iter(invoices), iter(payments), now=NOW)
    assert after == before
    order = [(i.created, i.id) for i in sorted(invoices, key=lambda i: (i.created, i.id))]
    places = [
        (order.index(next((i.created, i.id) for i in invoices if i.id == one.invoice)), one.reason)
        for one in before.findings
    ]
    reasons = list(Reason)
    assert places == sorted(places, key=lambda place: (place[0], reasons.index(place[1])))


@given(accounts())
def test_the_totals_are_sums_by_currency(account):
    invoices, payments = account
    result = compare(invoices, payments, now=NOW)
    assert [total.currency for total in result.totals] == sorted({i.currency for i in invoices})
    for total in result.totals:
        of = [i for i in invoices if i.currency == total.currency]
        ids = {i.id for i in of}
        paid = [p for p in payments if p.invoice in ids and p.status == "paid"]
        assert (total.invoices, total.payments) == (len(of), len(paid))
        assert total.amount_due == Money(sum(i.amount_due for i in of), total.currency)
        assert total.amount_paid == Money(sum(i.amount_paid for i in of), total.currency)
        assert total.paid == Money(sum(p.amount_paid or 0 for p in paid), total.currency)
        assert total.difference == total.paid - total.amount_paid


def test_a_payment_in_another_currency_than_its_invoice_is_refused():
    one = InvoiceRow(
        account=None,
        id="in_1",
        status="paid",
        currency="usd",
        created=0,
        due_date=None,
        amount_due=5,
        amount_paid=5,
        amount_paid_off_stripe=0,
        amount_overpaid=0,
    )
    paid = row("inpay_1", "in_1", "charge", 1, "paid", "usd", 5)
    assert compare([one], [paid], now=NOW).findings == ()
    with pytest.raises(ValueError, match=r"currencies must be equal, got 0\.00 USD and 5 JPY"):
        compare([one], [evolve(paid, currency="jpy")], now=NOW)


def test_the_row_of_a_payment_has_every_column():
    read = InvoicePayment.from_dict(payment_json(new_field={"b": 1, "a": 2}))
    found = PaymentRow.from_payment(read, "acct_1")
    assert found.account == "acct_1"
    assert (found.id, found.invoice, found.status) == (read.id, read.invoice_id, read.status)
    assert found.created == read.created_datetime
    assert found.paid_at == read.status_transitions.paid_at_datetime
    assert found.extra == '{"new_field": {"a": 2, "b": 1}}'
    assert found.paid_by == read.payment.id
    assert PaymentRow.from_payment(InvoicePayment.from_dict(payment_json())).extra is None
