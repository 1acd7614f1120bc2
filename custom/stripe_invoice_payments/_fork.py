"""A lock that is never left locked in a forked child."""

from __future__ import annotations

import os
import threading


class ForkSafeLock:
    """A lock of which a child process gets a new one.

    It is not acquired before the fork, because the thread that forks may hold it. With gevent, an
    import inside a locked block forks.

    Create one per module: the registration cannot be undone.
    """

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        lock = self._lock
        lock.acquire()
        self._held = lock  # by this thread only, until it lets go

    def __exit__(self, *_: object) -> None:
        # Not `_lock`: if this thread has forked meanwhile, that is another one in the child.
        self._held.release()
