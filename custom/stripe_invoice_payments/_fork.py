"""A lock that is never left locked in a forked child."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


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

    # A `with` statement looks both up before it calls the first. So it gets those of one lock, also
    # if this thread forks meanwhile; and there is no Python between it and the lock, in which
    # Ctrl-C could come after the one was acquired and before the other was bound to be called.
    @property
    def __enter__(self) -> Callable[[], bool]:
        return self._lock.__enter__

    @property
    def __exit__(self) -> Callable[..., None]:  # noqa: PLE0302 - a property has no others
        return self._lock.__exit__
