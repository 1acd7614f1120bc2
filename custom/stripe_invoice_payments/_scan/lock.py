"""A lock between processes, and between the threads of one. It ends with its process."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from weakref import WeakSet


class FileLock:
    """A lock that is held while this process has a certain file open.

    The operating system releases it when the process ends, for whatever reason.

    Args:
        path: The file. It is removed at the end, unless the process is killed.

    Raises:
        BlockingIOError: Something else holds the lock.
        OSError: The file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_held = False
        while not self._is_held:
            # A file object, which is closed when an interrupt drops it.
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb")
            _OPEN.add(self._file)
            try:
                _lock(self._file.fileno())
                # The last holder may have removed the file between the two steps.
                self._is_held = _is_at(self._file, path)
            finally:
                if not self._is_held:
                    self._file.close()

    def release(self) -> None:
        """Release the lock. This also happens when it is no longer referenced."""
        # The file is closed in a forked child. After an interrupt between the last two steps, the
        # path may already be another holder's file.
        if self._is_held and not self._file.closed:
            with suppress(OSError):  # Windows cannot remove an open file
                if _is_at(self._file, self._path):
                    self._path.unlink()
            self._file.close()

    def __del__(self) -> None:
        self.release()


# The files of all locks of this process. A forked child inherits them, and would keep the locks
# as long as it runs.
_OPEN: WeakSet[BinaryIO] = WeakSet()


def _leave_to_the_parent() -> None:
    for file in _OPEN:
        file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
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
