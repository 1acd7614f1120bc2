"""The client and a server that behaves like Stripe: what the parts are for, together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from stripe_invoice_payments import (
    AsyncClient,
    AuthenticationError,
    Client,
    InvalidRequestError,
    Invoice,
    PaymentIntent,
    PermissionError,
)
from stripe_invoice_payments.sandbox import Sandbox

from .helpers import Api, SyncApi


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(payments=250) as running:
        yield running


@pytest.fixture
async def api(api_class, sandbox) -> AsyncIterator[Api]:
    """A client with connections of its own."""
    api = api_class.__new__(api_class)
    options: dict[str, Any] = {"api_key": sandbox.api_key, "base_url": sandbox.base_url}
    if api_class is SyncApi:
        with Client(**options) as api.client:
            yield api
    else:
        async with AsyncClient(**options) as api.client:
            yield api


async def everything(api: Api, **arguments: Any) -> list[str]:
    page = await api.list(limit=100, **arguments)
    return [one.id async for one in api.items(page)]


@pytest.mark.parametrize("limit", [7, 50, 100])
@pytest.mark.parametrize("prefetch", [False, True])
async def test_every_payment_comes_once(api, limit, prefetch):
    page = await api.list(limit=limit)
    found = [one async for one in api.items(page, prefetch=prefetch)]
    assert len({one.id for one in found}) == len(found) == 250
    assert [one.created for one in found] == sorted((one.created for one in found), reverse=True)


async def test_backward_is_forward_the_other_way_round(api):
    forward = await everything(api)
    assert await everything(api, ending_before=forward[-1]) == forward[-2::-1]
    assert await everything(api, starting_after=forward[99]) == forward[100:]


async def test_filters_hold_on_every_page(api):
    forward = [one async for one in api.items(await api.list(limit=100))]
    paid = [one.id for one in forward if one.status == "paid"]
    assert [one.id async for one in api.items(await api.list(limit=9, status="paid"))] == paid
    middle = forward[125].created
    newer = [one.id for one in forward if one.created >= middle]
    assert await everything(api, created={"gte": middle}) == newer
    assert await everything(api, invoice=forward[0].invoice_id) == [
        one.id for one in forward if one.invoice_id == forward[0].invoice_id
    ]


async def test_expanded_objects_stay_expanded_on_every_page(api):
    page = await api.list(limit=40, expand=["data.invoice", "data.payment.payment_intent"])
    kinds = {type(one.invoice) async for one in api.items(page)}
    assert str not in kinds
    assert Invoice in kinds
    intents = [
        one.payment.payment_intent
        async for one in api.items(page)
        if one.payment.type == "payment_intent"
    ]
    assert all(isinstance(intent, PaymentIntent) for intent in intents)


async def test_the_payments_of_an_invoice_in_instalments(api):
    by_invoice: dict[str, list[str]] = {}
    async for one in api.items(await api.list(limit=100)):
        by_invoice.setdefault(one.invoice_id, []).append(one.id)
    longest, payments = max(by_invoice.items(), key=lambda item: len(item[1]))
    assert len(payments) > 10
    invoice = await api.invoice(longest, expand=["payments.data.invoice"])
    assert invoice.payments.has_more
    found = [one async for one in api.items(invoice.payments)]
    assert [one.id for one in found] == payments
    assert all(isinstance(one.invoice, Invoice) for one in found)


async def test_a_connected_account_has_payments_of_its_own(api, sandbox):
    own, others = await everything(api), await everything(api, stripe_account=sandbox.accounts[0])
    assert len(others) == 250
    assert not set(own) & set(others)


async def test_stripes_errors_are_ours(api, sandbox):
    with pytest.raises(InvalidRequestError, match="No such invoice_payment") as caught:
        await api.retrieve("inpay_unknown")
    error = caught.value
    assert (error.http_status, error.code) == (404, "resource_missing")
    assert (error.request_id or "").startswith("req_")
    assert error.doc_url
    assert error.request_log_url
    with pytest.raises(InvalidRequestError) as caught:
        await api.list(starting_after="inpay_unknown")
    assert (caught.value.http_status, caught.value.param) == (400, "starting_after")
    with pytest.raises(InvalidRequestError) as caught:
        await api.list(expand=["data.nothing"])
    assert (caught.value.http_status, caught.value.param) == (400, None)
    with pytest.raises((PermissionError, AuthenticationError, InvalidRequestError)):
        await api.list(stripe_account="acct_unknown")
    api.client = api.client.with_options(api_key="sk_test_wrong")
    with pytest.raises(AuthenticationError, match=r"status 401"):
        await api.list()
