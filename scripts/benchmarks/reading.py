"""Reading lists and single objects over HTTP, against a server that costs next to nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import httpx
import orjson
import stripe

from stripe_invoice_payments import Client, _json

from .measure import (
    KEY,
    Figure,
    cpu_side_by_side,
    processes_side_by_side,
    running_server,
    side_by_side,
)
from .server import payment_id

OBJECTS = 20_000


def read_ours(client: Client) -> int:
    """Every payment, typed."""
    page = client.invoice_payments.list(limit=100)
    return sum(1 for _ in page.auto_paging_iter())


def read_stripe(client: stripe.StripeClient) -> int:
    """Every payment, with stripe-python's iterator."""
    page = client.v1.invoice_payments.list({"limit": 100})
    return sum(1 for _ in page.auto_paging_iter())


def read_plain(client: httpx.Client, base_url: str, loads: Callable[[bytes], Any]) -> int:
    """Every payment with httpx and a JSON library, without models."""
    count, cursor = 0, ""
    while True:
        url = f"{base_url}/v1/invoice_payments?limit=100{cursor}"
        page = loads(client.get(url).content)
        count += len(page["data"])
        if not page["has_more"]:
            return count
        cursor = f"&starting_after={page['data'][-1]['id']}"


def sequential() -> Iterator[Figure]:
    """All of 20,000 payments, a page after the other, from a server without latency."""
    with (
        running_server(payments=OBJECTS) as base_url,
        Client(KEY, base_url=base_url) as ours,
        httpx.Client(headers={"Authorization": f"Bearer {KEY}"}) as plain,
    ):
        theirs = stripe.StripeClient(KEY, base_addresses={"api": base_url})
        seconds = side_by_side(
            {
                "ours, json": lambda: without_orjson(lambda: read_ours(ours)),
                "ours, orjson": lambda: read_ours(ours),
                "stripe": lambda: read_stripe(theirs),
                "plain, json": lambda: read_plain(plain, base_url, json.loads),
                "plain, orjson": lambda: read_plain(plain, base_url, orjson.loads),
            },
            rounds=5,
        )
    rate = {name: OBJECTS / value for name, value in seconds.items()}
    for library, bound in (("json", 7.5), ("orjson", 10.0)):
        mine, plain_rate = rate[f"ours, {library}"], rate[f"plain, {library}"]
        yield Figure(
            target=4,
            name=f"read all ({library}) / stripe-python",
            value=mine / rate["stripe"],
            bound=bound,
            better="more",
            note=f"{mine:,.0f} against {rate['stripe']:,.0f} objects/s",
        )
        yield Figure(
            target=4,
            name=f"read all ({library}) / httpx + {library} without models",
            value=mine / plain_rate,
            bound=0.7,
            better="more",
            note=f"{mine:,.0f} against {plain_rate:,.0f} objects/s",
        )


def without_orjson(work: Callable[[], object]) -> object:
    """Do `work` as if the extra `speed` were not installed."""
    with patch.object(_json, "orjson", None):
        return work()


def retrieving() -> Iterator[Figure]:
    """The CPU of one retrieval, hooks off."""
    with (
        running_server(payments=10) as base_url,
        Client(KEY, base_url=base_url) as ours,
        httpx.Client() as plain,
    ):
        theirs = stripe.StripeClient(KEY, base_addresses={"api": base_url})
        url = f"{base_url}/v1/invoice_payments/{payment_id(3)}"
        headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": "2026-05-27.dahlia"}
        seconds = cpu_side_by_side(
            {
                "ours": lambda: ours.invoice_payments.retrieve(payment_id(3)),
                "plain": lambda: json.loads(plain.get(url, headers=headers).content),
                "stripe": lambda: theirs.v1.invoice_payments.retrieve(payment_id(3)),
            },
            rounds=9,
            calls=200,
        )
    us = {name: f"{value * 1e6:.0f} us" for name, value in seconds.items()}
    yield Figure(
        target=5,
        name="CPU of a retrieval / httpx.get + json.loads",
        value=seconds["ours"] / seconds["plain"],
        bound=1.0,
        note=f"{us['ours']} against {us['plain']}",
    )
    yield Figure(
        target=5,
        name="CPU of a retrieval / stripe-python",
        value=seconds["ours"] / seconds["stripe"],
        bound=0.5,
        note=f"{us['ours']} against {us['stripe']}",
    )


_TASK = """
import asyncio, sys, time
from stripe_invoice_payments import AsyncClient
async def main():
    async with AsyncClient("sk_test_benchmark", base_url=sys.argv[1]) as client:
        for calls in (20, 300):
            started = time.process_time()
            for _ in range(calls):
                await client.invoice_payments.retrieve(sys.argv[2])
        return (time.process_time() - started) / calls
print(asyncio.run(main()))
"""

# It is looked for in all places, in vain, as where it is not installed.
_WITHOUT_SNIFFIO = """
from importlib.machinery import PathFinder
find_spec = PathFinder.find_spec
def find_other(name, path=None, target=None):
    return find_spec("not_there" if name == "sniffio" else name, path, target)
PathFinder.find_spec = find_other
"""


def retrieving_async() -> Iterator[Figure]:
    """The CPU of one retrieval with asyncio, with and without the extra `speed`."""
    with running_server(payments=10) as base_url:
        seconds = processes_side_by_side(
            {"speed": _TASK, "plain": _WITHOUT_SNIFFIO + _TASK},
            rounds=5,
            arguments=(base_url, payment_id(3)),
        )
    yield Figure(
        target=5,
        name="CPU of a retrieval with asyncio, speed / without",
        value=seconds["speed"] / seconds["plain"],
        note=f"{seconds['speed'] * 1e6:.0f} us against {seconds['plain'] * 1e6:.0f} us",
    )


_STREAM = """
import sys
from scripts.benchmarks.measure import peak_memory
from stripe_invoice_payments import Client
client = Client("sk_test_benchmark", base_url=sys.argv[1])
for payment in client.invoice_payments.list(limit=100).auto_paging_iter():
    pass
client.close()
print(peak_memory())
"""


def streaming(quick: bool) -> Iterator[Figure]:
    """The peak memory of reading many payments, above that of reading 10,000."""
    many = 100_000 if quick else 1_000_000
    peaks: list[float] = []
    for payments in (10_000, many):
        with running_server(payments=payments) as base_url:
            done = subprocess.run(
                [sys.executable, "-c", _STREAM, base_url],
                capture_output=True,
                text=True,
                check=True,
            )
        peaks.append(float(done.stdout))
    yield Figure(
        target=6,
        name=f"peak memory of reading {many:,}, above that of 10,000",
        value=(peaks[1] - peaks[0]) / 1e6,
        unit="MB",
        bound=20,
        note=f"{peaks[1] / 1e6:.0f} against {peaks[0] / 1e6:.0f} MB",
    )
