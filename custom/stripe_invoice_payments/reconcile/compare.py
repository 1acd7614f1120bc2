"""The comparison: a function of rows, whatever their source. It sends no requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from .. import Money
from .rows import Finding, InvoiceRow, PaymentRow, Reason, Reconciliation, Total


def compare(
    invoices: Iterable[InvoiceRow], payments: Iterable[PaymentRow], *, now: float
) -> Reconciliation:
    """Compare invoices with their payments.

    Args:
        invoices: The invoices, in any order.
        payments: All of their payments, in any order. Payments of other invoices are only counted.
        now: The time that due dates are compared with, in Unix seconds.

    Raises:
        ValueError: A currency is unknown, or a payment and its invoice have different currencies.
    """
    ordered = sorted(invoices, key=lambda invoice: (invoice.created, invoice.id))
    of_invoice: dict[str, list[PaymentRow]] = {invoice.id: [] for invoice in ordered}
    unmatched = 0
    for payment in payments:
        if payment.invoice not in of_invoice:
            unmatched += 1
        elif payment.status != "canceled":
            of_invoice[payment.invoice].append(payment)
    for found in of_invoice.values():
        found.sort(key=lambda payment: (payment.created, payment.id))
    shared = _shared(of_invoice.values())
    findings = [
        finding
        for invoice in ordered
        for finding in _findings(invoice, of_invoice[invoice.id], shared, now)
    ]
    return Reconciliation(
        findings=tuple(findings), totals=_totals(ordered, of_invoice), unmatched=unmatched
    )


def _shared(groups: Iterable[Collection[PaymentRow]]) -> set[str]:
    """The payment intents with payments of more than one invoice."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for payments in groups:
        for payment in payments:
            if payment.payment_intent is not None:
                seen[payment.payment_intent].add(payment.invoice)
    return {intent for intent, invoices in seen.items() if len(invoices) > 1}


def _findings(
    invoice: InvoiceRow, payments: Sequence[PaymentRow], shared: Collection[str], now: float
) -> Iterator[Finding]:
    """The findings about an invoice, in the order of the reasons.

    `payments` has none that are canceled.
    """
    paid = [payment for payment in payments if payment.status == "paid"]
    records = [payment for payment in paid if payment.payment_type == "payment_record"]
    yield from _contradictions(invoice, paid, records)
    yield from _states(invoice, paid, now)
    is_paid_without_payment = invoice.status == "paid" and invoice.amount_due > 0 and not paid
    if invoice.amount_paid_off_stripe or records or is_paid_without_payment:
        yield _finding(invoice, Reason.PAID_OUT_OF_BAND, invoice.amount_paid, records)
    if len(paid) > 1:
        yield _finding(invoice, Reason.SEVERAL_PAYMENTS, invoice.amount_paid, paid)
    for intent in dict.fromkeys(payment.payment_intent for payment in payments):
        if intent in shared:
            about = [payment for payment in payments if payment.payment_intent == intent]
            yield _finding(invoice, Reason.SHARED_PAYMENT_INTENT, invoice.amount_paid, about)


def _contradictions(
    invoice: InvoiceRow, paid: Sequence[PaymentRow], records: Sequence[PaymentRow]
) -> Iterator[Finding]:
    """Where the invoice and its payments disagree."""
    stated, off_stripe = invoice.amount_paid, invoice.amount_paid_off_stripe
    if _sum(paid, invoice.currency).minor != stated:
        yield _finding(invoice, Reason.AMOUNT_PAID_DIFFERS, stated, paid)
    if off_stripe is not None and _sum(records, invoice.currency).minor != off_stripe:
        yield _finding(invoice, Reason.AMOUNT_PAID_OFF_STRIPE_DIFFERS, off_stripe, records)


def _states(invoice: InvoiceRow, paid: Sequence[PaymentRow], now: float) -> Iterator[Finding]:
    """How far the invoice has been paid, according to its own amounts."""
    due, stated = invoice.amount_due, invoice.amount_paid
    if invoice.status in {"open", "uncollectible"} and 0 < stated < due:
        yield _finding(invoice, Reason.PARTLY_PAID, due, paid, stated)
    if excess := max(stated - due, invoice.amount_overpaid, 0):
        yield _finding(invoice, Reason.OVERPAID, due, paid, due + excess)
    is_late = invoice.due_date is not None and invoice.due_date < now
    if invoice.status == "open" and is_late and stated < due:
        yield _finding(invoice, Reason.PAST_DUE, due, paid, stated)


def _finding(
    invoice: InvoiceRow,
    reason: Reason,
    expected: int,
    about: Sequence[PaymentRow],
    found: int | None = None,
) -> Finding:
    """One finding. By default, `found` is the sum of the payments that it is about."""
    currency = invoice.currency
    return Finding(
        reason=reason,
        account=invoice.account,
        invoice=invoice.id,
        status=invoice.status,
        expected=Money(expected, currency),
        found=_sum(about, currency) if found is None else Money(found, currency),
        payments=tuple(payment.id for payment in about),
        paid_by=tuple(dict.fromkeys(payment.paid_by for payment in about if payment.paid_by)),
    )


def _sum(payments: Iterable[PaymentRow], currency: str) -> Money:
    """The sum of what these payments paid."""
    amounts = (Money(payment.amount_paid or 0, payment.currency) for payment in payments)
    return sum(amounts, Money(0, currency))


def _totals(
    invoices: Iterable[InvoiceRow], of_invoice: dict[str, list[PaymentRow]]
) -> tuple[Total, ...]:
    by_currency: defaultdict[str, list[InvoiceRow]] = defaultdict(list)
    for invoice in invoices:
        by_currency[invoice.currency].append(invoice)
    totals: list[Total] = []
    for currency, group in sorted(by_currency.items()):
        paid = [p for invoice in group for p in of_invoice[invoice.id] if p.status == "paid"]
        totals.append(
            Total(
                currency=currency,
                invoices=len(group),
                payments=len(paid),
                amount_due=Money(sum(invoice.amount_due for invoice in group), currency),
                amount_paid=Money(sum(invoice.amount_paid for invoice in group), currency),
                paid=_sum(paid, currency),
            )
        )
    return tuple(totals)
