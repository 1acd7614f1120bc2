"""All accounts of a scan: what remains to be read, and which account a worker reads next."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import count

from attrs import define, field

from .._config import defaults as _defaults
from .._errors import APIConnectionError, AuthenticationError, ScanError
from .._repr import shows_incomplete
from .._scan.plan import Window
from .._scan.query import PAGE_SIZE
from .._scan.setup import PAGES_HELD, workers_for
from .._scan.state import Run, WindowPage
from .choosing import is_urgent
from .state import AccountJob, AccountState
from .tokens import entry_of


@shows_incomplete
@define(frozen=True, kw_only=True)
class MissingAccount:
    """An account that could not be read to its end.

    Example:
        from stripe_invoice_payments.accounts import scan_accounts

        with scan_accounts(client, "connected", on_error="report") as payments:
            for account, payment in payments:
                print(account, payment.id)
            for missing in payments.missing:
                print(missing.account, missing.error)

    Attributes:
        account: Its id.
        left: The stretches of creation time that were not yielded, newest first: the first second
            of each and the one after its last, in Unix seconds.
        error: Why it could not be read.
    """

    account: str
    left: tuple[tuple[int, int], ...]
    error: ScanError


@define(frozen=True)
class Task:
    """A window of an account, and how many of its pages a worker reads."""

    job: AccountJob
    window: Window
    is_probe: bool


@define(frozen=True)
class Rates:
    """Requests per second: of one account, and of all together."""

    account: float
    platform: float


MakeJob = Callable[["Pool", str, "Sequence[Window] | None", "int | None"], AccountJob]
"""Prepares the scan of an account: what an earlier run has left, and how many payments it has."""


@define(eq=False, kw_only=True)
class Pool:
    """What all workers and the consumer share, under one lock. Nothing in this module waits.

    An account is at one place at a time: `_unknown` before anything is known about its size,
    `_idle` while no worker reads it, `_active` while one does, and nowhere when it is finished.

    Attributes:
        make_job: Prepares the scan of an account.
        rates: The limits.
        sizes: How many payments an account has, if the caller knows.
        reports: Whether an account that cannot be read is left out and reported.
        may_grow: Whether more workers are started if responses take longer than expected.
        begun: What an earlier run has left of the accounts that it had begun.
        finished: The accounts of which nothing remains.
        run: Ends with an error, and knows of changes.
        workers: How many workers there are.
        ready: The pages that have not been yielded, in the order of their arrival.
        failed: The accounts that are left out, and why.
        accounts: How many accounts there are.
        is_listed: Whether it is known which ones.
    """

    make_job: MakeJob
    rates: Rates
    sizes: Mapping[str, int]
    reports: bool
    may_grow: bool
    begun: dict[str, list[Window]]
    finished: dict[str, None]
    run: Run = field(init=False, factory=Run)
    workers: int = field(init=False, default=0)
    requests: int = field(init=False, default=0)
    payments: int = field(init=False, default=0)
    retries: int = field(init=False, default=0)
    accounts: int = field(init=False, default=0)
    is_listed: bool = field(init=False, default=False)
    ready: deque[WindowPage] = field(init=False, factory=deque[WindowPage])
    failed: dict[str, ScanError] = field(init=False, factory=dict[str, ScanError])
    # The scans of all accounts that are neither finished nor untouched.
    states: dict[str, AccountState] = field(init=False, factory=dict[str, AccountState])
    _unknown: deque[str] = field(init=False, factory=deque[str])
    # The pages left, negative so that the largest comes first, and the account or its scan.
    _idle: list[tuple[float, int, str | AccountJob]] = field(
        init=False, factory=list[tuple[float, int, "str | AccountJob"]]
    )
    _active: dict[AccountState, AccountJob] = field(
        init=False, factory=dict[AccountState, AccountJob]
    )
    _order: count[int] = field(init=False, factory=count)
    _idle_pages: float = field(init=False, default=0.0)
    # Of the accounts whose size became known: how many pages they have, and how many they are.
    _known: tuple[float, int] = field(init=False, default=(0.0, 0))
    _per_account: int = field(init=False)
    # Whether a worker ever waited for room. Until then, nobody is woken when there is more room.
    _was_full: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._per_account = workers_for(self.rates.account, _defaults.SCAN_LATENCY)

    def add(self, accounts: Iterable[str]) -> None:
        """Read these accounts, and those that an earlier run has begun."""
        self.is_listed = self.run.has_changed = True
        every = dict.fromkeys([*self.begun, *accounts])
        self.accounts = len(every)
        for account in every:
            size = self.sizes.get(account)
            if account in self.finished:
                continue
            if size is None:
                self._unknown.append(account)
            else:
                self._idle.append((-size / PAGE_SIZE, next(self._order), account))
                self._idle_pages += size / PAGE_SIZE
        heapify(self._idle)

    # --- Workers ---

    @property
    def is_read(self) -> bool:
        """Whether no worker has anything to do any more."""
        return (
            not self._unknown
            and not self._idle
            and all(state.plan.is_finished or state.is_over for state in self._active)
        )

    @property
    def active(self) -> Iterable[AccountState]:
        """The accounts that workers read now."""
        return self._active

    def add_worker(self) -> None:
        """Count one more worker."""
        self.workers += 1
        self.run.has_changed = True

    def grow(self, elapsed: float) -> bool:
        """Count one more worker if responses that take this long require it to keep up the rate."""
        if not self.may_grow:
            return False
        if self._per_account < workers_for(self.rates.account, elapsed):
            self._per_account += 1
        grows = self.workers < workers_for(self.rates.platform, elapsed)
        if grows:
            self.add_worker()
        return grows

    def take(self) -> Task | None:
        """What a worker does next; None if there is nothing at the moment.

        A worker that finds out about the size of an account reads one page of it.
        """
        if len(self.ready) >= PAGES_HELD * self.workers:
            self._was_full = True
            return None
        active = [
            job
            for state, job in self._active.items()
            if state.workers < self._per_account and not state.is_over
        ]
        active.sort(key=lambda job: -job.state.pages_left / job.state.workers)
        seconds = self._seconds_left()
        for job in active:
            goes_first = self._is_urgent(job.state.pages_left, job.state.workers, seconds)
            if goes_first and (task := self._join(job)) is not None:
                return task
        if self._unknown and not (
            self._idle and self._is_urgent(-self._idle[0][0], self._per_account, seconds)
        ):
            return self._begin(self._unknown.popleft(), is_probe=True)
        if self._idle:
            return self._resume()
        return next(filter(None, map(self._join, active)), None)

    def leave(self, task: Task) -> None:
        """A worker has done its task, or failed."""
        state = task.job.state
        self.run.has_changed = True
        state.workers -= 1
        state.put_back(task.window)
        if task.is_probe:
            pages, accounts = self._known
            self._known = pages + state.requests + state.pages_left, accounts + 1
        if state.workers == 0:
            del self._active[state]
            if state.is_finished:
                self._finish(state)
            elif not state.plan.is_finished and not state.is_over:
                heappush(self._idle, (-state.pages_left, next(self._order), task.job))
                self._idle_pages += state.pages_left

    def fail(self, task: Task, error: ScanError) -> None:
        """Leave out an account that cannot be read, or end everything."""
        if not self.reports or not concerns_account(error):
            raise error
        task.job.state.is_abandoned = True
        self.failed.setdefault(task.job.state.account, error)

    def _is_urgent(self, pages: float, workers: int, seconds: float) -> bool:
        return is_urgent(pages, workers, self._per_account, self.rates.account, seconds)

    @property
    def time_left(self) -> float | None:
        """Seconds until everything is read; None until the size of each account is known."""
        return self._seconds_left() if self.is_listed and not self._unknown else None

    def _seconds_left(self) -> float:
        """How long everything takes that is left, as far as is known."""
        pages, accounts = self._known
        if self._unknown and not accounts:
            return math.inf
        unknown = len(self._unknown) * pages / accounts if accounts else 0.0
        active = sum(state.pages_left for state in self._active)
        # With few workers, or slow responses, they are the limit.
        rate = max(1, self.workers) * self.rates.account / self._per_account
        return (self._idle_pages + unknown + active) / min(rate, self.rates.platform)

    def _begin(self, account: str, *, is_probe: bool) -> Task:
        windows = self.begun.pop(account, None)
        job = self.make_job(self, account, windows, self.sizes.get(account))
        self.states[account] = job.state
        task = self._join(job, is_probe=is_probe)
        assert task is not None  # noqa: S101 - narrows the type: nobody has taken its windows
        return task

    def _resume(self) -> Task:
        negative, _, account = heappop(self._idle)
        self._idle_pages += negative
        if isinstance(account, str):
            return self._begin(account, is_probe=False)
        task = self._join(account)
        assert task is not None  # noqa: S101 - narrows the type: its windows are waiting
        return task

    def _join(self, job: AccountJob, *, is_probe: bool = False) -> Task | None:
        """A window of the account, if it has one to give."""
        state = job.state
        state.idle = max(1, self._per_account - state.workers)
        window = state.take()
        if window is None:
            return None
        state.workers += 1
        self._active[state] = job
        return Task(job, window, is_probe)

    # --- The consumer ---

    @property
    def is_finished(self) -> bool:
        """Whether everything has been read and yielded, except for accounts that are left out."""
        is_read = not (self._unknown or self._idle or self._active)
        return self.is_listed and is_read and not self.ready

    def next_page(self) -> WindowPage | None:
        """The page to yield next; None if it has not been read yet, or if nothing remains."""
        return self.ready[0] if self.ready else None

    def remove(self, page: WindowPage) -> None:
        """A page was yielded. Does nothing if that was recorded before."""
        if self.ready and self.ready[0] is page:
            self.ready.popleft()
            self.payments += len(page.payments)
            self.run.has_changed |= self._was_full
            state = self.states[page.state.account]
            if state.is_finished and state not in self._active:
                self._finish(state)

    def entries(self) -> list[str]:
        """What has not been yielded of each account that was begun, for a token."""
        return [
            *(entry_of(account, windows) for account, windows in self.begun.items()),
            *(state.entry() for state in self.states.values()),
        ]

    def missing(self) -> tuple[MissingAccount, ...]:
        """The accounts that are left out, and what was not yielded of them."""
        return tuple(
            MissingAccount(account=account, left=_stretches(self.states[account]), error=error)
            for account, error in self.failed.items()
        )

    def _finish(self, state: AccountState) -> None:
        del self.states[state.account]
        self.finished[state.account] = None
        self.failed.pop(state.account, None)


def concerns_account(error: ScanError) -> bool:
    """Whether an error may be that of one account. A key and a network are those of all."""
    return not isinstance(error, (AuthenticationError, APIConnectionError))


def _stretches(state: AccountState) -> tuple[tuple[int, int], ...]:
    # The second of a cursor may have more payments.
    return tuple((w.start, w.position + (w.cursor is not None)) for w in state.left())
