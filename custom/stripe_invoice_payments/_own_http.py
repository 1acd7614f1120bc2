"""Our own HTTP clients, and requests: the only module that imports httpx.

It is loaded at the first request, because httpx takes longer to import than all the rest.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import httpx

from . import _defaults
from ._body import ACCEPTED
from ._calls import WireRequest
from ._environment import Proxy, proxy_for, tls_context
from ._http_client import AsyncHTTPClient, HTTPClient, WrongQueryError
from ._settings import user_agent

_LIBRARY = f"httpx/{httpx.__version__}"


class _NoCookies(httpx.Cookies):
    """A jar that takes none: a cookie set for one key would go with the requests of another.

    One with a policy against cookies would look at each answer to find that out.
    """

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave them where they are."""


class _Own:
    """What is particular about the HTTP clients that are opened here."""

    cookies = _NoCookies()

    route: Proxy | None = None
    """The proxy of the environment on the way to the API."""


class _Client(_Own, httpx.Client):  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] - nobody sets it
    pass


class _AsyncClient(_Own, httpx.AsyncClient):  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] - nobody sets it
    pass


def _options(origin: str, proxy: Proxy | None) -> dict[str, Any]:
    """How the HTTP client for this origin is made; it gets no other requests."""
    limits = httpx.Limits(
        max_connections=_defaults.MAX_CONNECTIONS,
        max_keepalive_connections=_defaults.MAX_CONNECTIONS,
        keepalive_expiry=_defaults.KEEPALIVE_SECONDS,
    )
    if origin.startswith("https:"):
        url = None if proxy is None else proxy.url
        return {"limits": limits, "verify": tls_context(), "proxy": url, "trust_env": False}
    # Plain http is for this machine and for sandboxes: a proxy out of the environment is elsewhere,
    # and to load certificates takes longer than everything else.
    return {"limits": limits, "verify": False, "trust_env": False}


def _proxy(origin: str) -> Proxy | None:
    parts = urlsplit(origin)
    if parts.scheme == "http":
        return None
    return proxy_for(parts.hostname or "", parts.port or 443)


def open_client(origin: str) -> httpx.Client:
    """An HTTP client for URLs of this origin.

    Raises:
        APIConnectionError: The environment names a proxy or certificates that cannot be used.
    """
    proxy = _proxy(origin)
    client = _Client(**_options(origin, proxy))
    client.route = proxy
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _PunctualBackend(pool._network_backend)
    return client


def open_async_client(origin: str) -> httpx.AsyncClient:
    """An asynchronous HTTP client for URLs of this origin.

    Raises:
        APIConnectionError: The environment names a proxy or certificates that cannot be used.
    """
    proxy = _proxy(origin)
    client = _AsyncClient(**_options(origin, proxy))
    client.route = proxy
    return client


route_end: ContextVar[float] = ContextVar("route_end")
"""When the exchange of this thread has to be over, by `time.monotonic`."""


# Seconds. No time at all would mean "do not wait" to a socket, which is another kind of error.
_SHORTEST = 0.001


def _within(timeout: float | None) -> float | None:
    """`timeout`, with no more than is left for the whole exchange.

    Each read has a time-out of its own, so that headers which come in drops would never time out.
    Where nothing is left, it is as short as it can be.
    """
    end = route_end.get(None)
    if end is None:
        return timeout
    left = max(end - time.monotonic(), _SHORTEST)
    return left if timeout is None else min(timeout, left)


class _PunctualStream:
    """A connection whose every step ends with the exchange's deadline."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _within(timeout)
        if left == _SHORTEST:
            import httpcore

            raise httpcore.ReadTimeout("the deadline has passed")
        data: bytes = self._stream.read(max_bytes, left)
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
    """Opens connections of that kind."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **rest: Any) -> Any:
        return _PunctualStream(self._backend.connect_tcp(host, port, _within(timeout), **rest))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


class _QuietURL(httpx.URL):
    """A URL that shows no query: httpx logs the URL of each request, and filters are private."""

    def __str__(self) -> str:
        return super().__str__().partition("?")[0]

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"


_OWN_HEADERS = {"accept-encoding": ACCEPTED, "connection": "keep-alive"}


def build_request(client: HTTPClient | AsyncHTTPClient, wire: WireRequest, library: str) -> Any:
    """The request as this client sends it.

    Args:
        client: Ours, or the caller's.
        wire: What is sent.
        library: The package that the caller's client is of.

    Raises:
        ValueError: The caller's client would change the filters.
    """
    is_own = isinstance(client, _Own)
    connect, read = wire.timeout.connect, wire.timeout.read
    if is_own:  # there is nothing of it that `build_request` would have to add
        timeout = {"connect": connect, "read": read, "write": read, "pool": read}
        own = httpx.Request(
            wire.method,
            wire.url,
            headers=_headers(wire, _LIBRARY, _OWN_HEADERS),
            content=wire.content,
            extensions={"timeout": timeout},
        )
        own.url = _QuietURL(own.url)
        return own
    request = client.build_request(
        wire.method,
        wire.url,
        headers=_headers(wire, library, {}),
        content=wire.content,
        # As a tuple, which httpx's forks take as well: to connect, read, write, get a connection.
        timeout=(connect, read, read, read),
    )
    _check_query(request, wire)
    return request


def _headers(wire: WireRequest, library: str, own: dict[str, str]) -> httpx.Headers:
    """All headers.

    Nobody keeps them in a variable: the key is in them, and there are tools that report the
    variables of a traceback.
    """
    return httpx.Headers(
        {
            **own,
            **wire.headers,
            "User-Agent": user_agent(wire.app_info, library),
            "Authorization": f"Bearer {wire.api_key.reveal()}",
        }
    )


def _check_query(request: Any, wire: WireRequest) -> None:
    """Make sure that the filters are still those of the call.

    httpx adds a client's own `params` to them, or puts them in their place.

    Raises:
        ValueError: The caller's HTTP client has changed them.
    """
    sent = getattr(getattr(request, "url", None), "query", None)
    if isinstance(sent, bytes) and sent.decode() != wire.url.partition("?")[2]:
        raise WrongQueryError(
            "http_client: it has `params` of its own, which change those of the call"
        )
