"""A lock between processes, and between the threads of one, that ends with its process."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from weakref import WeakSet


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
        self._is_held = False
        while not self._is_held:
            # A file object, since that is closed when it is forgotten, as in an interrupt.
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb")
            _OPEN.add(self._file)
            try:
                _lock(self._file.fileno())
                # Whoever had it may have removed the file between the two steps.
                self._is_held = _is_at(self._file, path)
            finally:
                if not self._is_held:
                    self._file.close()

    def release(self) -> None:
        """Give the lock back; once is enough, and so is to forget it."""
        # In a child of a fork it is closed. If an interrupt came between the last two steps here,
        # there may be another one's file by now.
        if self._is_held and not self._file.closed:
            with suppress(OSError):  # Windows removes no file that is open
                if _is_at(self._file, self._path):
                    self._path.unlink()
            self._file.close()

    def __del__(self) -> None:
        self.release()


# The files of all locks of this process. A child of a fork has them too, and would keep the locks
# for as long as it lives.
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
