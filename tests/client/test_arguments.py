"""Calls as other libraries spell them: the error says how it is done here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from stripe_invoice_payments import AsyncClient, Client

from .helpers import KEY, FakeApi, payment, reply

METHODS: dict[str, tuple[Callable[[Any], Any], tuple[str, ...]]] = {
    "list": (lambda client: client.invoice_payments.list, ()),
    "raw list": (lambda client: client.invoice_payments.with_raw_response.list, ()),
    "scan": (lambda client: client.invoice_payments.scan, ()),
    "scan_batches": (lambda client: client.invoice_payments.scan_batches, ()),
    "retrieve": (lambda client: client.invoice_payments.retrieve, ("inpay_1",)),
    "raw retrieve": (
        lambda client: client.invoice_payments.with_raw_response.retrieve,
        ("inpay_1",),
    ),
    "invoice": (lambda client: client.invoices.retrieve, ("in_1",)),
    "raw invoice": (lambda client: client.invoices.with_raw_response.retrieve, ("in_1",)),
}


async def refusal(connect: Any, name: str, *args: Any, **arguments: Any) -> str:
    """The message of a call that is refused before anything is sent."""
    source = FakeApi(reply(payment(1)))
    method, ids = METHODS[name]
    with pytest.raises(TypeError) as caught:
        await method(connect(source).client)(*ids, *args, **arguments)
    assert source.requests == []
    return str(caught.value)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("extra", [({"limit": 3},), ({}, {}), (None,), ("x",)], ids=repr)
async def test_positional_parameters(connect, name, extra):
    message = await refusal(connect, name, *extra)
    method = METHODS[name][0](Client(KEY)).__name__
    assert f"{method}() takes parameters and options as keyword arguments" in message
    assert f"got a positional {type(extra[0]).__name__}" in message


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    ("argument", "hint"),
    [
        ("expnd", "did you mean 'expand'?"),
        ("max_network_retries", "did you mean 'max_retries'?"),
        ("colour", "unknown parameter 'colour'; Parameters: "),
        ("params", "keyword arguments"),
        ("options", "keyword arguments"),
        ("api_key", "with_options(api_key=...)"),
    ],
)
async def test_unknown_parameters(connect, name, argument, hint):
    message = await refusal(connect, name, **{argument: "sk_test_of_a_call"})
    assert hint in message
    assert "sk_test_of_a_call" not in message


@pytest.mark.parametrize("name", METHODS)
async def test_the_valid_ones_are_listed(connect, name):
    message = await refusal(connect, name, colour="red")
    for valid in ("expand", "deadline", "stripe_context", "extra_headers"):
        assert valid in message
    assert ("invoice" in message) == name.endswith(("list", "scan", "scan_batches"))
    assert ("autocommit" in message) == name.startswith("scan")
    assert ("resume_from" in message) == (name == "scan_batches")


async def test_an_id_may_be_given_by_its_name(connect):
    api = connect(reply(payment(1)))
    assert (await api._value(api.client.invoice_payments.retrieve(invoice_payment="inpay_1"))).id


def test_methods_of_the_async_client_stay_coroutine_functions():
    """Tools such as `unittest.mock.create_autospec` go by that."""
    client = AsyncClient(KEY)
    assert inspect.iscoroutinefunction(client.invoice_payments.list)
    assert inspect.iscoroutinefunction(client.invoices.retrieve)
    assert not inspect.iscoroutinefunction(Client(KEY).invoice_payments.list)
