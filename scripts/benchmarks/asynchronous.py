"""Many requests of one event loop at a time, sent by httpx and by its fork httpx2."""

from __future__ import annotations

from collections.abc import Iterator

from .measure import Figure, processes_side_by_side, running_server

IN_FLIGHT = 16

_PAGES = """
import asyncio, sys, time
import {library} as library
from stripe_invoice_payments import AsyncClient
async def main():
    limits = library.Limits(max_connections=64, max_keepalive_connections=64)
    async with (
        library.AsyncClient(limits=limits) as http,
        AsyncClient("sk_test_benchmark", base_url=sys.argv[1], http_client=http) as client,
    ):
        async def read(pages):
            for _ in range(pages):
                await client.invoice_payments.list(limit=10)
        for pages in (2, 30):
            started = time.process_time()
            await asyncio.gather(*(read(pages) for _ in range(int(sys.argv[2]))))
        return (time.process_time() - started) / pages / int(sys.argv[2])
print(asyncio.run(main()))
"""


def in_flight() -> Iterator[Figure]:
    """The CPU of a page with 16 requests in flight."""
    with running_server(payments=1000) as base_url:
        seconds = processes_side_by_side(
            {name: _PAGES.format(library=name) for name in ("httpx", "httpx2")},
            rounds=5,
            arguments=(base_url, str(IN_FLIGHT)),
        )
    yield Figure(
        target=0,
        name=f"CPU of a page, {IN_FLIGHT} asyncio requests in flight, httpx / httpx2",
        value=seconds["httpx"] / seconds["httpx2"],
        note=f"{seconds['httpx'] * 1e6:.0f} us against {seconds['httpx2'] * 1e6:.0f} us",
    )
