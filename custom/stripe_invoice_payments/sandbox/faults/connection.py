"""The connection to one client, for answers that no framework would send."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope, Send

from .response import Answer

FindTransport = Callable[[Scope], "asyncio.Transport | None"]
"""Finds the connection that a request came on, unless the client has gone; the server knows."""

# "Linger for no time": closing sends a reset instead of the usual farewell.
_LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Wire:
    """The way back to the client, piece by piece."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        find_transport: FindTransport,
        before_closing: Callable[[], None],
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._find_transport = find_transport
        self._before_closing = before_closing

    async def start(self, answer: Answer) -> None:
        """Send the status and the headers, with the length of the whole body."""
        headers = {**answer.headers, "content-length": str(len(answer.body))}
        await self._send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    (name.encode("latin-1"), value.encode("latin-1"))
                    for name, value in headers.items()
                ],
            }
        )

    async def write(self, part: bytes, *, last: bool) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": part, "more_body": not last})

    async def pause(self, seconds: float) -> bool:
        """Wait, unless the client leaves or the server stops first: False, then."""
        try:
            await asyncio.wait_for(self._disconnected(), seconds)
        except asyncio.TimeoutError:
            return True
        return False

    async def close(self) -> None:
        """Close the connection once everything written so far is sent."""
        self._before_closing()
        transport = self._find_transport(self._scope)
        if transport is not None:
            transport.close()
        await self._disconnected()

    async def reset(self) -> None:
        """Break the connection off at once, so that the client sees a reset."""
        self._before_closing()
        transport = self._find_transport(self._scope)
        if transport is not None:
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            transport.abort()
        await self._disconnected()

    async def _disconnected(self) -> None:
        # The server takes a request without an answer for a mistake, unless the client has gone.
        while (await self._receive())["type"] != "http.disconnect":
            pass


Delivery = Callable[[Answer, Wire, float], Awaitable[None]]
"""Takes the seconds that it may play for."""

_PARTS = 10


async def whole(answer: Answer, wire: Wire, _seconds: float = 0) -> None:
    """As it should be."""
    await wire.start(answer)
    await wire.write(answer.body, last=True)


async def slow_headers(answer: Answer, wire: Wire, seconds: float) -> None:
    """Nothing for a while, then everything."""
    if await wire.pause(seconds):
        await whole(answer, wire)


async def slow_body(answer: Answer, wire: Wire, seconds: float) -> None:
    """The headers at once; then the body in ten parts, spread over the time."""
    await wire.start(answer)
    size = -(-len(answer.body) // _PARTS)
    for start in range(0, len(answer.body), size):
        if not await wire.pause(seconds / _PARTS):
            return
        await wire.write(answer.body[start : start + size], last=False)
    await wire.write(b"", last=True)


async def connection_closed(_answer: Answer, wire: Wire, _seconds: float) -> None:
    """The connection is closed instead of an answer."""
    await wire.close()


async def connection_closed_inside(answer: Answer, wire: Wire, _seconds: float) -> None:
    """The connection is closed in the middle of the body."""
    await wire.start(answer)
    await wire.write(answer.body[: len(answer.body) // 2], last=False)
    await wire.close()


async def connection_reset(_answer: Answer, wire: Wire, _seconds: float) -> None:
    """The connection is broken off instead of an answer."""
    await wire.reset()
