"""What a test may change in an account: checked here, then made in its state.

Mistakes are ValueErrors that say what is wrong with which argument.
"""

from __future__ import annotations

import time

from .checks import MAX_SECOND, check_amount, check_integer, check_metadata, check_text
from .facts import (
    INVOICE_STATUSES,
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
) -> Payment:
    """Add a payment to an invoice that exists, or to a new one."""
    billed = None if invoice is None else _find_standing_invoice(state, invoice)
    _check_choice("type", type, PAYMENT_TYPES)
    in_currency = _currency(currency, billed)
    check_amount("amount_requested", amount_requested, in_currency)
    if created is None:
        created = int(time.time())
    check_integer("created", created, 0, MAX_SECOND)
    payment = Payment(
        number=state.size,
        created=created,
        invoice_number=state.take_invoice_number() if billed is None else billed.number,
        is_default=billed is None,
        currency=in_currency,
        amount_requested=amount_requested,
        amount_paid=None,
        status="open",
        type=type,
        paid_at=None,
        canceled_at=None,
    )
    payment = with_status(payment, status, amount_paid=amount_paid, at=created)
    state.add_payment(payment)
    return payment


def with_status(payment: Payment, status: str, *, amount_paid: int | None, at: int) -> Payment:
    """The payment in another status, with what goes with it: the amount and the moments."""
    _check_choice("status", status, PAYMENT_STATUSES)
    if payment.type == "charge" and status != "paid":
        raise ValueError("status: a charge is shown only once it was paid")
    if status != "paid" and amount_paid is not None:
        raise ValueError(f"amount_paid: nothing is paid while the status is {status}")
    if amount_paid is None:
        amount_paid = payment.amount_requested
    check_amount("amount_paid", amount_paid, payment.currency)
    if amount_paid > payment.amount_requested:
        raise ValueError(
            f"amount_paid: {amount_paid} is more than amount_requested, {payment.amount_requested}"
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
    currency = found.payments[0].currency
    for name in ("total", "amount_paid"):
        amount: int | None = getattr(edits, name)
        if amount is not None:
            check_amount(name, amount, currency)
    for name in ("customer", "number"):
        text: str | None = getattr(edits, name)
        if text is not None:
            check_text(name, text)
    if edits.status is not None:
        _check_choice("status", edits.status, INVOICE_STATUSES)
    if edits.metadata is not None:
        edits = edits._replace(metadata=check_metadata(edits.metadata))
    given = {name: value for name, value in edits._asdict().items() if value is not None}
    state.edit_invoice(found.number, found.edits._replace(**given))
    return _find_standing_invoice(state, invoice_id)


def _find_standing_invoice(state: State, invoice_id: str) -> Invoice:
    invoice = state.find_invoice(invoice_id)
    if invoice is None:
        raise ValueError(f"invoice: there is no {invoice_id!r} in this account and mode")
    if invoice.deleted:
        raise ValueError(f"invoice: {invoice_id!r} is deleted")
    return invoice


def _currency(currency: str | None, billed: Invoice | None) -> str:
    if billed is None:
        currency = "usd" if currency is None else currency
        if not (len(currency) == 3 and currency.isascii() and currency.islower()):
            raise ValueError(f"currency: not three lower-case letters: {currency!r}")
        return currency
    of_invoice = billed.payments[0].currency
    if currency not in (None, of_invoice):
        raise ValueError(f"currency: the invoice is in {of_invoice!r}, not in {currency!r}")
    return of_invoice


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name}: not one of {', '.join(choices)}: {value!r}")
