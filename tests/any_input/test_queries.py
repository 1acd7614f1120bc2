"""Whatever is asked for: a standard parser reads in the request what was meant."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
from hypothesis import given

from stripe_invoice_payments import AsyncClient, Client
from stripe_invoice_payments_api import params as parameter_types
from tests.contract.calls import Call, calls
from tests.contract.documents import Operation, operations

from .servers import KEY


def read_back(query: str) -> dict[str, Any]:
    """The parameters in a query in Stripe's notation; every value is a text."""
    read: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)):
        outer, _, inner = name.partition("[")
        match inner.removesuffix("]"):
            case "" if inner:
                read.setdefault(outer, []).append(value)
            case "":
                assert outer not in read
                read[outer] = value
            case key:
                assert key not in read.setdefault(outer, {})
                read[outer][key] = value
    return read


def meant(value: Any) -> Any:
    """A parameter as `read_back` should find it; None for one that is not to be sent."""
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case datetime():
            return str(int(value.timestamp()))
        case Mapping():
            return all_meant(value) or None
        case _:
            return [meant(item) for item in value] or None


def all_meant(parameters: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: meant(value) for name, value in parameters.items()}
    return {name: value for name, value in found.items() if value is not None}


class Asked(AssertionError):  # noqa: N818 - an error that the client raises as it is
    """The request that would have been sent."""

    def __init__(self, request: httpx.Request) -> None:
        super().__init__()
        self.request = request


def tell(request: httpx.Request) -> httpx.Response:
    raise Asked(request)


def asked_by_client(call: Call) -> httpx.Request:
    with httpx.Client(transport=httpx.MockTransport(tell)) as http:
        with pytest.raises(Asked) as caught:
            call(Client(KEY, http_client=http))
    return caught.value.request


def asked_by_async_client(call: Call) -> httpx.Request:
    async def ask() -> httpx.Request:
        async with httpx.AsyncClient(transport=httpx.MockTransport(tell)) as http:
            with pytest.raises(Asked) as caught:
                await call(AsyncClient(KEY, http_client=http))
        return caught.value.request

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [asked_by_client, asked_by_async_client])
@given(call=calls())
def test_any_call_is_read_as_it_was_meant(ask, call: Call):
    request = ask(call)

    query, form = request.url.query.decode("ascii"), request.content.decode("ascii")
    sent, other = (form, query) if call.operation.http_method == "POST" else (query, form)
    assert read_back(sent) == all_meant(call.parameters)
    assert other == ""
    path = request.url.raw_path.decode("ascii").partition("?")[0]
    segments = call.operation.path.split("/")
    ids = iter(call.ids)
    expected = [next(ids) if segment.startswith("{") else segment for segment in segments]
    assert [unquote(segment) for segment in path.split("/")] == expected
    assert request.method == call.operation.http_method


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_the_strategy_knows_every_parameter_that_the_sdk_has(operation: Operation):
    name = "".join(word.title() for word in operation.id.split("_")) + "Params"

    assert vars(parameter_types)[name].__annotations__.keys() == operation.parameters.keys()
