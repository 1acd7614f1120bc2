"""A client-side rate limit: requests leave evenly spaced, whoever sends them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from heapq import heappop, heappush

from . import _checks
from ._fork import ForkSafeLock

# One for all limits: it is held for a microsecond, and each one more would be work at every fork.
_LOCK = ForkSafeLock()

# Whoever is refused halves the pace for all; each request after that brings a hundredth of it back.
_SLOWER = 2.0
_RECOVERY = 0.99


class RateLimit:
    """Spaces requests so that no more than `rate` leave in any second.

    Each request takes the next free moment and waits for it, so those that come first go
    first. Taking one is instant; the waiting is the caller's, with `time.sleep` or `asyncio.sleep`,
    so threads and tasks can share one limit.

    Attributes:
        rate: How many requests a second.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        if not 0 < _checks.number("rate_limit", rate) < math.inf:
            raise ValueError(f"rate_limit must be a positive, finite number, got {rate}")
        self._interval = 1 / rate
        self._clock = clock
        self._next = self._held_until = clock()
        # When the next may leave by what has really left, were it not for the tolerance.
        self._expected = self._next
        # Moments that were taken, and given back: the earliest first.
        self._returned: list[float] = []

    @contextmanager
    def turn(self) -> Generator[float, None, None]:
        """Take the next free moment; the value is how many seconds to wait for it in the block.

        A block that fails has not sent its request, and leaves the moment to the next who asks.
        """
        with _LOCK:
            now = self._clock()
            moment = self._reserve(now)
        try:
            yield moment - now
        except BaseException:
            with _LOCK:
                heappush(self._returned, moment)
            raise

    def leave(self) -> bool:
        """Whether a request may leave now, after it has waited for its moment.

        It may not where others have just left late: after a stall, all those whose moments have
        passed wake up together. Whoever may not takes another turn.
        """
        with _LOCK:
            now, interval = self._clock(), 1 / self.rate
            # A nanosecond, for sums of floats.
            if now < self._expected - interval - 1e-9:
                return False
            self._expected = max(now, self._expected) + interval
            return True

    def slow_down(self, pause: float) -> None:
        """After a refusal, let nothing leave for `pause` seconds, and less for a while after that.

        Requests that were under way together are refused together, and count once.
        """
        with _LOCK:
            now = self._clock()
            if now >= self._held_until:
                self._interval *= _SLOWER
            self._held_until = max(self._held_until, now + pause)
            self._next = max(self._next, self._held_until)
            self._returned.clear()

    def _reserve(self, now: float) -> float:
        while self._returned and self._returned[0] < now:
            heappop(self._returned)
        if self._returned:
            return heappop(self._returned)
        moment = max(now, self._next)
        self._next = moment + self._interval
        self._interval = max(1 / self.rate, self._interval * _RECOVERY)
        return moment

    def __repr__(self) -> str:
        return f"RateLimit({self.rate} requests a second)"
