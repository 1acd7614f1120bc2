"""Records the scan that the picture of a scan shows: `python -m scripts.site.pictures.recording`.

It is a real scan of a sandbox, on a clock of its own: each response takes one unit of it, and
computing takes none. So the same requests are sent each time, on any machine.
"""

from __future__ import annotations

import asyncio
import json
import selectors
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from stripe_invoice_payments import AsyncClient
from stripe_invoice_payments.sandbox import Sandbox

FILE = Path(__file__).with_name("scan.json")

START = 1735689600  # 2025-01-01
DAY = 86_400
HOUR = 3_600
END = START + 2 * DAY
WORKERS = 4


def main() -> None:
    requests = ",\n".join(json.dumps(request) for request in recorded())
    text = f'{{"start": {START}, "end": {END}, "workers": {WORKERS}, "requests": [\n{requests}\n]}}'
    FILE.write_text(f"{text}\n", "utf-8", newline="\n")


def recorded() -> list[dict[str, int]]:
    """The requests of the scan: when, by which worker, and which stretch was read by it."""
    with Sandbox(payments=1600) as sandbox:  # two a minute from the start on: 13 hours
        for second in range(0, 3 * HOUR, 15):  # and three hours of the next day with four more
            sandbox.create_invoice_payment(created=START + DAY + 9 * HOUR + second)
        loop = _Loop()
        try:
            responses = loop.run_until_complete(_scan(sandbox))
        finally:
            loop.close()
    return _stretches(responses)


def _stretches(responses: list[dict[str, Any]]) -> list[dict[str, int]]:
    """What of the period each response settled.

    A page may reach below the window that it was requested for. What is there belongs to the next
    window, whose end is the bound of that window's first request.
    """
    ends = sorted({START, *(response["before"] for response in responses)})
    position: dict[int, int] = {}
    requests: list[dict[str, int]] = []
    for response in responses:
        before, worker = response["before"], response["worker"]
        until = position[worker] if response["continues"] else before
        window = ends[bisect_left(ends, before) - 1]
        start = max(window, response["created"][-1] if response["has_more"] else START)
        position[worker] = start
        payments = sum(second >= start for second in response["created"])
        numbers = {"from": start, "until": until, "payments": payments}
        requests.append({"time": response["time"], "worker": worker, **numbers})
    return requests


async def _scan(sandbox: Sandbox) -> list[dict[str, Any]]:
    transport = _Transport()
    async with (
        httpx.AsyncClient(transport=transport) as http_client,
        AsyncClient(
            api_key=sandbox.api_key,
            base_url=sandbox.base_url,
            http_client=http_client,
            rate_limit=1e9,
        ) as client,
        client.invoice_payments.scan(created={"gte": START, "lt": END}, workers=WORKERS) as scan,
    ):
        async for _ in scan:
            pass
    return transport.responses


class _Transport(httpx.AsyncBaseTransport):
    """Requests that take one unit of time."""

    def __init__(self) -> None:
        self.responses: list[dict[str, Any]] = []
        self._network = httpx.Client()
        self._workers: list[object] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        query: Mapping[str, str] = request.url.params
        response = self._network.get(request.url, headers=request.headers)
        await asyncio.sleep(1)
        page = response.json()
        task = asyncio.current_task()
        if task not in self._workers:
            self._workers.append(task)
        self.responses.append(
            {
                "time": round(asyncio.get_running_loop().time()),
                "worker": self._workers.index(task),
                "before": int(query["created[lt]"]),
                "continues": "starting_after" in query,
                "created": [payment["created"] for payment in page["data"]],
                "has_more": page["has_more"],
            }
        )
        return httpx.Response(response.status_code, json=page)

    async def aclose(self) -> None:
        self._network.close()


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only while nothing is left to do."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.now


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: _Loop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout if timeout is None else 0)
        if not ready and timeout:
            self._loop.now += timeout
        return ready


if __name__ == "__main__":
    main()
