"""Keeps the deadline of a synchronous exchange, however slowly the bytes arrive.

httpx has one timeout for each read. Headers that arrive a byte at a time never exceed it, and httpx
returns nothing before they are complete. The connections made here limit each read to the time that
is left of the exchange.
"""

from __future__ import annotations

import math
import time
from contextvars import ContextVar
from typing import Any

exchange_end: ContextVar[float] = ContextVar("exchange_end", default=math.inf)
"""When the current exchange has to be over, by `time.monotonic`."""

# Seconds. A timeout of 0 would make a socket non-blocking.
_SHORTEST = 0.001


def make_punctual(transport: object) -> None:
    """Let the connections of an `httpx.HTTPTransport` keep `exchange_end`.

    httpcore's network backend is public, but httpx has no public way to set it. Should its private
    attribute be renamed, deadlines are only checked between the parts of a body, and a test fails.
    """
    pool = getattr(transport, "_pool", None)
    backend = getattr(pool, "_network_backend", None)
    if backend is not None:
        pool._network_backend = _PunctualBackend(backend)  # type: ignore[union-attr] # pyright: ignore[reportOptionalMemberAccess]


def _within(timeout: float | None) -> float | None:
    """`timeout`, but no more than is left of the exchange."""
    left = max(exchange_end.get() - time.monotonic(), _SHORTEST)
    if left == math.inf:
        return timeout
    return left if timeout is None else min(timeout, left)


class _PunctualStream:
    """A connection whose operations end with the exchange."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if time.monotonic() >= exchange_end.get():
            import httpcore

            raise httpcore.ReadTimeout("the deadline has passed")
        data: bytes = self._stream.read(max_bytes, _within(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within(timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> _PunctualStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _within(timeout))
        return _PunctualStream(stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _PunctualBackend:
    """Opens such connections."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **rest: Any) -> Any:
        return _PunctualStream(self._backend.connect_tcp(host, port, _within(timeout), **rest))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)
