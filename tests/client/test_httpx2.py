"""httpx's fork httpx2 can send the requests too: the same calls, the same errors."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_invoice_payments import APIError, AsyncClient, Client, StripeError

from .helpers import KEY, payment
from .test_connection_errors import WIRE_FAULTS
from .wire import Script, WireServer, answering

httpx2: Any = pytest.importorskip("httpx2")


async def retrieve(kind: str, script: Script) -> tuple[Any, list[str]]:
    """One call by httpx2: what came of it, and what the server got."""
    options: dict[str, Any] = {"max_retries": 0, "timeout": 0.15}
    with WireServer(script) as server:
        options["base_url"] = server.url
        try:
            if kind == "sync":
                with httpx2.Client() as http:
                    client = Client(KEY, http_client=http, **options)
                    return client.invoice_payments.retrieve("inpay_1"), server.heads
            async with httpx2.AsyncClient() as http:
                async_client = AsyncClient(KEY, http_client=http, **options)
                return await async_client.invoice_payments.retrieve("inpay_1"), server.heads
        except StripeError as error:
            return error, server.heads


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_httpx2_sends_requests(kind):
    found, (head,) = await retrieve(kind, answering(payment(1)))
    assert found.id == "inpay_1"
    assert f" httpx2/{httpx2.__version__}" in head


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_httpx2_follows_no_redirect(kind):
    error, heads = await retrieve(kind, answering(b"", 302, location="/elsewhere"))
    assert type(error) is APIError
    assert len(heads) == 1


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("fault", WIRE_FAULTS)
async def test_faults_with_httpx2_are_the_same_errors(kind, fault):
    script, error_class = WIRE_FAULTS[fault]
    error, _ = await retrieve(kind, script)
    assert type(error) is error_class
