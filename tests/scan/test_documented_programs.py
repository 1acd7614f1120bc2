"""docs/use/scan.md's own programs, killed or interrupted: what they write is complete in the end.

Each is stopped 5 times by default, 10 times with `CI=true`, and as often as `SCAN_KILLS` says.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from stripe_invoice_payments import Client, CreatedFilter
from stripe_invoice_payments.sandbox import Sandbox

from .killing import run_and_kill

PAGE = Path(__file__).parents[2] / "docs" / "use" / "scan.md"
KILLS = int(os.environ.get("SCAN_KILLS", "10" if os.environ.get("CI") else "5"))
PERIOD: CreatedFilter = {"gte": 1_735_689_600, "lt": 1_767_225_600}

BEFORE = """
import sys
from stripe_invoice_payments import Client

client = Client("sk_test_sandbox", base_url=sys.argv[1], rate_limit=60)
"""


def documented(mark: str, changes: dict[str, str]) -> str:
    """The example of the page that contains `mark`, as it stands there, with these changes."""
    text = PAGE.read_text("utf-8")
    blocks: list[str] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (block,) = (block for block in blocks if mark in block)
    for old, new in changes.items():
        assert block.count(old) == 1
        block = block.replace(old, new)
    return BEFORE + block


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(payments=6000, seed=3) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def everything(sandbox):
    """What there is to be read: ids and amounts."""
    with Client(sandbox.api_key, base_url=sandbox.base_url) as client:
        payments = client.invoice_payments.scan(created=PERIOD, rate_limit=2000)
        everything = {payment.id: payment.amount_paid for payment in payments}
    assert len(everything) > 2000
    return everything


def test_a_file_with_a_checkpoint_lacks_nothing(sandbox, everything, tmp_path):
    program = tmp_path / "loop.py"
    # For a smaller number of payments.
    program.write_text(documented("save()", {"% 1000 ==": "% 50 =="}), "utf-8")
    rows = tmp_path / "payments-2025.csv"
    ends = Counter[str]()

    def ended() -> None:
        assert list(tmp_path.glob("*.scan")) == []
        ends["by itself"] += 1

    run_and_kill(
        program,
        sandbox.base_url,
        kills=KILLS,
        progress=lambda: rows.exists() and rows.stat().st_size,
        ended=ended,
    )
    found = [line.split(",") for line in rows.read_text().splitlines()]
    assert all(str(everything[identifier]) == amount for identifier, amount in found)
    assert {identifier for identifier, _ in found} == everything.keys()
    # Once for each time that it came to its end, and again only what was not committed.
    assert len(found) <= ends["by itself"] * len(everything) + KILLS * 1000


def test_a_database_has_everything_exactly_once(sandbox, everything, tmp_path):
    program = tmp_path / "store.py"
    changes = {
        "    resume_from=": "    batch_size=30,\n    resume_from=",
        # So that a second row of a payment would be an error.
        "INSERT OR REPLACE INTO payments": "INSERT INTO payments",
    }
    program.write_text(documented("sqlite3", changes), "utf-8")
    database = tmp_path / "payments.db"

    def ended() -> None:
        with closing(sqlite3.connect(database)) as connection:
            rows = connection.execute("SELECT id, amount_paid FROM payments").fetchall()
            ((token,),) = connection.execute("SELECT token FROM scans").fetchall()
        assert len(rows) == len(everything)
        assert dict(rows) == everything
        assert json.loads(token)["windows"] == []
        database.unlink()

    def progress() -> object:
        """Not a query, which could be in the way of the program."""
        return database.exists() and database.stat().st_mtime_ns

    run_and_kill(program, sandbox.base_url, kills=KILLS, progress=progress, ended=ended)
