"""The events of one account: the changes that `GET /v1/events` lists."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from typing import NamedTuple

from stripe_invoice_payments_api.models import JSONObject

_FIRST_OTHER = 1 << 40


class Cause(NamedTuple):
    """The request that caused an event; empty for changes by a test."""

    request_id: str | None = None
    idempotency_key: str | None = None


BY_A_TEST = Cause()


class Event(NamedTuple):
    """One event. The first two fields are what events are sorted by."""

    created: int
    number: int
    type: str
    object: JSONObject
    """The object as it was then."""

    cause: Cause = BY_A_TEST


class EventLog:
    """Events, the oldest first."""

    def __init__(self) -> None:
        self.listener: Callable[[Event], None] | None = None
        """Called with each event once it is listed."""

        self.clear()

    def __len__(self) -> int:
        return len(self._events)

    def clear(self) -> None:
        """Forget all events."""
        self._events: list[Event] = []
        self._by_number: dict[int, Event] = {}
        self._next = _FIRST_OTHER

    def next_number(self) -> int:
        """An unused number, above those of payments: their `paid` events have the same."""
        self._next += 1
        return self._next - 1

    def add(self, event: Event) -> None:
        """Add an event, replacing one with the same number."""
        previous = self._by_number.get(event.number)
        if previous is not None:
            del self._events[self.position_of(previous)]
        insort(self._events, event, key=_order)
        self._by_number[event.number] = event
        if self.listener is not None:
            self.listener(event)

    def find(self, number: int) -> Event | None:
        """The event with this number."""
        return self._by_number.get(number)

    def at(self, position: int) -> Event:
        """The event at this position, 0 being the oldest."""
        return self._events[position]

    def position_of(self, event: Event) -> int:
        """The position of an event."""
        return bisect_left(self._events, _order(event), key=_order)

    def count_created_before(self, second: int) -> int:
        """How many events are older than `second`."""
        return bisect_left(self._events, (second, -1), key=_order)


def _order(event: Event) -> tuple[int, int]:
    return event.created, event.number
