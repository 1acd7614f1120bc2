"""Carries out the steps of a scan, with threads or with tasks of an event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar

from .._call.engine import AsyncEngine, Engine
from .._locks import Lock
from .._stopping import Bell, Sleeper, Stop
from .state import Run
from .steps import Call, Fetched, Pause, Signal, Step, Steps

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


class Threads:
    """The threads of a scan, and any other thread that calls `run`.

    Args:
        engine: Sends the requests.
        shared: What all of them share.
        work: The steps of one worker.

    Attributes:
        lock: Held whenever the state is read or changed, and never while waiting.
    """

    def __init__(self, engine: Engine, shared: Run, work: Callable[[], Steps[None]]) -> None:
        self._engine = engine
        self._shared = shared
        self._steps = work
        self._stop = Stop()
        self._bell = Bell()
        self._threads: list[threading.Thread] = []
        self.lock = Lock()

    def run(self, steps: Steps[T]) -> T:
        """Carry out steps until they return a result."""
        resume: Callable[[Any], Step] = steps.send
        outcome: Any = None
        try:
            while True:
                try:
                    with self.lock:
                        step = resume(outcome)
                        sleeper = self._bell.sleeper() if step is Signal.IDLE else None
                except StopIteration as end:
                    result: T = end.value
                    return result
                finally:
                    self.announce()
                try:
                    resume, outcome = steps.send, self._carry_out(step, sleeper)
                except BaseException as error:  # noqa: BLE001 - the steps decide what becomes of it
                    resume, outcome = steps.throw, error
        finally:
            outcome = None  # an error refers to this frame

    def announce(self) -> None:
        """Wake everything that waits, if the state has changed."""
        if self._shared.has_changed:
            self._shared.has_changed = False
            self._bell.ring()

    def cancel(self) -> None:
        """End all threads without waiting for them.

        Takes no lock, since a finalizer may call this: in any thread, at any moment. That thread
        may be one of these, or hold a lock that they need.
        """
        self._shared.end(CancelledError())
        self._stop.set()
        self._bell.ring()

    def stop(self) -> None:
        """End all threads, and wait for the requests in progress."""
        self.cancel()
        while alive := [one for one in self._threads if one.is_alive()]:
            alive[0].join()

    def _carry_out(self, step: Step, sleeper: Sleeper | None) -> Fetched | None:
        if sleeper is not None:
            # `cancel` may have rung before there was a sleeper.
            if self._shared.error is None:
                sleeper.wait()
        elif isinstance(step, Pause):
            self._stop.wait(step.seconds)
        elif isinstance(step, Call):
            step.function()
        elif isinstance(step, Signal):
            thread = threading.Thread(target=self._work, name="stripe-scan", daemon=True)
            self._threads.append(thread)
            thread.start()
        else:
            request = step.request
            response = self._engine.send(request, step.settings, request.read, self._stop)
            return Fetched(response.parse(), response.elapsed)
        return None

    def _work(self) -> None:
        try:
            self.run(self._steps())
        finally:
            if self._shared.error is not None:
                self.cancel()


class AsyncTasks:
    """The tasks of a scan, all in one event loop."""

    def __init__(self, engine: AsyncEngine, shared: Run, work: Callable[[], Steps[None]]) -> None:
        import asyncio

        self._engine = engine
        self._shared = shared
        self._steps = work
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self, steps: Steps[T]) -> T:
        """Carry out steps until they return a result."""
        resume: Callable[[Any], Step] = steps.send
        outcome: Any = None
        try:
            while True:
                try:
                    step = resume(outcome)
                except StopIteration as end:
                    result: T = end.value
                    return result
                finally:
                    self.announce()
                try:
                    resume, outcome = steps.send, await self._carry_out(step)
                except BaseException as error:  # noqa: BLE001 - the steps decide what becomes of it
                    resume, outcome = steps.throw, error
        finally:
            outcome = None  # an error refers to this frame

    def announce(self) -> None:
        """Wake everything that waits, if the state has changed."""
        import asyncio

        if self._shared.has_changed:
            self._shared.has_changed = False
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()

    def cancel(self) -> None:
        """End all tasks without waiting for them, from any thread."""
        self._shared.end(CancelledError())
        for task in self._tasks:
            loop = task.get_loop()
            if not task.done() and not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)

    async def stop(self) -> None:
        """Cancel all tasks, and with them the requests in progress."""
        import asyncio

        self._shared.end(CancelledError())
        self.announce()
        while alive := [task for task in self._tasks if not task.done()]:
            for task in alive:
                task.cancel()
            # Some versions of Python lose a cancellation that comes together with a time-out.
            await asyncio.wait(alive, timeout=1)

    async def _carry_out(self, step: Step) -> Fetched | None:
        import asyncio

        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
        elif isinstance(step, Call):
            step.function()
        elif step is Signal.IDLE:
            await self._changed.wait()
        elif isinstance(step, Signal):
            self._tasks.append(asyncio.create_task(self._work(), name="stripe-scan"))
        else:
            response = await self._engine.send(step.request, step.settings, step.request.read)
            return Fetched(response.parse(), response.elapsed)
        return None

    async def _work(self) -> None:
        try:
            await self.run(self._steps())
        finally:
            if self._shared.error is not None:
                self.cancel()
