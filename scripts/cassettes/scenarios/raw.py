"""Answers as they came."""

from __future__ import annotations

from collections.abc import Mapping

from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Scenario
from . import paging, retrieving


def _payment(client: AnyClient, known: JSONObject) -> Steps:
    return (yield client.invoice_payments.with_raw_response.retrieve(known["payment"]["id"]))


def _list(client: AnyClient, known: JSONObject) -> Steps:
    answer = yield client.invoice_payments.with_raw_response.list(**known["params"])
    return [answer, (yield answer.parse().auto_paging_iter())]


def _invoice(client: AnyClient, known: JSONObject) -> Steps:
    raw = client.invoices.with_raw_response
    return (yield raw.retrieve(known["invoice"]["id"], expand=["payments"]))


SCENARIOS: Mapping[str, Scenario] = {
    "payment": Scenario(_payment, retrieving.payment("payment_intent", status="paid")),
    "list": Scenario(_list, paging.several_pages),
    "invoice": Scenario(_invoice, retrieving.paid_with_invoice),
}
