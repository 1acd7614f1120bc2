"""Rate limits: requests a second of an account, of each of its endpoints, and of a platform."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from . import believed


class RateLimit:
    """Counts the requests of each account, of each of its endpoints, and of all accounts.

    Args:
        account: Requests a second of one account; None for no limit.
        endpoint: Requests a second of one account to one endpoint; None for no limit.
        platform: Requests a second of the platform and its connected accounts together; None for no
            limit.
        clock: Returns the time in seconds.
    """

    def __init__(
        self,
        account: float | None = None,
        endpoint: float | None = None,
        platform: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._endpoint = endpoint
        self._platform = platform
        self._clock = clock
        self._buckets: dict[Hashable, _Bucket] = {}

    def check(self, account: str | None, livemode: bool, endpoint: str) -> None:
        """Count one request, or refuse it. Refused requests do not count."""
        now = self._clock()
        needed: list[_Bucket] = []
        for key, rate, reason in (
            ((account, livemode, endpoint), self._endpoint, believed.ENDPOINT_LIMIT_REASON),
            ((account, livemode), self._account, believed.ACCOUNT_LIMIT_REASON),
            (livemode, self._platform, believed.PLATFORM_LIMIT_REASON),
        ):
            if rate is None:
                continue
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = _Bucket(rate, now)
            if not bucket.has_token(now):
                raise believed.too_many_requests(reason)
            needed.append(bucket)
        for bucket in needed:
            bucket.tokens -= 1


class _Bucket:
    """Has a token for each request that may be sent now; gains `rate` a second."""

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._capacity = max(1.0, rate * believed.RATE_LIMIT_BURST_SECONDS)
        self._updated = now
        self.tokens = self._capacity

    def has_token(self, now: float) -> bool:
        """Whether a token is available."""
        elapsed = now - self._updated
        self._updated = now
        self.tokens = min(self._capacity, self.tokens + elapsed * self._rate)
        # Not exactly 1: rounding errors may leave the sum of many small parts just below it.
        return self.tokens >= 1 - 1e-9
