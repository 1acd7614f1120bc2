"""What a mirror has, read as a user of the file would, and what it should have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from stripe_invoice_payments import AsyncClient, Client, Event
from stripe_invoice_payments.export import export_rows
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sync import AsyncMirror, Mirror, SyncResult
from tests.export.fakes import read_back

# Quick, and few threads.
FAST: Any = {"rate_limit": 1000, "workers": 2}
SECRET = "whsec_tests"


def in_mirror(path: Path) -> list[dict[str, Any]]:
    """The rows of a mirror that is closed, by id."""
    return without_time(read_back(path))


def at_stripe(server: Sandbox, **options: Any) -> list[dict[str, Any]]:
    """The rows that it should have."""
    with server.client() as client:
        page = client.invoice_payments.list(limit=100, **options)
        rows = list(export_rows(page.auto_paging_iter(), account=options.get("stripe_account")))
    return without_time(sorted(rows, key=lambda row: row["id"]))


def without_time(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows, whenever they were written."""
    return [{name: value for name, value in row.items() if name != "_extracted_at"} for row in rows]


def execute(path: Path, statement: str, *values: Any) -> Any:
    """What somebody else does to the file."""
    with duckdb.connect(str(path)) as connection:
        return connection.execute(statement, values).fetchall()


def event(kind: str, object: dict[str, Any], **fields: Any) -> Event:
    """An event as `Webhook.construct_event` returns it."""
    return Event.from_dict_leniently(
        {
            "id": "evt_1",
            "object": "event",
            "type": kind,
            "created": 1735689600,
            "livemode": False,
            "data": {"object": object},
            **fields,
        }
    )


def about(payment: str, **fields: Any) -> Event:
    """An event about an invoice payment."""
    return event("invoice_payment.paid", {"id": payment, "object": "invoice_payment"}, **fields)


class Syncer:
    """Either client behind one face."""

    def __init__(self, client: Client | AsyncClient) -> None:
        self.client = client

    async def sync(
        self, path: Path, *, events: tuple[Event, ...] = (), **options: Any
    ) -> SyncResult:
        """One sync of a mirror that is opened for it; then the events."""
        verify = options.pop("verify", False)
        options = {**FAST, **options}
        if isinstance(self.client, Client):
            with Mirror(self.client, path, **options) as mirror:
                result = mirror.sync(verify=verify)
                for each in events:
                    result = mirror.apply(each)
                return result
        async with AsyncMirror(self.client, path, **options) as async_mirror:
            result = await async_mirror.sync(verify=verify)
            for each in events:
                result = await async_mirror.apply(each)
            return result

    async def apply(self, path: Path, each: Event, **options: Any) -> SyncResult:
        """Apply an event to a mirror that is opened for it."""
        options = {**FAST, **options}
        if isinstance(self.client, Client):
            with Mirror(self.client, path, **options) as mirror:
                return mirror.apply(each)
        async with AsyncMirror(self.client, path, **options) as async_mirror:
            return await async_mirror.apply(each)
