"""Locks that neither Ctrl-C nor a fork leaves locked."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Protocol


class _PlainLock(Protocol):
    @property
    def __exit__(self) -> Callable[..., None]: ...  # noqa: PLE0302 - a property has no others

    def acquire(self, blocking: bool = ...) -> bool: ...

    def release(self) -> None: ...


class Lock:
    """A lock that a `with` block releases whenever Ctrl-C comes.

    Python 3.14 can raise `KeyboardInterrupt` when `with` has acquired a `threading.Lock` and has
    not entered its block, so that nothing releases the lock.
    """

    __slots__ = ("_lock", "acquire", "release")

    def __init__(self, lock: _PlainLock | None = None) -> None:
        self._lock: _PlainLock = threading.Lock() if lock is None else lock
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    def __enter__(self) -> None:
        acquired: list[bool] = []
        try:
            # It is acquired and noted in one call, in C: Ctrl-C comes before that, or after it.
            acquired.extend(map(self.acquire, (True,)))
        except BaseException:
            if acquired:
                self.release()
            raise

    # Looked up by `with`, and called without any Python code of ours in which Ctrl-C could come.
    @property
    def __exit__(self) -> Callable[..., None]:  # noqa: PLE0302 - a property has no others
        return self._lock.__exit__

    def run_if_free(self, work: Callable[[], object]) -> bool:
        """Call `work` with the lock held; if another thread holds it, return False at once."""
        acquired: list[bool] = []
        try:
            acquired.extend(map(self.acquire, (False,)))  # in one call, as above
            if acquired[0]:
                work()
            return acquired[0]
        finally:
            if acquired and acquired[0]:
                self.release()


class ForkSafeLock:
    """A `Lock` of which a child process gets a new one.

    It is not acquired before the fork, because the thread that forks may hold it. With gevent, an
    import inside a locked block forks.

    Create one per module: the registration cannot be undone.
    """

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._lock = Lock()

    # A `with` statement looks both up before it calls the first. So it gets those of one lock, also
    # if this thread forks meanwhile.
    @property
    def __enter__(self) -> Callable[[], None]:
        return self._lock.__enter__

    @property
    def __exit__(self) -> Callable[..., None]:  # noqa: PLE0302 - a property has no others
        return self._lock.__exit__
