"""docs/scan.md's own loop, killed at random moments: its file misses nothing in the end.

Ten kills by default, 60 with `CI=true`; `KILLS` asks for another number.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stripe_invoice_payments import Client, CreatedFilter
from stripe_invoice_payments.sandbox import Sandbox

PAGE = Path(__file__).parents[2] / "docs" / "scan.md"
KILLS = int(os.environ.get("KILLS", "60" if os.environ.get("CI") else "10"))
PERIOD: CreatedFilter = {"gte": 1_735_689_600, "lt": 1_767_225_600}

BEFORE = """
import sys
from stripe_invoice_payments import Client

client = Client("sk_test_sandbox", base_url=sys.argv[1], rate_limit=60)
"""


def the_loop() -> str:
    """The first example of the page, as it stands there, for a smaller number of payments."""
    text = PAGE.read_text("utf-8")
    blocks: list[str] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    block = blocks[0]
    assert block.count("% 1000 ==") == 1
    return BEFORE + block.replace("% 1000 ==", "% 50 ==")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(payments=6000, seed=3) as sandbox:
        yield sandbox


def test_the_loop_of_the_page_loses_nothing(sandbox, tmp_path):
    with Client(sandbox.api_key, base_url=sandbox.base_url) as client:
        everything = {
            payment.id: str(payment.amount_paid)
            for payment in client.invoice_payments.scan(created=PERIOD, rate_limit=2000)
        }
    assert len(everything) > 2000
    (tmp_path / "loop.py").write_text(the_loop(), "utf-8")
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    rng = random.Random(0)
    kills = runs = unnoticed = 0
    while True:
        with subprocess.Popen(
            [sys.executable, "loop.py", sandbox.base_url], cwd=tmp_path, env=environment
        ) as process:
            runs += 1
            rows = tmp_path / "payments-2025.csv"
            if kills < KILLS:
                before = rows.stat().st_size if rows.exists() else 0
                # From when it writes on, at any moment.
                deadline = time.monotonic() + 20
                while time.monotonic() < deadline and process.poll() is None:
                    if rows.exists() and rows.stat().st_size != before:
                        break
                    time.sleep(0.002)
                time.sleep(rng.random() * 0.15)
                if process.poll() is None:
                    process.kill()
                    kills += 1
            assert process.wait(60) in (0, -9)
            unnoticed += process.returncode == 0
            if process.returncode == 0:
                assert list(tmp_path.glob("*.scan")) == []
                if kills >= KILLS:
                    break
    found = [line.split(",") for line in rows.read_text().splitlines()]
    assert all(everything[identifier] == amount for identifier, amount in found)
    assert {identifier for identifier, _ in found} == everything.keys()
    # Once for each time that it came to its end, and again only what was not committed.
    assert len(found) <= unnoticed * len(everything) + kills * 1000
