"""Which filters of a query Stripe can apply, so that less is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

from attrs import define, evolve

from .._pages.period import FOREVER
from .options import STATUSES, Options

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@define(frozen=True)
class Query:
    """What is requested.

    Attributes:
        start: The first second of the period, in Unix seconds.
        end: The one after its last.
        status: The status of all payments; None for any.
        invoice: The invoice of all payments; None for any.
        accounts: Accounts that are the only ones of interest; None if all are.
    """

    start: int
    end: int
    status: str | None = None
    invoice: str | None = None
    accounts: frozenset[str] | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether the period has a start, so that it can be cut by time."""
        return 0 < self.start < self.end < FOREVER

    def filters(self, start: int, end: int) -> dict[str, Any]:
        """The parameters of a list or a scan of a part of the period."""
        filters: dict[str, Any] = {"created": {"gte": start, "lt": end}}
        if self.status is not None:
            filters["status"] = self.status
        if self.invoice is not None:
            filters["invoice"] = self.invoice
        return filters


def query_of(options: Options) -> Query:
    """What the options alone request."""
    return Query(options.start, options.end, options.status, options.invoice)


def push(query: Query, filters: Iterable[Any]) -> tuple[Query, list[Any]]:
    """The query with all filters that Stripe can apply, and the filters that Spark has to apply.

    Args:
        query: What is requested so far.
        filters: Spark's filters, all of which must be true: objects with an `attribute`, which is
            the path of a column, and a `value`.
    """
    rest: list[Any] = []
    for each in filters:
        narrowed = _narrowed(query, each)
        if narrowed is None:
            rest.append(each)
        else:
            query = narrowed
    return query, rest


def _narrowed(query: Query, condition: Any) -> Query | None:
    """The query with a filter; None if Stripe cannot apply it."""
    path: tuple[str, ...] = getattr(condition, "attribute", ())
    value: Any = getattr(condition, "value", None)
    kind = type(condition).__name__
    if len(path) != 1 or value is None:
        return None
    if path == ("created",) and isinstance(value, datetime) and kind in _PERIODS:
        start, end = _PERIODS[kind]((value - _EPOCH).total_seconds())
        start = max(query.start, start)
        return evolve(query, start=start, end=max(start, min(query.end, end)))
    if path == ("account",) and kind in ("EqualTo", "In"):
        listed: Any = [value] if kind == "EqualTo" else value
        named = frozenset[str](listed)
        return evolve(query, accounts=named if query.accounts is None else named & query.accounts)
    if kind != "EqualTo":
        return None
    # Stripe refuses a status that it does not know, and two of them cannot be requested.
    if path == ("status",) and value in STATUSES and query.status in (None, value):
        return evolve(query, status=value)
    if path == ("invoice",) and value and query.invoice in (None, value):
        return evolve(query, invoice=value)
    return None


# The first second that fulfils a comparison with a moment, and the one after the last.
_PERIODS: dict[str, Callable[[float], tuple[int, int]]] = {
    "EqualTo": lambda at: (math.ceil(at), math.floor(at) + 1),
    "GreaterThanOrEqual": lambda at: (math.ceil(at), FOREVER),
    "GreaterThan": lambda at: (math.floor(at) + 1, FOREVER),
    "LessThanOrEqual": lambda at: (0, math.floor(at) + 1),
    "LessThan": lambda at: (0, math.ceil(at)),
}
