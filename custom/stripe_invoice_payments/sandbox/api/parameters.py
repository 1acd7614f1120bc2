"""The parameters of a request, in its query or its form: `limit=3&created[gte]=1&expand[]=data`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple
from urllib.parse import parse_qsl

from ..data.facts import INVOICE_STATUSES, PAYMENT_STATUSES
from . import believed
from .errors import (
    both_cursors,
    invalid_integer,
    missing_parameter,
    not_an_array,
    unknown_parameter,
)

_ELEMENT = re.compile(r"(\w+)\[\d*\]")
# More digits than any amount or time has, and few enough for int().
_INTEGER = re.compile(r"-?[0-9]{1,18}")

COLLECTION_METHODS = ("charge_automatically", "send_invoice")
FILTERED_TYPES = ("payment_intent", "payment_record")
"""What `payment[type]` can be. Charges pay invoices too, but Stripe has no filter for them."""


class Range(NamedTuple):
    """Seconds from `start` up to, not including, `stop`; None where the range is open."""

    start: int | None
    stop: int | None


class Parameters:
    """One request's parameters by their full names, brackets included.

    Reading a parameter removes it; those that an operation does not read are unknown to it. If a
    parameter occurs twice, the last one counts.
    """

    def __init__(self, encoded: bytes) -> None:
        pairs = parse_qsl(encoded.decode("latin-1"), keep_blank_values=True)
        self._arrays: dict[str, dict[str, list[str]]] = {}
        self._unread: dict[str, str] = {}
        self.is_read = False
        """Whether everything was read, and the operation has begun."""

        for name, value in pairs:
            element = _ELEMENT.fullmatch(name)
            if element is None:
                self._unread[name] = value
            else:
                self._arrays.setdefault(element[1], {}).setdefault(name, []).append(value)
        self.expand = self.array("expand") or []
        """The values of `expand[]=...` and `expand[0]=...`, in the order of the query."""

    def array(self, name: str) -> list[str] | None:
        """The values of `name[]=...` and `name[0]=...`; None if there are none."""
        if name in self._unread:
            raise not_an_array(name)
        elements = self._arrays.pop(name, None)
        return None if elements is None else list(chain.from_iterable(elements.values()))

    def string(self, name: str) -> str | None:
        """A text; an empty one is an error."""
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

    def boolean(self, name: str) -> bool | None:
        """`true` or `false`."""
        value = self.choice(name, ("true", "false"))
        return None if value is None else value == "true"

    def seconds(self, name: str) -> Range:
        """A second, or a range of them: `created=1`, `created[gte]=1`."""
        exact = self.integer(name)
        start = [exact, self.integer(f"{name}[gte]"), _next(self.integer(f"{name}[gt]"))]
        stop = [_next(exact), self.integer(f"{name}[lt]"), _next(self.integer(f"{name}[lte]"))]
        return Range(
            start=max((second for second in start if second is not None), default=None),
            stop=min((second for second in stop if second is not None), default=None),
        )

    def finish(self) -> None:
        """Refuse what was not read."""
        for name in chain(self._unread, *self._arrays.values()):
            raise unknown_parameter(name)
        self.is_read = True


DEFAULT_LIMIT = 10
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class PageParameters:
    """Which page of a list."""

    limit: int
    starting_after: str | None
    ending_before: str | None
    created: Range


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """`payment[type]`, and the id of that type where one is given."""

    type: str
    id: str | None


@dataclass(frozen=True, slots=True)
class InvoicePaymentFilters:
    """Which invoice payments."""

    invoice: str | None
    status: str | None
    payment: PaymentFilter | None


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """Which invoices."""

    collection_method: str | None
    customer: str | None
    customer_account: str | None
    due_date: Range
    status: str | None
    subscription: str | None


@dataclass(frozen=True, slots=True)
class EventFilters:
    """Which events."""

    delivery_success: bool | None
    types: Sequence[str] | None


def read_page(parameters: Parameters) -> PageParameters:
    """The parameters of all lists. Call it last: parameters that nobody has read are refused."""
    page = PageParameters(
        limit=_read_limit(parameters),
        starting_after=parameters.string("starting_after"),
        ending_before=parameters.string("ending_before"),
        created=parameters.seconds("created"),
    )
    parameters.finish()
    if page.starting_after is not None and page.ending_before is not None:
        raise both_cursors()
    return page


def read_invoice_payment_filters(parameters: Parameters) -> InvoicePaymentFilters:
    """The filters of `GET /v1/invoice_payments`."""
    return InvoicePaymentFilters(
        invoice=parameters.string("invoice"),
        status=parameters.choice("status", PAYMENT_STATUSES),
        payment=_read_payment(parameters),
    )


def read_invoice_filters(parameters: Parameters) -> InvoiceFilters:
    """The filters of `GET /v1/invoices`."""
    return InvoiceFilters(
        collection_method=parameters.choice("collection_method", COLLECTION_METHODS),
        customer=parameters.string("customer"),
        customer_account=parameters.string("customer_account"),
        due_date=parameters.seconds("due_date"),
        status=parameters.choice("status", INVOICE_STATUSES),
        subscription=parameters.string("subscription"),
    )


def read_event_filters(parameters: Parameters) -> EventFilters:
    """The filters of `GET /v1/events`."""
    one = parameters.string("type")
    several = parameters.array("types")
    if one is not None and several is not None:
        raise believed.type_and_types()
    return EventFilters(
        delivery_success=parameters.boolean("delivery_success"),
        types=several if one is None else [one],
    )


def _read_limit(parameters: Parameters) -> int:
    limit = parameters.integer("limit")
    if limit is None:
        return DEFAULT_LIMIT
    if not 1 <= limit <= MAX_LIMIT:
        raise believed.limit_out_of_range(limit, 1, MAX_LIMIT)
    return limit


def _read_payment(parameters: Parameters) -> PaymentFilter | None:
    if not parameters.has_group("payment"):
        return None
    payment_type = parameters.choice("payment[type]", FILTERED_TYPES)
    if payment_type is None:
        raise missing_parameter("payment[type]")
    ids = {name: parameters.string(f"payment[{name}]") for name in FILTERED_TYPES}
    for name, value in ids.items():
        if value is not None and name != payment_type:
            raise believed.other_payment_type(f"payment[{name}]", payment_type)
    return PaymentFilter(payment_type, ids[payment_type])


def _next(second: int | None) -> int | None:
    return None if second is None else second + 1
