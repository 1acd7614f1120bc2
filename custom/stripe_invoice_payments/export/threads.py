"""Work that waits for the disk, out of the way of an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")

T = TypeVar("T")


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
