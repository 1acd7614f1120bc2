"""What the other tests of this directory have found, as small as it gets."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import pytest

from stripe_invoice_payments import (
    Client,
    Invoice,
    PaginationError,
    StripeError,
    UnexpectedResponseError,
)
from tests.contract.documents import operations

from .answers import TOO_DEEP
from .conftest import Ask
from .servers import Answer, a_call, transport
from .test_answers import use_error
from .usage import ANNOUNCED

PAYMENT: dict[str, Any] = {
    "id": "inpay_1",
    "object": "invoice_payment",
    "amount_requested": 1,
    "created": 1,
    "currency": "usd",
    "invoice": "in_1",
    "is_default": True,
    "livemode": False,
    "payment": {"type": "charge"},
    "status": "paid",
    "status_transitions": {},
}


@pytest.mark.parametrize(
    "due_date", [[], {}, "soon", 10**30, 253402300800, -(10**30), float("nan")]
)
def test_a_moment_that_is_none(due_date: Any):
    invoice = Invoice.from_dict({"id": "in_1", "object": "invoice", "due_date": due_date})

    with pytest.raises(ANNOUNCED):
        _ = invoice.due_date_datetime


@pytest.mark.parametrize(
    "url",
    [
        "/v1/x?\x00",
        "/v1/x?\x7f",
        "/v1/x?é",
        "/v1/x? ",
        '/v1/x?"',
        "/v1/x?a=b#c",
        "/v1/x#c",
        "/v1/x?" + "x" * 70_000,
    ],
    ids=lambda url: repr(url[:20]),
)
def test_a_list_that_continues_where_nobody_can_go(client_of, url):
    payments = {"object": "list", "url": url, "has_more": True, "data": [PAYMENT]}
    client = client_of({"id": "in_1", "object": "invoice", "payments": payments})
    invoice = client.invoices.retrieve("in_1", expand=["payments"])

    with pytest.raises(PaginationError):
        invoice.payments.next_page()


def test_a_cursor_that_is_too_long(client_of):
    client = client_of(
        {
            "object": "list",
            "url": "/v1/invoice_payments",
            "has_more": True,
            "data": [{**PAYMENT, "id": "x" * 70_000}],
        }
    )
    with pytest.raises(StripeError):
        client.invoice_payments.list().next_page()


def test_an_id_that_is_too_long(client_of):
    with pytest.raises(ValueError, match="invoice_payment"):
        client_of(PAYMENT).invoice_payments.retrieve("x" * 70_000)


def test_a_success_as_deep_as_json_is_read():
    """A result; to write it again may take more recursion than Python has."""
    for content in TOO_DEEP:
        for operation in operations():
            with httpx.Client(transport=transport([Answer(content)])) as http:
                with suppress(UnexpectedResponseError):
                    result = a_call(operation)(Client("sk_test_1", http_client=http)).parse()
                    assert len(repr(result)) < 10_000


def test_a_failure_as_deep_as_json_is_read(ask: Ask):
    for content in TOO_DEEP:
        error = ask(operations()[0], [Answer(content, status=400)])
        assert error is not None
        assert error.json_body is None
        use_error(error)


def test_a_cookie_that_the_callers_http_client_stumbles_over():
    answer = Answer(json.dumps(PAYMENT).encode(), headers=((b"set-cookie", "a=\u00e9".encode()),))
    with httpx.Client(transport=transport([answer])) as http:
        client = Client("sk_test_1", http_client=http, max_retries=0)
        client.invoice_payments.retrieve("inpay_1")
        with pytest.raises(StripeError, match="http_client"):
            client.invoice_payments.retrieve("inpay_1")


@pytest.fixture
def client_of():
    """A client that is always given this JSON."""
    opened: list[httpx.Client] = []

    def client_of(body: Any) -> Client:
        content = json.dumps(body).encode()
        opened.append(httpx.Client(transport=transport([Answer(content)])))
        return Client("sk_test_1", http_client=opened[-1], max_retries=0)

    yield client_of
    for http in opened:
        http.close()
