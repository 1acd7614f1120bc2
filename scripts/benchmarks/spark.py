"""The Spark data source on a platform with accounts of very different sizes, and without Spark.

    .venv-spark/bin/python -m scripts.benchmarks.spark
    .venv-spark/bin/python -m scripts.benchmarks.spark unknown cluster  # these, by parts of names

The platform is the sandbox, in a process of its own, with Stripe's limits and a latency of 120 ms.
It counts the requests, and refuses those beyond the limits. Not counted are those that get a 500,
which any reader sends again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from attrs import define

from stripe_invoice_payments import Client
from stripe_invoice_payments.accounts import scan_accounts
from stripe_invoice_payments.sandbox import Sandbox

from .killing import killing_tasks
from .measure import running_sandbox, traffic
from .server import START, YEAR

ACCOUNT_RATE, PLATFORM_RATE = 20, 80
PLATFORM: dict[str, object] = {
    "accounts": 200,
    "account_sizes": "heavy_tail",
    "payments": 500,
    "latency": 0.12,
    "rate_limit": 25,
    "platform_rate_limit": 100,
    "seed": 0,
}
PERIOD: Any = {"gte": START, "lt": START + YEAR}


@define(frozen=True)
class Way:
    """A way to read the platform.

    Attributes:
        name: What it is.
        master: Spark's setting; None for no Spark.
        knows_sizes: Whether the sizes of the accounts are passed.
        is_disturbed: Whether tasks are killed, and a tenth of the requests gets a 500.
    """

    name: str
    master: str | None = None
    knows_sizes: bool = True
    is_disturbed: bool = False


WAYS = (
    Way("scan_accounts"),
    Way("scan_accounts, sizes unknown", knows_sizes=False),
    Way("local[2]", "local[2]"),
    Way("local[2], sizes unknown", "local[2]", knows_sizes=False),
    Way("local[2], tasks killed, 10% get a 500", "local[2,8]", is_disturbed=True),
    Way("local-cluster[2,1,1024]", "local-cluster[2,1,1024]"),
)


def fingerprint(ids: Iterable[str]) -> str:
    """A checksum of ids, in any order, each as often as it occurs."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:16]


def without_spark(base_url: str, sizes: Mapping[str, int], knows_sizes: bool) -> dict[str, Any]:
    """Read all accounts with `scan_accounts`."""
    started = time.perf_counter()
    with (
        Client(Sandbox.api_key, base_url=base_url) as client,
        scan_accounts(
            client,
            sizes,
            created=PERIOD,
            account_rate=ACCOUNT_RATE,
            platform_rate=PLATFORM_RATE,
            sizes=sizes if knows_sizes else None,
        ) as payments,
    ):
        ids = [f"{account} {payment.id}" for account, payment in payments]
    seconds = time.perf_counter() - started
    return {"start": 0.0, "seconds": seconds, "ids": fingerprint(ids), "rows": len(ids), "kills": 0}


def with_spark(base_url: str, way: Way, directory: Path) -> dict[str, Any]:
    """Read all accounts into Parquet files, in this process: Spark has one session in each."""
    from stripe_invoice_payments.spark import StripeInvoicePayments

    os.environ["PYSPARK_PYTHON"] = sys.executable
    started = time.perf_counter()
    builder = import_module("pyspark.sql").SparkSession.builder.master(way.master)
    options = {"driver.host": "127.0.0.1", "ui.enabled": "false", "log.level": "ERROR"}
    for name, value in options.items():
        builder = builder.config(f"spark.{name}", value)
    spark = builder.getOrCreate()
    spark.range(2).count()
    ready = time.perf_counter()
    spark.dataSource.register(StripeInvoicePayments)
    reader = spark.read.format("stripe_invoice_payments").options(
        **{"created.gte": START, "created.lt": START + YEAR, "base_url": base_url},
        accounts="connected",
        account_rate=ACCOUNT_RATE,
        platform_rate=PLATFORM_RATE,
        slots=2,
    )
    if way.knows_sizes:
        reader = reader.option("sizes", str(directory / "sizes.json"))
    with killing_tasks(every=4, most=5 if way.is_disturbed else 0) as killed:
        reader.load().write.parquet(str(directory / "payments"))
    seconds = time.perf_counter() - ready
    rows = spark.read.parquet(str(directory / "payments")).select("account", "id").collect()
    spark.stop()
    return {
        "start": ready - started,
        "seconds": seconds,
        "ids": fingerprint(f"{row.account} {row.id}" for row in rows),
        "rows": len(rows),
        "kills": len(killed),
    }


def measure(way: Way) -> dict[str, Any]:
    """One way, against a fresh platform."""
    with running_sandbox(**PLATFORM) as base_url, tempfile.TemporaryDirectory() as name:
        sizes: dict[str, int] = httpx.get(f"{base_url}/_sandbox").json()["sizes"]
        if way.is_disturbed:
            fault = {"name": "server_error", "rate": 0.1}
            httpx.post(f"{base_url}/_sandbox/add_fault", json=fault).raise_for_status()
        if way.master is None:
            found = without_spark(base_url, sizes, way.knows_sizes)
        else:
            Path(name, "sizes.json").write_text(json.dumps(sizes), "utf-8")
            command = [sys.executable, "-m", __spec__.name, "--one", str(WAYS.index(way)), base_url]
            done = subprocess.run(
                [*command, name],
                env={**os.environ, "STRIPE_API_KEY": Sandbox.api_key},
                stdout=subprocess.PIPE,
                check=True,
            )
            found = json.loads(done.stdout.splitlines()[-1])
        counts = traffic(base_url)
    pages = [max(1, -(-size // 100)) for size in sizes.values()]
    least_seconds = max(sum(pages) / PLATFORM_RATE, max(pages) / ACCOUNT_RATE)
    return {
        **found,
        "requests": (counts["total"] - counts["by_status"].get("500", 0)) / sum(pages),
        "refused": counts["refused"],
        "least": least_seconds,
        "payments": sum(sizes.values()),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("ways", nargs="*", help="parts of the names of some ways; by default, all")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        index, base_url, directory = options.one
        print(json.dumps(with_spark(base_url, WAYS[int(index)], Path(directory))))
        return 0
    print("| | start | time | requests, by the least | refused | killed | ids |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    expected, found = "", dict[str, Any]()
    # The first one says which ids are expected.
    chosen = [way for way in WAYS[1:] if any(part in way.name for part in options.ways or [""])]
    for way in (WAYS[0], *chosen):
        found = measure(way)
        expected = expected or found["ids"]
        is_same = found["ids"] == expected and found["rows"] == found["payments"]
        print(
            f"| {way.name} | {found['start']:.1f} s | {found['seconds']:.1f} s | "
            f"{found['requests']:.2f} | {found['refused']} | {found['kills']} | "
            f"{'equal' if is_same else 'DIFFERENT'} |",
            flush=True,
        )
    print(f"{found['payments']:,} payments; the limits allow {found['least']:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
