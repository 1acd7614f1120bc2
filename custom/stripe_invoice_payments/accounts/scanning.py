"""`scan_accounts` and `scan_accounts_async`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING

from .._config import defaults as _defaults
from .iterators import AccountsScan, AsyncAccountsScan
from .options import OnError, ScanAccountsArguments
from .setup import prepare

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._client import AsyncClient, Client


def scan_accounts(
    client: Client,
    accounts: Iterable[str] | str | PathLike[str],
    *,
    account_rate: float = _defaults.ACCOUNT_RATE,
    platform_rate: float | None = None,
    sizes: Mapping[str, int] | None = None,
    on_error: OnError = "raise",
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
        client: A client of the platform.
        accounts: The ids of the accounts, the path of a file with an id on each line, or
            `"connected"` for all accounts that are connected to the platform.
        account_rate: The maximum number of requests per second for each account.
        platform_rate: The maximum number of requests per second for all accounts together, for a
            client without its own limit. The default is 80 with a live key and 20 with a test key.
        sizes: About how many payments each account has, if you know, so that the largest ones are
            read first. The size of any other account is found out with its first page.
        on_error: What to do if an account cannot be read: `raise` the error, or `report` the
            account in `missing` and continue with the others. An invalid key and a network that
            cannot be reached are always raised.
        **arguments: See `ListInvoicePaymentsParams`, without its cursors and its limit, and
            `ScanAccountsArguments`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the checkpoint is in use or another scan's.
        OSError: The checkpoint, or the file with the accounts, cannot be read or written.
        ScanError: Raised by the iterator: a request failed, retries included. It names the account.
        StripeError: Raised by the iterator: the platform's list of accounts cannot be read.
    """
    setup = prepare(
        client._settings,  # pyright: ignore[reportPrivateUsage] - the same package
        accounts,
        account_rate=account_rate,
        platform_rate=platform_rate,
        sizes=sizes,
        on_error=on_error,
        arguments=arguments,
    )
    return AccountsScan(client._engine, setup)  # pyright: ignore[reportPrivateUsage] - see above


def scan_accounts_async(
    client: AsyncClient,
    accounts: Iterable[str] | str | PathLike[str],
    *,
    account_rate: float = _defaults.ACCOUNT_RATE,
    platform_rate: float | None = None,
    sizes: Mapping[str, int] | None = None,
    on_error: OnError = "raise",
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
        client: A client of the platform.
        accounts: See `scan_accounts`.
        account_rate: See `scan_accounts`.
        platform_rate: See `scan_accounts`.
        sizes: See `scan_accounts`.
        on_error: See `scan_accounts`.
        **arguments: See `scan_accounts`. `progress` must be a regular function here too.
    """
    setup = prepare(
        client._settings,  # pyright: ignore[reportPrivateUsage] - the same package
        accounts,
        account_rate=account_rate,
        platform_rate=platform_rate,
        sizes=sizes,
        on_error=on_error,
        arguments=arguments,
    )
    return AsyncAccountsScan(client._engine, setup)  # pyright: ignore[reportPrivateUsage] - see above
