"""Acting for a connected account."""

from __future__ import annotations

from collections.abc import Mapping

from ..account import Account
from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Scenario
from . import paging, retrieving


def _several_pages(account: Account) -> JSONObject:
    connected = account.connected()
    return {"account": connected.id, **paging.several_pages(connected)}


def _payment(account: Account) -> JSONObject:
    connected = account.connected()
    return {"account": connected.id, **retrieving.paid_with_invoice(connected)}


def _client_for_it(client: AnyClient, known: JSONObject) -> Steps:
    connected = client.with_options(stripe_account=known["account"])
    return (yield from paging.all_payments(connected, known))


def _one_call_for_it(client: AnyClient, known: JSONObject) -> Steps:
    payment_id, account = known["payment"]["id"], known["account"]
    return (yield client.invoice_payments.retrieve(payment_id, stripe_account=account))


def _one_list_for_it(client: AnyClient, known: JSONObject) -> Steps:
    page = yield client.invoice_payments.list(**known["params"], stripe_account=known["account"])
    return (yield page.auto_paging_iter())


def _answer(client: AnyClient, known: JSONObject) -> Steps:
    payment_id, account = known["payment"]["id"], known["account"]
    raw = client.invoice_payments.with_raw_response
    return (yield raw.retrieve(payment_id, stripe_account=account))


SCENARIOS: Mapping[str, Scenario] = {
    "client_for_it": Scenario(_client_for_it, _several_pages),
    "one_call_for_it": Scenario(_one_call_for_it, _payment),
    "one_list_for_it": Scenario(_one_list_for_it, _several_pages),
    "answer": Scenario(_answer, _payment),
}
