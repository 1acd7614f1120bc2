"""The requests to the sandbox and their outcomes, for tests to inspect."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from ..._locks import Lock
from ..._repr import shows_incomplete

REQUESTS_KEPT = 10_000
"""How many of the latest requests are kept one by one. The counts include all."""


@shows_incomplete
@dataclass(slots=True)
class RecordedRequest:
    """One request to the API."""

    arrived_at: float
    """Seconds on a monotonic clock; only differences are meaningful."""

    method: str
    path: str
    query: str
    """The query string as received, percent-encoded."""

    status: int | None = None
    """The status of the response; None before it, and if the connection was closed instead."""

    fault: str | None = None
    """The name of the fault that it got."""


@shows_incomplete
@dataclass(frozen=True, slots=True)
class Traffic:
    """All requests to the API since the sandbox started or was reset."""

    total: int
    in_progress: int
    max_in_progress: int
    """The most requests that were in progress at once."""

    by_endpoint: dict[str, int]
    """How many, by method and path, with `{id}` for an id: `GET /v1/invoices/{id}`."""

    by_status: dict[int, int]
    """How many got a response, by status; 0 for those whose connection was closed instead."""

    by_fault: dict[str, int]
    """How many got a fault, by its name."""

    by_account: dict[str, int]
    """How many named which connected account; empty for those that named none."""

    refused: int
    """How many were beyond a rate limit."""

    refused_by_account: dict[str, int]
    """How many of each account were, with the same names."""

    requests: tuple[RecordedRequest, ...]
    """The requests themselves as they arrived, the latest 10,000 of them."""


class TrafficLog:
    """Records each request; written by the server's thread, read by any other."""

    def __init__(
        self, paths: Iterable[str] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._paths = frozenset(paths)
        self._clock = clock
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything, including requests in progress."""
        with self._lock:
            self._total = 0
            self._max_in_progress = 0
            self._in_progress: set[int] = set()  # by `id()`
            self._by_endpoint: Counter[str] = Counter()
            self._by_status: Counter[int] = Counter()
            self._by_fault: Counter[str] = Counter()
            self._by_account: Counter[str] = Counter()
            self._refused: Counter[str] = Counter()
            self._requests: deque[RecordedRequest] = deque(maxlen=REQUESTS_KEPT)

    def arrive(self, method: str, path: str, query: str, account: str = "") -> RecordedRequest:
        """Record a request for an account; pass the result to `leave`."""
        request = RecordedRequest(self._clock(), method, path, query)
        with self._lock:
            self._total += 1
            self._by_account[account] += 1
            self._in_progress.add(id(request))
            self._max_in_progress = max(self._max_in_progress, len(self._in_progress))
            self._requests.append(request)
        return request

    def leave(self, request: RecordedRequest) -> None:
        """Record that a request is over; calling it again changes nothing."""
        with self._lock:
            if id(request) not in self._in_progress:
                return
            self._in_progress.remove(id(request))
            self._by_endpoint[f"{request.method} {endpoint_of(request.path, self._paths)}"] += 1
            self._by_status[request.status or 0] += 1
            if request.fault is not None:
                self._by_fault[request.fault] += 1

    def refuse(self, account: str) -> None:
        """Record that a request for an account was beyond a rate limit."""
        with self._lock:
            self._refused[account] += 1

    def read(self) -> Traffic:
        """A snapshot."""
        with self._lock:
            return Traffic(
                total=self._total,
                in_progress=len(self._in_progress),
                max_in_progress=self._max_in_progress,
                by_endpoint=dict(self._by_endpoint),
                by_status=dict(self._by_status),
                by_fault=dict(self._by_fault),
                by_account=dict(self._by_account),
                refused=self._refused.total(),
                refused_by_account=dict(self._refused),
                requests=tuple(replace(request) for request in self._requests),
            )


def endpoint_of(path: str, paths: Collection[str]) -> str:
    """Which of these a path is, with `{id}` for an id; `other` for one that is not among them."""
    path = path.rstrip("/")
    segments = path.split("/")
    if len(segments) > 3:
        path = "/".join([*segments[:3], "{id}", *segments[4:]])
    return path if path in paths else "other"
