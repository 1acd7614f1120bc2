"""The interface that a caller's HTTP client must provide: a few methods of httpx's clients."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol


class WrongQueryError(ValueError):
    """The caller's HTTP client would change the query of the call."""


class HTTPResponse(Protocol):
    """What an HTTP client returns."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Any: ...

    def iter_bytes(self) -> Iterator[bytes]:
        """The parts of the body, decompressed."""
        ...

    def close(self) -> None:
        """Release the connection for the next request."""
        ...


class AsyncHTTPResponse(Protocol):
    """What an asynchronous HTTP client returns."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Any: ...

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The parts of the body, decompressed."""
        ...

    async def aclose(self) -> None:
        """Release the connection for the next request."""
        ...


class HTTPClient(Protocol):
    """What `http_client=` must provide: these two methods of `httpx.Client`."""

    def build_request(
        self, method: str, url: str, *, headers: Any, content: bytes | None, timeout: Any
    ) -> Any:
        """Make a request."""
        ...

    def send(
        self, request: Any, *, stream: bool, follow_redirects: bool, auth: None
    ) -> HTTPResponse:
        """Send it."""
        ...


class AsyncHTTPClient(Protocol):
    """What `http_client=` must provide: these two methods of `httpx.AsyncClient`."""

    def build_request(
        self, method: str, url: str, *, headers: Any, content: bytes | None, timeout: Any
    ) -> Any:
        """Make a request."""
        ...

    async def send(
        self, request: Any, *, stream: bool, follow_redirects: bool, auth: None
    ) -> AsyncHTTPResponse:
        """Send it."""
        ...


def check_http_client(client: object, *, is_async: bool) -> None:
    """Refuse early what would fail at the first request.

    Raises:
        TypeError: It is not an HTTP client, or one of the other kind.
    """
    if client is None:
        return
    if isinstance(client, type):
        raise TypeError(f"http_client must be an instance, got the class {client.__name__}")
    for name in ("build_request", "send"):
        if not callable(getattr(client, name, None)):
            raise TypeError(f"http_client must have a method {name}(), got {type(client).__name__}")
    # httpx's clients are context managers. An object that is none is accepted as it is.
    kinds = (hasattr(client, "__enter__"), hasattr(client, "__aenter__"))
    if is_async and kinds == (True, False):
        raise TypeError(
            "http_client must be asynchronous, such as httpx.AsyncClient; or use Client"
        )
    if not is_async and kinds == (False, True):
        raise TypeError("http_client must be synchronous, such as httpx.Client; or use AsyncClient")


def library_of(client: object) -> str:
    """The name and version of the package that the caller's client comes from."""
    roots = [cls.__module__.partition(".")[0] for cls in type(client).__mro__]
    name = next((root for root in roots if root.startswith("httpx")), "other")
    version = getattr(sys.modules.get(name), "__version__", None)
    return f"{name}/{version}" if isinstance(version, str) else name
