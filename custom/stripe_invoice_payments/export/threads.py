"""How an export leaves other threads, and an event loop, their turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")

T = TypeVar("T")

# A page: less than 5 ms of work. Sleeping for no time would keep Python's lock.
_SLICE = 100
_TURN = 0.0001


def in_slices(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in slices, between which other threads get their turn.

    While one thread computes without a break, Python lets each other one wait for 5 ms whenever it
    returns from the network. The workers of a scan do that several times for each request, so
    meanwhile they would only read half as fast.
    """
    iterator = iter(items)
    while part := list(islice(iterator, _SLICE)):
        yield part
        time.sleep(_TURN)


async def in_thread(function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Call a function that waits for the disk. If the task is cancelled, it still waits for it.

    So the target is closed, and free for others, only when nothing writes to it any more.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **options))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            with suppress(asyncio.CancelledError):  # once more
                await asyncio.wait([work])
        if not work.cancelled():
            work.exception()  # or asyncio reports that nobody has looked at it
        raise
