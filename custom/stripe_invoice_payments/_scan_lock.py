"""A lock between processes, and between the threads of one, that ends with its process."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


class FileLock:
    """The exclusive use of something, for as long as this process has a certain file open.

    The operating system ends it with the process, however that ends.

    Args:
        path: The file. It is removed at the end, unless the process is killed.

    Raises:
        BlockingIOError: Somebody else has the lock.
        OSError: The file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        while self._descriptor is None:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _lock(descriptor)
                # Whoever had it may have removed the file between the two steps.
                if _is_at(descriptor, path):
                    self._descriptor = descriptor
            finally:
                if self._descriptor is None:
                    os.close(descriptor)
        _HELD.add(self._descriptor)

    def release(self) -> None:
        """Give the lock back; once is enough."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None or descriptor not in _HELD:
            return
        _HELD.discard(descriptor)
        with suppress(OSError):  # Windows removes no file that is open
            self._path.unlink()
        os.close(descriptor)


# The descriptors of all locks of this process. A child of a fork has them too, and would keep the
# locks for as long as it lives.
_HELD: set[int] = set()


def _leave_to_the_parent() -> None:
    for descriptor in _HELD:
        os.close(descriptor)
    _HELD.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(error.errno, "locked") from error

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
