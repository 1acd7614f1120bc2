"""The connection to one client, and the ways in which a response is delivered or lost."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope, Send

from .response import CapturedResponse

FindTransport = Callable[[Scope], "asyncio.Transport | None"]
"""Finds the connection of a request; None if the client has disconnected."""

# SO_LINGER with a timeout of 0: closing sends a reset instead of a FIN.
_LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Wire:
    """Sends a response to the client, part by part."""

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

    async def start(self, response: CapturedResponse) -> None:
        """Send the status and the headers, with the length of the whole body."""
        headers = {**response.headers, "content-length": str(len(response.body))}
        await self._send(
            {
                "type": "http.response.start",
                "status": response.status,
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
        """Wait; returns False early if the client disconnects or the server stops."""
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
        """Reset the connection at once."""
        self._before_closing()
        transport = self._find_transport(self._scope)
        if transport is not None:
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            transport.abort()
        await self._disconnected()

    async def _disconnected(self) -> None:
        # uvicorn logs an error if a request ends without a response while the client is connected.
        while (await self._receive())["type"] != "http.disconnect":
            pass


Delivery = Callable[[CapturedResponse, Wire, float], Awaitable[None]]
"""Takes the seconds that a slow delivery lasts."""

_PARTS = 10


async def whole(response: CapturedResponse, wire: Wire, _seconds: float = 0) -> None:
    """The response as it is."""
    await wire.start(response)
    await wire.write(response.body, last=True)


async def slow_headers(response: CapturedResponse, wire: Wire, seconds: float) -> None:
    """Nothing for `seconds`, then the whole response."""
    if await wire.pause(seconds):
        await whole(response, wire)


async def slow_body(response: CapturedResponse, wire: Wire, seconds: float) -> None:
    """The headers at once, then the body in ten parts over `seconds`."""
    await wire.start(response)
    size = -(-len(response.body) // _PARTS)
    for start in range(0, len(response.body), size):
        if not await wire.pause(seconds / _PARTS):
            return
        await wire.write(response.body[start : start + size], last=False)
    await wire.write(b"", last=True)


async def connection_closed(_response: CapturedResponse, wire: Wire, _seconds: float) -> None:
    """The connection is closed instead of a response."""
    await wire.close()


async def connection_closed_inside(response: CapturedResponse, wire: Wire, _seconds: float) -> None:
    """The connection is closed in the middle of the body."""
    await wire.start(response)
    await wire.write(response.body[: len(response.body) // 2], last=False)
    await wire.close()


async def connection_reset(_response: CapturedResponse, wire: Wire, _seconds: float) -> None:
    """The connection is reset instead of a response."""
    await wire.reset()
