"""`sync` and `sync_async`: a mirror that is open for one sync."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .mirror import AsyncMirror, Mirror
from .options import LOOK_BACK, SyncOptions
from .results import SyncResult

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._client import AsyncClient, Client


def sync(
    client: Client,
    target: str | os.PathLike[str],
    *,
    look_back: float = LOOK_BACK,
    verify: bool = False,
    **options: Unpack[SyncOptions],
) -> SyncResult:
    """Make a DuckDB file a mirror of all invoice payments, or bring it up to date.

    The first sync of an empty file reads everything. Later ones, whatever the time in between, read
    what is new, and find out what happened to the payments that were open. A file that `export` has
    filled without filters becomes a mirror of the same payments and of all newer ones.

    Rows and state are stored in one transaction. After a crash or an error, repeat the call.

    Example:
        from stripe_invoice_payments.sync import sync

        result = sync(client, "payments.duckdb")
        print(result.rows_added, result.rows_updated)
        for difference in sync(client, "payments.duckdb", verify=True).differences:
            print(difference.id, difference.column, difference.mirror, difference.stripe)

    Args:
        client: The client to read with.
        target: The path of the DuckDB file, which ends in `.duckdb`. It may have other tables.
        look_back: How many seconds before the newest payment of the last sync are read again,
            because a payment may become visible some seconds after it was created.
        verify: Whether to read everything again as well, correct what differs, and report it in
            `differences`.
        **options: See `SyncOptions`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the target is in use or contains something else.
        ImportError: The extra `duckdb` is not installed.
        OSError: The target cannot be read or written. Its content is kept.
        StripeError: A request failed. What was read before is kept.
    """
    with Mirror(client, target, look_back=look_back, **options) as mirror:
        return mirror.sync(verify=verify)


async def sync_async(
    client: AsyncClient,
    target: str | os.PathLike[str],
    *,
    look_back: float = LOOK_BACK,
    verify: bool = False,
    **options: Unpack[SyncOptions],
) -> SyncResult:
    """The same as `sync`, for an `AsyncClient`. The file is written in a thread.

    Example:
        from stripe_invoice_payments.sync import sync_async

        print(await sync_async(async_client, "payments.duckdb"))

    Args:
        client: The client to read with.
        target: See `sync`.
        look_back: See `sync`.
        verify: See `sync`.
        **options: See `sync`.
    """
    async with AsyncMirror(client, target, look_back=look_back, **options) as mirror:
        return await mirror.sync(verify=verify)
