"""Rows: what commands write, whatever the format. Amounts and times keep their meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from stripe_invoice_payments_api.models import InvoicePayment


class Amount(NamedTuple):
    """An amount in a currency's minor unit. The currency may be one whose decimals are unknown."""

    minor: int
    currency: str

    def major(self) -> str:
        """The amount in the main unit, exactly, such as `40.00`."""
        from stripe_invoice_payments_api.money import CURRENCIES, Money

        if self.currency.lower() not in CURRENCIES:
            return f"{self.minor} minor units"
        return f"{Money(self.minor, self.currency).decimal:f}"

    def __str__(self) -> str:
        return f"{self.major()} {self.currency.upper()}"


class PartOf(NamedTuple):
    """What was paid of what was requested."""

    paid: Amount
    requested: Amount


Value = str | int | float | bool | Amount | PartOf | datetime | Sequence[str] | None
Row = Mapping[str, Value]

PAYMENT_FIELDS = (
    "id",
    "status",
    "amount_requested",
    "amount_paid",
    "currency",
    "created",
    "paid_at",
    "canceled_at",
    "invoice",
    "payment_type",
    "payment_intent",
    "charge",
    "payment_record",
    "is_default",
    "livemode",
    "account",
    "paid_by",
)
"""The fields of a payment: the columns of every export, and `paid_by`, whichever object paid."""

SHOWN_FIELDS = ("id", "status", "amount", "created", "invoice", "paid_by")
"""The fields of a payment in a table; `amount` is what was paid of what was requested."""


def payment_rows(payments: Iterable[InvoicePayment], account: str | None) -> Iterator[Row]:
    """A row for each payment."""
    from stripe_invoice_payments_api.columns import COLUMNS, flat

    for payment in payments:
        row: dict[str, Value] = {}
        for column, value in zip(COLUMNS, flat(payment, account, 0, None), strict=True):
            row[column.name] = utc(value) if column.kind == "timestamp" else value
        requested = Amount(payment.amount_requested, payment.currency)
        paid = Amount(payment.amount_paid or 0, payment.currency)
        row["amount"] = PartOf(paid, requested)
        row["amount_requested"] = requested
        row["amount_paid"] = None if payment.amount_paid is None else paid
        row["paid_by"] = payment.payment.id
        yield row


def utc(seconds: object) -> datetime | None:
    """Unix seconds as an aware datetime; None for what is not the time of a year up to 9999."""
    from datetime import timedelta, timezone

    from stripe_invoice_payments_api._columns import MAX_TIME, MIN_TIME

    if not isinstance(seconds, int) or not MIN_TIME <= seconds <= MAX_TIME:
        return None
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
