"""Exporting: what rows cost in each format, in CPU time, in memory, on the disk and of the rate.

    python -m scripts.benchmarks.exporting

measures all of it and writes one table into docs/adopt/benchmarks.md.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Any

from attrs import define

from stripe_invoice_payments import Client, InvoicePayment
from stripe_invoice_payments.export import export
from stripe_invoice_payments.export.session import Options, Session
from stripe_invoice_payments.export.targets import target_of

from . import report
from .measure import KEY, Figure, peak_memory, running_server
from .server import START, YEAR

TARGET = 9
ROWS, QUICK_ROWS = 1_000_000, 100_000
RUNS = 3
NAMES = ("payments.csv", "payments.jsonl", "payments.parquet", "payments/", "payments.duckdb")
# What the CPU time is compared with: Python's csv module and nothing else.
PLAIN = "plain.csv"
RATE, LATENCY = 100, 0.12
PERIOD: Any = {"gte": START, "lt": START + YEAR}


@define
class Batch:
    """A batch of invented payments."""

    payments: tuple[InvoicePayment, ...]
    token: str
    left: tuple[tuple[int, int | None], ...]


def _id(rng: random.Random, prefix: str) -> str:
    """As random as Stripe's, with 24 characters."""
    return f"{prefix}_{urlsafe_b64encode(rng.randbytes(18)).decode()}"


def _payment(rng: random.Random, created: int) -> InvoicePayment:
    amount = rng.randrange(100, 100_000)
    status = rng.choices(("paid", "open", "canceled"), (90, 5, 5))[0]
    return InvoicePayment.from_dict(
        {
            "id": _id(rng, "inpay"),
            "object": "invoice_payment",
            "amount_paid": amount if status == "paid" else None,
            "amount_requested": amount,
            "created": created,
            "currency": rng.choice(("usd", "eur", "gbp")),
            "invoice": _id(rng, "in"),
            "is_default": rng.random() < 0.95,
            "livemode": True,
            "payment": {"type": "payment_intent", "payment_intent": _id(rng, "pi")},
            "status": status,
            "status_transitions": {
                "canceled_at": created + 60 if status == "canceled" else None,
                "paid_at": created + rng.randrange(3600) if status == "paid" else None,
            },
        }
    )


def _batches(rows: int, size: int) -> Iterator[Batch]:
    """A year of payments, as four workers of a scan deliver them: from four places at once.

    All batches consist of the same objects, with new ids and times: inventing takes longer than
    some of what is measured.
    """
    rng = random.Random(1)
    quarter, step = YEAR // 4, YEAR / rows
    payments = [_payment(rng, START) for _ in range(min(size, rows))]
    for first in range(0, rows, size):
        batch = payments[: rows - first]
        for number, payment in enumerate(batch, first):
            _renew(payment, rng, START + int((number % 4) * quarter + number // 4 * step))
        left = () if first + size >= rows else ((START, START + YEAR - first),)
        yield Batch(tuple(batch), f"token of {first}", left)


def _renew(payment: InvoicePayment, rng: random.Random, created: int) -> None:
    payment.id, payment.invoice = _id(rng, "inpay"), _id(rng, "in")
    payment.payment.payment_intent = _id(rng, "pi")
    payment.created = created
    times = payment.status_transitions
    times.paid_at = None if times.paid_at is None else created + rng.randrange(3600)
    times.canceled_at = None if times.canceled_at is None else created + 60


@define(kw_only=True)
class Format:
    """What was measured of one format."""

    name: str
    rows_per_second: float
    megabytes: float
    bytes_per_row: float
    share: float | None = None


def measure(to: str, rows: int) -> dict[str, float]:
    """Write invented payments; only what the writing does is timed."""
    write = plain if Path(to).name == PLAIN else exported
    seconds = write(to, rows)
    path = Path(to)
    files = [path] if path.is_file() else list(path.rglob("*.parquet"))
    return {
        "rows_per_second": rows / seconds,
        "megabytes": peak_memory() / 1e6,
        "bytes_per_row": sum(each.stat().st_size for each in files) / rows,
    }


def exported(to: str, rows: int) -> float:
    """The CPU seconds of an export without its reading."""
    query: dict[str, Any] = {
        "filters": {},
        "start": START,
        "end": START + YEAR,
        "base_url": "",
        "stripe_account": None,
        "stripe_context": None,
        "headers": {},
        "mode": "live",
        "stripe_version": "2026-05-27.dahlia",
    }
    with target_of(to) as target:
        session = Session(target, query, Options("raise", None))
        batches = _batches(rows, target.batch_size)
        seconds = sum(cpu_seconds(session.store, batch) for batch in batches)
        return seconds + cpu_seconds(session.finish)


def plain(to: str, rows: int) -> float:
    """The CPU seconds of the csv module, for a line for each payment that no crash survives."""
    with Path(to).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)

        def store(batch: Batch) -> None:
            writer.writerows(map(_cells, batch.payments))

        return sum(cpu_seconds(store, batch) for batch in _batches(rows, 10_000))


def _cells(payment: InvoicePayment) -> tuple[object, ...]:
    return (
        payment.id,
        payment.status,
        payment.amount_requested,
        payment.amount_paid,
        payment.currency,
        payment.created_datetime.isoformat(),
        payment.status_transitions.paid_at,
        payment.status_transitions.canceled_at,
        payment.invoice_id,
        payment.payment.type,
        payment.payment.id,
        payment.is_default,
        payment.livemode,
    )


def cpu_seconds(work: Callable[..., object], *arguments: object) -> float:
    before = time.process_time()
    work(*arguments)
    return time.process_time() - before


def formats(quick: bool) -> tuple[list[Format], Format]:
    """Each format in a process of its own, and then Python's csv module in one.

    The best of three: whatever else the machine does costs CPU time too, through the caches.
    """
    rows, runs = (QUICK_ROWS, 1) if quick else (ROWS, RUNS)
    best: dict[str, Format] = {}
    for name in (*NAMES, PLAIN) * runs:
        with tempfile.TemporaryDirectory() as directory:
            command = [sys.executable, "-m", "scripts.benchmarks.exporting"]
            to = f"{directory}/{name}"
            printed = subprocess.check_output([*command, to, str(rows)], text=True)
        print(name, printed.strip(), flush=True)
        one = Format(name=name, **json.loads(printed))
        best[name] = max(best.get(name, one), one, key=attrgetter("rows_per_second"))
    *ours, baseline = best.values()
    for one, share in zip(ours, shares(quick), strict=True):
        one.share = share
    return ours, baseline


def shares(quick: bool) -> list[float]:
    """The rate of an export as a share of `scan`'s, for each format.

    All read the same payments, in turns, from a server with Stripe's limit. The medians of three
    rounds; one in quick mode.
    """
    payments, rounds = (20_000, 1) if quick else (100_000, 3)
    seconds: dict[str, list[float]] = {name: [] for name in ("", *NAMES)}
    with (
        running_server(payments=payments, latency=LATENCY, rate=RATE) as base_url,
        Client(KEY, base_url=base_url) as client,
    ):
        for _ in range(rounds):
            for name, runs in seconds.items():
                with tempfile.TemporaryDirectory() as directory:
                    started = time.perf_counter()
                    read = _read(client, f"{directory}/{name}" if name else None)
                    runs.append(time.perf_counter() - started)
                    print(f"{name or 'scan'}: {runs[-1]:.2f} s", flush=True)
                if read != payments:
                    raise AssertionError(f"{read} of {payments} payments in {name or 'the scan'}")
    return [median(seconds[""]) / median(seconds[name]) for name in NAMES]


def _read(client: Client, to: str | None) -> int:
    if to:
        return export(client, to=to, created=PERIOD, rate_limit=RATE).rows
    with closing(client.invoice_payments.scan(created=PERIOD, rate_limit=RATE)) as payments:
        return sum(1 for _ in payments)


def exporting(quick: bool) -> Iterator[Figure]:
    """The figures of each format."""
    ours, baseline = formats(quick)
    for one in ours:
        name = f"export into {one.name}"
        against = one.rows_per_second / baseline.rows_per_second
        yield Figure(
            target=TARGET,
            name=name,
            value=one.rows_per_second,
            unit="rows/s of CPU",
            bound=50_000,
            better="more",
            note=f"{against:.2f} x Python's csv module",
        )
        yield Figure(
            target=TARGET,
            name=f"{name}, peak memory",
            value=one.megabytes,
            unit="MB",
            bound=150,
        )
        yield Figure(
            target=TARGET,
            name=f"{name}, on the disk",
            value=one.bytes_per_row,
            unit="B a row",
            bound=80 if one.name not in ("payments.csv", "payments.jsonl") else None,
        )
        yield Figure(
            target=TARGET,
            name=f"{name}: share of scan's rate at {RATE}/s",
            value=one.share or 0,
            bound=0.98,
            better="more",
        )


def main() -> None:
    """Write the table: a row for each format."""
    ours, baseline = formats(quick=False)
    heads = ("target", "rows/s of CPU", "of the csv module's", "peak memory", "on the disk")
    rows = [
        (
            f"`{one.name}`" if one is not baseline else "Python's csv module",
            f"{one.rows_per_second:,.0f}",
            f"{one.rows_per_second / baseline.rows_per_second:.2f} x",
            f"{one.megabytes:.0f} MB",
            f"{one.bytes_per_row:.0f} B a row",
            "" if one.share is None else f"{one.share:.3f}",
        )
        for one in (*ours, baseline)
    ]
    table = report.table((*heads, f"share of scan's rate at {RATE}/s"), rows)
    text = f"Measured {report.circumstances()}; {ROWS:,} rows.\n\n{table}"
    print(text)
    report.replace("exports", text)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
