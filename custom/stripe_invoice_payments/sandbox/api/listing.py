"""Which payments a list request shows: filters, then a window next to the cursor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from ..data.facts import Payment
from ..data.state import State
from . import believed
from .errors import no_such_object
from .parameters import CreatedRange, ListParameters, PaymentFilter


class Window(NamedTuple):
    """The payments on one page, newest first, and whether more lie in the direction of travel."""

    payments: list[Payment]
    has_more: bool


def find_window(state: State, parameters: ListParameters) -> Window:
    """The page that a list request asks for."""
    candidates = _candidates(state, parameters)
    if parameters.ending_before is not None:
        cursor = _find_cursor(state, "ending_before", parameters.ending_before)
        newer = _between(candidates, cursor + 1, state.size)
        nearest, has_more = _take(_filtered(state, newer, parameters), parameters.limit)
        return Window(nearest[::-1], has_more)
    if parameters.starting_after is not None:
        cursor = _find_cursor(state, "starting_after", parameters.starting_after)
        candidates = _between(candidates, 0, cursor)
    return Window(*_take(_filtered(state, reversed(candidates), parameters), parameters.limit))


def _candidates(state: State, parameters: ListParameters) -> Sequence[int]:
    """The positions left by the filters that need no look at every payment, oldest first."""
    candidates: Sequence[int] = _created_within(state, parameters.created)
    if parameters.invoice is not None:
        invoice = state.find_invoice(parameters.invoice)
        if invoice is None:
            raise believed.no_such_filter("invoice", parameters.invoice, "invoice")
        positions = [state.position_of(payment.number) for payment in invoice.payments]
        candidates = [position for position in positions if position in candidates]
    if parameters.payment is not None and parameters.payment.id is not None:
        position = _find_position_of(state, parameters.payment, parameters.payment.id)
        candidates = [position] if position in candidates else []
    return candidates


def _created_within(state: State, created: CreatedRange) -> range:
    start = 0 if created.start is None else state.count_created_before(created.start)
    stop = state.size if created.stop is None else state.count_created_before(created.stop)
    return range(start, stop)


def _find_position_of(state: State, payment: PaymentFilter, payment_id: str) -> int:
    number = state.find_payment_made_by(payment.type, payment_id)
    if number is None:
        raise believed.no_such_filter(payment.type, payment_id, f"payment[{payment.type}]")
    return state.position_of(number)


def _find_cursor(state: State, param: str, value: str) -> int:
    number = state.find_payment(value)
    if number is None:
        raise no_such_object("invoice_payment", value, param, 400)
    return state.position_of(number)


def _between(candidates: Sequence[int], start: int, stop: int) -> Sequence[int]:
    return candidates[bisect_left(candidates, start) : bisect_left(candidates, stop)]


def _filtered(
    state: State, positions: Iterable[int], parameters: ListParameters
) -> Iterable[Payment]:
    """Those with the status and payment type asked for, looked at until the page is full."""
    payments = map(state.payment_at, positions)
    status = parameters.status
    payment_type = None if parameters.payment is None else parameters.payment.type
    if status is None and payment_type is None:
        return payments
    return (
        payment
        for payment in payments
        if status in (None, payment.status) and payment_type in (None, payment.type)
    )


def _take(payments: Iterable[Payment], limit: int) -> tuple[list[Payment], bool]:
    taken = list(islice(payments, limit + 1))
    return taken[:limit], len(taken) > limit
