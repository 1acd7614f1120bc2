"""Every invoice payment of a period, read by several readers side by side.

The readers are threads or tasks. What they read next, and in which pieces, is decided by
`_scan_plan`; what has been handed over is remembered by `_scan_state`. This module waits.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING

from stripe_invoice_payments_api.models import InvoicePayment

from ._engine import AsyncEngine, Engine
from ._errors import ScanError, StripeError
from ._scan_plan import Window
from ._scan_query import Scan, readers_for
from ._scan_state import ScanState

if TYPE_CHECKING:
    import asyncio


def failure(error: BaseException, window: Window | None, state: ScanState) -> BaseException:
    """What the consumer of a scan is told when a reader has failed."""
    if not isinstance(error, StripeError):
        return error
    checkpoint = None if state.checkpoint is None else str(state.checkpoint.path)
    told = ScanError(
        f"the scan stopped: {error.message}"
        + (f" (what is left is in {checkpoint})" if checkpoint else ""),
        http_status=error.http_status,
        headers=error.headers,
        http_body=error.http_body,
        json_body=error.json_body,
    )
    told.__cause__ = error
    if window is not None:
        told.window = window.start, window.end
    told.checkpoint = checkpoint
    return told


class Readers:
    """Threads that read windows, and the consumer that waits for them."""

    def __init__(
        self,
        engine: Engine,
        scan: Scan,
    ) -> None:
        self._engine = engine
        self._query = scan.query
        self._state = scan.state
        self._scan = scan
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._stopped = False
        self._error: BaseException | None = None

    def __iter__(self) -> Generator[InvoicePayment, None, None]:
        for _ in range(self._scan.readers):
            self._start()
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(self._has_news)
                    batch = self._state.next_batch()
                    if self._error is not None:
                        raise self._error
                if batch is None:
                    self._state.save()
                    self._tell()
                    return
                yield from batch.payments
                with self._changed:
                    self._state.hand_over(batch)
                    self._changed.notify_all()
                self._tell()
        finally:
            self._stop()

    def _tell(self) -> None:
        if self._scan.progress is not None:
            with self._changed:
                progress = self._state.progress(len(self._threads))
            self._scan.progress(progress)

    def _has_news(self) -> bool:
        state = self._state
        return self._error is not None or state.next_batch() is not None or state.is_finished

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="stripe-scan", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        window: Window | None = None
        try:
            while (window := self._take()) is not None:
                self._read(window)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the scan is read
            with self._changed:
                self._error = self._error or failure(error, window, self._state)
                self._stopped = True
                self._changed.notify_all()

    def _take(self) -> Window | None:
        with self._changed:
            self._idle += 1
            try:
                while not self._stopped and not self._state.plan.is_finished:
                    if (window := self._state.take(self._idle)) is not None:
                        return window
                    self._changed.wait()
                return None
            finally:
                self._idle -= 1

    def _read(self, window: Window) -> None:
        has_more = True
        while has_more:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._state.has_room_for(window))
                if self._stopped:
                    return
                request = self._query.request(window)
            answer = self._engine.call(request, self._query.settings, request.read)
            page = answer.parse()
            with self._changed:
                has_more = self._state.accept(window, page)
                if self._scan.may_grow and len(self._threads) < readers_for(
                    self._query.settings, answer.elapsed
                ):
                    self._start()
                self._changed.notify_all()


class AsyncReaders:
    """Tasks that read windows, and the consumer that waits for them."""

    def __init__(
        self,
        engine: AsyncEngine,
        scan: Scan,
    ) -> None:
        import asyncio

        self._engine = engine
        self._query = scan.query
        self._state = scan.state
        self._scan = scan
        self._changed = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._idle = 0
        self._error: BaseException | None = None

    async def read(self) -> AsyncGenerator[InvoicePayment, None]:
        """Start the tasks and hand over what they read."""
        for _ in range(self._scan.readers):
            self._start()
        try:
            while True:
                async with self._changed:
                    await self._changed.wait_for(self._has_news)
                    batch = self._state.next_batch()
                    if self._error is not None:
                        raise self._error
                if batch is None:
                    self._state.save()
                    self._tell()
                    return
                for payment in batch.payments:
                    yield payment
                async with self._changed:
                    self._state.hand_over(batch)
                    self._changed.notify_all()
                self._tell()
        finally:
            await self._stop()

    def _tell(self) -> None:
        if self._scan.progress is not None:
            self._scan.progress(self._state.progress(len(self._tasks)))

    def _has_news(self) -> bool:
        state = self._state
        return self._error is not None or state.next_batch() is not None or state.is_finished

    def _start(self) -> None:
        import asyncio

        self._tasks.append(asyncio.create_task(self._run(), name="stripe-scan"))

    async def _stop(self) -> None:
        import asyncio

        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        window: Window | None = None
        try:
            while (window := await self._take()) is not None:
                await self._read(window)
        except Exception as error:  # noqa: BLE001 - it is raised again where the scan is read
            async with self._changed:
                self._error = self._error or failure(error, window, self._state)
                self._changed.notify_all()

    async def _take(self) -> Window | None:
        async with self._changed:
            self._idle += 1
            try:
                while self._error is None and not self._state.plan.is_finished:
                    if (window := self._state.take(self._idle)) is not None:
                        return window
                    await self._changed.wait()
                return None
            finally:
                self._idle -= 1

    async def _read(self, window: Window) -> None:
        has_more = True
        while has_more:
            async with self._changed:
                await self._changed.wait_for(
                    lambda: self._error is not None or self._state.has_room_for(window)
                )
                if self._error is not None:
                    return
                request = self._query.request(window)
            answer = await self._engine.call(request, self._query.settings, request.read)
            page = answer.parse()
            async with self._changed:
                has_more = self._state.accept(window, page)
                if self._scan.may_grow and len(self._tasks) < readers_for(
                    self._query.settings, answer.elapsed
                ):
                    self._start()
                self._changed.notify_all()
