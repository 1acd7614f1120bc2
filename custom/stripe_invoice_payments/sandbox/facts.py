"""The facts that every answer is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Payment(NamedTuple):
    """The facts of one invoice payment."""

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


@dataclass(frozen=True, slots=True)
class Invoice:
    """The facts of one invoice, which follow from its payments (oldest first, at least one)."""

    number: int
    deleted: bool
    payments: tuple[Payment, ...]

    @property
    def total(self) -> int:
        """What the payments ask for; a canceled one counts only where there is no other."""
        standing = [payment for payment in self.payments if payment.status != "canceled"]
        return sum(payment.amount_requested for payment in standing or self.payments)

    @property
    def amount_paid(self) -> int:
        """What the payments brought in."""
        return sum(payment.amount_paid or 0 for payment in self.payments)

    @property
    def status(self) -> str:
        """`paid`, `open`, or `void` where every payment was canceled."""
        if all(payment.status == "canceled" for payment in self.payments):
            return "void"
        return "paid" if self.amount_paid == self.total else "open"
