"""`client.request`: the way out for what no method does."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from stripe_invoice_payments import AsyncPage, InvalidRequestError, InvoicePayment, Page
from stripe_invoice_payments_api.operations import (
    Request,
    list_invoice_payments,
    retrieve_invoice_payment,
)

from .helpers import FakeApi, failure, listed, payment, reply


def plain(path: str = "/v1/balance", **changes: Any) -> Request[Any]:
    options: dict[str, Any] = {"method": "GET", "path": path, "read": lambda data: data, **changes}
    return Request(**options)


async def test_an_operation_is_carried_out(connect):
    source = FakeApi(reply(payment(1)))
    api = connect(source)
    request = retrieve_invoice_payment("inpay_1", {"expand": ["invoice"]})
    found = await api._value(api.client.request(request, stripe_account="acct_1"))
    assert isinstance(found, InvoicePayment)
    assert source.queries == [[("expand[]", "invoice")]]
    assert source.requests[0].headers["stripe-account"] == "acct_1"


async def test_a_list_is_a_page_that_leads_to_the_others(connect):
    source = FakeApi(reply(listed(9, 8, has_more=True)), reply(listed(7)))
    api = connect(source)
    request = list_invoice_payments({"limit": 2, "status": "paid"})
    page = await api._value(api.client.request(request))
    assert isinstance(page, (Page, AsyncPage))
    older = await api._value(page.next_page())
    assert [item.id for item in older.data] == ["inpay_7"]
    assert source.queries[1] == [("limit", "2"), ("status", "paid"), ("starting_after", "inpay_8")]


async def test_a_request_of_ones_own(connect, at_once):
    source = FakeApi(reply(status=500), reply({"object": "balance"}))
    api = connect(source)
    request = plain(method="POST", form="a=%26")
    assert await api._value(api.client.request(request)) == {"object": "balance"}
    first, second = source.requests
    assert (first.method, first.url.path, first.content) == ("POST", "/v1/balance", b"a=%26")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


async def test_failures_are_those_of_any_call(connect):
    api = connect(failure(400, type="invalid_request_error", message="No."))
    with pytest.raises(InvalidRequestError, match=r"No\."):
        await api._value(api.client.request(plain()))


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        ("/v1/balance", TypeError, "request must be a Request, .* got str"),
        (plain("@example.com/"), ValueError, "request.path must be .*'@example.com/'"),
        (plain("//example.com/"), ValueError, "request.path must be"),
        (plain("v1/balance"), ValueError, "request.path must be"),
        (plain(query="a=b c"), ValueError, "request.query must be percent-encoded"),
        (plain(method="GET /"), ValueError, "request.method must be GET, POST or DELETE"),
    ],
)
async def test_what_cannot_be_sent_is_refused(connect, request_, error, message):
    source = FakeApi(reply({}))
    api = connect(source)
    with pytest.raises(error, match=message):
        await api._value(api.client.request(request_))
    assert source.requests == []


async def test_options_are_checked(connect):
    api = connect(reply({}))
    with pytest.raises(TypeError, match="unknown parameter 'expand'; Options: deadline"):
        await api._value(api.client.request(plain(), expand=["x"]))
    with pytest.raises(TypeError, match=r"such as request\(request, timeout=10\), got a .* dict"):
        await api._value(api.client.request(plain(), {}))
    assert "max_retries" in inspect.signature(api.client.request).parameters
