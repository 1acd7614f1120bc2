"""`scan` against Stripe's limits, at 120 ms: how near it comes to the ceiling."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import stripe

from stripe_invoice_payments import Client

from .measure import KEY, Figure, counters, running_server
from .reading import read_stripe
from .server import START, YEAR

LATENCY = 0.12
DRAWS = 6

# Requests a second, payments, and what share of the ceiling is wanted for each shape.
CASES = (
    (25, 20_000, {"even": 0.93, "bursts": 0.90, "seconds": None}),
    (100, 100_000, {"even": 0.93, "bursts": 0.88, "seconds": None}),
    (100, 20_000, {"even": 0.85, "bursts": 0.75, "seconds": None}),
)


def scanning(quick: bool) -> Iterator[Figure]:
    """The median of six draws of the data; one in quick mode."""
    for rate, payments, shapes in CASES:
        if quick and payments > 20_000:
            continue
        for shape, bound in shapes.items():
            draws = range(1 if quick else DRAWS)
            runs = [one_scan(rate, payments, shape, seed) for seed in draws]
            ceiling = rate * 100
            speed = median(payments / seconds for seconds, _, _ in runs)
            requests = median(requests for _, requests, _ in runs)
            refused = sum(refused for _, _, refused in runs)
            name = f"{rate}/s, {payments:,} payments, {shape}"
            yield Figure(
                target=7,
                name=f"scan at {name}: share of the ceiling",
                value=speed / ceiling,
                bound=bound,
                better="more",
                note=f"{speed:,.0f} of {ceiling:,} objects/s, {refused} refused",
            )
            yield Figure(
                target=7,
                name=f"scan at {name}: requests / the least possible",
                value=requests / (payments / 100),
                bound=1.08 if payments == 100_000 and shape != "seconds" else None,
            )
    yield from in_order(quick)
    yield from against_stripe(quick)


def in_order(quick: bool) -> Iterator[Figure]:
    """What `ordered=True` costs."""
    rate, payments = 100, 20_000
    for shape in ("even", "bursts"):
        draws = range(1 if quick else DRAWS)
        runs = [one_scan(rate, payments, shape, seed, ordered=True) for seed in draws]
        speed = median(payments / seconds for seconds, _, _ in runs)
        yield Figure(
            target=7,
            name=f"the same in order, at {rate}/s, {payments:,} payments, {shape}",
            value=speed / (rate * 100),
            better="more",
            note=f"{speed:,.0f} of {rate * 100:,} objects/s",
        )


def one_scan(
    rate: int, payments: int, shape: str, seed: int, *, ordered: bool = False
) -> tuple[float, int, int]:
    """Seconds, requests and refusals of one scan of a year."""
    with running_server(
        payments=payments, shape=shape, seed=seed, latency=LATENCY, rate=rate
    ) as base_url:
        with Client(KEY, base_url=base_url) as client:
            started = time.perf_counter()
            count = sum(
                1
                for _ in client.invoice_payments.scan(
                    created={"gte": START, "lt": START + YEAR}, rate_limit=rate, ordered=ordered
                )
            )
            seconds = time.perf_counter() - started
        if count != payments:
            raise AssertionError(f"{count} of {payments} payments read")
        counts = counters(base_url)
    return seconds, counts["requests"], counts["refused"]


def against_stripe(quick: bool) -> Iterator[Figure]:
    """The same data with stripe-python's iterator, which waits for each page."""
    payments = 5_000
    for rate, bound in ((25, 3.0), (100, 10.0)):
        size = payments if quick else 20_000
        with running_server(payments=payments, latency=LATENCY, rate=rate) as base_url:
            theirs = stripe.StripeClient(KEY, base_addresses={"api": base_url})
            started = time.perf_counter()
            count = read_stripe(theirs)
            their_rate = count / (time.perf_counter() - started)
        seconds, _, _ = one_scan(rate, size, "even", 0)
        yield Figure(
            target=7,
            name=f"scan at {rate}/s / stripe-python's iterator",
            value=size / seconds / their_rate,
            bound=bound,
            better="more",
            note=f"{size / seconds:,.0f} against {their_rate:,.0f} objects/s",
        )
