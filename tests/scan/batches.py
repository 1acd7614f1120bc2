"""Scans in batches, with either client behind one face."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from stripe_invoice_payments import (
    AsyncClient,
    AsyncScanBatches,
    Client,
    ScanBatch,
    ScanBatches,
)

from .server import BASE, ListServer

KEY = "sk_test_batches"
PERIOD: Any = {"gte": BASE, "lt": BASE + 10_000}
FAST: Any = {"created": PERIOD, "rate_limit": 5000, "workers": 3}


class Batches:
    """The batches of a scan, one after the other."""

    def __init__(self, scan: ScanBatches | AsyncScanBatches) -> None:
        self._scan = scan

    async def next(self) -> ScanBatch:
        """The next batch."""
        batch = await self.next_or_none()
        assert batch is not None
        return batch

    async def next_or_none(self) -> ScanBatch | None:
        """The next batch; None after the last."""
        if isinstance(self._scan, ScanBatches):
            return next(self._scan, None)
        return await anext(self._scan, None)

    async def rest(self) -> list[ScanBatch]:
        """All further batches."""
        batches: list[ScanBatch] = []
        while (batch := await self.next_or_none()) is not None:
            batches.append(batch)
        return batches

    async def close(self) -> None:
        """Stop the scan."""
        if isinstance(self._scan, ScanBatches):
            self._scan.close()
        else:
            await self._scan.aclose()


class Api:
    """One of the clients."""

    def __init__(self, client: Client | AsyncClient) -> None:
        self.client = client

    def scan(self, **options: Any) -> Batches:
        """A scan that has to be closed."""
        return Batches(self.client.invoice_payments.scan_batches(**{**FAST, **options}))

    @asynccontextmanager
    async def scanning(self, **options: Any) -> AsyncIterator[Batches]:
        """A scan that is closed after the block."""
        scan = self.scan(**options)
        try:
            yield scan
        finally:
            await scan.close()

    async def all(self, **options: Any) -> list[ScanBatch]:
        """All batches of a scan."""
        async with self.scanning(**options) as scan:
            return await scan.rest()


@asynccontextmanager
async def connected(
    client_class: type[Client | AsyncClient], server: ListServer, **options: Any
) -> AsyncIterator[Api]:
    """A client of either kind."""
    client = client_class(options.pop("api_key", KEY), base_url=server.url, **options)
    try:
        yield Api(client)
    finally:
        if isinstance(client, Client):
            client.close()
        else:
            await client.aclose()


def ids(*batches: ScanBatch) -> list[str]:
    """The payments of some batches."""
    return [payment.id for batch in batches for payment in batch.payments]
