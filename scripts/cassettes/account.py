"""What scenarios have to know about the account that they are recorded from.

Their ids are found here before anything is recorded, and so is what the tests expect: worked out
from plain JSON, neither by the client nor by the server's own filters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from attrs import define, evolve, field

from stripe_invoice_payments import Client

from ..errors import RecordingError
from .document import JSONObject

MAX_PAGES = 100
"""How many pages of 100 are read. What a list has to hold is known only where all payments are."""


class MissingError(Exception):
    """The account has nothing of the kind that a scenario is about."""


@define(frozen=True)
class Account:
    """All payments of an account.

    Attributes:
        id: The account's id; None for the one that the key belongs to.
        payments: The payments, newest first, with nothing expanded.
        invoices: Their invoices by id; what is left of those that were deleted.
        made: What the scenario's `prepare` made for it.
    """

    id: str | None
    payments: Sequence[JSONObject]
    invoices: Mapping[str, JSONObject]
    _connected: Account | None = None
    made: JSONObject = field(factory=dict[str, Any])

    @classmethod
    def read(cls, client: Client, connected_id: str | None) -> Account:
        """Look at the account of the client's key, and at one that is connected to it."""
        if connected_id is None:
            return cls._read(client, None)
        connected = cls._read(client.with_options(stripe_account=connected_id), connected_id)
        return evolve(cls._read(client, None), connected=connected)

    @classmethod
    def _read(cls, client: Client, account_id: str | None) -> Account:
        pages = list(islice(_pages(client), MAX_PAGES))
        if pages[-1]["has_more"]:
            raise RecordingError(
                "the account",
                f"it has more than {MAX_PAGES}00 payments",
                "Record from a smaller one",
            )
        payments = [payment for page in pages for payment in page["data"]]
        invoices = {payment["invoice"]["id"]: payment["invoice"] for payment in payments}
        for payment in payments:
            payment["invoice"] = payment["invoice"]["id"]
        return cls(account_id, payments, invoices)

    def connected(self) -> Account:
        """An account connected to this one."""
        if self._connected is None:
            raise MissingError("a connected account")
        return self._connected

    def payment(self, kind: str, **fields: Any) -> JSONObject:
        """The newest payment made through a `kind` of object that has these values."""

        def fits(payment: JSONObject) -> bool:
            return payment["payment"]["type"] == kind and fields.items() <= payment.items()

        return self.find(fits, f"a payment by {kind} with {fields}")

    def nth(self, number: int) -> JSONObject:
        """A payment by its place, 0 being the newest."""
        if number >= len(self.payments):
            raise MissingError(f"more than {number} payments")
        return self.payments[number]

    def find(self, fits: Callable[[JSONObject], bool], described: str) -> JSONObject:
        """The newest payment that fits."""
        for payment in self.payments:
            if fits(payment):
                return payment
        raise MissingError(described)

    def invoice_of(self, payment: JSONObject) -> JSONObject:
        """The invoice that a payment belongs to."""
        return self.invoices[payment["invoice"]]

    def payments_of(self, invoice: str) -> list[JSONObject]:
        """The payments of an invoice, newest first."""
        return [payment for payment in self.payments if payment["invoice"] == invoice]

    def listing(self, **params: Any) -> JSONObject:
        """What a scenario that lists with `params` has to know, and what it has to get."""
        limit: int = params.get("limit", 10)
        ids = [payment["id"] for payment in self._behind_cursor(params) if passes(payment, params)]
        has_more = len(ids) > limit
        ids = ids[-limit:] if "ending_before" in params else ids[:limit]
        return {"params": params, "ids": ids, "has_more": has_more}

    def _behind_cursor(self, params: JSONObject) -> Sequence[JSONObject]:
        ids = [payment["id"] for payment in self.payments]
        if "ending_before" in params:
            return self.payments[: ids.index(params["ending_before"])]
        if "starting_after" in params:
            return self.payments[ids.index(params["starting_after"]) + 1 :]
        return self.payments


def passes(payment: JSONObject, params: JSONObject) -> bool:
    """Whether a payment passes the filters of a list, as Stripe documents them."""
    details = payment["payment"]
    paid_through = params.get("payment", {})
    return (
        params.get("invoice", payment["invoice"]) == payment["invoice"]
        and params.get("status", payment["status"]) == payment["status"]
        and all(details.get(name) == value for name, value in paid_through.items())
        and _is_created(payment["created"], params.get("created", {}))
    )


def _is_created(second: int, created: int | Mapping[str, int]) -> bool:
    if isinstance(created, int):
        return second == created
    return all(_BOUNDS[bound](second, value) for bound, value in created.items())


_BOUNDS: Mapping[str, Callable[[int, int], bool]] = {
    "gt": int.__gt__,
    "gte": int.__ge__,
    "lt": int.__lt__,
    "lte": int.__le__,
}


def _pages(client: Client) -> Iterator[JSONObject]:
    """The pages of all payments as plain JSON, with their invoices."""
    cursor: str | None = None
    while True:
        response = client.invoice_payments.with_raw_response.list(
            limit=100, expand=["data.invoice"], starting_after=cursor
        )
        page: JSONObject = json.loads(response.content)
        yield page
        if not page["has_more"]:
            return
        cursor = page["data"][-1]["id"]
