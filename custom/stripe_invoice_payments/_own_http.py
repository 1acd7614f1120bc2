"""Our own HTTP clients, and requests: the only module that imports httpx.

It is loaded at the first request, because httpx takes longer to import than all the rest.
"""

from __future__ import annotations

from typing import Any

import httpx

from . import _defaults
from ._calls import WireRequest
from ._http_client import AsyncHTTPClient, HTTPClient
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


class _Client(_Own, httpx.Client):  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] - nobody sets it
    pass


class _AsyncClient(_Own, httpx.AsyncClient):  # type: ignore[misc] # pyright: ignore[reportIncompatibleVariableOverride] - nobody sets it
    pass


def _options(scheme: str) -> dict[str, Any]:
    """How the HTTP client for URLs of this scheme is made; it gets no others."""
    limits = httpx.Limits(
        max_connections=_defaults.MAX_CONNECTIONS,
        max_keepalive_connections=_defaults.MAX_CONNECTIONS,
        keepalive_expiry=_defaults.KEEPALIVE_SECONDS,
    )
    if scheme == "https":
        return {"limits": limits}
    # Plain http is for this machine only: a proxy out of the environment is elsewhere, and to load
    # certificates takes longer than everything else.
    return {"limits": limits, "verify": False, "trust_env": False}


def open_client(scheme: str) -> httpx.Client:
    """An HTTP client for URLs of this scheme."""
    return _Client(**_options(scheme))


def open_async_client(scheme: str) -> httpx.AsyncClient:
    """An asynchronous HTTP client for URLs of this scheme."""
    return _AsyncClient(**_options(scheme))


# What every httpx can undo, and what it does anyway.
_OWN_HEADERS = {"accept-encoding": "gzip, deflate", "connection": "keep-alive"}


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
    # It shows the key as "[secure]"; a plain dict in a traceback would show it.
    headers = httpx.Headers(
        {
            **(_OWN_HEADERS if is_own else {}),
            **wire.headers,
            "User-Agent": user_agent(wire.app_info, _LIBRARY if is_own else library),
            "Authorization": f"Bearer {wire.api_key.reveal()}",
        }
    )
    connect, read = wire.timeout.connect, wire.timeout.read
    if is_own:  # there is nothing of it that `build_request` would have to add
        timeout = {"connect": connect, "read": read, "write": read, "pool": read}
        return httpx.Request(
            wire.method,
            wire.url,
            headers=headers,
            content=wire.content,
            extensions={"timeout": timeout},
        )
    request = client.build_request(
        wire.method,
        wire.url,
        headers=headers,
        content=wire.content,
        # As a tuple, which httpx's forks take as well: to connect, read, write, get a connection.
        timeout=(connect, read, read, read),
    )
    _check_query(request, wire)
    return request


def _check_query(request: Any, wire: WireRequest) -> None:
    """Make sure that the filters are still those of the call.

    httpx adds a client's own `params` to them, or puts them in their place.

    Raises:
        ValueError: The caller's HTTP client has changed them.
    """
    sent = getattr(getattr(request, "url", None), "query", None)
    if isinstance(sent, bytes) and sent.decode() != wire.url.partition("?")[2]:
        raise ValueError("http_client: it has `params` of its own, which change those of the call")
