"""What a scan looks for and how it starts, out of the arguments of the call."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from attrs import define, evolve

from stripe_invoice_payments_api._request import Request
from stripe_invoice_payments_api.models import InvoicePayment, ListObject
from stripe_invoice_payments_api.operations import list_invoice_payments

from . import _checks, _defaults
from ._observability import logger
from ._paging import ENDING_BEFORE, STARTING_AFTER
from ._period import FOREVER, period
from ._rate_limit import RateLimit
from ._scan_checkpoint import Checkpoint, headers_identity
from ._scan_options import ScanOptions
from ._scan_plan import ScanPlan, Window
from ._scan_state import PAGE_SIZE, ScanProgress, ScanState
from ._settings import Settings, split_call

MAX_READERS = 64

# How many pages a reader may be ahead of the consumer. In order, one that reads a dense stretch
# whose turn comes later has to be able to get on with it while those before it are read.
PAGES_HELD = 2
PAGES_HELD_IN_ORDER = 16


@define(frozen=True, kw_only=True)
class ScanQuery:
    """What is scanned for, and how.

    Attributes:
        filters: The parameters of the list, but for its period and its cursors.
        start: The first second of the period, in Unix seconds.
        end: The second after its last.
        settings: How the calls are made.
    """

    filters: Mapping[str, Any]
    start: int
    end: int
    settings: Settings

    def identity(self) -> dict[str, Any]:
        """What a checkpoint has to be of to fit."""
        return {
            "filters": {name: given for name, given in self.filters.items() if given is not None},
            "start": self.start,
            "end": self.end if self.end < FOREVER else None,
            "base_url": self.settings.base_url,
            "stripe_account": self.settings.stripe_account,
            "stripe_context": self.settings.stripe_context,
            "headers": headers_identity(self.settings.headers),
            "mode": self.settings.api_key.mode,
        }

    def request(self, window: Window) -> Request[ListObject[InvoicePayment]]:
        """The request for the next page of `window`."""
        created: dict[str, int] = {}
        if self.start > 0:
            created["gte"] = self.start
        if window.before < FOREVER:
            created["lt"] = window.before
        params: dict[str, Any] = {**self.filters, "limit": PAGE_SIZE}
        if created:
            params["created"] = created
        if window.cursor is not None:
            params["starting_after"] = window.cursor
        typed: Any = params
        return list_invoice_payments(typed)


@define(kw_only=True, eq=False)
class ScanSetup:
    """A scan that is ready to start.

    Attributes:
        query: What is scanned for, and how.
        state: What there is to read.
        checkpoint: Keeps what is left, if it is to be kept.
        readers: How many readers are wanted.
        may_grow: Whether more may be started where responses take longer than expected.
        max_outage: Seconds for which a request is retried in an outage.
        autocommit: Whether a page is committed once the payment after it is wanted.
        progress: Called after each page that has been handed over, and at the end.
    """

    query: ScanQuery
    state: ScanState
    checkpoint: Checkpoint | None
    readers: int
    may_grow: bool
    max_outage: float
    autocommit: bool
    progress: Callable[[ScanProgress], object] | None

    def adapt(self, elapsed: float) -> None:
        """One more reader, if a response took so long that those there are cannot keep up."""
        if self.may_grow and self.readers < readers_for(self.query.settings, elapsed):
            self.readers += 1


def prepare(settings: Settings, arguments: Mapping[str, Any]) -> ScanSetup:
    """A scan that is ready to start.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the checkpoint is in use or another scan's.
        OSError: The checkpoint cannot be read or written.
    """
    filters, call_options = split_call(arguments)
    options: Any = {
        name: filters.pop(name) for name in ScanOptions.__annotations__ if name in filters
    }
    list_invoice_payments(filters)  # refuses what the list does not know
    for name in ("limit", STARTING_AFTER, ENDING_BEFORE):
        if filters.get(name) is not None:
            raise TypeError(f"{name}: a scan reads whole pages, from the newest to the oldest")
    start, end = period(filters.pop("created", None))
    settings = paced(settings.for_call(call_options), options.get("rate_limit"))
    query = ScanQuery(filters=filters, start=start, end=end, settings=settings)
    workers = options.get("workers")
    readers = readers_for(settings, _defaults.SCAN_LATENCY) if workers is None else workers
    if _checks.integer("workers", readers) < 1:
        raise ValueError(f"workers must be at least 1, got {readers}")
    ordered = _checks.flag("ordered", options.get("ordered", False))
    autocommit = _checks.flag("autocommit", options.get("autocommit", False))
    max_outage = _checks.max_outage(options.get("max_outage", _defaults.SCAN_MAX_OUTAGE))
    progress = _checks.hook(options.get("progress"))
    path = options.get("checkpoint")
    # The last thing to fail: from here on nobody else can use the file.
    checkpoint = None if path is None else Checkpoint(path, query.identity())
    windows = None if checkpoint is None else checkpoint.windows
    if checkpoint is not None and windows == []:
        logger.warning(
            "checkpoint %s: this scan was finished; to scan anew, delete it", checkpoint.path
        )
    if windows is None:
        # A period that lies in the past can be cut right away. Otherwise the first page is read
        # alone: it shows where the newest object is, and what comes later does not matter.
        is_past = start > 0 and end <= time.time()
        windows = even_windows(start, end, readers if is_past and not ordered else 1)
    plan = ScanPlan(windows, PAGE_SIZE, in_order=ordered)
    pages = PAGES_HELD_IN_ORDER if ordered else PAGES_HELD
    return ScanSetup(
        query=query,
        state=ScanState(plan, start=start, pages_a_reader=pages, in_order=ordered),
        checkpoint=checkpoint,
        readers=readers,
        may_grow=workers is None,
        max_outage=max_outage,
        autocommit=autocommit,
        progress=progress,
    )


def paced(settings: Settings, rate_limit: float | None) -> Settings:
    """The settings with a rate limit: the client's own, or one for this scan."""
    if settings.rate_limit is None:
        limit = RateLimit(_defaults.SCAN_RATE_LIMIT if rate_limit is None else rate_limit)
    elif rate_limit is None:
        limit = settings.rate_limit
    else:
        raise ValueError(
            "rate_limit: this client has a rate limit of its own, which its scans share"
        )
    # What is refused all the same is sent again, later: the limit then holds back every reader.
    return evolve(
        settings,
        rate_limit=limit,
        retry_rate_limited=True,
        forgiven_refusals=_defaults.SCAN_FORGIVEN_REFUSALS,
    )


def even_windows(start: int, end: int, pieces: int) -> list[Window]:
    """The period in equal windows, newest first."""
    bounds = sorted({start + (end - start) * piece // pieces for piece in range(pieces + 1)})
    return [Window(start=first, end=last) for first, last in reversed(list(pairwise(bounds)))]


def readers_for(settings: Settings, latency: float) -> int:
    """How many readers keep up with the rate limit.

    One for each request that is under way, and a quarter more. Further ones would only split
    windows that need no splitting.
    """
    assert settings.rate_limit is not None  # noqa: S101 - narrows the type: a scan always has one
    return min(MAX_READERS, int(settings.rate_limit.rate * latency * 1.25) + 1)
