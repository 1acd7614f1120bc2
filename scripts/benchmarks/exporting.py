"""Exporting: what rows cost in each format, in CPU time, in memory and on the disk."""

from __future__ import annotations

import json
import random
import resource
import shutil
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define

from stripe_invoice_payments import InvoicePayment
from stripe_invoice_payments.export.session import Options, Session
from stripe_invoice_payments.export.targets import target_of

from .measure import Figure

TARGET = 9
ROWS, QUICK_ROWS = 1_000_000, 100_000
START = 1_735_689_600
NAMES = ("payments.csv", "payments.jsonl", "payments.parquet", "payments/", "payments.duckdb")

_ALPHABET = string.ascii_letters + string.digits


@define
class Batch:
    """A batch of invented payments."""

    payments: tuple[InvoicePayment, ...]
    token: str
    left: tuple[tuple[int, int | None], ...]


def _id(rng: random.Random, prefix: str) -> str:
    """As Stripe's: 24 characters that tell nothing."""
    return f"{prefix}_{''.join(rng.choices(_ALPHABET, k=24))}"


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
    """A year of payments, as four workers of a scan deliver them: from four places at once."""
    rng = random.Random(1)
    year, quarter = 365 * 86_400, 365 * 21_600
    step = year / rows
    for first in range(0, rows, size):
        payments = tuple(
            _payment(rng, START + int((number % 4) * quarter + number // 4 * step))
            for number in range(first, min(first + size, rows))
        )
        left = () if first + size >= rows else ((START, START + year - first),)
        yield Batch(payments, f"token of {first}", left)


def measure(to: str, rows: int) -> dict[str, float]:
    """Export invented payments; only what the export does is timed."""
    query: dict[str, Any] = {
        "filters": {},
        "start": START,
        "end": START + 365 * 86_400,
        "base_url": "",
        "stripe_account": None,
        "stripe_context": None,
        "headers": {},
        "mode": "live",
        "stripe_version": "2026-05-27.dahlia",
    }
    with target_of(to) as target:
        session = Session(target, query, Options("raise", None))
        seconds = 0.0
        for batch in _batches(rows, target.batch_size):
            before = time.process_time()
            session.store(batch)
            seconds += time.process_time() - before
        before = time.process_time()
        session.finish()
        seconds += time.process_time() - before
    path = Path(to)
    files = [path] if path.is_file() else list(path.rglob("*.parquet"))
    return {
        "rows_per_second": rows / seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "bytes_per_row": sum(each.stat().st_size for each in files) / rows,
    }


def exporting(quick: bool) -> Iterator[Figure]:
    """The figures of each format, measured in a process of its own."""
    rows = QUICK_ROWS if quick else ROWS
    for name in NAMES:
        directory = tempfile.mkdtemp()
        try:
            command = [sys.executable, "-m", "scripts.benchmarks.exporting"]
            done = subprocess.run(
                [*command, f"{directory}/{name}", str(rows)],
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            shutil.rmtree(directory)
        found: dict[str, float] = json.loads(done.stdout)
        note = f"{rows:,} rows"
        yield Figure(
            target=TARGET,
            name=f"export into {name}",
            value=found["rows_per_second"],
            unit="rows/s of CPU",
            bound=50_000,
            better="more",
            note=note,
        )
        yield Figure(
            target=TARGET,
            name=f"export into {name}, peak memory",
            value=found["megabytes"],
            unit="MB",
            bound=150,
            note=note,
        )
        yield Figure(
            target=TARGET,
            name=f"export into {name}, on the disk",
            value=found["bytes_per_row"],
            unit="B a row",
            bound=80 if "csv" not in name and "jsonl" not in name else None,
            note=note,
        )


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
