"""Keeps a DuckDB file up to date with all invoice payments: a mirror that is right.

    from stripe_invoice_payments.sync import sync

    print(sync(client, "payments.duckdb"))

Built on the public client and on the columns and the database of `export`; neither imports it.
`run` decides which requests a sync makes, and what becomes of the responses; `mirror` sends them,
from either client, and `syncing` opens a mirror for a single sync. `plan` has how payments are read
again with the fewest requests, `table` and `state` are what is stored, `results` is what is
reported.
"""

from __future__ import annotations

from .mirror import AsyncMirror as AsyncMirror, Mirror as Mirror
from .options import SyncOptions as SyncOptions
from .results import Difference as Difference, SyncResult as SyncResult
from .syncing import sync as sync, sync_async as sync_async

__all__ = [
    "AsyncMirror",
    "Difference",
    "Mirror",
    "SyncOptions",
    "SyncResult",
    "sync",
    "sync_async",
]
