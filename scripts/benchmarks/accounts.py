"""`scan_accounts` on a platform with accounts of very different sizes, against two other ways.

    python -m scripts.benchmarks.accounts

The platform is the sandbox, with Stripe's limits and a latency of 120 ms. It counts the requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

import httpx
from attrs import define

from stripe_invoice_payments import Client
from stripe_invoice_payments.accounts import scan_accounts
from stripe_invoice_payments.sandbox import Sandbox

from .measure import Figure, running_sandbox, traffic
from .server import START, YEAR

ACCOUNTS = 200
PAYMENTS = 600
ACCOUNT_RATE, PLATFORM_RATE = 20, 80
# As many as those of `scan_accounts` at these limits and this latency.
CONNECTIONS = 13
PERIOD: Any = {"gte": START, "lt": START + YEAR}
OPTIONS: dict[str, object] = {
    "accounts": ACCOUNTS,
    "account_sizes": "heavy_tail",
    "payments": PAYMENTS,
    "latency": 0.12,
    "rate_limit": 25,
    "platform_rate_limit": 100,
}

Read = Callable[[Client, Mapping[str, int]], int]


@define(frozen=True)
class Outcome:
    """One run: how long it took, what it cost, and what any run takes at least."""

    seconds: float
    requests: int
    refused: int
    payments: int
    least_requests: int
    least_seconds: float

    @property
    def shown(self) -> str:
        """The run in words."""
        return (
            f"{self.payments:,} payments in {self.seconds:.1f} s; the limits allow "
            f"{self.least_seconds:.1f} s; {self.refused} refused"
        )


def at_once(client: Client, sizes: Mapping[str, int]) -> int:
    """`scan_accounts`, which finds out which accounts are large."""
    return _scan(client, sizes, None)


def at_once_with_sizes(client: Client, sizes: Mapping[str, int]) -> int:
    """`scan_accounts` with `sizes`, so that the largest accounts are read first."""
    return _scan(client, sizes, sizes)


def _scan(client: Client, accounts: Mapping[str, int], sizes: Mapping[str, int] | None) -> int:
    with scan_accounts(
        client,
        accounts,
        created=PERIOD,
        account_rate=ACCOUNT_RATE,
        platform_rate=PLATFORM_RATE,
        sizes=sizes,
    ) as payments:
        return sum(1 for _ in payments)


def one_after_the_other(client: Client, sizes: Mapping[str, int]) -> int:
    """`scan` for each account."""
    scan = client.invoice_payments.scan
    return sum(
        sum(1 for _ in scan(created=PERIOD, stripe_account=account, rate_limit=ACCOUNT_RATE))
        for account in sizes
    )


def one_worker_each(client: Client, sizes: Mapping[str, int]) -> int:
    """Each account page by page, several of them at once, as connectors do it."""
    limited = client.with_options(rate_limit=PLATFORM_RATE)

    def read(account: str) -> int:
        page = limited.invoice_payments.list(created=PERIOD, limit=100, stripe_account=account)
        return sum(1 for _ in page.auto_paging_iter())

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(read, sizes))


def run(read: Read, seed: int) -> Outcome:
    """Read all accounts in one of these ways."""
    with running_sandbox(**OPTIONS, seed=seed) as base_url:
        sizes: dict[str, int] = httpx.get(f"{base_url}/_sandbox").json()["sizes"]
        with Client(Sandbox.api_key, base_url=base_url) as client:
            started = time.perf_counter()
            payments = read(client, sizes)
            seconds = time.perf_counter() - started
        counts = traffic(base_url)
    if payments != sum(sizes.values()):
        raise AssertionError(f"{payments} of {sum(sizes.values())} payments read")
    pages = [max(1, -(-size // 100)) for size in sizes.values()]
    return Outcome(
        seconds=seconds,
        requests=counts["total"],
        refused=counts["refused"],
        payments=payments,
        least_requests=sum(pages),
        least_seconds=max(sum(pages) / PLATFORM_RATE, max(pages) / ACCOUNT_RATE),
    )


def many_accounts(quick: bool) -> Iterator[Figure]:
    """The median of three platforms; one in quick mode."""
    seeds = range(1 if quick else 3)
    ours: list[Outcome] = []
    for read, name in ((at_once, "sizes unknown"), (at_once_with_sizes, "sizes known")):
        runs = [run(read, seed) for seed in seeds]
        ours = ours or runs
        yield Figure(
            target=10,
            name=f"scan_accounts, {name}: requests / the least possible",
            value=median(one.requests / one.least_requests for one in runs),
            bound=1.1,
            note=f"{sum(one.refused for one in runs)} refused",
        )
        yield Figure(
            target=10,
            name=f"scan_accounts, {name}: time / what the limits allow",
            value=median(one.seconds / one.least_seconds for one in runs),
            note=runs[0].shown,
        )
    for read, name in (
        (one_after_the_other, "one account after the other"),
        (one_worker_each, "one worker for each account"),
    ):
        other = run(read, 0)
        yield Figure(
            target=10,
            name=f"{name} / scan_accounts, time",
            value=other.seconds / ours[0].seconds,
            better="more",
            note=f"{other.shown}, {other.requests} requests",
        )


def main() -> None:
    for figure in many_accounts(quick=False):
        print(f"{figure.name}: {figure.value:.2f} x ({figure.note})", flush=True)


if __name__ == "__main__":
    main()
