"""Real processes, killed or interrupted at random moments: the sync after that leaves no wrong row.

SYNC_KILLS=50 kills fifty times instead of five.
"""

from __future__ import annotations

import os
import random

from stripe_invoice_payments.sandbox import Sandbox
from tests.scan.killing import run_and_kill
from tests.sync.mirrors import at_stripe, execute, in_mirror

KILLS = int(os.environ.get("SYNC_KILLS", "5"))

# Each request is written into `begun`, so that the test knows when to kill.
PROGRAM = """
import sys

from stripe_invoice_payments import Client
from stripe_invoice_payments.export.targets import Target
from stripe_invoice_payments.sync import sync

Target.batch_size = 40

def begun(request):
    with open("begun", "a") as file:
        file.write("x")

with Client(KEY, base_url=URL, on_request=begun) as client:
    sync(client, sys.argv[1], rate_limit=100, workers=2)
"""


def test_a_killed_sync_leaves_a_mirror_that_the_next_one_completes(tmp_path, record_property):
    rng = random.Random(0)
    path = tmp_path / "payments.duckdb"
    with Sandbox(payments=300, seed=7) as server:
        program = tmp_path / "program.py"
        program.write_text(
            PROGRAM.replace("KEY", repr(server.api_key)).replace("URL", repr(server.base_url))
        )
        begun = tmp_path / "begun"
        begun.touch()
        syncs = 0

        def check() -> None:
            nonlocal syncs
            syncs += 1
            rows = in_mirror(path)
            assert rows == at_stripe(server)
            assert execute(path, "SELECT count(*) FROM invoice_payments_sync") == [(1,)]
            still_open = [row["id"] for row in rows if row["status"] == "open"]
            for each in rng.sample(still_open, min(5, len(still_open))):
                server.set_invoice_payment_status(each, rng.choice(["paid", "canceled"]))
            for _ in range(60):
                server.create_invoice_payment(status=rng.choice(["open", "paid"]))

        run_and_kill(program, path.name, kills=KILLS, progress=begun.read_text, ended=check)
    assert syncs >= 1
    record_property("kill -9 and Ctrl-C of syncs", KILLS)
