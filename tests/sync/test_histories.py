"""Random histories: whatever happens, before, between and during syncs, no row is wrong after one.

SYNC_HISTORIES=1000 tries that many instead of a few.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments import Client, StripeError
from stripe_invoice_payments.export.database import DuckDBFile
from stripe_invoice_payments.export.targets import Target
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sync import AsyncMirror, Mirror, SyncResult
from tests.sync.histories import DAY, LOOK_BACK, World
from tests.sync.mirrors import about, event, without_time

HISTORIES = int(os.environ.get("SYNC_HISTORIES", "4"))
KINDS = ["quiet", "quiet", "restless", "killed", "faulty", "everything"]
PAYMENTS = 120
FAULTS = (
    "server_error",
    "rate_limit",
    "proxy_503",
    "cut_json",
    "connection_closed",
    "connection_reset",
)


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(point: int | None) -> Iterator[None]:
    """Let the process end at this point: before, in or after one of its transactions."""
    passed = 0
    transaction = DuckDBFile.transaction

    def count() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            raise Killed

    @contextmanager
    def counted(self: DuckDBFile) -> Iterator[None]:
        count()
        with transaction(self):
            yield
            count()
        count()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDBFile, "transaction", counted)
        yield


class History:
    """One history of an account and of its mirror, with one of the clients.

    The mirror is opened again after each kill and error, and sometimes without reason.
    """

    def __init__(self, server: Sandbox, seed: int, path: Path) -> None:
        self.rng = random.Random(seed)
        self.path = path
        self.server = server
        with server.client() as client:
            page = client.invoice_payments.list(limit=100)
            self.world = World(server, page.auto_paging_iter(), self.rng)
        client_options: Any = {"max_retries": 1, "on_request": self.meanwhile}
        self.client: Any = (
            server.client(**client_options) if seed % 2 else server.async_client(**client_options)
        )
        self.mirror: Any = None
        self.is_restless = False
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Syncs with time in between, and in the end one that reads everything again."""
        self.watermark = 0
        self.rng.shuffle(kinds := KINDS.copy())
        for kind in kinds:
            days = self.rng.choice([0, 0, 1, 7, 60])
            self.world.pass_time(self.rng.randrange(1, DAY) + days * DAY, self.rng.randrange(40))
            self.is_restless = kind in ("restless", "everything")
            if kind in ("faulty", "everything"):
                self.server.add_fault(self.rng.choice(FAULTS), rate=self.rng.choice([0.1, 0.3]))
            kills = self.rng.randrange(1, 4) if kind in ("killed", "everything") else 0
            await self.sync_until_it_ends(
                kills, measured=kind == "quiet" and self.mirror is not None
            )
        self.is_restless = False
        result = await self.sync_until_it_ends(0, verify=True)
        assert result.differences == ()
        changed = self.world.break_assumption(self.rng.randrange(4))
        result = await self.sync_until_it_ends(0, verify=True)
        assert {each.id for each in result.differences} == changed
        self.counts["differences that verify found"] += len(changed)
        await self.close()
        if isinstance(self.client, Client):
            self.client.close()
        else:
            await self.client.aclose()

    async def sync_until_it_ends(
        self, kills: int, *, verify: bool = False, measured: bool = False
    ) -> SyncResult:
        """A sync that is repeated after each kill and each error; no row is wrong after it."""
        for attempt in range(100):
            if attempt == 20:
                self.server.clear_faults()
            least = self.fewest_requests() if measured else 0
            self.world.start_sync()
            point = self.rng.randrange(1, 25) if attempt < kills else None
            try:
                with killed_at(point):
                    result = await self.sync(verify=verify)
            except Killed:
                self.counts["kills in them"] += 1
            except StripeError:
                self.counts["errors in them"] += 1
            else:
                break
            await self.close()
            self.world.fail_sync()
            self.world.pass_time(self.rng.choice([1, 1000, 20 * DAY]), self.rng.randrange(5))
        self.server.clear_faults()
        assert self.world.wrong(self.rows_of_mirror()) == []
        self.world.end_sync(result.watermark)
        self.watermark = result.watermark or 0
        self.counts["syncs of random histories"] += 1
        if measured:
            self.counts["requests of undisturbed syncs"] += result.requests
            self.counts["the fewest possible for these"] += least
        if self.rng.random() < 0.3:
            await self.close()
        return result

    async def sync(self, *, verify: bool) -> SyncResult:
        """One sync, with one worker or several."""
        if self.mirror is None:
            workers = self.rng.choice([1, 3])
            options: Any = {"rate_limit": 10_000, "workers": workers, "max_outage": 0}
            kind: Any = Mirror if isinstance(self.client, Client) else AsyncMirror
            self.mirror = kind(self.client, self.path, look_back=LOOK_BACK, **options)
        if isinstance(self.mirror, Mirror):
            return self.mirror.sync(verify=verify)
        result: SyncResult = await self.mirror.sync(verify=verify)
        return result

    async def close(self) -> None:
        """End the process that has the mirror open."""
        if isinstance(self.mirror, Mirror):
            self.mirror.close()
        elif self.mirror is not None:
            await self.mirror.aclose()
        self.mirror = None

    def rows_of_mirror(self) -> list[dict[str, Any]]:
        """What the mirror has, through the connection that it has open: another one takes long."""
        connection = self.mirror._table._file.connection._connection
        connection.execute("SET TimeZone = 'UTC'")
        rows: list[dict[str, Any]] = (
            connection.sql("FROM invoice_payments").to_arrow_table().to_pylist()
        )
        return without_time(rows)

    def meanwhile(self, _request: object) -> None:
        """What happens before a request is sent."""
        if not self.is_restless:
            return
        for _ in range(self.rng.randrange(3)):
            self.world.change()
        if isinstance(self.mirror, Mirror) and self.rng.random() < 0.3:
            key, row = self.rng.choice(list(self.world.rows.items()))
            invoice = {"id": row["invoice"], "object": "invoice"}
            received = self.rng.choice([about(key), event("invoice.updated", invoice)])
            assert self.mirror.apply(received) == SyncResult()
            self.counts["events during them"] += 1

    def fewest_requests(self) -> int:
        """What no sync can do with less, by what the mirror has and what there is.

        A page has 100 payments: those that are new, those that are open, and those to read again.
        """
        rows = self.world.rows.values()
        mirror = {row["id"]: row for row in self.rows_of_mirror()}
        since = self.watermark - LOOK_BACK
        new: int = sum(row["created"].timestamp() >= since for row in rows)
        old = sorted(
            (row for row in rows if row["created"].timestamp() < since),
            key=lambda row: row["created"],
        )
        listed: int = sum(row["status"] == "open" for row in old)
        changed = [
            position
            for position, row in enumerate(old)
            if row["status"] != "open" and mirror.get(row["id"], row)["status"] == "open"
        ]
        pages = 0
        while changed:
            pages += 1
            changed = [position for position in changed if position >= changed[0] + 100]
        return max(1, -(-new // 100)) + max(1, -(-listed // 100)) + pages


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_no_row_is_wrong_after_a_sync(seed, tmp_path, monkeypatch, record_property):
    monkeypatch.setattr(Target, "batch_size", 35)
    with Sandbox(payments=PAYMENTS, seed=3) as server:
        history = History(server, seed, tmp_path / "payments.duckdb")
        asyncio.run(history.run())
    for name, count in history.counts.items():
        record_property(name, count)
