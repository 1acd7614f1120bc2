"""What an export and a verification read: the batches of one account, or of many."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from .._config import checks as _checks
from ..accounts import scan_accounts_batches, scan_accounts_batches_async
from ..accounts.ids import CONNECTED, account_ids

if TYPE_CHECKING:
    from .._client import AsyncClient, Client


def batches_of(
    client: Client | AsyncClient, arguments: Mapping[str, Any], *, is_async: bool = False
) -> tuple[Any, Any]:
    """A function that returns batches, and the arguments that it may be called with repeatedly.

    Raises:
        TypeError: The client, or `accounts`, is of the wrong type.
        ValueError: One of them is not an id.
        OSError: The file with them cannot be read.
    """
    _checks.client(client, is_async=is_async)
    if "accounts" not in arguments:
        return client.invoice_payments.scan_batches, arguments
    rest = {name: given for name, given in arguments.items() if name != "accounts"}
    ids = account_ids(arguments["accounts"])
    accounts = CONNECTED if ids is None else ids
    scan: Any = scan_accounts_batches_async if is_async else scan_accounts_batches
    return partial(scan, client, accounts), rest
