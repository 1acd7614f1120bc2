"""`scan_accounts`, `scan_accounts_batches`, and both for an `AsyncClient`."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import TYPE_CHECKING

from .._config import checks as _checks
from .iterators import AccountsBatches, AccountsScan, AsyncAccountsBatches, AsyncAccountsScan
from .options import (
    KNOWN,
    KNOWN_IN_BATCHES,
    ScanAccountsArguments,
    ScanAccountsBatchesArguments,
)
from .setup import prepare

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._call.engine import AsyncEngine, Engine
    from .._client import AsyncClient, Client


def scan_accounts(
    client: Client,
    accounts: Iterable[str] | str | PathLike[str],
    **arguments: Unpack[ScanAccountsArguments],
) -> AccountsScan:
    """Every invoice payment of a period in many connected accounts, each with its account.

    Reads several accounts at once, the largest first, as fast as two rate limits allow: one for
    each account, and one for all together. Each payment is yielded exactly once, in no particular
    order.

    Example:
        from stripe_invoice_payments.accounts import scan_accounts

        since = datetime(2025, 1, 1, tzinfo=timezone.utc)
        with scan_accounts(client, "connected", created={"gte": since}) as payments:
            for account, payment in payments:
                print(account, payment.id, payment.amount_paid)

    Args:
        client: A client with the platform's key.
        accounts: The ids of the accounts, the path of a file with an id on each line, or
            `"connected"` for all accounts that are connected to the platform.
        **arguments: See `ListInvoicePaymentsParams`, without its cursors and its limit,
            `AccountsOptions` and `ScanAccountsArguments`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the checkpoint is in use or another scan's.
        OSError: The checkpoint, or the file with the accounts, cannot be read or written.
        ScanError: Raised by the iterator: a request failed, retries included. It names the account.
        StripeError: Raised by the iterator: the platform's list of accounts cannot be read.
    """
    engine = _engine(client)
    return AccountsScan(engine, prepare(engine.settings, accounts, arguments, KNOWN))


def scan_accounts_async(
    client: AsyncClient,
    accounts: Iterable[str] | str | PathLike[str],
    **arguments: Unpack[ScanAccountsArguments],
) -> AsyncAccountsScan:
    """The same as `scan_accounts`, for an `AsyncClient`.

    A regular function that returns an asynchronous iterator.

    Example:
        from stripe_invoice_payments.accounts import scan_accounts_async

        async with scan_accounts_async(async_client, "connected") as payments:
            async for account, payment in payments:
                print(account, payment.id)

    Args:
        client: A client with the platform's key.
        accounts: See `scan_accounts`.
        **arguments: See `scan_accounts`. `progress` must be a regular function here too.
    """
    engine = _async_engine(client)
    return AsyncAccountsScan(engine, prepare(engine.settings, accounts, arguments, KNOWN))


def scan_accounts_batches(
    client: Client,
    accounts: Iterable[str] | str | PathLike[str],
    **arguments: Unpack[ScanAccountsBatchesArguments],
) -> AccountsBatches:
    """The same as `scan_accounts`, in batches. Each has a token of the remaining work.

    Example:
        from stripe_invoice_payments.accounts import scan_accounts_batches

        stored = None  # the token of the last run, if there was one
        with scan_accounts_batches(client, "connected", resume_from=stored) as batches:
            for batch in batches:
                rows = list(zip(batch.accounts, batch.payments))
                stored = batch.token  # to be stored in one transaction with the rows

    Args:
        client: A client with the platform's key.
        accounts: See `scan_accounts`.
        **arguments: See `scan_accounts`, and `ScanAccountsBatchesArguments`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, the checkpoint is in use, or the checkpoint or the
            token is another scan's.
        OSError: The checkpoint, or the file with the accounts, cannot be read or written.
        ScanError: See `scan_accounts`.
        StripeError: See `scan_accounts`.
    """
    engine = _engine(client)
    return AccountsBatches(engine, prepare(engine.settings, accounts, arguments, KNOWN_IN_BATCHES))


def scan_accounts_batches_async(
    client: AsyncClient,
    accounts: Iterable[str] | str | PathLike[str],
    **arguments: Unpack[ScanAccountsBatchesArguments],
) -> AsyncAccountsBatches:
    """The same as `scan_accounts_batches`, for an `AsyncClient`.

    A regular function that returns an asynchronous iterator.

    Args:
        client: A client with the platform's key.
        accounts: See `scan_accounts`.
        **arguments: See `scan_accounts_batches`.
    """
    engine = _async_engine(client)
    setup = prepare(engine.settings, accounts, arguments, KNOWN_IN_BATCHES)
    return AsyncAccountsBatches(engine, setup)


def _engine(client: Client) -> Engine:
    _checks.client(client, is_async=False)
    return client._engine  # pyright: ignore[reportPrivateUsage] - the same package


def _async_engine(client: AsyncClient) -> AsyncEngine:
    _checks.client(client, is_async=True)
    return client._engine  # pyright: ignore[reportPrivateUsage] - the same package
