"""Leaving a scan of many accounts at any moment: at once, with nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from stripe_invoice_payments import AsyncClient, Client, ScanError
from stripe_invoice_payments.accounts import scan_accounts, scan_accounts_async
from tests.scan.server import BASE
from tests.scan.test_stopping import (
    AT_MOST,
    KEY,
    MOODS,
    PATIENT,
    SEEDS,
    TIMEOUT,
    MoodyServer,
    assert_quiet,
    left_in_time,
    our_threads,
)

# Every account has the same payments there, so some accounts have more than others by the period.
ACCOUNTS = [f"acct_{number}" for number in range(40)]
# Fewer moments than for a scan of one account, which is what runs in each account here.
SOME_SEEDS = SEEDS[: max(1, len(SEEDS) // 3)]


def options(rng: random.Random) -> Any:
    return {
        "created": {"gte": BASE, "lt": BASE + rng.choice([100, 3000])},
        "account_rate": rng.choice([2, 2000]),
        "platform_rate": rng.choice([3, 2000]),
        "sizes": dict.fromkeys(ACCOUNTS, 6000) if rng.random() < 0.5 else None,
    }


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("what", ["close", "drop", "another thread"])
@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_threads_end(mood, what, seed):
    rng = random.Random(f"{seed}{mood}{what}")
    with MoodyServer(mood, good=rng.randint(1, 12)) as server:
        with Client(KEY, base_url=server.url, **PATIENT) as client:
            scan = scan_accounts(client, ACCOUNTS, **options(rng))
            next(scan)
            time.sleep(rng.random() * 0.3)
            with left_in_time(server):
                if what == "close":
                    scan.close()
                elif what == "drop":
                    del scan
                    gc.collect()
                    end = time.monotonic() + AT_MOST
                    while our_threads() and time.monotonic() < end:
                        time.sleep(0.01)
                else:
                    with ThreadPoolExecutor(1, "pool") as pool:
                        reading = pool.submit(list, scan)
                        time.sleep(0.1)
                        scan.close()
                        with suppress(RuntimeError):  # it was closed while it was being read
                            reading.result(AT_MOST)


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("what", ["close", "cancel", "drop"])
@pytest.mark.parametrize("seed", SOME_SEEDS)
async def test_tasks_end(mood, what, seed):
    rng = random.Random(f"{seed}{mood}{what}")
    with MoodyServer(mood, good=rng.randint(1, 12)) as server:
        async with AsyncClient(KEY, base_url=server.url, **PATIENT) as client:
            tasks = asyncio.all_tasks()
            scan = scan_accounts_async(client, ACCOUNTS, **options(rng))
            await anext(scan)
            await asyncio.sleep(rng.random() * 0.3)
            started = time.monotonic()
            if what == "close":
                await scan.aclose()
            elif what == "cancel":

                async def read(scan: Any) -> None:
                    async for _ in scan:
                        pass

                reader = asyncio.create_task(read(scan))
                await asyncio.sleep(0.1)
                reader.cancel()
                await asyncio.wait([reader])
            else:
                del scan
                gc.collect()
                if left := asyncio.all_tasks() - tasks:
                    await asyncio.wait(left, timeout=AT_MOST)
            assert time.monotonic() - started < AT_MOST
            assert asyncio.all_tasks() == tasks
            await asyncio.to_thread(assert_quiet, server)


def test_closing_the_client_ends_a_scan_of_another_thread():
    with MoodyServer("silent", good=10) as server:
        client = Client(KEY, base_url=server.url, timeout=TIMEOUT)
        scan = scan_accounts(client, ACCOUNTS, created={"gte": BASE, "lt": BASE + 3000})
        with ThreadPoolExecutor(1, "pool") as pool:
            reading = pool.submit(list, scan)
            time.sleep(0.3)
            client.close()
            with pytest.raises(RuntimeError, match="this client is closed"):
                reading.result(AT_MOST)
        assert our_threads() == []


def test_an_outage_that_lasts_too_long_ends_it():
    with MoodyServer("failing", good=5) as server:
        with Client(KEY, base_url=server.url, max_retries=0) as client:
            scan = scan_accounts(
                client, ACCOUNTS, created={"gte": BASE, "lt": BASE + 3000}, max_outage=0.5
            )
            with pytest.raises(ScanError, match=r"in account acct_\d+ after max_outage=0.5 s"):
                list(scan)
            assert our_threads() == []
