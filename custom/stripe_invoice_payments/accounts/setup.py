"""Prepares a scan of many accounts from the arguments of the call."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, cast

from attrs import define, evolve

from .._call.rate_limit import RateLimit
from .._config import checks as _checks, defaults as _defaults
from .._config.settings import RequestOptions, Settings, split_call
from .._scan.checkpoint import Checkpoint, begun_with
from .._scan.plan import ScanPlan, Window
from .._scan.query import PAGE_SIZE, ScanQuery
from .._scan.setup import PAGES_HELD, check_filters, even_windows, paced, query_of, workers_for
from .ids import CONNECTED, account_ids, checked_sizes
from .limits import AccountLimit, Refusals
from .options import OPTIONS
from .pool import Pool, Rates
from .progress import AccountsMeter, AccountsProgress
from .state import AccountJob, AccountState
from .tokens import MAX_SIZE, AccountsPosition, Begun, read_begun


@define(frozen=True, kw_only=True, eq=False)
class AccountsSetup:
    """A scan of many accounts that is ready to start.

    Attributes:
        query: What is requested for each account, and how the platform's list of accounts is read.
        accounts: The ids; None for those that are connected to the platform.
        pool: What remains to be read.
        workers: How many workers to start with.
        max_outage: Seconds for which a request is retried during an outage.
        checkpoint: The file that stores the remaining work, if the caller passed one.
        autocommit: Whether a page or a batch is committed when the next one is requested.
        batch_size: The number of payments in a batch.
        progress: Called after each yielded page, at each retry during an outage, and at the end.
        meter: Measures the progress that `progress` is called with.
    """

    query: ScanQuery
    accounts: list[str] | None
    pool: Pool
    workers: int
    max_outage: float
    checkpoint: Checkpoint[Begun] | None
    autocommit: bool
    batch_size: int
    progress: Callable[[AccountsProgress], object] | None
    meter: AccountsMeter

    @property
    def source(self) -> Pool:
        """What the consumer reads from."""
        return self.pool

    def position(self, number: int) -> AccountsPosition:
        """What remains after everything that has been yielded."""
        return AccountsPosition(
            number=number,
            identity=self.query.identity(),
            begun=self.pool.entries(),
            finished=tuple(self.pool.finished),
            is_end=self.pool.is_finished,
            is_complete=self.pool.is_finished and not self.pool.failed,
        )

    def described(self) -> dict[str, Any]:
        """What is requested, to be stored with the result."""
        return {
            **self.query.identity(),
            "stripe_version": self.query.settings.stripe_version,
            "accounts": CONNECTED if self.accounts is None else self.accounts,
        }


def prepare(
    settings: Settings, accounts: object, arguments: Mapping[str, Any], known: Collection[str]
) -> AccountsSetup:
    """A scan of many accounts that is ready to start.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the checkpoint is in use or belongs to another scan.
        OSError: The checkpoint or the file with the accounts cannot be read or written.
    """
    if unknown := arguments.keys() - known:
        # The value of an `api_key` must not stay in a local variable.
        cast("dict[str, Any]", arguments).clear()
        raise TypeError(_checks.unknown_option(min(unknown), known))
    filters, call_options = split_call(arguments)
    options: Any = {name: filters.pop(name) for name in OPTIONS if name in filters}
    check_filters(filters)
    _check_acts_for_itself(settings, call_options)
    platform = _platform_limit(settings, options.get("platform_rate"))
    account_rate = _rate("account_rate", options.get("account_rate", _defaults.ACCOUNT_RATE))
    rates = Rates(account_rate, platform.rate)
    on_error = options.get("on_error", "raise")
    if on_error not in ("raise", "report"):
        raise ValueError(f"on_error must be 'raise' or 'report', got {on_error!r:.100}")
    given = options.get("workers")
    workers = workers_for(rates.platform, _defaults.SCAN_LATENCY) if given is None else given
    workers = _checks.at_least_1("workers", workers)
    autocommit = _checks.flag("autocommit", options.get("autocommit", False))
    max_outage = _checks.max_outage(options.get("max_outage", _defaults.SCAN_MAX_OUTAGE))
    progress = _checks.hook("progress", options.get("progress"))
    query = query_of(filters, paced(settings.for_call(call_options), platform))
    ids = account_ids(accounts)
    sizes = checked_sizes(options.get("sizes"))
    batch_size = options.get("batch_size", _defaults.SCAN_BATCH_SIZE)
    batch_size = _checks.at_least_1("batch_size", batch_size)
    read = partial(read_begun, query.identity())
    checkpoint, begun = begun_with(
        read, options.get("checkpoint"), options.get("resume_from"), max_size=MAX_SIZE
    )
    if begun is None:
        begun = Begun()
    jobs = _Jobs(query, rates.account, platform, max_outage, checkpoint)
    pool = Pool(
        make_job=jobs.make,
        rates=rates,
        sizes=sizes,
        reports=on_error == "report",
        may_grow=given is None,
        begun=dict(begun.accounts),
        finished=dict(begun.finished),
    )
    return AccountsSetup(
        query=query,
        accounts=ids if query.start < query.end else [],
        pool=pool,
        workers=workers,
        max_outage=max_outage,
        checkpoint=checkpoint,
        autocommit=autocommit,
        batch_size=batch_size,
        progress=progress,
        meter=AccountsMeter(pool),
    )


class _Jobs:
    """Prepares the scans of single accounts.

    Args:
        query: What is requested for each account.
        account_rate: The requests a second of one account.
        platform: The limit of all accounts together.
        max_outage: Seconds for which a request is retried during an outage.
        checkpoint: The file of which errors tell the path.
    """

    def __init__(
        self,
        query: ScanQuery,
        account_rate: float,
        platform: RateLimit,
        max_outage: float,
        checkpoint: Checkpoint[Begun] | None,
    ) -> None:
        self._query = query
        self._account_rate = account_rate
        self._platform = platform
        self._max_outage = max_outage
        # Not the checkpoint itself: its lock is the consumer's, whom workers may outlive.
        self._checkpoint = None if checkpoint is None else str(checkpoint.path)
        self._refusals = Refusals()

    def make(
        self, pool: Pool, account: str, windows: Sequence[Window] | None, expected: int | None
    ) -> AccountJob:
        """The scan of one account, from its start or from what an earlier run has left."""
        query = self._query
        if windows is None:
            # The first page is read alone: it may be all, and shows how dense the others are.
            windows = even_windows(query.start, query.end, 1)
        limit = AccountLimit(self._account_rate, account, self._platform, self._refusals)
        # Only the one header can name an account below another.
        whose: RequestOptions = (
            {"stripe_context": account} if "/" in account else {"stripe_account": account}
        )
        settings = evolve(query.settings.for_call(whose), rate_limit=limit)
        state = AccountState(
            plan=ScanPlan(windows, PAGE_SIZE),
            start=query.start,
            pages_per_worker=PAGES_HELD,
            run=pool.run,
            account=account,
            pool=pool,
            expected=expected,
        )
        return AccountJob(
            query=evolve(query, settings=settings),
            state=state,
            checkpoint=self._checkpoint,
            workers=1,
            may_grow=False,
            max_outage=self._max_outage,
        )


def _check_acts_for_itself(settings: Settings, call_options: Mapping[str, Any]) -> None:
    for name in ("stripe_account", "stripe_context"):
        if call_options.get(name) is not None:
            raise TypeError(f"{name}: scan_accounts sets it itself, for each of the accounts")
        if getattr(settings, name) is not None:
            raise ValueError(
                f"client: it acts for a connected account; use one without {name}, which acts for "
                "the platform"
            )


def _platform_limit(settings: Settings, rate: float | None) -> RateLimit:
    if settings.rate_limit is not None:
        if rate is not None:
            raise ValueError(
                "platform_rate: this client has a rate limit of its own, which its scans share"
            )
        return settings.rate_limit
    if rate is None:
        is_live = settings.api_key.mode == "live"
        rate = _defaults.PLATFORM_RATE if is_live else _defaults.PLATFORM_TEST_RATE
    return RateLimit(_rate("platform_rate", rate))


def _rate(name: str, value: object) -> float:
    rate = _checks.number(name, value)
    if not 0 < rate < math.inf:
        raise ValueError(f"{name} must be a positive, finite number, got {rate}")
    return rate
