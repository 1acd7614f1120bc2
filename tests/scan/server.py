"""A list of payments over real HTTP, which a test can make misbehave."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.client.helpers import payment
from tests.client.wire import Exchange, WireServer

BASE = 1_735_689_600

Spoil = Callable[[dict[str, Any], dict[str, str], int], Any]
"""Changes a page in place, given the query and the number of the request; or returns a status."""


def by_second(seconds: list[int]) -> list[dict[str, Any]]:
    """Payments created at these seconds after `BASE`, newest first."""
    numbered = sorted(enumerate(seconds), key=lambda pair: pair[1], reverse=True)
    return [payment(number, created=BASE + second) for number, second in numbered]


class ListServer(WireServer):
    """Pages as Stripe does it; `spoil` may change each page before it is sent."""

    def __init__(self, payments: list[dict[str, Any]], spoil: Spoil | None = None) -> None:
        super().__init__(self._list)
        self.payments = payments
        self.requests = 0
        self._spoil = spoil
        self._counting = threading.Lock()

    @property
    def ids(self) -> list[str]:
        """All there are, newest first."""
        return [one["id"] for one in self.payments]

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        """A page; the body of an error if the cursor's object is not there."""
        payments = self.payments
        low = int(query.get("created[gte]", 0))
        high = int(query.get("created[lt]", 1 << 62))
        first = bisect_left(payments, 1 - high, key=lambda one: -one["created"])
        if (cursor := query.get("starting_after")) is not None:
            at = next((i for i, one in enumerate(payments) if one["id"] == cursor), None)
            if at is None:
                message = f"No such invoice_payment: '{cursor}'"
                details = {"code": "resource_missing", "param": "starting_after"}
                return {"error": {"type": "invalid_request_error", "message": message, **details}}
            first = max(first, at + 1)
        last = bisect_left(payments, 1 - low, key=lambda one: -one["created"])
        size = int(query["limit"])
        data = payments[first : min(first + size, last)]
        return {
            "object": "list",
            "data": list(data),
            "has_more": first + size < last,
            "url": "/v1/invoice_payments",
        }

    def _list(self, exchange: Exchange) -> None:
        with self._counting:
            self.requests += 1
            number = self.requests
        query = {
            name: values[0] for name, values in parse_qs(urlsplit(exchange.target).query).items()
        }
        page = self.page(query)
        status = 400 if "error" in page else 200
        if self._spoil is not None:
            status = self._spoil(page, query, number) or status
        exchange.answer(page, status)
