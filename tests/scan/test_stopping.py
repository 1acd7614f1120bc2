"""Leaving at any moment: at once, with nothing left behind, and without another request.

By default a few moments of each kind; with `CI=true` more than 300 in all. The seed is part of a
test's name; `STOPPING_SEED` chooses others.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from stripe_invoice_payments import AsyncClient, Client
from tests.client.wire import Exchange

from .server import BASE, ListServer, by_second

KEY = "sk_test_stopping"
PERIOD: Any = {"gte": BASE, "lt": BASE + 3000}
TIMEOUT = 1.0
# How long it may take to leave: the time-out of a request that hangs, a second, and this machine.
AT_MOST = TIMEOUT + 1 + 8

MANY = bool(os.environ.get("CI"))
PER_KIND = 6 if MANY else 1
SIGNALS = 60 if MANY else 8
FIRST_SEED = int(os.environ.get("STOPPING_SEED", "0"))
SEEDS = range(FIRST_SEED, FIRST_SEED + PER_KIND)

PATIENT: Any = {"timeout": TIMEOUT, "max_retries": 20, "retry_rate_limited": True}

# What the server does after some good pages.
MOODS = ["good", "slow", "silent", "failing", "limiting", "later", "drops"]


class MoodyServer(ListServer):
    """Good pages at first, then what the mood says."""

    def __init__(self, mood: str, good: int) -> None:
        super().__init__(by_second([number // 2 for number in range(6000)]))
        self._mood, self._good = mood, good
        self.closing = threading.Event()

    def _list(self, exchange: Exchange) -> None:
        if self._mood == "good" or self.requests < self._good:
            super()._list(exchange)
            return
        with self._counting:
            self.requests += 1
        match self._mood:
            case "slow":
                self.closing.wait(0.2)
                super()._list(exchange)
            case "silent":
                self.closing.wait(20)
            case "failing":
                exchange.answer({}, 503)
            case "limiting":
                exchange.answer({}, 429)
            case "later":
                exchange.answer({}, 503, retry_after="60")
            case "drops":
                exchange.send(b"HTTP/1.1 200 X\r\ncontent-length: 100000\r\n\r\n")
                with suppress(OSError):
                    while not self.closing.wait(0.1):
                        exchange.send(b" ")

    def __exit__(self, *arguments: Any) -> None:
        self.closing.set()
        super().__exit__(*arguments)


def our_threads() -> list[threading.Thread]:
    return [
        one
        for one in threading.enumerate()
        if one.name.startswith(("stripe-scan", "stripe-prefetch", "pool"))
    ]


@contextmanager
def left_in_time(server: ListServer) -> Iterator[None]:
    """The block leaves something: quickly, without threads left, and without another request."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < AT_MOST
    assert our_threads() == []
    assert_quiet(server)


def assert_quiet(server: ListServer) -> None:
    """No request comes any more, once those have arrived that were on their way."""
    for _ in range(10):  # or more on a machine that does something else
        before = len(server.heads)
        time.sleep(0.3)
        if len(server.heads) == before:
            return
    pytest.fail("requests are still coming")


Leave = Callable[[Any], None]


def close(scan: Any) -> None:
    scan.close()


def raise_inside(scan: Any) -> None:
    with suppress(ZeroDivisionError), scan:
        raise ZeroDivisionError


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("leave", [close, raise_inside], ids=lambda leave: leave.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_scan_is_left(mood, leave, seed):
    rng = random.Random(f"{seed}{mood}{leave.__name__}")
    with MoodyServer(mood, good=rng.randint(1, 8)) as server:
        with Client(KEY, base_url=server.url, timeout=TIMEOUT) as client:
            rate = rng.choice([3, 2000])
            scan = client.invoice_payments.scan(
                created=PERIOD, workers=rng.randint(1, 6), rate_limit=rate
            )
            for _ in range(rng.choice([0, 1])):
                next(scan)
            time.sleep(rng.random() * 0.3)
            with left_in_time(server):
                leave(scan)


def test_the_smallest_case():
    """One good page, then only refusals: closing sends nothing more."""
    with MoodyServer("limiting", good=1) as server:
        with Client(KEY, base_url=server.url, timeout=3) as client:
            scan = client.invoice_payments.scan()
            next(scan)
            time.sleep(0.3)
            with left_in_time(server):
                scan.close()


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_walk_that_asks_ahead_is_left(mood, seed):
    rng = random.Random(f"{seed}{mood}")
    with MoodyServer(mood, good=1) as server:
        with Client(
            KEY, base_url=server.url, rate_limit=rng.choice([3, 2000]), **PATIENT
        ) as client:
            walk = client.invoice_payments.list(limit=100).auto_paging_iter(prefetch=True)
            next(walk)
            time.sleep(rng.random() * 0.3)
            with left_in_time(server):
                walk.close()


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("what", ["close", "cancel", "drop", "call"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_tasks_are_left(mood, what, seed):
    rng = random.Random(f"{seed}{mood}{what}")
    with MoodyServer(mood, good=rng.randint(0, 6) if what == "call" else 1) as server:
        async with AsyncClient(KEY, base_url=server.url, **PATIENT) as client:
            tasks = asyncio.all_tasks()

            async def read() -> None:
                if what == "call":
                    while True:
                        await client.invoice_payments.list(limit=10)
                async for _ in client.invoice_payments.scan(
                    created=PERIOD, workers=rng.randint(1, 6), rate_limit=rng.choice([3, 2000])
                ):
                    pass

            started = time.monotonic()
            if what in ("cancel", "call"):
                reader = asyncio.create_task(read())
                await asyncio.sleep(rng.random() * 0.4)
                started = time.monotonic()
                reader.cancel()
                await asyncio.wait([reader])
                assert reader.cancelled() or (mood == "good" and reader.exception() is None)
            else:
                scan = client.invoice_payments.scan(created=PERIOD, workers=4, rate_limit=2000)
                await anext(scan)
                await asyncio.sleep(rng.random() * 0.3)
                started = time.monotonic()
                if what == "close":
                    await scan.aclose()
                else:
                    del scan
                    gc.collect()
                    await asyncio.sleep(0)
                    if left := asyncio.all_tasks() - tasks:
                        await asyncio.wait(left, timeout=AT_MOST)
            assert time.monotonic() - started < AT_MOST
            assert asyncio.all_tasks() == tasks
            await asyncio.to_thread(assert_quiet, server)


def test_a_scan_that_another_thread_reads_is_closed():
    with MoodyServer("failing", good=3) as server:
        with Client(KEY, base_url=server.url, timeout=TIMEOUT) as client:
            scan = client.invoice_payments.scan(created=PERIOD, workers=2, rate_limit=2000)
            with ThreadPoolExecutor(1, "pool") as pool:
                reading = pool.submit(list, scan)
                time.sleep(0.3)
                scan.close()
                # A result that ends here would look like a complete one.
                with pytest.raises(RuntimeError, match="closed"):
                    reading.result(AT_MOST)
            assert our_threads() == []


@pytest.mark.parametrize("mood", ["good", "failing", "later", "silent"])
def test_closing_the_client_ends_the_scans_of_other_threads(mood):
    with MoodyServer(mood, good=30) as server:
        client = Client(KEY, base_url=server.url, timeout=TIMEOUT)

        def read(_: int) -> None:
            for _payment in client.invoice_payments.scan(created=PERIOD, workers=4, rate_limit=10):
                pass

        pool = ThreadPoolExecutor(8, "pool")
        readings = [pool.submit(read, number) for number in range(50)]
        time.sleep(0.5)
        with left_in_time(server):
            client.close()
            pool.shutdown(cancel_futures=True)
        failed = [one.exception() for one in readings if not one.cancelled()]
        assert {type(error) for error in failed} == {RuntimeError}
        assert {str(error) for error in failed} == {"this client is closed"}


@pytest.mark.parametrize("waiting", ["in an outage", "for the consumer"])
def test_closing_the_client_ends_a_scan_that_waits(waiting):
    mood = "failing" if waiting == "in an outage" else "good"
    with MoodyServer(mood, good=3) as server:
        client = Client(KEY, base_url=server.url, timeout=TIMEOUT, max_retries=0)
        failing = threading.Event()
        scan = client.invoice_payments.scan(
            created=PERIOD,
            workers=2,
            rate_limit=2000,
            progress=lambda progress: failing.set() if progress.failing_for > 1 else None,
        )
        with ThreadPoolExecutor(1, "pool") as pool:
            if waiting == "in an outage":
                reading = pool.submit(list, scan)
                assert failing.wait(20)
                client.close()
            else:
                next(scan)
                time.sleep(0.3)  # until the workers have got as far as they may
                client.close()
                reading = pool.submit(list, scan)
            with pytest.raises(RuntimeError, match="this client is closed"):
                reading.result(AT_MOST)
        scan.close()
        assert our_threads() == []


# --- Ctrl-C -------------------------------------------------------------------------------------

INTERRUPTED = """
import os, signal, sys, threading, time
from stripe_invoice_payments import Client

# A shell starts what it runs in the background deaf to Ctrl-C, and so would this be.
signal.signal(signal.SIGINT, signal.default_int_handler)
url, path, base = sys.argv[1:]
try:
    with Client("sk_test_stopping", base_url=url, timeout=1) as client:
        print("ready", flush=True)
        while True:
            with client.invoice_payments.scan(
                created={"gte": int(base), "lt": int(base) + 10_000}, checkpoint=path,
                rate_limit=3000, workers=3,
            ) as scan:
                for payment in scan:
                    scan.commit()
                scan.commit()
            os.unlink(path)
except KeyboardInterrupt:
    end = time.monotonic() + 2  # for a thread that was only just being started
    while left := [one for one in threading.enumerate() if one.name == "stripe-scan"]:
        if time.monotonic() > end:
            break
        time.sleep(0.01)
    print("interrupted", len(left), flush=True)
# Nothing is in the way of going on with the same file.
with Client("sk_test_stopping", base_url=url, timeout=1) as client:
    period = {"gte": int(base), "lt": int(base) + 10_000}
    client.invoice_payments.scan(created=period, checkpoint=path).close()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals work in another way there")
@pytest.mark.parametrize("kind", ["good", "slow", "silent", "failing"])
def test_an_interrupt_comes_out_as_itself(tmp_path, kind):
    """At any moment, also while the checkpoint is written."""
    rng = random.Random(f"{FIRST_SEED}{kind}")
    path = tmp_path / "payments.scan"
    with MoodyServer(kind, good=20) as server:
        for _ in range(SIGNALS // 4 or 1):
            server.requests = 0
            path.unlink(missing_ok=True)
            with subprocess.Popen(
                [sys.executable, "-c", INTERRUPTED, server.url, str(path), str(BASE)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as process:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
                time.sleep(rng.random() * 0.5)
                sent = time.monotonic()
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=30)
            assert out == "interrupted 0\n", err
            assert err == ""
            assert time.monotonic() - sent < AT_MOST + 10  # the process has to end as well
            assert set(tmp_path.iterdir()) <= {path}
