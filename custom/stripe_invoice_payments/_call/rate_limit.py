"""A client-side rate limit: requests leave evenly spaced, whoever sends them."""

from __future__ import annotations

import math
import time
from bisect import bisect_left, insort
from collections.abc import Callable, Generator
from contextlib import contextmanager
from heapq import heappop, heappush

from attrs import define

from .._config import checks as _checks
from .._locks import ForkSafeLock
from .._repr import shows_incomplete

# One for all limits: it is held for a microsecond, and each lock is renewed at every fork.
_LOCK = ForkSafeLock()

# A refusal halves the pace for all; each request after it makes the pace 1% faster again.
_SLOWER = 2.0
_RECOVERY = 0.99
# Seconds by which sleeping may take too long without the lost time being lost to those behind. At
# most half of the space between two requests: so no second has more than one beyond the rate.
_JITTER = 0.01
# Seconds that sums of floats may be off.
_ROUNDING = 1e-6


@define(frozen=True)
class Turn:
    """A request's place on the limit.

    Attributes:
        moment: When it may leave.
        wait: How many seconds that is from when the turn was taken.
    """

    moment: float
    wait: float


@shows_incomplete
class RateLimit:
    """Spaces requests so that no more than `rate` leave in any second.

    Each request takes the next free moment and waits for it: first come, first served. Taking one
    is instant. The caller waits, with `time.sleep` or `asyncio.sleep`, so threads and tasks can
    share one limit.

    Attributes:
        rate: Requests a second.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        if not 0 < _checks.number("rate_limit", rate) < math.inf:
            raise ValueError(f"rate_limit must be a positive, finite number, got {rate}")
        self._interval = 1 / rate
        self._clock = clock
        self._next = self._held_until = clock()
        # The moments of those that have not left yet, the earliest first.
        self._due: list[float] = []
        # When the next would leave, going by those that have left and not by their moments.
        self._expected = self._next
        # Moments that were taken, and given back: the earliest first.
        self._returned: list[float] = []

    @contextmanager
    def turn(self) -> Generator[Turn, None, None]:
        """Take the next free moment, to be waited for in the block, and `late` to be asked there.

        A block that fails has not sent its request, and leaves the moment to the next who asks.
        """
        with _LOCK:
            now = self._clock()
            moment = self._reserve(now)
            insort(self._due, moment)
        try:
            yield Turn(moment, moment - now)
        except BaseException:
            with _LOCK:
                heappush(self._returned, moment)
            raise
        finally:
            with _LOCK:
                self._due.remove(moment)

    def late(self, turn: Turn) -> float:
        """Seconds that a request still has to wait when its moment has come; at 0 it leaves.

        After a stall of the program, all those whose moments have passed wake up together. They
        leave evenly spaced, in the order of their moments.
        """
        with _LOCK:
            now, interval = self._clock(), 1 / self.rate
            before = bisect_left(self._due, turn.moment)
            wait = self._expected + before * interval - now
            if wait > _ROUNDING:
                return wait
            self._expected = max(now - min(_JITTER, interval / 2), self._expected) + interval
            return 0.0

    def slow_down(self, pause: float, reason: str | None = None) -> None:  # noqa: ARG002
        """After a refusal, let nothing leave for `pause` seconds, and less for a while after that.

        Requests that were under way together are refused together, and count once.

        Args:
            pause: Seconds.
            reason: Stripe's word for the limit that refused, for a limit that has several parts.
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
