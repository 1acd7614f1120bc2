"""No filter and no key in the records of any logger, whatever level the root logger has."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest

from stripe_invoice_payments import AsyncClient, Client

from .helpers import KEY, listed
from .wire import WireServer, answering

QUERY = "in_nobodys_business"


@pytest.fixture(params=[logging.INFO, logging.DEBUG], ids=logging.getLevelName)
def records(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[logging.LogRecord]]:
    """Everything that reaches the root logger."""
    found: list[logging.LogRecord] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", found.append)
    root = logging.getLogger()
    level = root.level
    root.setLevel(request.param)
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)
    root.setLevel(level)


def said(records: list[logging.LogRecord]) -> str:
    return "\n".join(f"{record.name}: {record.getMessage()} {record.args!r}" for record in records)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_our_own_http_client(records, kind):
    with WireServer(answering(listed(2, 1))) as server:
        if kind is Client:
            with Client(KEY, base_url=server.url) as client:
                client.invoice_payments.list(invoice=QUERY)
        else:
            async with AsyncClient(KEY, base_url=server.url) as async_client:
                await async_client.invoice_payments.list(invoice=QUERY)
        assert QUERY in server.heads[0]
    text = said(records)
    assert QUERY not in text
    assert KEY not in text


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_an_http_client_of_the_caller_with_the_documented_line(records, kind, monkeypatch):
    logger = logging.getLogger("httpx")
    monkeypatch.setattr(logger, "level", logger.level)
    logger.setLevel(logging.WARNING)
    try:
        with WireServer(answering(listed(2, 1))) as server:
            if kind is Client:
                with httpx.Client() as http:
                    client = Client(KEY, base_url=server.url, http_client=http)
                    client.invoice_payments.list(invoice=QUERY)
            else:
                async with httpx.AsyncClient() as async_http:
                    async_client = AsyncClient(KEY, base_url=server.url, http_client=async_http)
                    await async_client.invoice_payments.list(invoice=QUERY)
            assert QUERY in server.heads[0]
    finally:
        logger.setLevel(logging.NOTSET)
    assert QUERY not in said(records)
    assert KEY not in said(records)
