"""What a test may change in an account: checked here, then made in its state.

Mistakes are ValueErrors that say what is wrong with which argument.
"""

from __future__ import annotations

import time

from .facts import Invoice, Payment
from .parameters import STATUSES
from .state import State

TYPES = ("charge", "payment_intent", "payment_record")


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
    _check_choice("type", type, TYPES)
    _check_not_negative("amount_requested", amount_requested)
    if created is None:
        created = int(time.time())
    _check_not_negative("created", created)
    payment = Payment(
        number=state.size,
        created=created,
        invoice_number=state.take_invoice_number() if billed is None else billed.number,
        is_default=billed is None,
        currency=_currency(currency, billed),
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
    _check_choice("status", status, STATUSES)
    if payment.type == "charge" and status != "paid":
        raise ValueError("status: a charge is shown only once it was paid")
    if status != "paid" and amount_paid is not None:
        raise ValueError(f"amount_paid: nothing is paid while the status is {status}")
    if amount_paid is None:
        amount_paid = payment.amount_requested
    _check_not_negative("amount_paid", amount_paid)
    if amount_paid > payment.amount_requested:
        raise ValueError(
            f"amount_paid: {amount_paid} is more than amount_requested, {payment.amount_requested}"
        )
    _check_not_negative("at", at)
    return payment._replace(
        status=status,
        amount_paid=amount_paid if status == "paid" else None,
        paid_at=at if status == "paid" else None,
        canceled_at=at if status == "canceled" else None,
    )


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


def _check_not_negative(name: str, value: int) -> None:
    if value < 0:
        raise ValueError(f"{name}: must not be negative: {value}")
