"""Asking for another API version than the one that the package was generated for."""

from __future__ import annotations

from collections.abc import Mapping

from stripe_invoice_payments_api import API_VERSION

from ..account import Account
from ..document import JSONObject
from ..driving import AnyClient, Steps
from ..scenario import Scenario
from . import paging, retrieving

# Whichever document is taken over, it is another version than the client asks for by itself.
PINNED = next(v for v in ("2026-04-22.dahlia", "2025-03-31.basil") if v != str(API_VERSION))


def _payment(account: Account) -> JSONObject:
    return {"version": PINNED, **retrieving.payment("payment_intent", status="paid")(account)}


def _several_pages(account: Account) -> JSONObject:
    return {"version": PINNED, **paging.several_pages(account)}


def _client_with_it(client: AnyClient, known: JSONObject) -> Steps:
    pinned = client.with_options(stripe_version=known["version"])
    return (yield pinned.invoice_payments.with_raw_response.retrieve(known["payment"]["id"]))


def _one_call_with_it(client: AnyClient, known: JSONObject) -> Steps:
    raw = client.invoice_payments.with_raw_response
    return (yield raw.retrieve(known["payment"]["id"], stripe_version=known["version"]))


def _one_list_with_it(client: AnyClient, known: JSONObject) -> Steps:
    page = yield client.invoice_payments.list(**known["params"], stripe_version=known["version"])
    return (yield page.auto_paging_iter())


SCENARIOS: Mapping[str, Scenario] = {
    "client_with_it": Scenario(_client_with_it, _payment),
    "one_call_with_it": Scenario(_one_call_with_it, _payment),
    "one_list_with_it": Scenario(_one_list_with_it, _several_pages),
}
