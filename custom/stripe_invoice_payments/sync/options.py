"""The options of a sync, checked, and which of them concern what."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from attrs import define

from .._config import checks as _checks, defaults as _defaults
from .._config.settings import RequestOptions, SharedOptions
from .._scan.progress import ScanProgress

LOOK_BACK = 60
# With responses in a tenth of a second, this is below Stripe's 25 requests a second an endpoint.
WORKERS = 2


class SyncOptions(RequestOptions, total=False):
    """How to read: options of a sync, and of any call.

    Attributes:
        rate_limit: The maximum number of requests per second. By default that of the client, and 20
            in scans if it has none.
        workers: The maximum number of concurrent requests. By default 2 for what is read again, and
            as many as the rate limit requires in scans.
        max_outage: Seconds for which each request of a sync is retried while Stripe is unreachable
            or failing. 300 by default; None: forever.
        progress: Called with the progress of each scan, after each page. A sync has up to three: of
            what is new, of what is open, and with `verify` of everything. Must be a regular
            function.
    """

    rate_limit: float | None
    workers: int | None
    max_outage: float | None
    progress: Callable[[ScanProgress], object] | None


@define(frozen=True, kw_only=True)
class Options:
    """The options of a sync.

    Attributes:
        look_back: How many seconds before the newest payment are read again.
        workers: How many requests read payments again at the same time.
        max_outage: Seconds for which such a request is retried during an outage.
        of_client: What the client that reads differs in.
        of_scans: The options of scans.
        of_calls: The options of other calls.
        progress: Called with the progress of each scan.
    """

    look_back: int
    workers: int
    max_outage: float
    of_client: SharedOptions
    of_scans: dict[str, Any]
    of_calls: Any
    progress: Callable[[ScanProgress], object] | None

    @classmethod
    def create(cls, look_back: float, options: Mapping[str, Any]) -> Options:
        """Check the options that are not those of scans or calls.

        Raises:
            TypeError: An option is unknown or of the wrong type.
            ValueError: An option is invalid.
        """
        known = SyncOptions.__annotations__
        if unknown := options.keys() - known:
            raise TypeError(_checks.unknown_option(min(unknown), known))
        seconds = _checks.number("look_back", look_back)
        if not 0 <= seconds < math.inf:
            raise ValueError(f"look_back must be finite and at least 0, got {look_back}")
        of_client: SharedOptions = {"retry_rate_limited": True}
        if options.get("rate_limit") is not None:
            of_client["rate_limit"] = options["rate_limit"]
        workers = options.get("workers")
        return cls(
            look_back=math.ceil(seconds),
            workers=WORKERS if workers is None else _checks.at_least_1("workers", workers),
            max_outage=_checks.max_outage(options.get("max_outage", _defaults.SCAN_MAX_OUTAGE)),
            of_client=of_client,
            of_scans={
                name: value
                for name, value in options.items()
                if name not in {"rate_limit", "progress"}
            },
            of_calls={
                name: value
                for name, value in options.items()
                if name in RequestOptions.__annotations__
            },
            progress=_checks.hook("progress", options.get("progress")),
        )
