"""Our own HTTP clients, and requests. No other module imports httpx.

It is loaded at the first request, because httpx takes longer to import than all the rest.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from . import _defaults
from ._body import ACCEPTED
from ._calls import WireRequest
from ._environment import Proxy, proxy_for, tls_context
from ._http_client import AsyncHTTPClient, HTTPClient, WrongQueryError
from ._punctual import make_punctual
from ._settings import user_agent

_LIBRARY = f"httpx/{httpx.__version__}"


class _NoCookies(httpx.Cookies):
    """Discards cookies: one key's cookie must never be sent with another's requests.

    A jar with a policy against cookies would still parse those of each response.
    """

    def extract_cookies(self, response: httpx.Response) -> None:
        """Discard them."""


class _Own:
    """Common to the HTTP clients that are opened here."""

    cookies = _NoCookies()

    route: Proxy | None = None
    """The proxy of the environment on the way to the API."""


class _Client(_Own, httpx.Client):  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] - nobody sets it
    pass


class _AsyncClient(_Own, httpx.AsyncClient):  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] - nobody sets it
    pass


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


def open_client(origin: str) -> httpx.Client:
    """An HTTP client for URLs of this origin.

    Raises:
        APIConnectionError: The environment names a proxy or certificates that cannot be used.
    """
    proxy = _proxy(origin)
    transport = httpx.HTTPTransport(**_options(origin, proxy))
    make_punctual(transport)
    client = _Client(transport=transport, trust_env=False)
    client.route = proxy
    return client


def open_async_client(origin: str) -> httpx.AsyncClient:
    """An asynchronous HTTP client for URLs of this origin.

    Raises:
        APIConnectionError: The environment names a proxy or certificates that cannot be used.
    """
    proxy = _proxy(origin)
    transport = httpx.AsyncHTTPTransport(**_options(origin, proxy))
    client = _AsyncClient(transport=transport, trust_env=False)
    client.route = proxy
    return client


class _QuietURL(httpx.URL):
    """Hides the query: httpx logs the URL of each request, and filters are private."""

    def __str__(self) -> str:
        return super().__str__().partition("?")[0]

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"


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
    is_own = isinstance(client, _Own)
    connect, read = wire.timeout.connect, wire.timeout.read
    if is_own:  # `build_request` would add nothing
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
