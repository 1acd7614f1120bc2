"""The first page of each account: the driver reads it to plan, and tasks continue behind it."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from attrs import define, evolve

from stripe_invoice_payments_api._model import InvalidObjectError
from stripe_invoice_payments_api.columns import flat

from .._client import Client
from .._config import defaults as _defaults
from .._errors import APIConnectionError, AuthenticationError, StripeError
from .._scan.plan import ScanPlan, Window
from .._scan.query import PAGE_SIZE
from .._scan.setup import query_of, workers_for
from .._scan.state import ScanState
from .._scan.tokens import entries_of, token_of
from ..export.rows import Values
from .options import Options
from .pushing import Query

# Stripe opened in 2011: no account has older payments.
_OLDEST = 1_300_000_000
# How many bytes of rows the driver keeps for the tasks. Those of a full page are 4,000 to 7,000.
MAX_KEPT = 64 << 20


@define(frozen=True)
class FirstPage:
    """What the driver has read of an account.

    Attributes:
        size: About how many payments the account has.
        rows: Those of the page, compressed; None if they are to be read again.
        left: The windows that remain, as a token contains them.
    """

    size: int
    rows: bytes | None = None
    left: Sequence[Any] = ()

    def values(self) -> list[Values]:
        """The rows of the page."""
        return [] if self.rows is None else json.loads(zlib.decompress(self.rows))


def first_pages(
    client: Client, accounts: Sequence[str], options: Options, query: Query, rate: float
) -> dict[str, FirstPage]:
    """The first page of each account.

    An account that cannot be read counts as empty: the task that reads it says why.

    Raises:
        StripeError: The key or the network is at fault.
    """
    limited = client.with_options(rate_limit=rate, retry_rate_limited=True)

    def read(account: str) -> FirstPage:
        try:
            return _first_page(limited, account, options, query)
        except (AuthenticationError, APIConnectionError):
            raise
        except (StripeError, InvalidObjectError):
            return FirstPage(0)

    pages: dict[str, FirstPage] = {}
    kept = 0
    with ThreadPoolExecutor(workers_for(rate, _defaults.SCAN_LATENCY)) as pool:
        for account, page in zip(accounts, pool.map(read, accounts), strict=True):
            kept += len(page.rows or b"")
            pages[account] = page if kept <= MAX_KEPT else evolve(page, rows=None)
    return pages


def _first_page(client: Client, account: str, options: Options, query: Query) -> FirstPage:
    whose: Any = {"stripe_context" if "/" in account else "stripe_account": account}
    filters = query.filters(query.start, query.end)
    page = client.invoice_payments.list(**filters, limit=PAGE_SIZE, **whose)
    # A scan's own state checks the page, and knows what remains.
    plan = ScanPlan([Window(start=query.start, end=query.end)], PAGE_SIZE)
    state = ScanState(plan, start=query.start, pages_per_worker=1, workers=1)
    window = state.take()
    assert window is not None  # noqa: S101 - narrows the type: nobody has taken it
    state.accept(window, page)
    now = int(time.time())
    rows = [flat(payment, account, now, options.stripe_version) for payment in page.data]
    return FirstPage(
        estimate([payment.created for payment in page.data], page.has_more, query.start),
        zlib.compress(json.dumps(rows).encode()),
        entries_of(plan.being_read),
    )


def token_behind(client: Client, filters: Mapping[str, Any], pages: Mapping[str, FirstPage]) -> str:
    """The token with which a scan of accounts continues behind their first pages."""
    settings = client._engine.settings  # pyright: ignore[reportPrivateUsage] - the same package
    kept = {account: page.left for account, page in pages.items() if page.rows is not None}
    return token_of(
        query_of(filters, settings).identity(),
        finished=[account for account, left in kept.items() if not left],
        accounts={account: left for account, left in kept.items() if left},
    )


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
