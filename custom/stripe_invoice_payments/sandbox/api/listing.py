"""Which objects a list request returns: filters, then a window next to the cursor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from ..data.events import Event
from ..data.facts import Invoice, Payment
from ..data.shapes import collection_method, customer_of
from ..data.state import State
from . import believed
from .errors import no_such_object
from .parameters import (
    EventFilters,
    InvoiceFilters,
    InvoicePaymentFilters,
    PageParameters,
    PaymentFilter,
    Range,
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Window(Generic[_T]):
    """The objects on one page, newest first, and whether more follow in the same direction."""

    objects: list[_T]
    has_more: bool


def find_window(
    page: PageParameters,
    candidates: Sequence[int],
    object_at: Callable[[int], _T | None],
    position_of: Callable[[str], int | None],
    kind: str,
) -> Window[_T]:
    """The page that a list request asks for.

    Args:
        page: The limit and the cursor.
        candidates: The positions that the filters leave, the oldest first.
        object_at: The object at a position; None where there is none, or filters exclude it.
        position_of: Where the object with this id is in the whole list.
        kind: What the objects are.
    """
    if page.ending_before is not None:
        cursor = _cursor(position_of, kind, "ending_before", page.ending_before)
        newer = candidates[bisect_left(candidates, cursor + 1) :]
        nearest, has_more = _take(map(object_at, newer), page.limit)
        return Window(nearest[::-1], has_more)
    if page.starting_after is not None:
        cursor = _cursor(position_of, kind, "starting_after", page.starting_after)
        candidates = candidates[: bisect_left(candidates, cursor)]
    return Window(*_take(map(object_at, reversed(candidates)), page.limit))


def created_within(created: Range, count_before: Callable[[int], int], size: int) -> range:
    """The positions of what was created in this range."""
    start = 0 if created.start is None else count_before(created.start)
    stop = size if created.stop is None else count_before(created.stop)
    return range(start, stop)


def list_invoice_payments(
    state: State, page: PageParameters, filters: InvoicePaymentFilters
) -> Window[Payment]:
    """The invoice payments on a page."""
    candidates: Sequence[int]
    candidates = created_within(page.created, state.count_created_before, state.size)
    if filters.invoice is not None:
        invoice = state.find_invoice(filters.invoice)
        if invoice is None:
            raise believed.no_such_filter("invoice", filters.invoice, "invoice")
        positions = [state.position_of(payment.number) for payment in invoice.payments]
        candidates = [position for position in positions if position in candidates]
    if filters.payment is not None and filters.payment.id is not None:
        positions = _positions_of(state, filters.payment, filters.payment.id)
        candidates = [position for position in positions if position in candidates]
    payment_type = None if filters.payment is None else filters.payment.type

    def payment_at(position: int) -> Payment | None:
        payment = state.payment_at(position)
        matches = filters.status in (None, payment.status) and payment_type in (None, payment.type)
        return payment if matches else None

    def position_of(payment_id: str) -> int | None:
        number = state.find_payment(payment_id)
        return None if number is None else state.position_of(number)

    return find_window(page, candidates, payment_at, position_of, "invoice_payment")


def list_invoices(state: State, page: PageParameters, filters: InvoiceFilters) -> Window[Invoice]:
    """The invoices on a page. Deleted ones are on none."""
    order = state.invoice_order
    for kind in ("subscription", "customer_account"):
        value: str | None = getattr(filters, kind)
        if value is not None:  # the sandbox has none of them
            raise believed.no_such_filter(kind, value, kind)
    customer = filters.customer
    if customer is not None and not state.has_customer(customer):
        raise believed.no_such_filter("customer", customer, "customer")
    candidates = created_within(page.created, order.count_created_before, len(order))

    def invoice_at(position: int) -> Invoice | None:
        invoice = state.invoice(order.number_at(position))
        if invoice is None or invoice.deleted:
            return None
        of_customer = customer is None or customer == customer_of(invoice, state.ids)
        matches = (
            of_customer
            and filters.status in (None, invoice.status)
            and filters.collection_method in (None, collection_method(invoice))
            and _is_due_within(invoice, filters.due_date)
        )
        return invoice if matches else None

    def position_of(invoice_id: str) -> int | None:
        invoice = state.find_invoice(invoice_id)
        return None if invoice is None else order.position_of(invoice.number)

    return find_window(page, candidates, invoice_at, position_of, "invoice")


def list_events(state: State, page: PageParameters, filters: EventFilters) -> Window[Event]:
    """The events on a page."""
    events = state.events
    candidates = created_within(page.created, events.count_created_before, len(events))
    if filters.delivery_success is False:  # the API of the sandbox knows of no failed delivery
        candidates = range(0)

    def event_at(position: int) -> Event | None:
        event = events.at(position)
        return event if filters.types is None or event.type in filters.types else None

    def position_of(event_id: str) -> int | None:
        number = state.ids["event"].decode(event_id)
        event = None if number is None else events.find(number)
        return None if event is None else events.position_of(event)

    return find_window(page, candidates, event_at, position_of, "event")


def _positions_of(state: State, payment: PaymentFilter, payment_id: str) -> list[int]:
    """The positions of what this object pays, oldest first; none if it pays no invoice yet."""
    made = state.find_source(payment.type, payment_id)
    if made is None:
        raise believed.no_such_filter(payment.type, payment_id, f"payment[{payment.type}]")
    return sorted(state.position_of(number) for number in state.made_by(made.source))


def _is_due_within(invoice: Invoice, due: Range) -> bool:
    if due == Range(None, None):
        return True
    second = invoice.edits.due_date
    return (
        second is not None
        and (due.start is None or second >= due.start)
        and (due.stop is None or second < due.stop)
    )


def _cursor(position_of: Callable[[str], int | None], kind: str, param: str, value: str) -> int:
    position = position_of(value)
    if position is None:
        raise no_such_object(kind, value, param, 400)
    return position


def _take(objects: Iterable[_T | None], limit: int) -> tuple[list[_T], bool]:
    present = (found for found in objects if found is not None)
    taken = list(islice(present, limit + 1))
    return taken[:limit], len(taken) > limit
