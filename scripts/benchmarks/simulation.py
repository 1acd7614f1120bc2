"""How long it takes to read a platform of 50,000 accounts with 120 million payments: a simulation.

    python -m scripts.benchmarks.simulation

Stripe does not document whose limit applies to the requests of a platform for its accounts, so this
assumes four of them in turn. Each way keeps a fifth below the limit. It counts requests, and no
work of a machine. The bins and the rates are those of the Spark data source.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from attrs import define

from stripe_invoice_payments.sandbox.data.sizes import heavy_tail
from stripe_invoice_payments.spark.planning import Bin, Rates, least_seconds, pack, pages_of

from .server import START, YEAR

ACCOUNTS, PAYMENTS = 50_000, 120_000_000
PERIOD = (START, START + YEAR)
LATENCY = 0.12
# Accounts that a connector reads at once, each page by page.
STREAMS = 8
SLOTS = 16
TASK = 0.032
"""Seconds that a task costs in addition."""


@define(frozen=True)
class Assumption:
    """Whose limit Stripe applies, and the rates that keep to it."""

    name: str
    rates: Rates


ASSUMPTIONS = (
    Assumption("25 for each account and 100 for the platform", Rates(20, 80)),
    Assumption("100 for the platform only", Rates(80, 80)),
    Assumption("25 for the platform only, as for an endpoint", Rates(20, 20)),
    Assumption("25 for each account only; 640 are sent at most", Rates(20, 640)),
)


def platform() -> dict[str, int]:
    """The accounts and how many payments each has: few have most of them."""
    draws = [heavy_tail(10**6, seed) for seed in range(ACCOUNTS)]
    scale = PAYMENTS / sum(draws)
    return {f"acct_{number}": int(draw * scale) for number, draw in enumerate(draws)}


def one_after_the_other(pages: Iterable[int], rates: Rates) -> float:
    """One request at a time."""
    return sum(pages) / min(1 / LATENCY, rates.account, rates.platform)


def as_connectors(pages: Iterable[int], rates: Rates) -> float:
    """Several accounts at once, each page by page, in the order in which they are listed."""
    waiting = iter(pages)
    # All that are being read advance at the same speed, so each ends at a known distance.
    ends: list[float] = []
    seconds = distance = 0.0
    while True:
        while len(ends) < STREAMS and (count := next(waiting, None)) is not None:
            heapq.heappush(ends, distance + count)
        if not ends:
            return seconds
        speed = min(1 / LATENCY, rates.account, rates.platform / len(ends))
        end = heapq.heappop(ends)
        seconds += (end - distance) / speed
        distance = end


def in_bins(bins: list[Bin], rates: Rates) -> float:
    """The tasks of the data source, each with its share of the rates."""
    tasks = min(SLOTS, len(bins))
    free = [0.0] * tasks
    for each in bins:
        share = rates.divided(tasks, each.parts)
        pages = [pages_of(size) for size in each.sizes.values()]
        needed = max(sum(pages) / share.platform, max(pages) / share.account)
        heapq.heapreplace(free, free[0] + TASK + needed)
    return max(free)


def row(assumption: Assumption, sizes: Mapping[str, int]) -> str:
    """The line of the table for one assumption."""
    rates = assumption.rates
    pages = [*map(pages_of, sizes.values())]
    bins = pack(sizes, PERIOD, rates, SLOTS)
    # Of so many first pages, the driver keeps few for the tasks; here it keeps none.
    probes = len(sizes) / rates.platform
    times = [
        one_after_the_other(pages, rates),
        as_connectors(pages, rates),
        in_bins(bins, rates) + probes,
        in_bins(bins, rates),
        least_seconds(pack(sizes, PERIOD, rates, None), rates),
    ]
    shown = " | ".join(f"{seconds / 3600:.1f} h" for seconds in times)
    return f"| {assumption.name} | {shown} | {len(bins)} |"


def main() -> None:
    sizes = platform()
    largest = max(sizes.values())
    print(f"{len(sizes):,} accounts, {sum(sizes.values()):,} payments, {largest:,} in the largest;")
    print(f"{sum(map(pages_of, sizes.values())):,} pages at least, {LATENCY} s for each response\n")
    ways = f"one request at a time | {STREAMS} streams | Spark, {SLOTS} slots | with sizes"
    print(f"| limit, requests per second | {ways} | the limits allow | tasks |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for assumption in ASSUMPTIONS:
        print(row(assumption, sizes))


if __name__ == "__main__":
    main()
