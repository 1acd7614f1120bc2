"""How threads are woken and told to stop, at any moment.

Ctrl-C may interrupt the main thread between any two steps, also in the midst of the methods of
`threading.Condition` and `threading.Event`: these may then leave a lock locked that other threads
wait for. What is here is made of operations that an interrupt cannot cut in two.
"""

from __future__ import annotations

import time
from contextlib import suppress
from queue import Empty, SimpleQueue

# Should an interrupt come between the two steps of `Stop.set`, a wait ends within this time.
_SLICE = 1.0


class Stop:
    """Says to other threads that nobody wants their results any more."""

    def __init__(self) -> None:
        self._is_set = False
        self._tokens: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Say so."""
        self._is_set = True
        self._tokens.put(None)

    def is_set(self) -> bool:
        """Whether it was said."""
        return self._is_set

    def wait(self, seconds: float) -> None:
        """Let this time pass, or less if it is said meanwhile."""
        end = time.monotonic() + seconds
        while not self._is_set and (left := end - time.monotonic()) > 0:
            try:
                self._tokens.get(timeout=min(left, _SLICE))
            except Empty:
                continue
            self._tokens.put(None)  # for the next one who waits


class Bell:
    """Wakes everybody who waits for a change.

    Whoever wants to wait takes a sleeper before letting go of the lock that protects what may
    change; whoever changes something rings afterwards. So no change is missed.
    """

    def __init__(self) -> None:
        self._sleepers: list[Sleeper] = []

    def sleeper(self) -> Sleeper:
        """Something to wait with, once."""
        sleeper = Sleeper()
        self._sleepers.append(sleeper)
        return sleeper

    def ring(self) -> None:
        """Wake those who have a sleeper by now. Takes no lock, so a finalizer may call it."""
        for sleeper in tuple(self._sleepers):
            sleeper.wake()
            # One by one: a new list in place of this one would lack who came in the meantime.
            with suppress(ValueError):  # another ring was faster
                self._sleepers.remove(sleeper)


class Sleeper:
    """One wait for a `Bell`."""

    __slots__ = ("_tokens", "is_awake")

    def __init__(self) -> None:
        self.is_awake = False
        self._tokens: SimpleQueue[None] = SimpleQueue()

    def wake(self) -> None:
        self.is_awake = True
        self._tokens.put(None)

    def wait(self) -> None:
        """Wait until the bell rings."""
        while not self.is_awake:
            with suppress(Empty):
                self._tokens.get(timeout=_SLICE)
