"""`export` next to what else puts invoice payments into a file: time, requests, and a crash.

    python -m scripts.benchmarks.connectors [--payments 30000] [--dlt DIRECTORY]

writes its table into docs/adopt/benchmarks.md. The sandbox, in a process of its own, plays Stripe:
it delays each response by 120 ms, and refuses what exceeds 100 requests a second. Everyone reads
the same year in pages of 100, and is configured as its documentation says:

- stripe-python: `auto_paging_iter`, two retries, Python's csv module, the file opened to write.
- dlt: its `rest_api` source with its cursor paginator, into DuckDB. `replace` is the cheapest of
  its dispositions for a complete list. Its telemetry is off. It is installed into an environment
  of its own, with the DuckDB of this one, in a temporary directory or the one that `--dlt` names.
- `export`: with `rate_limit` set to the server's limit. The default would be 20.

Then each is killed once, when the server has counted half of the requests that it needs, and the
same command runs again in the same directory.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import duckdb
import httpx
from attrs import define

from stripe_invoice_payments.sandbox import Sandbox

from . import report
from .measure import running_sandbox, traffic
from .server import START, YEAR

DLT = "1.31.0"
RATE, LATENCY, PAGE = 100, 0.12, 100

# Each is run with the server's URL, the key and the target.
STRIPE = f"""
import csv, sys
import stripe

url, key, to = sys.argv[1:]
client = stripe.StripeClient(key, base_addresses={{"api": url}}, max_network_retries=2)
query = {{"limit": {PAGE}, "created": {{"gte": {START}, "lt": {START + YEAR}}}}}
with open(to, "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(("id", "status", "amount_requested", "amount_paid", "currency", "created",
        "paid_at", "canceled_at", "invoice", "type", "payment_intent", "is_default", "livemode"))
    for payment in client.v1.invoice_payments.list(query).auto_paging_iter():
        writer.writerow((payment.id, payment.status, payment.amount_requested, payment.amount_paid,
            payment.currency, payment.created, payment.status_transitions.paid_at,
            payment.status_transitions.canceled_at, payment.invoice, payment.payment.type,
            getattr(payment.payment, "payment_intent", None), payment.is_default, payment.livemode))
"""
REST_API = f"""
import sys
from pathlib import Path
import dlt
from dlt.sources.rest_api import rest_api_source

url, key, to = sys.argv[1:]
source = rest_api_source({{
    "client": {{"base_url": url + "/v1/", "auth": {{"type": "bearer", "token": key}}}},
    "resources": [{{
        "name": "invoice_payments",
        "primary_key": "id",
        "write_disposition": "replace",
        "endpoint": {{
            "path": "invoice_payments",
            "params": {{
                "limit": {PAGE}, "created[gte]": {START}, "created[lt]": {START + YEAR},
            }},
            "data_selector": "data",
            "paginator": {{
                "type": "cursor",
                "cursor_path": "data[-1].id",
                "cursor_param": "starting_after",
                "has_more_path": "has_more",
            }},
        }},
    }}],
}})
pipeline = dlt.pipeline(
    "invoice_payments",
    pipelines_dir=str(Path(to).parent / "pipelines"),
    destination=dlt.destinations.duckdb(to),
    dataset_name="stripe",
)
pipeline.run(source)
"""
EXPORT = f"""
import sys
from stripe_invoice_payments import Client
from stripe_invoice_payments.export import export

url, key, to = sys.argv[1:]
with Client(key, base_url=url) as client:
    export(client, to=to, created={{"gte": {START}, "lt": {START + YEAR}}}, rate_limit={RATE})
"""


@define(frozen=True)
class Contender:
    """A program that writes a list of invoice payments, and how to read what it has written."""

    name: str
    python: str
    program: str
    target: str
    ids: Callable[[Path], list[str]]


@define(frozen=True, kw_only=True)
class Outcome:
    """What it took without a crash, and with one."""

    seconds: float
    cpu_seconds: float
    requests: int
    rows: int
    rows_after_kill: int
    requests_with_kill: int
    lost: int
    twice: int
    refused: int


def csv_ids(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row["id"] for row in csv.DictReader(file)]


def parquet_ids(path: Path) -> list[str]:
    return _ids(duckdb.read_parquet(str(path)))


def duckdb_ids(path: Path) -> list[str]:
    """The ids in whichever schema has the table; none if it is not there yet."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "SELECT schema_name FROM duckdb_tables() WHERE table_name = 'invoice_payments'"
        ).fetchall()
        tables = [connection.table(f"{schema}.invoice_payments") for (schema,) in found]
        return [each for table in tables for each in _ids(table)]


def _ids(table: duckdb.DuckDBPyRelation) -> list[str]:
    return [each for (each,) in table.select("id").fetchall()]


def contenders(dlt: Path) -> Iterator[Contender]:
    """Those that can be run here."""
    here = sys.executable
    yield Contender("stripe-python and csv", here, STRIPE, "payments.csv", csv_ids)
    try:
        python = install_dlt(dlt)
    except subprocess.CalledProcessError as error:
        print(f"dlt is left out, it cannot be installed: {error.stderr.strip()}", flush=True)
    else:
        yield Contender(f"dlt {DLT}", python, REST_API, "payments.duckdb", duckdb_ids)
    for target, ids in (
        ("payments.csv", csv_ids),
        ("payments.parquet", parquet_ids),
        ("payments.duckdb", duckdb_ids),
    ):
        yield Contender(f"`export` into `{target}`", here, EXPORT, target, ids)


def install_dlt(directory: Path) -> str:
    """Install dlt into an environment of its own, unless it is there; returns its Python."""
    python = str(directory / "bin" / "python")
    if not Path(python).exists():
        venv.create(directory, with_pip=True)
    wanted = (f"dlt[duckdb]=={DLT}", f"duckdb=={version('duckdb')}")
    command = [python, "-m", "pip", "install", "--quiet", *wanted]
    subprocess.run(command, capture_output=True, text=True, check=True)
    return python


class Course:
    """Where one contender after the other runs, in a directory of its own each time."""

    def __init__(self, base_url: str, payments: int) -> None:
        self.base_url = base_url
        self.payments = payments

    def run(self, contender: Contender) -> Outcome:
        """Run it to the end; then run it again from the start, with a kill in the middle."""
        with tempfile.TemporaryDirectory() as directory:
            target = Path(directory, contender.target)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.perf_counter()
            self._finish(self._start(contender, target))
            seconds = time.perf_counter() - started
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            rows = len(contender.ids(target))
            counts = self._counts()
        with tempfile.TemporaryDirectory() as directory:
            target = Path(directory, contender.target)
            self._kill(self._start(contender, target))
            rows_after_kill = len(contender.ids(target)) if target.exists() else 0
            self._finish(self._start(contender, target))
            ids = Counter(contender.ids(target))
            counts_with_kill = self._counts()
        return Outcome(
            seconds=seconds,
            cpu_seconds=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            requests=counts["total"],
            rows=rows,
            rows_after_kill=rows_after_kill,
            requests_with_kill=counts_with_kill["total"],
            lost=self.payments - len(ids),
            twice=ids.total() - len(ids),
            refused=counts["refused"] + counts_with_kill["refused"],
        )

    def _start(self, contender: Contender, target: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [contender.python, "-c", contender.program, self.base_url, Sandbox.api_key, target],
            env={**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false"},
            cwd=target.parent,
        )

    @staticmethod
    def _finish(process: subprocess.Popen[bytes]) -> None:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, process.args)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        while traffic(self.base_url)["total"] < self.payments / PAGE / 2:
            if process.poll() is not None:
                raise AssertionError("it ended before it could be killed")
            time.sleep(0.1)
        process.kill()
        process.wait()

    def _counts(self) -> dict[str, int]:
        """What the sandbox has counted since the last time."""
        counts = traffic(self.base_url)
        httpx.post(f"{self.base_url}/_sandbox/clear_traffic").raise_for_status()
        return counts


def shown(name: str, outcome: Outcome) -> tuple[str, ...]:
    """The cells of a row."""
    return (
        name,
        f"{outcome.seconds:.1f} s",
        f"{outcome.cpu_seconds:.1f} s",
        f"{outcome.requests:,}",
        f"{outcome.rows:,}",
        f"{outcome.rows_after_kill:,}",
        f"{outcome.requests_with_kill:,}",
        f"{outcome.lost:,}",
        f"{outcome.twice:,}",
        f"{outcome.refused:,}",
    )


HEADS = (
    *("", "time", "CPU time", "requests", "rows"),
    *("killed: rows in the target", "killed and run again: requests", "rows lost", "rows twice"),
    "requests refused",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--payments", type=int, default=30_000)
    parser.add_argument("--dlt", type=Path, help="keep the environment of dlt in this directory")
    options = parser.parse_args()
    payments: int = options.payments
    rows: list[tuple[str, ...]] = []
    with (
        tempfile.TemporaryDirectory() as directory,
        running_sandbox(payments=payments, latency=LATENCY, rate_limit=RATE) as base_url,
    ):
        course = Course(base_url, payments)
        for contender in contenders(options.dlt or Path(directory, "dlt")):
            rows.append(shown(contender.name, course.run(contender)))
            print("  ".join(rows[-1]), flush=True)
    limits = f"{payments:,} payments; the limit allows {payments / PAGE / RATE:.1f} s"
    text = f"Measured {report.circumstances()}. {limits}.\n\n{report.table(HEADS, rows)}"
    print(text)
    report.replace("connectors", text)


if __name__ == "__main__":
    main()
