"""One client, many threads or tasks, and a server that fails now and then."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from stripe_invoice_payments import AsyncClient, Client, RequestEvent, RetryEvent
from stripe_invoice_payments._config import defaults as _defaults
from stripe_invoice_payments.sandbox.server import CONNECTED_ACCOUNT

from .leaks import nothing_left_behind, open_sockets

THREADS = 32
TASKS = 200
# How many requests the threads make, and how many the tasks.
BY_THREADS, BY_TASKS = (3_000, 2_000) if os.environ.get("CI") else (600, 400)
FAULTS = {
    "server_error": 0.02,
    "proxy_503": 0.01,
    "connection_closed": 0.01,
    "connection_reset": 0.01,
}
ENOUGH = 10  # retries: that one request in 10^13 fails as often is no concern


class Server(NamedTuple):
    """A sandbox in a process of its own, so that it does not compete with the client."""

    base_url: str
    api_key: str

    def tell(self, method: str, **arguments: Any) -> Any:
        answer = httpx.post(f"{self.base_url}/_sandbox/{method}", json=arguments, timeout=60)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with subprocess.Popen(
        [sys.executable, "-m", "stripe_invoice_payments.sandbox", "--payments", "500"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            yield Server(next(word for word in words if "://" in word), words[-1])
        finally:
            process.terminate()


class Wanted(NamedTuple):
    """A payment to ask for: half of them belong to another account, which knows no other."""

    id: str
    account: str | None


@pytest.fixture(scope="module")
def wanted(server: Server) -> list[Wanted]:
    with Client(server.api_key, base_url=server.base_url) as client:
        payments = [
            Wanted(payment.id, account)
            for account in (None, CONNECTED_ACCOUNT)
            for payment in client.invoice_payments.list(
                limit=100, stripe_account=account
            ).auto_paging_iter()
        ]
    return random.Random(0).choices(payments, k=BY_THREADS)


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_defaults, "INITIAL_RETRY_DELAY", 0.0)


class Counts:
    """What the client says that it did."""

    def __init__(self) -> None:
        self.sent = 0
        self.retried = 0
        self.most_sockets = 0
        self._lock = threading.Lock()
        self._sockets_before = open_sockets()

    def on_request(self, _event: RequestEvent) -> None:
        with self._lock:
            self.sent += 1
            if self.sent % 50 == 0:
                self.most_sockets = max(self.most_sockets, open_sockets() - self._sockets_before)

    def on_retry(self, _event: RetryEvent) -> None:
        with self._lock:
            self.retried += 1


@contextmanager
def counting(server: Server, requests: int, *, at_most: int) -> Iterator[dict[str, Any]]:
    """The options of a client whose counts have to be those of the server afterwards."""
    server.tell("reset")
    server.tell("set_latency", seconds=0.005, jitter=0.005)  # answers overtake each other
    for name, rate in FAULTS.items():
        server.tell("add_fault", name=name, rate=rate)
    counts = Counts()
    yield {
        "base_url": server.base_url,
        "max_retries": ENOUGH,
        "on_request": counts.on_request,
        "on_retry": counts.on_retry,
    }
    traffic = server.tell("traffic")
    sent = counts.sent
    assert sent == traffic["total"] == requests + counts.retried
    assert sum(traffic["by_fault"].values()) == counts.retried
    assert traffic["by_fault"].keys() == FAULTS.keys()
    assert 0.02 < counts.retried / sent < 0.08
    assert 1 < traffic["max_in_progress"] <= at_most
    assert counts.most_sockets <= at_most + 2  # an event loop has two of its own


@pytest.mark.usefixtures("_at_once")
def test_threads(server, wanted, record_property):
    with nothing_left_behind(), counting(server, BY_THREADS, at_most=THREADS) as options:
        with Client(server.api_key, **options) as client, ThreadPoolExecutor(THREADS) as threads:

            def ask(payment: Wanted) -> str:
                options: Any = {"stripe_account": payment.account}
                return client.invoice_payments.retrieve(payment.id, **options).id

            assert list(threads.map(ask, wanted)) == [payment.id for payment in wanted]
    record_property("requests of 32 threads and 200 tasks", BY_THREADS)


@pytest.mark.usefixtures("_at_once")
def test_tasks(server, wanted, record_property):
    wanted = wanted[:BY_TASKS]
    found = [""] * BY_TASKS

    async def ask_for_all(options: dict[str, Any]) -> None:
        coming = iter(enumerate(wanted))
        async with AsyncClient(server.api_key, **options) as client:

            async def ask_for_some() -> None:
                for index, payment in coming:
                    options: Any = {"stripe_account": payment.account}
                    answer = await client.invoice_payments.retrieve(payment.id, **options)
                    found[index] = answer.id

            await asyncio.gather(*(ask_for_some() for _ in range(TASKS)))
        assert len(asyncio.all_tasks()) == 1

    with (
        nothing_left_behind(),
        counting(server, BY_TASKS, at_most=_defaults.MAX_CONNECTIONS) as options,
    ):
        asyncio.run(ask_for_all(options))

    assert found == [payment.id for payment in wanted]
    record_property("requests of 32 threads and 200 tasks", BY_TASKS)
