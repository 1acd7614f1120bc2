"""How long a request is retried while Stripe is unreachable or failing."""

from __future__ import annotations

import time

from .._call.retries import retry_delay
from .._errors import APIConnectionError, StripeError


class Outage:
    """The failures of one request, each after the retries of any call.

    Args:
        max_outage: Seconds for which they may last.
        waits: Whether somebody waits between them. If not, the time counts as if it had passed;
            otherwise a request would be repeated at full speed.

    Attributes:
        since: When the first one happened, in seconds of the monotonic clock.
        is_too_long: Whether they have lasted for too long.
    """

    def __init__(self, max_outage: float, *, waits: bool = True) -> None:
        self.since = 0.0
        self.is_too_long = False
        self._max_outage = max_outage
        self._waits = waits
        self._failures = 0

    def delay(self, error: StripeError) -> float | None:
        """Seconds to wait before the request is sent again; None to give up."""
        now = time.monotonic()
        if not self._failures:
            self.since = now
        self._failures += 1
        delay = _delay(error, self._failures)
        if delay is None:
            return None
        self.is_too_long = now - self.since + delay >= self._max_outage
        if self.is_too_long:
            return None
        if not self._waits:
            self.since -= delay
        return delay if self._waits else 0.0


def _delay(error: StripeError, failures: int) -> float | None:
    """Seconds to wait for an outage to end; None if the error has another cause."""
    is_outage = isinstance(error, APIConnectionError) or (error.http_status or 0) >= 500
    if not is_outage:
        return None
    return retry_delay(error, attempt=failures, max_retries=failures, now=time.time())
