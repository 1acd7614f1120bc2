"""Our own HTTP clients, and requests. No other module imports httpx.

It is loaded at the first request, because httpx takes longer to import than all the rest.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from .._call.steps import WireRequest
from .._config import defaults as _defaults
from .._config.settings import user_agent
from .body import ACCEPTED
from .deadline import make_punctual
from .environment import Proxy, proxy_for, tls_context
from .interface import AsyncHTTPClient, HTTPClient, WrongQueryError

_LIBRARY = f"httpx/{httpx.__version__}"


def _request(
    method: str, url: str, *, headers: httpx.Headers, content: bytes | None, timeout: Any
) -> httpx.Request:
    """The request as a transport takes it, with four time-outs: connect, read, write, pool."""
    seconds = dict(zip(("connect", "read", "write", "pool"), timeout, strict=True))
    return httpx.Request(
        method, url, headers=headers, content=content, extensions={"timeout": seconds}
    )


class OwnClient:
    """Sends requests through one of httpx's transports, and not through an `httpx.Client`.

    That would log the URL of each request, query included, at INFO, and filters are private. It
    would also keep cookies, but one key's cookie must never be sent with another's requests.

    Args:
        transport: Sends the requests.
        route: The proxy of the environment on the way to the API.
    """

    build_request = staticmethod(_request)

    def __init__(self, transport: httpx.HTTPTransport, route: Proxy | None) -> None:
        self._transport = transport
        self.route = route
        self.is_closed = False

    def send(self, request: httpx.Request, **_: object) -> httpx.Response:
        """Send it; the body of the response is still to be read."""
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self.is_closed = True
        self._transport.close()


class AsyncOwnClient:
    """The same for asyncio."""

    build_request = staticmethod(_request)

    def __init__(self, transport: httpx.AsyncHTTPTransport, route: Proxy | None) -> None:
        self._transport = transport
        self.route = route
        self.is_closed = False

    async def send(self, request: httpx.Request, **_: object) -> httpx.Response:
        """Send it; the body of the response is still to be read."""
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        self.is_closed = True
        await self._transport.aclose()


def _options(origin: str, proxy: Proxy | None) -> dict[str, Any]:
    """How the transport for this origin is made; it gets no other requests."""
    limits = httpx.Limits(
        max_connections=_defaults.MAX_CONNECTIONS,
        max_keepalive_connections=_defaults.MAX_CONNECTIONS,
        keepalive_expiry=_defaults.KEEPALIVE_SECONDS,
    )
    if origin.startswith("https:"):
        url = None if proxy is None else proxy.url
        return {"limits": limits, "verify": tls_context(), "proxy": url, "trust_env": False}
    # Plain http is for this machine and for sandboxes, which a proxy of the environment could not
    # reach; and loading certificates takes longer than everything else.
    return {"limits": limits, "verify": False, "trust_env": False}


def _proxy(origin: str) -> Proxy | None:
    parts = urlsplit(origin)
    if parts.scheme == "http":
        return None
    return proxy_for(parts.hostname or "", parts.port or 443)


def open_client(origin: str) -> OwnClient:
    """An HTTP client for URLs of this origin.

    Raises:
        APIConnectionError: The environment names a proxy or certificates that cannot be used.
    """
    proxy = _proxy(origin)
    transport = httpx.HTTPTransport(**_options(origin, proxy))
    make_punctual(transport)
    return OwnClient(transport, proxy)


def open_async_client(origin: str) -> AsyncOwnClient:
    """An asynchronous HTTP client for URLs of this origin.

    Raises:
        APIConnectionError: The environment names a proxy or certificates that cannot be used.
    """
    proxy = _proxy(origin)
    return AsyncOwnClient(httpx.AsyncHTTPTransport(**_options(origin, proxy)), proxy)


_OWN_HEADERS = {"accept-encoding": ACCEPTED, "connection": "keep-alive"}


def build_request(client: HTTPClient | AsyncHTTPClient, wire: WireRequest, library: str) -> Any:
    """The request as this client sends it.

    Args:
        client: Our own, or the caller's.
        wire: What is sent.
        library: Name and version of the caller's client, for the User-Agent header.

    Raises:
        ValueError: The caller's client would change the query.
    """
    is_own = isinstance(client, (OwnClient, AsyncOwnClient))
    connect, read = wire.timeout.connect, wire.timeout.read
    request = client.build_request(
        wire.method,
        wire.url,
        headers=_headers(wire, _LIBRARY, _OWN_HEADERS) if is_own else _headers(wire, library, {}),
        content=wire.content,
        # As a tuple, which httpx's forks take as well: to connect, read, write, get a connection.
        timeout=(connect, read, read, read),
    )
    if not is_own:
        _check_query(request, wire)
    return request


def _headers(wire: WireRequest, library: str, own: dict[str, str]) -> httpx.Headers:
    """All headers.

    They contain the key and are never kept in a local variable: error trackers record those.
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
    """Check that the query is still that of the call.

    httpx adds a client's own `params` to it, or replaces it by them.

    Raises:
        ValueError: The caller's HTTP client has changed it.
    """
    sent = getattr(getattr(request, "url", None), "query", None)
    if isinstance(sent, bytes) and sent.decode() != wire.url.partition("?")[2]:
        raise WrongQueryError(
            "http_client has `params` of its own, which would change the query of the call"
        )
