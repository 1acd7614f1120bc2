"""Stripe's query strings: `limit=3&created[gte]=1&expand[]=data.invoice`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from . import believed
from .errors import (
    both_cursors,
    invalid_integer,
    missing_parameter,
    not_an_array,
    unknown_parameter,
)

_EXPAND = re.compile(r"expand\[\d*\]")
# More digits than any amount or time has; also keeps int() away from absurd inputs.
_INTEGER = re.compile(r"-?[0-9]{1,18}")


class Query:
    """One request's parameters by their full names, brackets included.

    Reading a parameter takes it out, so that what an endpoint has not read is unknown to it. Of a
    parameter that comes twice, the last one counts.
    """

    def __init__(self, query_string: bytes) -> None:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
        self.expand = [value for name, value in pairs if _EXPAND.fullmatch(name)]
        """The values of `expand[]=...` and `expand[0]=...`, in the order of the query."""
        self._unread = {name: value for name, value in pairs if not _EXPAND.fullmatch(name)}
        if "expand" in self._unread:
            raise not_an_array("expand")

    def string(self, name: str) -> str | None:
        """A text that is not empty."""
        value = self._unread.pop(name, None)
        if value == "":
            raise believed.empty_value(name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self.string(name)
        if value is None:
            return None
        if _INTEGER.fullmatch(value) is None:
            raise invalid_integer(name, value)
        return int(value)

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """One value of an enum."""
        value = self.string(name)
        if value is not None and value not in choices:
            raise believed.not_a_choice(name, choices)
        return value

    def has_group(self, name: str) -> bool:
        """Whether there is any unread `name[...]`. A plain `name` is refused."""
        if name in self._unread:
            raise believed.not_an_object(name)
        return any(unread.startswith(f"{name}[") for unread in self._unread)

    def finish(self) -> None:
        """Refuse what was not read."""
        for name in self._unread:
            raise unknown_parameter(name)


DEFAULT_LIMIT = 10
MAX_LIMIT = 100
STATUSES = ("canceled", "open", "paid")
PAYMENT_TYPES = ("payment_intent", "payment_record")


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """`payment[type]`, and the id of that type where one is given."""

    type: str
    id: str | None


@dataclass(frozen=True, slots=True)
class CreatedRange:
    """Seconds from `start` up to, not including, `stop`; None where the range is open."""

    start: int | None
    stop: int | None


@dataclass(frozen=True, slots=True)
class ListParameters:
    """The parameters of one list request, checked as far as possible without the data."""

    limit: int
    starting_after: str | None
    ending_before: str | None
    invoice: str | None
    status: str | None
    payment: PaymentFilter | None
    created: CreatedRange


def read_list_parameters(query: Query) -> ListParameters:
    """Read everything but `expand`, and refuse what is unknown."""
    parameters = ListParameters(
        limit=_read_limit(query),
        starting_after=query.string("starting_after"),
        ending_before=query.string("ending_before"),
        invoice=query.string("invoice"),
        status=query.choice("status", STATUSES),
        payment=_read_payment(query),
        created=_read_created(query),
    )
    query.finish()
    if parameters.starting_after is not None and parameters.ending_before is not None:
        raise both_cursors()
    return parameters


def _read_limit(query: Query) -> int:
    limit = query.integer("limit")
    if limit is None:
        return DEFAULT_LIMIT
    if not 1 <= limit <= MAX_LIMIT:
        raise believed.limit_out_of_range(limit, 1, MAX_LIMIT)
    return limit


def _read_payment(query: Query) -> PaymentFilter | None:
    if not query.has_group("payment"):
        return None
    payment_type = query.choice("payment[type]", PAYMENT_TYPES)
    if payment_type is None:
        raise missing_parameter("payment[type]")
    ids = {name: query.string(f"payment[{name}]") for name in PAYMENT_TYPES}
    for name, value in ids.items():
        if value is not None and name != payment_type:
            raise believed.other_payment_type(f"payment[{name}]", payment_type)
    return PaymentFilter(payment_type, ids[payment_type])


def _read_created(query: Query) -> CreatedRange:
    exact = query.integer("created")
    starts = [exact, query.integer("created[gte]"), _next(query.integer("created[gt]"))]
    stops = [_next(exact), query.integer("created[lt]"), _next(query.integer("created[lte]"))]
    return CreatedRange(
        start=max((start for start in starts if start is not None), default=None),
        stop=min((stop for stop in stops if stop is not None), default=None),
    )


def _next(second: int | None) -> int | None:
    return None if second is None else second + 1
