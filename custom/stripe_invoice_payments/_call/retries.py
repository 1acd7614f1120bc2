"""Whether and when a failed request is retried: one decision, as a plain function."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

from .._config import defaults as _defaults
from .._errors import APIConnectionError, RateLimitError, StripeError

# The back-off has long reached its maximum by then, and 2 ** attempt would overflow.
_LAST_DOUBLING = 32


def retry_delay(
    error: StripeError,
    *,
    attempt: int,
    max_retries: int,
    retry_rate_limited: bool = False,
    now: float = 0.0,
    jitter: Callable[[], float] = random.random,
) -> float | None:
    """Seconds to wait before the next attempt; None to give up.

    The method does not matter: a GET changes nothing, and a POST carries the same idempotency key
    each time.

    Args:
        error: The error of the last attempt.
        attempt: The number of the last attempt, from 1, not counting forgiven ones.
        max_retries: How many attempts may follow the first.
        retry_rate_limited: Whether to retry after a rate limit error.
        now: The time in Unix seconds, which a `Retry-After` with a date is relative to.
        jitter: A random number from 0 to 1.
    """
    if attempt > max_retries or not _is_worth_repeating(error, retry_rate_limited):
        return None
    doublings = min(max(attempt - 1, 0), _LAST_DOUBLING)
    delay = min(_defaults.INITIAL_RETRY_DELAY * 2.0**doublings, _defaults.MAX_RETRY_DELAY)
    delay *= 1 - jitter() / 2  # so that clients that failed together do not return together
    asked = retry_after(error.headers, now)
    return delay if asked is None else max(delay, min(asked, _defaults.MAX_RETRY_AFTER))


def _is_worth_repeating(error: StripeError, retry_rate_limited: bool) -> bool:
    if isinstance(error, APIConnectionError):
        return error.may_be_transient
    verdict = error.headers.get("stripe-should-retry", "").strip().lower()
    if verdict in ("true", "false"):
        return verdict == "true"
    if isinstance(error, RateLimitError):  # of which some have status 400
        return retry_rate_limited
    status = error.http_status or 0
    return status == 409 or status >= 500


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds that a `Retry-After` header asks for, as a number or as a date.

    None without the header, or if it is neither.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # the standard library's parser fails on garbage in many ways
    if date.tzinfo is None:  # "-0000": UTC, from a machine without a known timezone
        date = date.replace(tzinfo=timezone.utc)
    return max(0.0, date.timestamp() - now)
