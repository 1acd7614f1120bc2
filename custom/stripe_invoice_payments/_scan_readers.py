"""The readers of a scan: threads or tasks that carry out the steps of `_scan_work`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ._engine import AsyncEngine, Engine
from ._errors import StripeError
from ._scan_query import ScanSetup
from ._scan_work import IDLE, Fetched, Outcome, Pause, Step, read_windows
from ._stopping import Bell, Stop

if TYPE_CHECKING:
    import asyncio


class Readers:
    """Threads.

    Attributes:
        lock: Held for every look at the scan's state, and never while waiting.
        bell: Rung after every change of it.
    """

    def __init__(self, engine: Engine, setup: ScanSetup) -> None:
        self._engine = engine
        self._setup = setup
        self._stop = Stop()
        self._threads: list[threading.Thread] = []
        self.lock = threading.Lock()
        self.bell = Bell()

    def start(self) -> None:
        """Start as many as are wanted."""
        with self.lock:
            self._start_missing()

    def stop(self) -> None:
        """End all of them, once the requests that are under way have ended."""
        self.cancel()
        while alive := [one for one in self._threads if one.is_alive()]:
            alive[0].join()

    def cancel(self) -> None:
        """The same without waiting, for a finalizer: that may run in any thread, at any moment.

        That thread may be one of these, or hold a lock that they need to get to their end.
        """
        self._stop.set()
        self.bell.ring()

    def _start_missing(self) -> None:
        state = self._setup.state
        while state.readers < self._setup.readers and not self._stop.is_set():
            thread = threading.Thread(target=self._run, name="stripe-scan", daemon=True)
            self._threads.append(thread)
            state.readers += 1
            thread.start()

    def _run(self) -> None:
        steps = read_windows(self._setup)
        outcome: Outcome = None
        try:
            while not self._stop.is_set():
                with self.lock:
                    try:
                        step = steps.send(outcome)
                    except StopIteration:
                        return
                    self._start_missing()
                    sleeper = self.bell.sleeper() if step is IDLE else None
                outcome = None
                if sleeper is None:
                    self.bell.ring()
                    outcome = self._carry_out(step)
                elif not self._stop.is_set():
                    sleeper.wait()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the scan is read
            with self.lock:
                state = self._setup.state
                state.error = state.error or error
            self._stop.set()
        finally:
            self.bell.ring()

    def _carry_out(self, step: Step) -> Outcome:
        if isinstance(step, Pause):
            self._stop.wait(step.seconds)
            return None
        assert step is not IDLE  # noqa: S101 - narrows the type: the caller waits for that
        try:
            response = self._engine.send(step, self._setup.query.settings, step.read, self._stop)
            return Fetched(response.parse(), response.elapsed)
        except StripeError as error:
            return error


class AsyncReaders:
    """Tasks, all of one event loop.

    Attributes:
        changed: Set at the next change of the scan's state.
    """

    def __init__(self, engine: AsyncEngine, setup: ScanSetup) -> None:
        self._engine = engine
        self._setup = setup
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self.changed: asyncio.Event

    def start(self) -> None:
        """Start as many as are wanted."""
        import asyncio

        self._loop = asyncio.get_running_loop()
        self.changed = asyncio.Event()
        self._start_missing()

    def ring(self) -> None:
        """Wake everybody who waits for a change."""
        import asyncio

        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def stop(self) -> None:
        """Cancel all of them, and with them the requests that are under way."""
        import asyncio

        if self._loop is None:
            return
        self.ring()
        while alive := [task for task in self._tasks if not task.done()]:
            for task in alive:
                task.cancel()
            # Some versions of Python lose a cancellation that comes together with a time-out.
            await asyncio.wait(alive, timeout=1)

    def cancel(self) -> None:
        """The same without waiting, from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            for task in self._tasks:
                if not task.done():
                    self._loop.call_soon_threadsafe(task.cancel)

    def _start_missing(self) -> None:
        import asyncio

        state = self._setup.state
        while state.readers < self._setup.readers:
            state.readers += 1
            self._tasks.append(asyncio.create_task(self._run(), name="stripe-scan"))

    async def _run(self) -> None:
        steps = read_windows(self._setup)
        outcome: Outcome = None
        state = self._setup.state
        try:
            while state.error is None:
                try:
                    step = steps.send(outcome)
                except StopIteration:
                    return
                self._start_missing()
                outcome = None
                if step is IDLE:
                    await self.changed.wait()
                else:
                    self.ring()
                    outcome = await self._carry_out(step)
        except Exception as error:  # noqa: BLE001 - it is raised again where the scan is read
            state.error = state.error or error
        finally:
            self.ring()

    async def _carry_out(self, step: Step) -> Outcome:
        if isinstance(step, Pause):
            import asyncio

            await asyncio.sleep(step.seconds)
            return None
        assert step is not IDLE  # noqa: S101 - narrows the type: the caller waits for that
        try:
            response = await self._engine.send(step, self._setup.query.settings, step.read)
            return Fetched(response.parse(), response.elapsed)
        except StripeError as error:
            return error
