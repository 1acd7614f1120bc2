"""Deliveries gone wrong: the right answer, sent late, in drops, in part, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .answers import Answer
from .wire import Wire

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
