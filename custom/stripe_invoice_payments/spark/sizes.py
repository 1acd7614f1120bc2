"""Which accounts there are, and about how many payments each of them has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from .._client import Client
from .._config import defaults as _defaults
from .._errors import APIConnectionError, AuthenticationError, StripeError
from .._pages.period import FOREVER
from .._scan.query import PAGE_SIZE
from .._scan.setup import workers_for
from ..accounts.ids import account_ids, checked_sizes
from .pushing import Query

# Stripe opened in 2011: no account has older payments.
_OLDEST = 1_300_000_000


def accounts_of(client: Client, text: str, only: Iterable[str] | None) -> list[str]:
    """The accounts to read.

    Args:
        client: A client with the platform's key.
        text: The option.
        only: The accounts that are of interest; None if all are.

    Raises:
        ValueError: There is none, or one is not an id.
        OSError: The file cannot be read.
        StripeError: The platform's accounts cannot be listed.
    """
    is_list = text.startswith("acct_") and not Path(text).exists()
    ids = account_ids(re.findall(r"[^\s,]+", text) if is_list else text)
    if ids is None:
        page = client.accounts.list(limit=PAGE_SIZE)
        ids = [account.id for account in page.auto_paging_iter() if account.id]
    return ids if only is None else [each for each in ids if each in {*only}]


def sizes_in(path: str) -> Mapping[str, int]:
    """The sizes in a file: the JSON of a certificate, or of a mapping from ids to numbers.

    Raises:
        ValueError: It is something else.
        OSError: The file cannot be read.
    """
    try:
        content: object = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise OSError(error.errno, f"sizes: {error.strerror}", path) from None
    except ValueError:
        raise ValueError(f"sizes must be a file with JSON, got {path!r:.200}") from None
    if isinstance(content, dict):
        mapping = cast("dict[str, object]", content)
        content = mapping.get("rows_by_account", mapping)
    return checked_sizes(content)


def probed(client: Client, accounts: Sequence[str], query: Query, rate: float) -> dict[str, int]:
    """About how many payments each account has, by the first page of each.

    An account that cannot be read counts as empty: the task that reads it says why.

    Raises:
        StripeError: The key or the network is at fault.
    """
    limited = client.with_options(rate_limit=rate, retry_rate_limited=True)
    params: Any = {"created": {"gte": query.start, "lt": query.end}, "limit": PAGE_SIZE}
    params |= {"status": query.status} if query.status else {}
    params |= {"invoice": query.invoice} if query.invoice else {}

    def probe(account: str) -> int:
        whose: Any = {"stripe_context" if "/" in account else "stripe_account": account}
        try:
            page = limited.invoice_payments.list(**params, **whose)
        except (AuthenticationError, APIConnectionError):
            raise
        except StripeError:
            return 0
        return estimate([payment.created for payment in page.data], page.has_more, query.start)

    with ThreadPoolExecutor(workers_for(rate, _defaults.SCAN_LATENCY)) as pool:
        return dict(zip(accounts, pool.map(probe, accounts), strict=True))


def estimate(created: Sequence[int], has_more: bool, start: int) -> int:
    """How many payments there are, if all of the period is as dense as its first page.

    Args:
        created: When each payment of the page was created, newest first.
        has_more: Whether others follow.
        start: The first second of the period.
    """
    if not has_more or not created:
        return len(created)
    newest, oldest = created[0], created[-1]
    density = len(created) / max(1, newest - oldest)
    return len(created) + max(1, int((oldest - max(start, _OLDEST)) * density))


def is_bounded(query: Query) -> bool:
    """Whether the period has a start, so that it can be cut by time."""
    return 0 < query.start < query.end < FOREVER
