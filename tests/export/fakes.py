"""A client whose scans in batches take no time, and readers that know nothing of ours."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset
import pyarrow.parquet

from stripe_invoice_payments import InvoicePayment
from tests.generated import samples

START = 1_735_689_600  # 2025-01-01
DAY = 86_400

TARGETS = ["payments.csv", "payments.jsonl", "payments.parquet", "payments/", "payments.duckdb"]


def payments(count: int) -> list[InvoicePayment]:
    """Payments of half a year; some have fields without a column."""
    return [
        InvoicePayment.from_dict(
            samples.payment(
                id=f"inpay_{number:04}",
                status=("open", "paid", "canceled")[number % 3],
                amount_paid=None if number % 3 != 1 else 100 * number,
                amount_requested=100 * number,
                created=START + number * (180 * DAY // count),
                currency=("usd", "eur")[number % 2],
                **({"added": [number]} if number % 5 == 0 else {}),
            )
        )
        for number in range(count)
    ]


class Batch:
    def __init__(self, held: tuple[InvoicePayment, ...], token: str, left: list[Any]) -> None:
        self.payments, self.token, self.left = held, token, tuple(left)


class FakeScan:
    """A scan as `scan_batches` makes them, of payments that are at hand."""

    def __init__(self, client: FakeClient, arguments: dict[str, Any]) -> None:
        self._client = client
        self._size: int = arguments.pop("batch_size", 1000)
        self._next = int(arguments.pop("resume_from", None) or 0)
        self._progress: Callable[[Any], object] | None = arguments.pop("progress", None)
        created = arguments.pop("created", None) or {}
        self.query: dict[str, Any] = {
            "filters": {name: value for name, value in arguments.items() if value is not None},
            "start": created.get("gte", START),
            "end": created.get("lt", START + 180 * DAY),
            "base_url": "https://api.example.com",
            "stripe_account": client.account,
            "stripe_context": None,
            "headers": {},
            "mode": "test",
            "stripe_version": "2026-01-01",
        }

    def __enter__(self) -> FakeScan:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Batch]:
        held = self._client.payments
        while True:
            self._client.step()
            batch = tuple(held[self._next : self._next + self._size])
            self._next += len(batch)
            is_end = self._next >= len(held)
            left = [] if is_end else [(START, held[-1 - self._next].created + 1)]
            yield Batch(batch, str(self._next), left)
            if is_end:
                return


class FakeClient:
    """What an export needs of a client. `step` is called before each batch."""

    def __init__(self, held: list[InvoicePayment], account: str | None = None) -> None:
        self.payments = held
        self.account = account
        self.scans = 0

    @property
    def invoice_payments(self) -> FakeClient:
        return self

    def step(self) -> None:
        """To be replaced."""

    def scan_batches(self, **arguments: Any) -> Any:
        self.scans += 1
        return FakeScan(self, arguments)


# --- Reading, as a user of the files would --------------------------------------------------------


def read_back(path: Path) -> list[dict[str, Any]]:
    """The rows of a target, with the values that `export_rows` gives, by id."""
    rows = _READERS[path.suffix](path)
    for row in rows:
        row.pop("created_month", None)
    return sorted(rows, key=lambda row: row["id"])


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [
            {name: _cell(name, cell) for name, cell in row.items()} for row in csv.DictReader(file)
        ]


def _cell(name: str, cell: str) -> Any:
    if not cell:
        return None
    if name in ("created", "_extracted_at") or name.endswith("_at"):
        return _time(cell)
    if name in ("is_default", "livemode"):
        return {"true": True, "false": False}[cell]
    return int(cell) if name.startswith("amount") else cell.removeprefix("'")


def _jsonl(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for row in rows:
        for name in ("created", "paid_at", "canceled_at", "_extracted_at"):
            row[name] = row[name] and _time(row[name])
    return rows


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def _parquet(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    return rows


def _duckdb(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        table = connection.sql("SELECT * FROM invoice_payments").to_arrow_table()
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows


def _directory(path: Path) -> list[dict[str, Any]]:
    found = pyarrow.dataset.dataset(path, partitioning="hive", format="parquet")
    rows: list[dict[str, Any]] = found.to_table().to_pylist()
    return rows


_READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
    ".duckdb": _duckdb,
    "": _directory,
}
