"""`export` and `export_async`: from a scan in batches into a target."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from stripe_invoice_payments_api.params import ListInvoicePaymentsParams

from .._config import checks as _checks
from .._config.settings import RequestOptions
from .._errors import StripeError
from ..accounts.options import AccountsOptions
from .certificate import Certificate
from .reading import batches_of
from .session import ExportProgress, OnError, Options, Session, check_period
from .targets import target_of
from .threads import in_thread

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._client import AsyncClient, Client


class ExportArguments(ListInvoicePaymentsParams, RequestOptions, AccountsOptions, total=False):
    """What to read, and how: filters, and options of a scan and of any call.

    Attributes:
        accounts: The connected accounts to read: their ids, the path of a file with an id on each
            line, or `"connected"` for all. By default, the account that the client acts for.
        rate_limit: The maximum number of requests per second, for a client without its own limit.
            The default is 20.
        workers: The maximum number of concurrent requests.
        max_outage: Seconds for which each request is retried while Stripe is unreachable or
            failing. 300 by default; None: forever.
    """

    accounts: Iterable[str] | str | os.PathLike[str]
    rate_limit: float | None
    workers: int | None
    max_outage: float | None


def export(
    client: Client,
    *,
    to: str | os.PathLike[str],
    on_error: OnError = "raise",
    progress: Callable[[ExportProgress], object] | None = None,
    **arguments: Unpack[ExportArguments],
) -> Certificate:
    """Write every invoice payment of a period to a target, each exactly once.

    Each batch is durable once it is written, and survives a crash. To continue an interrupted
    export, repeat the same call. It does nothing if the export is already finished.

    Example:
        from stripe_invoice_payments.export import export

        certificate = export(
            client,
            created={"gte": datetime(2025, 1, 1, tzinfo=timezone.utc), "lt": 1767225600},
            to="payments-2025.parquet",
        )
        print(certificate)

    Args:
        client: The client to read with.
        to: The target. Its ending selects the format: `.parquet`, `.duckdb`, `.csv` or `.jsonl`. A
            directory (`payments/`) receives Parquet files by month.
        on_error: What to do if a request fails after all retries: `raise` the error, or `report` in
            the certificate what is missing. Both keep what was written.
        progress: Called after each batch, once it is durable. Must be a regular function.
        **arguments: See `ListInvoicePaymentsParams`, except for its cursors and its limit, and
            `ExportArguments`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the target is in use or contains something else.
        ImportError: The extra for this format is not installed.
        OSError: The target cannot be read or written. Its content is kept.
        StripeError: With `on_error="raise"`, a request failed.
    """
    options = Options.create(on_error, progress)
    _check(arguments)
    scan, arguments = batches_of(client, arguments)
    with scan(**arguments) as only_described:
        query = only_described.query
    check_period(query)
    with target_of(to) as target:
        session = Session(target, query, options)
        if not session.is_read:
            try:
                with session.resuming():
                    prepared = scan(**arguments, **session.scan_options())
                with prepared as batches:
                    for batch in batches:
                        session.store(batch)
                    session.leave_out(batches)
            except StripeError as error:
                return session.fail(error)
        return session.finish()


async def export_async(
    client: AsyncClient,
    *,
    to: str | os.PathLike[str],
    on_error: OnError = "raise",
    progress: Callable[[ExportProgress], object] | None = None,
    **arguments: Unpack[ExportArguments],
) -> Certificate:
    """The same as `export`, for an `AsyncClient`. Files are written in a thread.

    Example:
        from stripe_invoice_payments.export import export_async

        certificate = await export_async(async_client, to="payments.csv", status="paid")
        assert certificate.is_complete

    Args:
        client: The client to read with.
        to: The target; see `export`.
        on_error: See `export`.
        progress: Called after each batch, once it is durable. Must be a regular function.
        **arguments: See `export`.
    """
    options = Options.create(on_error, progress)
    _check(arguments)
    scan, arguments = batches_of(client, arguments, is_async=True)
    async with scan(**arguments) as only_described:
        query = only_described.query
    check_period(query)
    async with AsyncExitStack() as stack:
        target = stack.enter_context(target_of(to))
        session = await in_thread(Session, target, query, options)
        if not session.is_read:
            try:
                with session.resuming():
                    prepared = scan(**arguments, **session.scan_options())
                async with prepared as batches:
                    async for batch in batches:
                        await in_thread(session.store, batch)
                    session.leave_out(batches)
            except StripeError as error:
                return await in_thread(session.fail, error)
        return await in_thread(session.finish)


_KNOWN = {*ExportArguments.__annotations__} - {"ending_before", "limit", "starting_after"}


def _check(arguments: Mapping[str, object]) -> None:
    if unknown := arguments.keys() - _KNOWN:
        raise TypeError(_checks.unknown_option(min(unknown), _KNOWN))
