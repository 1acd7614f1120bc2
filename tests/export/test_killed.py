"""Real processes, killed or interrupted at random moments: every payment is in the target once.

EXPORT_KILLS=50 kills each format's export fifty times instead of five.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pytest

from stripe_invoice_payments.export import verify
from stripe_invoice_payments.sandbox import Sandbox
from tests.export.fakes import TARGETS, read_back
from tests.scan.killing import run_and_kill

KILLS = int(os.environ.get("EXPORT_KILLS", "5"))
PAYMENTS = 800

# What the manifest says is written into `begun`, so that the test knows when to kill.
PROGRAM = """
import sys
from pathlib import Path

from stripe_invoice_payments import Client
from stripe_invoice_payments.export import export
from stripe_invoice_payments.export.targets import Target

Target.batch_size = 40

def begun(progress):
    with open("begun", "a") as file:
        file.write(f"{progress.rows}\\n")

with Client(KEY, base_url=URL) as client:
    export(client, to=sys.argv[1], rate_limit=150, workers=2, progress=begun)
"""


def rows_in_manifest(path: Path) -> int:
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute("SELECT manifest FROM invoice_payments_export").fetchone()
        assert found is not None
        content = found[0]
    else:
        inside = path / "_manifest.json"
        content = (inside if path.is_dir() else Path(f"{path}.manifest.json")).read_text("utf-8")
    rows: int = json.loads(content)["rows"]
    return rows


@pytest.mark.parametrize("name", TARGETS)
def test_stopped_exports_lose_nothing_and_repeat_nothing(name, tmp_path, record_property):
    with Sandbox(payments=PAYMENTS, seed=7) as server, server.client() as client:
        program = tmp_path / "program.py"
        program.write_text(
            PROGRAM.replace("KEY", repr(server.api_key)).replace("URL", repr(server.base_url))
        )
        begun = tmp_path / "begun"
        begun.touch()
        exports = 0

        def check() -> None:
            nonlocal exports
            exports += 1
            path = tmp_path / name
            assert rows_in_manifest(path) == PAYMENTS
            ids = [row["id"] for row in read_back(path)]
            assert len(ids) == len({*ids}) == PAYMENTS
            assert verify(path, client, rate_limit=1000).is_complete
            path.rename(tmp_path / f"{exports}{path.suffix}")
            manifest = Path(f"{path}.manifest.json")
            if manifest.exists():
                manifest.unlink()

        run_and_kill(program, name, kills=KILLS, progress=begun.read_text, ended=check)
    assert exports >= 1
    record_property("kill -9 and Ctrl-C of exports", KILLS)
