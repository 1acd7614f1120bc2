"""Invoices against their payments: read from a sandbox, with each reason there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from stripe_invoice_payments import InvoicePayment, Money
from stripe_invoice_payments.reconcile import Finding, Reason, Reconciliation, reconcile
from stripe_invoice_payments.sandbox import Sandbox
from tests.client.test_surface import modules_after

NOW = 1_800_000_000
SECOND = 1_790_000_000

Read = Callable[..., Reconciliation]


def read_sync(sandbox: Sandbox, **options: Any) -> Reconciliation:
    with sandbox.client() as client:
        return reconcile(client, {"gte": SECOND}, now=NOW, **options)


def read_async(sandbox: Sandbox, **options: Any) -> Reconciliation:
    async def read() -> Reconciliation:
        async with sandbox.async_client() as client:
            return await reconcile(client, {"gte": SECOND}, now=NOW, **options)

    return asyncio.run(read())


@pytest.fixture(params=[read_sync, read_async], ids=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    found: Read = request.param
    return found


@pytest.fixture(scope="module")
def running():
    with Sandbox(payments=12) as running:
        yield running


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


def pay(sandbox: Sandbox, invoice: str, amount: int, **changes: Any) -> InvoicePayment:
    return sandbox.create_invoice_payment(
        invoice=invoice, amount_requested=amount, created=SECOND, **{"status": "paid", **changes}
    )


def invoice(sandbox: Sandbox, **changes: Any) -> str:
    return sandbox.create_invoice(**{"total": 1000, "created": SECOND, **changes}).id


def row(found: Reconciliation) -> Finding:
    (finding,) = found.findings
    return finding


def usd(minor: int) -> Money:
    return Money(minor, "usd")


def test_what_adds_up_is_in_the_totals_only(sandbox, read):
    pay(sandbox, invoice(sandbox), 1000)
    invoice(sandbox, created=SECOND + 1)  # open, without a due date
    invoice(sandbox, created=SECOND + 2, status="draft")
    invoice(sandbox, created=SECOND - 1, total=7)  # outside of the period
    pay(sandbox, invoice(sandbox, currency="jpy"), 1000)
    found = read(sandbox)
    assert found.findings == ()
    assert found.unmatched == 0
    yen, dollars = found.totals
    assert (yen.currency, yen.invoices, yen.payments) == ("jpy", 1, 1)
    assert yen.paid == Money(1000, "jpy")
    assert (dollars.currency, dollars.invoices, dollars.payments) == ("usd", 3, 1)
    assert (dollars.amount_due, dollars.amount_paid, dollars.paid) == (
        *(usd(3000), usd(1000), usd(1000)),
    )
    assert not dollars.difference


def test_amount_paid_that_differs(sandbox, read):
    of = invoice(sandbox)
    payment = pay(sandbox, of, 1000)
    pay(sandbox, of, 500, status="canceled")
    pay(sandbox, of, 500, status="open")
    sandbox.update_invoice(of, amount_paid=1001, total=1001)
    finding = row(read(sandbox))
    assert finding.reason is Reason.AMOUNT_PAID_DIFFERS
    assert (finding.invoice, finding.status, finding.account) == (of, "paid", None)
    assert (finding.expected, finding.found, finding.difference) == (usd(1001), usd(1000), usd(-1))
    assert finding.payments == (payment.id,)
    assert finding.paid_by == (payment.payment.id,)


def test_amount_paid_off_stripe_that_differs(sandbox, read):
    of = invoice(sandbox)
    pay(sandbox, of, 400, type="payment_record")
    pay(sandbox, of, 600)
    sandbox.update_invoice(of, amount_paid_off_stripe=300)
    found = {finding.reason: finding for finding in read(sandbox).findings}
    assert list(found) == [
        Reason.AMOUNT_PAID_OFF_STRIPE_DIFFERS,
        Reason.PAID_OUT_OF_BAND,
        Reason.SEVERAL_PAYMENTS,
    ]
    assert found[Reason.AMOUNT_PAID_OFF_STRIPE_DIFFERS].difference == usd(100)


@pytest.mark.parametrize("status", [None, "uncollectible"])
def test_partly_paid(sandbox, read, status):
    of = invoice(sandbox)
    pay(sandbox, of, 400)
    sandbox.update_invoice(of, status=status)
    finding = row(read(sandbox))
    assert finding.reason is Reason.PARTLY_PAID
    assert (finding.expected, finding.found, finding.difference) == (usd(1000), usd(400), usd(-600))


def test_overpaid(sandbox, read):
    of = invoice(sandbox, total=900)
    payment = pay(sandbox, of, 1000)
    finding = row(read(sandbox))
    assert finding.reason is Reason.OVERPAID
    assert (finding.expected, finding.found, finding.difference) == (usd(900), usd(1000), usd(100))
    assert finding.payments == (payment.id,)


def test_past_due(sandbox, read):
    of = invoice(sandbox)
    sandbox.update_invoice(of, due_date=NOW - 1)
    sandbox.update_invoice(invoice(sandbox), due_date=NOW)
    paid = invoice(sandbox)
    sandbox.update_invoice(paid, due_date=NOW - 1)
    pay(sandbox, paid, 1000)
    finding = row(read(sandbox))
    assert (finding.reason, finding.invoice) == (Reason.PAST_DUE, of)
    assert finding.difference == usd(-1000)


def test_paid_out_of_band_by_a_payment_record(sandbox, read):
    of = invoice(sandbox)
    payment = pay(sandbox, of, 1000, type="payment_record")
    finding = row(read(sandbox))
    assert finding.reason is Reason.PAID_OUT_OF_BAND
    assert (finding.expected, finding.found) == (usd(1000), usd(1000))
    assert finding.paid_by == (payment.payment.payment_record_id,)


def test_paid_out_of_band_without_any_payment(sandbox, read):
    of = invoice(sandbox)
    sandbox.update_invoice(of, status="paid", amount_paid=1000)
    found = read(sandbox).findings
    assert [finding.reason for finding in found] == [
        Reason.AMOUNT_PAID_DIFFERS,
        Reason.PAID_OUT_OF_BAND,
    ]
    assert all(finding.found == usd(0) and finding.payments == () for finding in found)


def test_several_payments(sandbox, read):
    of = invoice(sandbox)
    first, second = pay(sandbox, of, 400), pay(sandbox, of, 600)
    finding = row(read(sandbox))
    assert finding.reason is Reason.SEVERAL_PAYMENTS
    assert set(finding.payments) == {first.id, second.id}
    assert finding.found == finding.expected == usd(1000)


def test_one_payment_intent_for_several_invoices(sandbox, read):
    one, other = invoice(sandbox), invoice(sandbox, created=SECOND + 1, total=500)
    first = pay(sandbox, one, 1000)
    second = pay(sandbox, other, 500, payment_intent=first.payment.id)
    found = read(sandbox).findings
    assert [finding.reason for finding in found] == [Reason.SHARED_PAYMENT_INTENT] * 2
    assert [finding.invoice for finding in found] == [one, other]
    assert [finding.payments for finding in found] == [(first.id,), (second.id,)]
    assert {finding.paid_by for finding in found} == {(first.payment.payment_intent_id,)}


def test_more_payments_than_an_embedded_list_holds(sandbox, read):
    of = invoice(sandbox, total=2500)
    for _ in range(25):
        pay(sandbox, of, 100)
    sandbox.clear_traffic()
    finding = row(read(sandbox))
    assert finding.reason is Reason.SEVERAL_PAYMENTS
    assert len(finding.payments) == 25
    assert finding.found == usd(2500)
    assert sandbox.traffic().total == 3


def test_a_connected_account_is_named(sandbox, read):
    account = sandbox.accounts[0]
    of = invoice(sandbox, account=account)
    sandbox.update_invoice(of, amount_paid=1)
    found = read(sandbox, stripe_account=account).findings
    assert {finding.account for finding in found} == {account}
    assert {finding.invoice for finding in found} == {of}


def test_the_seeded_account_contradicts_itself_nowhere():
    with Sandbox(payments=250) as sandbox, sandbox.client() as client:
        found = reconcile(client, {"gte": 1}, now=NOW)
        again = reconcile(client, {"gte": 1}, now=NOW)
        paid = [p for p in client.invoice_payments.list(limit=100).auto_paging_iter() if p.paid]
    assert found == again
    reasons = {finding.reason for finding in found.findings}
    assert not reasons & {Reason.AMOUNT_PAID_DIFFERS, Reason.AMOUNT_PAID_OFF_STRIPE_DIFFERS}
    assert sum(total.payments for total in found.totals) <= len(paid)
    assert [total.currency for total in found.totals] == ["eur", "gbp", "jpy", "kwd", "usd"]


def test_an_unknown_currency_is_refused(sandbox, read):
    invoice(sandbox, currency="xyz")
    with pytest.raises(ValueError, match="'xyz'"):
        read(sandbox)


def test_an_unknown_option_is_refused(sandbox, read):
    with pytest.raises(TypeError, match="timout"):
        read(sandbox, timout=3)


def test_the_client_does_not_load_it():
    loaded = modules_after("from stripe_invoice_payments import *; Client('sk_test_x').invoices")
    assert not any("reconcile" in name for name in loaded)


def test_progress_is_every_invoice_the_newest_first(sandbox, read):
    ids = {invoice(sandbox, created=SECOND + number) for number in range(3)}
    seen: list[Any] = []
    read(sandbox, progress=seen.append)
    assert {each.id for each in seen} == ids
    created = [each.created for each in seen]
    assert created == sorted(created, reverse=True)


def test_progress_must_be_a_function(sandbox, read):
    with pytest.raises(TypeError, match="progress must be a plain function"):
        read(sandbox, progress=3)
