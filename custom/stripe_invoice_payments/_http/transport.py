"""Carries out the steps of a call over the network.

A transport opens its connections at the first request, one pool for a client and all its copies,
and closes what it has opened. A caller's HTTP client is used as it is and left open.
"""

from __future__ import annotations

import math
import os
import sys
import time
import warnings
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from concurrent.futures import CancelledError
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, TypeVar

from .._call.steps import Outcome, Step, Steps, Wait, WireRequest, WireResponse
from .._errors import APITimeoutError, StripeError
from .._locks import ForkSafeLock
from .body import Body
from .deadline import exchange_end
from .failures import connection_error, deadline_error
from .interface import (
    AsyncHTTPClient,
    AsyncHTTPResponse,
    HTTPClient,
    HTTPResponse,
    check_http_client,
    library_of,
)

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from .._stopping import Stop
    from .own_client import AsyncOwnClient, OwnClient

T = TypeVar("T")

_LOCK = ForkSafeLock()


class Transport:
    """Carries out the steps of calls, waiting for each in place."""

    def __init__(self, http_client: HTTPClient | None) -> None:
        check_http_client(http_client, is_async=False)
        self._given = http_client
        self._own: dict[str, OwnClient] = {}
        self._owner = os.getpid()
        self._closed = False
        self._stops: weakref.WeakSet[Stop] = weakref.WeakSet()
        self._library = library_of(http_client)

    def run(self, steps: Steps[T], stop: Stop | None = None) -> T:
        """Go through the steps of a call to its result.

        Args:
            steps: The call.
            stop: Once this is set nobody wants the result any more, and there is no next step.
        """
        if stop is not None:
            self._stops.add(stop)
        outcome: Outcome | None = None
        with closing(steps):
            while True:
                try:
                    step = steps.send(outcome)
                except StopIteration as end:
                    result: T = end.value
                    return result
                outcome = self._carry_out(step, stop)

    def _carry_out(self, step: Step, stop: Stop | None) -> Outcome | None:
        if isinstance(step, Wait):
            if stop is None:
                time.sleep(step.seconds)
            else:
                stop.wait(step.seconds)
        self._check_wanted(stop)
        if isinstance(step, Wait):
            return None
        outcome = self._send(step, stop)
        self._check_wanted(stop)
        return outcome

    def _check_wanted(self, stop: Stop | None) -> None:
        if stop is not None and stop.is_set():
            self._check_open()
            raise CancelledError

    def _send(self, wire: WireRequest, stop: Stop | None) -> Outcome | None:
        from .own_client import build_request  # and httpx, at the first request

        self._check_open()
        end = time.monotonic() + wire.seconds_left
        client: HTTPClient | None = None
        response: HTTPResponse | None = None
        handled = sys.exc_info()[1]
        token = exchange_end.set(end)
        try:
            client = self._client(wire.origin)
            response = client.send(
                build_request(client, wire, self._library),
                stream=True,
                follow_redirects=False,
                auth=None,
            )
            with closing(response):
                is_own = self._given is None
                body = _body(response, wire, is_own=is_own)
                for chunk in _raw(response) if is_own else response.iter_bytes():
                    body.add(chunk)
                    if stop is not None and stop.is_set():
                        return None  # nobody wants the rest
                    if time.monotonic() > end:
                        return deadline_error(wire)
                return _received(response, body.content(), wire)
        except BaseException as error:
            mapped = _mapped(error, wire, client, response, handled, is_own=self._given is None)
            if mapped is None:
                raise
            if isinstance(mapped, APITimeoutError) and time.monotonic() > end:
                return deadline_error(wire, mapped.__cause__)
            return mapped
        finally:
            exchange_end.reset(token)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("this client is closed")

    def _client(self, origin: str) -> HTTPClient:
        if self._given is not None:
            return self._given
        own = self._own.get(origin)
        if own is None or own.is_closed or self._owner != os.getpid():
            own = self._open(origin)
        return own

    def _open(self, origin: str) -> OwnClient:
        from .own_client import open_client

        with _LOCK:
            if self._owner != os.getpid():
                # After a fork the connections belong to the parent, and are neither used nor
                # closed here: two processes on one would read each other's responses.
                self._inherited, self._own = self._own, {}
                self._owner = os.getpid()
            own = self._own.get(origin)
            if own is None or own.is_closed:
                self._own[origin] = own = open_client(origin)
                # Also if nobody closes it: when it is forgotten, and at the end of the program.
                weakref.finalize(self, _close, own, self._owner)
            return own

    def close(self) -> None:
        """Close the connections that this transport has opened, and end what may be stopped."""
        self._closed = True
        while True:
            try:
                stops = list(self._stops)
                break
            except RuntimeError:  # another thread has just added one
                continue
        for stop in stops:
            stop.set()
        opened, self._own = self._own, {}
        for own in opened.values():
            _close(own, self._owner)

    def __del__(self) -> None:
        if getattr(self, "_own", None) and self._owner == os.getpid():
            _warn_left_open(self, "a Client", "`with`")


def _close(client: OwnClient, owner: int) -> None:
    if owner == os.getpid():
        client.close()


class AsyncTransport:
    """Carries out the steps of calls, letting other tasks run meanwhile."""

    def __init__(self, http_client: AsyncHTTPClient | None) -> None:
        check_http_client(http_client, is_async=True)
        self._given = http_client
        # Connections belong to the event loop that opened them: a second `asyncio.run` gets its
        # own.
        self._own: dict[tuple[AbstractEventLoop, str], _Pool] = {}
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
        if self._closed:
            raise RuntimeError("this client is closed")
        if step.seconds_left == math.inf:
            return await self._send(step)
        try:
            return await asyncio.wait_for(self._send(step), step.seconds_left)
        except asyncio.TimeoutError:
            return deadline_error(step)

    async def _send(self, wire: WireRequest) -> Outcome:
        from .own_client import build_request  # and with it httpx, at the first request

        client: AsyncHTTPClient | None = None
        response: AsyncHTTPResponse | None = None
        handled = sys.exc_info()[1]
        try:
            client = await self._client(wire.origin)
            response = await client.send(
                build_request(client, wire, self._library),
                stream=True,
                follow_redirects=False,
                auth=None,
            )
            async with aclosing(response):
                is_own = self._given is None
                body = _body(response, wire, is_own=is_own)
                async for chunk in _async_raw(response) if is_own else response.aiter_bytes():
                    body.add(chunk)
                return _received(response, body.content(), wire)
        except BaseException as error:
            mapped = _mapped(error, wire, client, response, handled, is_own=self._given is None)
            if mapped is None:
                raise
            return mapped

    async def _client(self, origin: str) -> AsyncHTTPClient:
        if self._given is not None:
            return self._given
        from asyncio import get_running_loop

        if self._owner != os.getpid():
            self._inherited, self._own = self._own, {}
            self._owner = os.getpid()
        loop = get_running_loop()
        pool = self._own.get((loop, origin))
        if pool is None or pool.is_closed:
            for other in list(self._own):  # in place: another thread's loop may be doing the same
                if other[0].is_closed():
                    self._own.pop(other, None)
            pool = self._own[loop, origin] = _Pool(origin)
            await pool.open()
        return pool.client

    async def aclose(self) -> None:
        """Close the connections that this transport has opened."""
        from asyncio import get_running_loop

        self._closed = True
        pools, self._own = self._own, {}
        if self._owner == os.getpid():
            # Those of other loops close themselves there, once nobody refers to them.
            for loop, origin in list(pools):
                if loop is get_running_loop():
                    await pools.pop((loop, origin)).close()

    def __del__(self) -> None:
        pools = getattr(self, "_own", {})
        is_open = [not at[0].is_closed() and not pool.is_closed for at, pool in pools.items()]
        if any(is_open) and self._owner == os.getpid():
            _warn_left_open(self, "an AsyncClient", "`async with`")


class _Pool:
    """The connections of one event loop, which end no later than the loop."""

    def __init__(self, origin: str) -> None:
        from .own_client import open_async_client

        self.client = open_async_client(origin)
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


async def _closing_at_last(client: AsyncOwnClient) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await client.aclose()


def _warn_left_open(transport: object, client: str, block: str) -> None:
    if sys.is_finalizing():
        return  # everything is closed by then, and a program may end as it likes
    message = f"{client} was left open; close it, or use it in a {block} block"
    warnings.warn(message, ResourceWarning, stacklevel=2, source=transport)


def _body(response: HTTPResponse | AsyncHTTPResponse, wire: WireRequest, *, is_own: bool) -> Body:
    """An empty body of this response.

    What our own client receives is decompressed here, in small pieces; what a caller's client
    receives, by that client, in pieces that may be large.
    """
    encoding = response.headers.get("content-encoding", "") if is_own else ""
    return Body(wire.max_response_bytes, encoding)


def _raw(response: Any) -> Iterator[bytes]:
    """The chunks as our own client receives them."""
    chunks: Iterator[bytes] = response.iter_raw()
    return chunks


def _async_raw(response: Any) -> AsyncIterator[bytes]:
    chunks: AsyncIterator[bytes] = response.aiter_raw()
    return chunks


def _mapped(
    error: BaseException,
    wire: WireRequest,
    client: object,
    response: HTTPResponse | AsyncHTTPResponse | None,
    handled: BaseException | None,
    *,
    is_own: bool,
) -> StripeError | None:
    """What `connection_error` makes of a failed exchange."""
    try:
        head = None if response is None else _received(response, b"", wire)
    except Exception:  # noqa: BLE001 - the response of a caller's HTTP client may raise anything
        head = None
    route = getattr(client, "route", None)
    return connection_error(error, wire, head, route, handled, is_own=is_own)


def _received(
    response: HTTPResponse | AsyncHTTPResponse, content: bytes, wire: WireRequest
) -> WireResponse:
    redact = wire.api_key.redact  # there are proxies that send back what they have got
    return WireResponse(
        status=response.status_code,
        headers={name.lower(): redact(value) for name, value in response.headers.items()},
        content=wire.api_key.redact_bytes(content),
    )
