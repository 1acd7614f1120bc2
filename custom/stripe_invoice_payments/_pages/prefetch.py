"""Asking for the next page: when it is its turn, or ahead of time.

All four classes have the same two steps, so that a loop over pages need not know which it uses:
`start` is called before a page is handed out, and what it returns is called for the next one.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from .._stopping import Stop

if TYPE_CHECKING:
    import asyncio

P = TypeVar("P")


class InTurn(Generic[P]):
    """Asks for each page when the one before has been worked on."""

    def __enter__(self) -> InTurn[P]:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self, fetch: Callable[[Stop | None], P]) -> Callable[[], P]:
        """Do nothing yet."""
        return lambda: fetch(None)


class Ahead(Generic[P]):
    """Asks for each page while the one before is worked on, in a thread that ends with the block.

    A request that is under way cannot be called back; the block waits for it, but neither for a
    retry nor for anything else.
    """

    def __init__(self) -> None:
        self._stop = Stop()
        # A pool of the standard library may stay locked if Ctrl-C comes at the wrong moment.
        self._orders: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="stripe-prefetch", daemon=True)

    def __enter__(self) -> Ahead[P]:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def start(self, fetch: Callable[[Stop | None], P]) -> Callable[[], P]:
        """Ask for the page now."""
        result: SimpleQueue[tuple[P | None, BaseException | None]] = SimpleQueue()

        def order() -> None:
            try:
                result.put((fetch(self._stop), None))
            except BaseException as error:  # noqa: BLE001 - it is raised again where the page is wanted
                result.put((None, error))

        def wait() -> P:
            page, error = result.get()
            if error is not None:
                raise error
            return cast("P", page)

        self._orders.put(order)
        if self._thread.ident is None:
            self._thread.start()
        return wait

    def _work(self) -> None:
        while (order := self._orders.get()) is not None and not self._stop.is_set():
            order()
            del order  # or the page would live on until the next one is wanted


class AsyncInTurn(Generic[P]):
    """Asks for each page when the one before has been worked on."""

    async def __aenter__(self) -> AsyncInTurn[P]:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def start(self, fetch: Callable[[], Awaitable[P]]) -> Callable[[], Awaitable[P]]:
        """Do nothing yet."""
        return fetch


class AsyncAhead(Generic[P]):
    """Asks for each page while the one before is worked on, in a task that ends with the block."""

    # How often the new task is let run before the caller goes on, who may then keep the loop
    # busy: until its request is on the wire. A test that blocks the loop shows that it is enough.
    TURNS = 16

    def __init__(self) -> None:
        self._task: asyncio.Future[P] | None = None

    async def __aenter__(self) -> AsyncAhead[P]:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            import asyncio

            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def start(self, fetch: Callable[[], Awaitable[P]]) -> Callable[[], Awaitable[P]]:
        """Ask for the page now."""
        import asyncio

        self._task = task = asyncio.ensure_future(fetch())
        for _ in range(self.TURNS):
            if task.done():
                break
            await asyncio.sleep(0)

        async def result() -> P:
            self._task = None
            return await task

        return result
