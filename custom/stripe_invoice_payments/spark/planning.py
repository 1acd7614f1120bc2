"""Packs accounts into bins, one for each task, and divides the rates. Nothing here waits."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence

from attrs import define, field

from .._scan.query import PAGE_SIZE
from .._scan.setup import even_windows

MAX_ACCOUNTS = 200
"""How many accounts a bin has at most."""

# A task costs about 30 ms, so it is worth a few pages; one that fails reads its bin again, so it
# has no more than minutes of work; and a driver keeps up with about a thousand.
_MIN_PAGES, _MAX_PAGES, _MAX_BINS = 20, 2000, 1000
# So many for each task that runs at once, so that all end at about the same time.
_BINS_PER_SLOT = 4
# Where the number of tasks is unknown.
_PROBABLE_SLOTS = 16


@define(frozen=True, kw_only=True)
class Bin:
    """What one task reads.

    Attributes:
        sizes: About how many payments each account has, the largest first.
        start: The first second of the period, in Unix seconds.
        end: The one after its last.
        parts: How many bins have a part of the same account.
    """

    sizes: Mapping[str, int]
    start: int
    end: int
    parts: int = 1


@define(frozen=True)
class Rates:
    """Requests per second: of each account, and of all together."""

    account: float
    platform: float

    def divided(self, tasks: int, parts: int) -> Rates:
        """What one of several tasks may send.

        Args:
            tasks: How many tasks run at once at most.
            parts: How many of all tasks read a part of the same account.
        """
        share = self.platform / tasks
        return Rates(min(share, self.account / min(tasks, parts)), share)


@define
class _Open:
    """A bin that is being filled."""

    capacity: float
    pages: int = 0
    sizes: dict[str, int] = field(factory=dict[str, int])

    def add(self, account: str, size: int) -> None:
        self.sizes[account] = size
        self.pages += pages_of(size)

    def has_room(self, size: int) -> bool:
        return len(self.sizes) < MAX_ACCOUNTS and self.pages + pages_of(size) <= self.capacity


def pages_of(size: int) -> int:
    """How many pages an account has; an empty one has one as well."""
    return max(1, -(-size // PAGE_SIZE))


def pack(
    sizes: Mapping[str, int],
    period: tuple[int, int],
    rates: Rates,
    slots: int | None,
    *,
    may_cut: bool = True,
) -> list[Bin]:
    """Bins that take about the same time, the largest accounts first.

    A large account is alone in a bin. If a task may send more than one account takes, the bin is
    filled up with small ones. If it may send less, the account is cut by time.

    Args:
        sizes: About how many payments each account has.
        period: Its first second, and the one after its last.
        rates: The limits of all tasks together.
        slots: How many tasks run at once at most; None if that is unknown.
        may_cut: Whether the period may be cut.
    """
    start, end = period
    total = sum(map(pages_of, sizes.values()))
    even = total / _BINS_PER_SLOT / (slots or _PROBABLE_SLOTS)
    goal = max(total / _MAX_BINS, min(_MAX_PAGES, max(_MIN_PAGES, even)))
    share = rates.account if slots is None else rates.platform / slots
    bins: list[Bin] = []
    every: list[_Open] = []
    for account, size in sorted(sizes.items(), key=lambda item: -item[1]):
        pages = pages_of(size)
        if pages <= goal:
            break
        parts = math.ceil(min(rates.account / share, pages / goal)) if may_cut else 1
        if parts > 1:
            windows = even_windows(start, end, parts)
            bins += [
                Bin(
                    sizes={account: size // len(windows)},
                    start=window.start,
                    end=window.end,
                    parts=len(windows),
                )
                for window in windows
            ]
        else:
            # While the account takes all that it may, the task can send this much more.
            every.append(_Open(pages * max(1.0, share / rates.account)))
            every[-1].add(account, size)
    _fill(every, {each: size for each, size in sizes.items() if pages_of(size) <= goal}, goal)
    return [*bins, *(Bin(sizes=each.sizes, start=start, end=end) for each in every)]


def _fill(bins: list[_Open], sizes: Mapping[str, int], goal: float) -> None:
    """Put small accounts into the bins that have room, and then into new ones."""
    candidates = deque(bins)
    for account, size in sorted(sizes.items(), key=lambda item: -item[1]):
        while candidates and not candidates[0].has_room(size):
            candidates.popleft()
        if not candidates:
            bins.append(_Open(goal))
            candidates.append(bins[-1])
        candidates[0].add(account, size)


def least_seconds(bins: Sequence[Bin], rates: Rates) -> float:
    """How long everything takes at least at these limits."""
    pages: dict[str, int] = {}
    for each in bins:
        for account, size in each.sizes.items():
            pages[account] = pages.get(account, 0) + pages_of(size)
    total = sum(pages.values()) / rates.platform
    return max(total, max(pages.values(), default=0) / rates.account)
