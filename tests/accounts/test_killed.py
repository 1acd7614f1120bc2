"""A real process, killed or interrupted: every payment of every account is stored once.

ACCOUNTS_KILLS=200 kills it two hundred times instead of five.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter

from stripe_invoice_payments.sandbox import Sandbox
from tests.scan.killing import run_and_kill

KILLS = int(os.environ.get("ACCOUNTS_KILLS", "5"))

# Rows that were stored but not committed are stored again, which their id makes harmless: so the
# program counts how often, and the test how many there are.
PROGRAM = """
import sqlite3
import sys

from stripe_invoice_payments import Client
from stripe_invoice_payments.accounts import scan_accounts

database = sqlite3.connect("payments.db")
with Client(KEY, base_url=URL) as client:
    with scan_accounts(
        client,
        "connected",
        created={"gte": 1735689600, "lt": 1767225600},
        checkpoint=sys.argv[1],
        account_rate=100,
        platform_rate=150,
        workers=4,
    ) as payments:
        for number, (account, payment) in enumerate(payments, 1):
            database.execute("INSERT INTO payments VALUES (?, ?)", (account, payment.id))
            if number % 40 == 0:
                database.commit()
                payments.commit()
        database.commit()
        payments.commit()
"""


def test_killed_scans_lose_nothing(tmp_path, record_property):
    with Sandbox(accounts=25, account_sizes="heavy_tail", payments=120, seed=5) as platform:
        program = tmp_path / "program.py"
        program.write_text(
            PROGRAM.replace("KEY", repr(platform.api_key)).replace("URL", repr(platform.base_url))
        )
        database = sqlite3.connect(tmp_path / "payments.db")
        database.execute("CREATE TABLE payments (account TEXT, id TEXT)")
        database.commit()
        repeated = runs = 0

        def progress() -> object:
            return database.execute("SELECT count(*) FROM payments").fetchone()

        def check() -> None:
            nonlocal repeated, runs
            rows = Counter(database.execute("SELECT account, id FROM payments").fetchall())
            found = Counter(account for account, _ in rows)
            assert found == {one: size for one, size in platform.sizes.items() if size}
            repeated, runs = repeated + rows.total() - len(rows), runs + 1
            database.execute("DELETE FROM payments")
            database.commit()
            (tmp_path / "all.scan").unlink()

        run_and_kill(program, "all.scan", kills=KILLS, progress=progress, ended=check)
        # After each kill, at most 40 rows were stored and not committed.
        assert repeated <= 40 * KILLS
        record_property("kills of scans of many accounts", KILLS)
        database.close()
