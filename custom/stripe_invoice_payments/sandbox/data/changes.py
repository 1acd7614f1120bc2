"""Changes to an account: checked, made in its state, and recorded as events.

Invalid arguments of a test raise a ValueError that names the argument, the rule and the value.
"""

from __future__ import annotations

import time

from . import shapes
from .checks import MAX_SECOND, check_amount, check_integer, check_metadata, check_text
from .events import BY_A_TEST, Cause, Event
from .facts import (
    DRAFT_SECONDS,
    INVOICE_STATUSES,
    NO_INVOICE,
    PAYMENT_STATUSES,
    PAYMENT_TYPES,
    Invoice,
    InvoiceEdits,
    Payment,
)
from .state import State


def create_payment(
    state: State,
    *,
    invoice: str | None,
    amount_requested: int,
    amount_paid: int | None,
    currency: str | None,
    created: int | None,
    status: str,
    type: str,
    payment_intent: str | None,
) -> Payment:
    """Add a payment to an invoice that exists, or to a new one."""
    billed = None if invoice is None else _find_standing_invoice(state, invoice)
    _check_choice("type", type, PAYMENT_TYPES)
    paying = None if payment_intent is None else _find_payment_intent(state, payment_intent, type)
    if paying is not None and currency is None and billed is None:
        currency = paying.currency
    in_currency = _currency(currency, billed)
    if paying is not None and paying.currency != in_currency:
        raise ValueError(
            f"payment_intent must be in the payment's currency, {in_currency!r}, "
            f"got {paying.currency!r}"
        )
    check_amount("amount_requested", amount_requested, in_currency)
    if created is None:
        created = int(time.time())
    check_integer("created", created, 0, MAX_SECOND)
    payment = Payment(
        number=state.size,
        created=created,
        invoice_number=NO_INVOICE if billed is None else billed.number,
        is_default=billed is None,
        currency=in_currency,
        amount_requested=amount_requested,
        amount_paid=None,
        status="open",
        type=type,
        paid_at=None,
        canceled_at=None,
        attached=None if paying is None else paying.source,
    )
    payment = _with_status(payment, status, amount_paid=amount_paid, at=created)
    if billed is None:
        number = state.add_invoice(
            created=created - DRAFT_SECONDS, finalized_at=created, currency=in_currency
        )
        payment = payment._replace(invoice_number=number)
    state.add_payment(payment)
    _tell_of_payment(state, payment, billed)
    return payment


def set_status(
    state: State, before: Payment, status: str, *, amount_paid: int | None, at: int
) -> Payment:
    """Change the status of a payment."""
    payment = _with_status(before, status, amount_paid=amount_paid, at=at)
    invoice = state.invoice(payment.invoice_number)
    state.change_payment(payment)
    if before.status != "paid":
        _tell_of_payment(state, payment, invoice)
    return payment


def create_source(
    state: State, *, type: str, amount: int, currency: str, created: int | None, status: str
) -> Payment:
    """Add a payment intent or payment record that pays no invoice yet."""
    _check_currency(currency)
    check_amount("amount", amount, currency)
    if created is None:
        created = int(time.time())
    check_integer("created", created, 0, MAX_SECOND)
    payment = Payment(
        number=state.take_source_number(),
        created=created,
        invoice_number=NO_INVOICE,
        is_default=False,
        currency=currency,
        amount_requested=amount,
        amount_paid=None,
        status="open",
        type=type,
        paid_at=None,
        canceled_at=None,
    )
    payment = _with_status(payment, status, amount_paid=None, at=created)
    state.add_source(payment)
    return payment


def attach(state: State, invoice: Invoice, source: Payment, cause: Cause) -> Invoice:
    """Attach a payment intent or payment record, which must pay no invoice yet, to an invoice."""
    now = int(time.time())
    paid = source.status == "paid"
    payment = source._replace(
        number=state.size,
        created=now,
        invoice_number=invoice.number,
        is_default=not invoice.payments,
        paid_at=now if paid else None,
        attached=source.number,
    )
    state.add_payment(payment)
    attached = _find_standing_invoice(state, state.ids["invoice"].encode(invoice.number))
    _tell_of_invoice(state, attached, "invoice.updated", now, cause)
    _tell_of_payment(state, payment, invoice, cause)
    return attached


def paid_event(state: State, payment: Payment, cause: Cause = BY_A_TEST) -> Event:
    """The event of a paid payment, always with the same id."""
    listed = state.events.find(payment.number)
    if listed is not None and listed.created == payment.paid_at:
        cause = listed.cause
    value = shapes.invoice_payment(payment, state.ids, state.livemode)
    created = payment.paid_at or payment.created
    return Event(created, payment.number, "invoice_payment.paid", value, cause)


def _tell_of_payment(
    state: State, payment: Payment, before: Invoice | None, cause: Cause = BY_A_TEST
) -> None:
    """Record that a payment was paid, and its invoice with it if that is so."""
    if payment.paid_at is None:
        return
    state.events.add(paid_event(state, payment, cause))
    invoice = state.invoice(payment.invoice_number)
    was_paid = before is not None and before.status == "paid"
    if invoice is not None and invoice.status == "paid" and not (was_paid or invoice.deleted):
        _tell_of_invoice(state, invoice, "invoice.paid", payment.paid_at, cause)


def _tell_of_invoice(
    state: State, invoice: Invoice, type: str, at: int, cause: Cause = BY_A_TEST
) -> None:
    value = shapes.invoice(invoice, state.ids, state.livemode)
    state.events.add(Event(at, state.events.next_number(), type, value, cause))


def _with_status(payment: Payment, status: str, *, amount_paid: int | None, at: int) -> Payment:
    """The payment with another status, and with the amount and times that follow from it."""
    _check_choice("status", status, PAYMENT_STATUSES)
    if payment.type == "charge" and status != "paid":
        raise ValueError(f"status must be paid for a charge, got {status!r}")
    if status != "paid" and amount_paid is not None:
        raise ValueError(f"amount_paid requires the status paid, got status {status!r}")
    if amount_paid is None:
        amount_paid = payment.amount_requested
    check_amount("amount_paid", amount_paid, payment.currency)
    if amount_paid > payment.amount_requested:
        raise ValueError(
            f"amount_paid must be at most amount_requested, {payment.amount_requested}, "
            f"got {amount_paid}"
        )
    check_integer("at", at, 0, MAX_SECOND)
    return payment._replace(
        status=status,
        amount_paid=amount_paid if status == "paid" else None,
        paid_at=at if status == "paid" else None,
        canceled_at=at if status == "canceled" else None,
    )


def edit_invoice(state: State, invoice_id: str, edits: InvoiceEdits) -> Invoice:
    """Set what is not None in `edits` on an invoice; the rest stays as it is."""
    found = _find_standing_invoice(state, invoice_id)
    currency = found.currency
    for name in ("total", "amount_paid", "amount_paid_off_stripe"):
        amount: int | None = getattr(edits, name)
        if amount is not None:
            check_amount(name, amount, currency)
    for name in ("customer", "number"):
        text: str | None = getattr(edits, name)
        if text is not None:
            check_text(name, text)
    if edits.due_date is not None:
        check_integer("due_date", edits.due_date, 0, MAX_SECOND)
    if edits.status is not None:
        _check_choice("status", edits.status, INVOICE_STATUSES)
    if edits.metadata is not None:
        edits = edits._replace(metadata=check_metadata(edits.metadata))
    given = {name: value for name, value in edits._asdict().items() if value is not None}
    state.edit_invoice(found.number, found.edits._replace(**given))
    edited = _find_standing_invoice(state, invoice_id)
    _tell_of_invoice(state, edited, "invoice.updated", int(time.time()))
    return edited


def create_invoice(
    state: State,
    *,
    total: int,
    currency: str,
    created: int | None,
    status: str,
    customer: str | None,
) -> Invoice:
    """Add an invoice without payments, which is open or a draft."""
    _check_currency(currency)
    check_amount("total", total, currency)
    _check_choice("status", status, ("draft", "open"))
    if customer is not None:
        check_text("customer", customer)
    if created is None:
        created = int(time.time())
    check_integer("created", created, 0, MAX_SECOND)
    number = state.add_invoice(created=created, finalized_at=created, currency=currency)
    # The status of an open invoice follows from its payments.
    set_status = status if status == "draft" else None
    state.edit_invoice(number, InvoiceEdits(total=total, status=set_status, customer=customer))
    invoice = _find_standing_invoice(state, state.ids["invoice"].encode(number))
    _tell_of_invoice(state, invoice, "invoice.created", created)
    return invoice


def delete_invoice(state: State, invoice: Invoice) -> None:
    """Delete an invoice. Its payments stay."""
    if not invoice.deleted:
        _tell_of_invoice(state, invoice, "invoice.deleted", int(time.time()))
        state.delete_invoice(invoice.number)


def _find_standing_invoice(state: State, invoice_id: str) -> Invoice:
    invoice = state.find_invoice(invoice_id)
    if invoice is None:
        raise ValueError(f"no such invoice in this account and mode: {invoice_id!r}")
    if invoice.deleted:
        raise ValueError(f"invoice must not be deleted, got {invoice_id!r}")
    return invoice


def _find_payment_intent(state: State, payment_intent: str, type: str) -> Payment:
    if type != "payment_intent":
        raise ValueError(f"type must be payment_intent with a payment_intent, got {type!r}")
    found = state.find_source("payment_intent", payment_intent)
    if found is None:
        raise ValueError(f"no such payment_intent in this account and mode: {payment_intent!r}")
    return found


def _currency(currency: str | None, billed: Invoice | None) -> str:
    if billed is None:
        return _check_currency("usd" if currency is None else currency)
    of_invoice = billed.currency
    if currency not in (None, of_invoice):
        raise ValueError(f"currency must be the invoice's, {of_invoice!r}, got {currency!r}")
    return of_invoice


def _check_currency(currency: str) -> str:
    if not (len(currency) == 3 and currency.isascii() and currency.islower()):
        raise ValueError(f"currency must be three lower-case letters, got {currency!r}")
    return currency


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
