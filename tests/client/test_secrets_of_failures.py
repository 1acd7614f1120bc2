"""No secret in what comes of a failure: any failure, in any kind of call, with either client.

The failures are those that other tests list, and all faults of the sandbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from stripe_invoice_payments import AsyncClient, Client
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.faults import FAULTS

from . import test_secrets
from .helpers import KEY, FakeApi
from .test_connection_errors import RAISED, WIRE_FAULTS
from .test_foreign_clients import ERRORS, PLACES, AsyncFaulty, Faulty
from .test_secrets import SECRETS, searched
from .wire import WireServer

__all__ = ["searched"]

SCAN: Any = {"workers": 2, "rate_limit": 10_000, "max_outage": 0}

# Each begins the call; what it returns may have to be awaited, and read to its end.
CALLS: dict[str, Callable[[Any], Any]] = {
    "retrieve": lambda client: client.invoice_payments.retrieve("inpay_1"),
    "invoice": lambda client: client.invoices.retrieve("in_1", expand=["payments"]),
    "list": lambda client: client.invoice_payments.list(limit=2),
    "scan": lambda client: client.invoice_payments.scan(**SCAN),
}


async def finish(begun: Any) -> Any:
    """The result of a call; of a page or a scan, all its payments."""
    result = await begun if isinstance(begun, Awaitable) else begun
    if hasattr(result, "auto_paging_iter"):
        result = result.auto_paging_iter(prefetch=True)
    if isinstance(result, AsyncIterator):
        return [one async for one in result]
    return list(result) if isinstance(result, Iterator) else result


async def search_all(searched: Any, client: Any) -> list[Any]:
    return [
        await searched.run(lambda begin=begin: finish(begin(client))) for begin in CALLS.values()
    ]


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


async def close(client: Any) -> None:
    await client.aclose() if isinstance(client, AsyncClient) else client.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(payments=5) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_secrets, "SECRETS", [*SECRETS, sandbox.api_key])
        yield sandbox


@pytest.mark.parametrize("fault", FAULTS)
async def test_faults_of_the_sandbox(kind, searched, at_once, sandbox, fault):
    sandbox.reset()
    sandbox.add_fault(fault, seconds=5)
    client = kind(sandbox.api_key, base_url=sandbox.base_url, timeout=0.2, max_retries=0)
    found = await search_all(searched, client)
    assert fault in sandbox.traffic().by_fault
    assert any(isinstance(one, Exception) for one in found) or fault.startswith("unknown_")
    await close(client)


@pytest.mark.parametrize("fault", WIRE_FAULTS)
async def test_faults_on_the_wire(kind, searched, fault):
    with WireServer(WIRE_FAULTS[fault][0]) as server:
        client = kind(KEY, base_url=server.url, timeout=0.15, max_retries=0)
        found = await search_all(searched, client)
        await close(client)
    assert all(isinstance(one, Exception) for one in found)


@pytest.mark.parametrize("what", RAISED)
async def test_exceptions_of_a_transport(connect, searched, what):
    def handler(_: object) -> Any:
        make, _ = RAISED[what]
        raise make()

    client = connect(FakeApi(handler), max_retries=0).client
    found = await search_all(searched, client)
    assert all(isinstance(one, Exception) for one in found)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", ERRORS)
async def test_exceptions_of_a_callers_http_client(kind, searched, what, place):
    http: Any = (Faulty if kind is Client else AsyncFaulty)(place, ERRORS[what][0]())
    client = kind(KEY, http_client=http, max_retries=0)
    found = await searched.run(lambda: finish(CALLS["retrieve"](client)))
    assert isinstance(found, (Exception, KeyboardInterrupt, asyncio.CancelledError))
