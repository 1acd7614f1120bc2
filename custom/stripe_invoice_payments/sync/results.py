"""What a sync reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import define

from ..export.rows import datetime_of

Value = str | int | float | bool | datetime | None
"""The value of a column."""


@define(frozen=True)
class Difference:
    """A value that a sync without `verify` would have left wrong.

    Attributes:
        id: The invoice payment. Empty for rows of the mirror that have none.
        column: The column. It is `id` if the payment is only in the mirror or only at Stripe, or
            has several rows in the mirror.
        mirror: The value in the mirror, before it was corrected.
        stripe: The value at Stripe.
    """

    id: str
    column: str
    mirror: Value
    stripe: Value


@define(frozen=True, kw_only=True)
class SyncResult:
    """What a sync has read and changed. All of it is durable.

    Example:
        from stripe_invoice_payments.sync import sync

        result = sync(client, "payments.duckdb")
        print(result.rows_added, result.rows_updated, result.requests, result.watermark_datetime)

    Attributes:
        rows_added: How many payments were added to the mirror.
        rows_updated: How many of its rows were replaced because a value differed.
        rows_removed: How many of its rows were removed because Stripe has no such payment any more.
        read_again: How many payments were read again, because the mirror had them as open and
            Stripe's list of open payments did not contain them, or because of an event.
        requests: How many requests this took, without retries.
        watermark: When the newest payment was created that a sync has read, in Unix seconds, but
            not later than now; None if there is none. The next sync reads what was created from
            `look_back` seconds before on.
        rows_verified: With `verify`: how many rows the mirror has, all of which were compared with
            Stripe. Otherwise 0.
        differences: With `verify`: what differed, and was corrected.
    """

    rows_added: int = 0
    rows_updated: int = 0
    rows_removed: int = 0
    read_again: int = 0
    requests: int = 0
    watermark: int | None = None
    rows_verified: int = 0
    differences: tuple[Difference, ...] = ()

    @classmethod
    def of_all(cls, results: Sequence[SyncResult]) -> SyncResult:
        """The sum of several results."""
        return cls(
            rows_added=sum(each.rows_added for each in results),
            rows_updated=sum(each.rows_updated for each in results),
            rows_removed=sum(each.rows_removed for each in results),
            read_again=sum(each.read_again for each in results),
            requests=sum(each.requests for each in results),
            watermark=results[-1].watermark if results else None,
        )

    @property
    def watermark_datetime(self) -> datetime | None:
        """The watermark as an aware `datetime` in UTC."""
        return datetime_of(self.watermark)
