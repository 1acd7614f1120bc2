"""The facts that every response is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from stripe_invoice_payments_api.money import CURRENCIES

THREE_DECIMAL = frozenset(code for code, (exponent, _) in CURRENCIES.items() if exponent == 3)
"""Currencies with a thousand minor units. Stripe has their amounts end in 0."""


PAYMENT_STATUSES = ("canceled", "open", "paid")
PAYMENT_TYPES = ("charge", "payment_intent", "payment_record")
INVOICE_STATUSES = ("draft", "open", "paid", "uncollectible", "void")

DRAFT_SECONDS = 3600
"""How long an invoice is a draft: an hour is Stripe's default."""

CUSTOMERS = 60
"""How many customers an account has: so few that each has several invoices."""

NO_INVOICE = -1
"""The `invoice_number` of what pays no invoice yet."""


class Payment(NamedTuple):
    """The facts of one invoice payment, and of what pays it."""

    number: int
    created: int
    invoice_number: int
    is_default: bool
    currency: str
    amount_requested: int
    amount_paid: int | None
    status: str
    type: str
    paid_at: int | None
    canceled_at: int | None
    attached: int | None = None
    """The number of what pays, if that existed before and was attached."""

    @property
    def source(self) -> int:
        """The number of what pays: the payment intent, charge or payment record."""
        return self.number if self.attached is None else self.attached

    @property
    def is_unattached(self) -> bool:
        """Whether this pays no invoice yet."""
        return self.invoice_number == NO_INVOICE


class InvoiceEdits(NamedTuple):
    """What a test set on an invoice, overriding what follows from its payments or its number."""

    total: int | None = None
    amount_paid: int | None = None
    status: str | None = None
    customer: str | None = None
    number: str | None = None
    metadata: Mapping[str, str] | None = None
    amount_paid_off_stripe: int | None = None
    due_date: int | None = None


UNEDITED = InvoiceEdits()


@dataclass(frozen=True, slots=True)
class Invoice:
    """The facts of one invoice: they follow from its payments, oldest first, unless edited."""

    number: int
    created: int
    finalized_at: int
    currency: str
    deleted: bool
    payments: tuple[Payment, ...]
    edits: InvoiceEdits = UNEDITED

    @property
    def total(self) -> int:
        """The sum of what was requested; canceled payments count only if all are canceled."""
        if self.edits.total is not None:
            return self.edits.total
        standing = [payment for payment in self.payments if payment.status != "canceled"]
        return sum(payment.amount_requested for payment in standing or self.payments)

    @property
    def amount_paid(self) -> int:
        """The sum of what was paid."""
        if self.edits.amount_paid is not None:
            return self.edits.amount_paid
        return sum(payment.amount_paid or 0 for payment in self.payments)

    @property
    def amount_paid_off_stripe(self) -> int:
        """The sum of what was paid by payment records."""
        if self.edits.amount_paid_off_stripe is not None:
            return self.edits.amount_paid_off_stripe
        return sum(p.amount_paid or 0 for p in self.payments if p.type == "payment_record")

    @property
    def status(self) -> str:
        """`paid`, `open`, or `void` if every payment was canceled."""
        if self.edits.status is not None:
            return self.edits.status
        if self.payments and all(payment.status == "canceled" for payment in self.payments):
            return "void"
        return "paid" if self.amount_paid >= self.total else "open"
