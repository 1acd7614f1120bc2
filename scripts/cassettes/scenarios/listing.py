"""Single pages of lists: each filter alone, filters together, cursors, expansions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..account import Account
from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Find, Scenario


def _list(client: AnyClient, known: JSONObject) -> Steps:
    return (yield client.invoice_payments.list(**known["params"]))


def _with(**params: Any) -> Find:
    return lambda account: account.listing(**params)


def _created(bound: str) -> Find:
    """A bound that lies among the newest payments, exactly on one of them."""
    return lambda account: account.listing(created={bound: account.nth(3)["created"]}, limit=6)


def _paid_through(kind: str) -> Find:
    """The id of an object, which has made one payment."""

    def find(account: Account) -> JSONObject:
        object_id = account.payment(kind)["payment"][kind]
        return account.listing(payment={"type": kind, kind: object_id})

    return find


def _expanded(kind: str, path: str) -> Find:
    """Two payments, the second of which is of this kind."""

    def find(account: Account) -> JSONObject:
        created = account.payment(kind, status="paid")["created"]
        return account.listing(created={"lte": created}, limit=2, expand=[path])

    return find


def _all_filters(account: Account) -> JSONObject:
    payment = account.payment("payment_intent", status="paid")
    return account.listing(
        invoice=payment["invoice"],
        status="paid",
        payment=payment["payment"],
        created={"gte": payment["created"], "lt": payment["created"] + 1},
        limit=1,
    )


SCENARIOS: Mapping[str, Scenario] = {
    "no_filter": Scenario(_list, _with()),
    "limit": Scenario(_list, _with(limit=2)),
    "status_open": Scenario(_list, _with(status="open", limit=2)),
    "status_paid": Scenario(_list, _with(status="paid", limit=2)),
    "status_canceled": Scenario(_list, _with(status="canceled", limit=2)),
    "invoice": Scenario(_list, lambda account: account.listing(invoice=account.nth(0)["invoice"])),
    "payment_type_payment_intent": Scenario(
        _list, _with(payment={"type": "payment_intent"}, limit=2)
    ),
    "payment_type_payment_record": Scenario(
        _list, _with(payment={"type": "payment_record"}, limit=2)
    ),
    "payment_intent": Scenario(_list, _paid_through("payment_intent")),
    "payment_record": Scenario(_list, _paid_through("payment_record")),
    "created": Scenario(_list, lambda account: account.listing(created=account.nth(3)["created"])),
    "created_gt": Scenario(_list, _created("gt")),
    "created_gte": Scenario(_list, _created("gte")),
    "created_lt": Scenario(_list, _created("lt")),
    "created_lte": Scenario(_list, _created("lte")),
    "created_between": Scenario(
        _list,
        lambda account: account.listing(
            created={"gt": account.nth(5)["created"], "lte": account.nth(1)["created"]}
        ),
    ),
    "starting_after": Scenario(
        _list, lambda account: account.listing(starting_after=account.nth(1)["id"], limit=2)
    ),
    "ending_before": Scenario(
        _list, lambda account: account.listing(ending_before=account.nth(5)["id"], limit=2)
    ),
    "all_filters": Scenario(_list, _all_filters),
    "filters_with_cursor": Scenario(
        _list,
        lambda account: account.listing(
            status="paid",
            payment={"type": "payment_intent"},
            created={"lte": account.nth(1)["created"]},
            starting_after=account.nth(4)["id"],
            limit=2,
        ),
    ),
    "nothing_found": Scenario(_list, _with(created={"lt": 1})),
    "expand_invoice": Scenario(_list, _expanded("payment_intent", "data.invoice")),
    "expand_payment_intent": Scenario(
        _list, _expanded("payment_intent", "data.payment.payment_intent")
    ),
    "expand_charge": Scenario(_list, _expanded("charge", "data.payment.charge")),
    "expand_payment_record": Scenario(
        _list, _expanded("payment_record", "data.payment.payment_record")
    ),
}
