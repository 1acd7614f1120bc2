"""A summary of rows: the facts by which an export is compared with Stripe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from attrs import define, field

from .rows import datetime_of, seconds_of

COLUMNS = ("id", "status", "amount_requested", "amount_paid", "currency", "created", "account")
"""The columns that a summary is computed from."""

_CHECKSUMS = 1 << 128

# Formatting a number takes longer than looking it up.
_NUMBERS = tuple(f"{number:02}" for number in range(60))
_MINUTES = tuple(f"{hour}:{minute}" for hour in _NUMBERS[:24] for minute in _NUMBERS)


@define
class Total:
    """The rows of one currency and status.

    Attributes:
        rows: How many there are.
        amount_requested: Their sum, in the currency's minor unit.
        amount_paid: Their sum, in the currency's minor unit.
    """

    rows: int = 0
    amount_requested: int = 0
    amount_paid: int = 0


@define
class Summary:
    """A summary of rows, independent of their order.

    Attributes:
        rows: How many there are.
        newest: When the newest payment was created, in Unix seconds; None without rows.
        oldest: When the oldest payment was created, in Unix seconds; None without rows.
        ids: A checksum of all ids.
        totals: Rows and sums by currency and status.
        accounts: How many rows each connected account has.
    """

    rows: int = 0
    newest: int | None = None
    oldest: int | None = None
    ids: int = 0
    totals: dict[tuple[str, str], Total] = field(factory=dict[tuple[str, str], Total])
    accounts: Counter[str] = field(factory=Counter[str])

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows, each with the values of `COLUMNS`."""
        times: list[int] = []
        accounts: list[str] = []
        ids = 0
        for identifier, status, requested, paid, currency, created, account in rows:
            self.rows += 1
            digest = blake2b((identifier or "").encode(), digest_size=16).digest()
            ids += int.from_bytes(digest, "big")
            total = self.totals.get((currency, status))
            if total is None:
                total = self.totals.setdefault((currency or "", status or ""), Total())
            total.rows += 1
            total.amount_requested += requested or 0
            total.amount_paid += paid or 0
            if created is not None:
                times.append(created)
            if account is not None:
                accounts.append(account)
        self.accounts.update(accounts)
        self.ids = (self.ids + ids) % _CHECKSUMS
        if times:
            self.newest = max(times if self.newest is None else [*times, self.newest])
            self.oldest = min(times if self.oldest is None else [*times, self.oldest])

    def differences(self, other: Summary, ours: str, theirs: str) -> Iterator[str]:
        """What differs in `other`, in words; `ours` and `theirs` name the two sides."""
        for key in sorted({*self.totals, *other.totals}):
            one, two = self.totals.get(key, Total()), other.totals.get(key, Total())
            for name in ("rows", "amount_requested", "amount_paid"):
                a, b = getattr(one, name), getattr(two, name)
                if a != b:
                    yield f"{' '.join(key)}: {name} is {a} {ours}, {b} {theirs}"
        for account in sorted({*self.accounts, *other.accounts}):
            a, b = self.accounts[account], other.accounts[account]
            if a != b:
                yield f"{account}: rows is {a} {ours}, {b} {theirs}"
        for name in ("newest", "oldest"):
            a, b = getattr(self, name), getattr(other, name)
            if a != b:
                yield f"{name}: created is {iso(a)} {ours}, {iso(b)} {theirs}"
        if self.ids != other.ids and self.rows == other.rows:
            yield f"ids: not the same {ours} and {theirs}"

    def to_json(self) -> dict[str, Any]:
        """The summary as JSON data."""
        return {
            "rows": self.rows,
            "newest": iso(self.newest),
            "oldest": iso(self.oldest),
            "ids": f"{self.ids:032x}",
            "sums": [
                {
                    "currency": currency,
                    "status": status,
                    "rows": total.rows,
                    "amount_requested": total.amount_requested,
                    "amount_paid": total.amount_paid,
                }
                for (currency, status), total in sorted(self.totals.items())
            ],
            "rows_by_account": self.accounts,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Summary:
        """The reverse of `to_json`."""
        return cls(
            rows=data["rows"],
            newest=seconds_of(data["newest"]),
            oldest=seconds_of(data["oldest"]),
            ids=int(data["ids"], 16),
            totals={
                (each["currency"], each["status"]): Total(
                    each["rows"], each["amount_requested"], each["amount_paid"]
                )
                for each in data["sums"]
            },
            accounts=Counter(data["rows_by_account"]),
        )


def iso(seconds: int | None) -> str | None:
    """Unix seconds as text, such as `2026-01-31T12:00:00Z`."""
    if seconds is None:
        return None
    day, second = divmod(seconds, 86_400)
    return f"{_date(day)}T{_MINUTES[second // 60]}:{_NUMBERS[second % 60]}Z"


@lru_cache(maxsize=1000)
def _date(day: int) -> str:
    return str(datetime_of(day * 86_400))[:10]
