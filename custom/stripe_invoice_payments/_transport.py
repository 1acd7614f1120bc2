"""The way to the network: the only module that imports httpx.

A transport carries out the steps of a call. It opens its connections at the first request, one
pool for a client and all copies of it, and closes what it has opened; an HTTP client that the
caller has brought along is used as it is and left open.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
import warnings
import weakref
from collections.abc import AsyncGenerator
from concurrent.futures import CancelledError
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from . import _defaults
from ._calls import Outcome, Step, Steps, Wait, WireRequest, WireResponse
from ._connection_errors import connection_error, deadline_error
from ._fork import fork_safe_lock
from ._http_client import (
    AsyncHTTPClient,
    AsyncHTTPResponse,
    HTTPClient,
    HTTPResponse,
    check_http_client,
    library_of,
)
from ._settings import user_agent

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

T = TypeVar("T")

_LOCK = fork_safe_lock()


class Transport:
    """Carries out the steps of calls, waiting for each in place."""

    def __init__(self, http_client: HTTPClient | None) -> None:
        check_http_client(http_client, is_async=False)
        self._given = http_client
        self._own: httpx.Client | None = None
        self._owner = os.getpid()
        self._closed = False
        self._library = library_of(http_client)

    def run(self, steps: Steps[T], stop: threading.Event | None = None) -> T:
        """Go through the steps of a call to its result.

        Args:
            steps: The call.
            stop: Once this is set nobody wants the result any more, and there is no next step.
        """
        outcome: Outcome | None = None
        with closing(steps):
            while True:
                try:
                    step = steps.send(outcome)
                except StopIteration as end:
                    result: T = end.value
                    return result
                outcome = self._carry_out(step, stop)

    def _carry_out(self, step: Step, stop: threading.Event | None) -> Outcome | None:
        if isinstance(step, Wait):
            if stop is None:
                time.sleep(step.seconds)
            else:
                stop.wait(step.seconds)
        if stop is not None and stop.is_set():
            raise CancelledError
        return None if isinstance(step, Wait) else self._send(step)

    def _send(self, wire: WireRequest) -> Outcome:
        client = self._client()
        end = time.monotonic() + wire.seconds_left
        response: HTTPResponse | None = None
        try:
            request = _request(client, wire, self._library)
            response = client.send(request, stream=True, follow_redirects=False, auth=None)
            with closing(response):
                chunks: list[bytes] = []
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
                    if time.monotonic() > end:
                        return deadline_error(wire)
                return _received(response, b"".join(chunks), wire)
        except Exception as error:
            mapped = connection_error(error, wire, _head(response, wire))
            if mapped is None:
                raise
            return mapped

    def _client(self) -> HTTPClient:
        if self._closed:
            raise RuntimeError("this client is closed")
        if self._given is not None:
            return self._given
        own = self._own
        if own is None or own.is_closed or self._owner != os.getpid():
            own = self._open()
        return own

    def _open(self) -> httpx.Client:
        with _LOCK:
            own = self._own
            if own is None or own.is_closed or self._owner != os.getpid():
                # After a fork the connections belong to the parent, and are neither used nor
                # closed here: two processes on one would read each other's answers.
                self._inherited = own
                self._own = own = _Client(limits=_limits(), mounts=_DIRECT, http2=False)
                self._owner = os.getpid()
                # Also if nobody closes it: when it is forgotten, and at the end of the program.
                weakref.finalize(self, _close, own, self._owner)
            return own

    def close(self) -> None:
        """Close the connections that this transport has opened."""
        self._closed = True
        own, self._own = self._own, None
        if own is not None:
            _close(own, self._owner)

    def __del__(self) -> None:
        if getattr(self, "_own", None) is not None and self._owner == os.getpid():
            _warn_left_open(self, "a Client", "`with`")


def _close(client: httpx.Client, owner: int) -> None:
    if owner == os.getpid():
        client.close()


class AsyncTransport:
    """Carries out the steps of calls, letting other tasks run meanwhile."""

    def __init__(self, http_client: AsyncHTTPClient | None) -> None:
        check_http_client(http_client, is_async=True)
        self._given = http_client
        # Connections belong to the event loop that opened them: a second `asyncio.run` gets its
        # own.
        self._own: dict[AbstractEventLoop, _Pool] = {}
        self._owner = os.getpid()
        self._closed = False
        self._library = library_of(http_client)

    async def run(self, steps: Steps[T]) -> T:
        """Go through the steps of a call to its result."""
        outcome: Outcome | None = None
        with closing(steps):
            while True:
                try:
                    step = steps.send(outcome)
                except StopIteration as end:
                    result: T = end.value
                    return result
                outcome = await self._carry_out(step)

    async def _carry_out(self, step: Step) -> Outcome | None:
        import asyncio  # not wanted by programs that never get here

        if isinstance(step, Wait):
            await asyncio.sleep(step.seconds)
            return None
        client = await self._client()
        if step.seconds_left == math.inf:
            return await self._send(client, step)
        try:
            return await asyncio.wait_for(self._send(client, step), step.seconds_left)
        except asyncio.TimeoutError:
            return deadline_error(step)

    async def _send(self, client: AsyncHTTPClient, wire: WireRequest) -> Outcome:
        response: AsyncHTTPResponse | None = None
        try:
            request = _request(client, wire, self._library)
            response = await client.send(request, stream=True, follow_redirects=False, auth=None)
            async with aclosing(response):
                chunks = [chunk async for chunk in response.aiter_bytes()]
                return _received(response, b"".join(chunks), wire)
        except Exception as error:
            mapped = connection_error(error, wire, _head(response, wire))
            if mapped is None:
                raise
            return mapped

    async def _client(self) -> AsyncHTTPClient:
        if self._closed:
            raise RuntimeError("this client is closed")
        if self._given is not None:
            return self._given
        from asyncio import get_running_loop

        if self._owner != os.getpid():
            self._inherited, self._own = self._own, {}
            self._owner = os.getpid()
        loop = get_running_loop()
        pool = self._own.get(loop)
        if pool is None or pool.is_closed:
            for other in list(self._own):  # in place: another thread's loop may be doing the same
                if other.is_closed():
                    self._own.pop(other, None)
            pool = self._own[loop] = _Pool()
            await pool.open()
        return pool.client

    async def aclose(self) -> None:
        """Close the connections that this transport has opened."""
        from asyncio import get_running_loop

        self._closed = True
        pools, self._own = self._own, {}
        if self._owner == os.getpid():
            # Those of other loops close themselves there, once nobody refers to them.
            pool = pools.pop(get_running_loop(), None)
            if pool is not None:
                await pool.close()

    def __del__(self) -> None:
        pools = getattr(self, "_own", {})
        is_open = [not loop.is_closed() and not pool.is_closed for loop, pool in pools.items()]
        if any(is_open) and self._owner == os.getpid():
            _warn_left_open(self, "an AsyncClient", "`async with`")


class _Pool:
    """The connections of one event loop, which end no later than the loop."""

    def __init__(self) -> None:
        self.client = _AsyncClient(limits=_limits(), mounts=_DIRECT, http2=False)
        # A loop closes, when it ends, the asynchronous generators that were begun on it, and so
        # it does when nobody refers to them any more.
        self._lifetime = _closing_at_last(self.client)

    @property
    def is_closed(self) -> bool:
        """Whether the loop has ended, or is about to."""
        return self.client.is_closed

    async def open(self) -> None:
        await self._lifetime.__anext__()

    async def close(self) -> None:
        await self._lifetime.aclose()


async def _closing_at_last(client: httpx.AsyncClient) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await client.aclose()


def _warn_left_open(transport: object, client: str, block: str) -> None:
    if sys.is_finalizing():
        return  # everything is closed by then, and a program may end as it likes
    message = f"{client} was left open; close it, or use it in a {block} block"
    warnings.warn(message, ResourceWarning, stacklevel=2, source=transport)


# Plain http is for this machine only, which a proxy out of the environment is not.
_DIRECT = {"http://": None}


def _limits() -> httpx.Limits:
    return httpx.Limits(
        max_connections=_defaults.MAX_CONNECTIONS,
        max_keepalive_connections=_defaults.MAX_CONNECTIONS,
        keepalive_expiry=_defaults.KEEPALIVE_SECONDS,
    )


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


# What every httpx can undo, and what it does anyway.
_OWN_HEADERS = {"accept-encoding": "gzip, deflate", "connection": "keep-alive"}


def _request(client: HTTPClient | AsyncHTTPClient, wire: WireRequest, library: str) -> Any:
    is_own = isinstance(client, _Own)
    # It shows the key as "[secure]"; a plain dict in a traceback would show it.
    headers = httpx.Headers(
        {
            **(_OWN_HEADERS if is_own else {}),
            **wire.headers,
            "User-Agent": user_agent(wire.app_info, library),
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


def _head(
    response: HTTPResponse | AsyncHTTPResponse | None, wire: WireRequest
) -> WireResponse | None:
    """What came before the body."""
    return None if response is None else _received(response, b"", wire)


def _received(
    response: HTTPResponse | AsyncHTTPResponse, content: bytes, wire: WireRequest
) -> WireResponse:
    redact = wire.api_key.redact  # there are proxies that send back what they have got
    return WireResponse(
        status=response.status_code,
        headers={name.lower(): redact(value) for name, value in response.headers.items()},
        content=wire.api_key.redact_bytes(content),
    )
