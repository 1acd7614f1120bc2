"""The file that stores the remaining work of a scan. One scan at a time can use it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from .._call.observability import logger
from .._config import checks as _checks
from .._files import remove_unfinished, replace_file
from .._locks import Lock
from .lock import FileLock
from .tokens import Origin

T = TypeVar("T")


class Committable(Protocol):
    """What remains of a scan at one moment."""

    @property
    def number(self) -> int:
        """The number of this position within the scan. Later ones have higher numbers."""
        ...

    @property
    def is_end(self) -> bool:
        """Whether nothing remains."""
        ...

    @property
    def token(self) -> str:
        """The position as text, without its number."""
        ...


class Checkpoint(Generic[T]):
    """The checkpoint of a scan. No other scan can use the file until this is closed or dropped.

    Args:
        path: The file. A symbolic link is followed; a later change of the working directory has no
            effect.
        read: Reads what remained from the content of the file.
        max_size: The number of bytes that are read at most; `read` then reports a longer file.

    Attributes:
        content: What remained according to the file; None if there was no file. Nothing remained if
            it is empty.
        is_scan_finished: Whether the scan has reached its end, which should then be committed.

    Raises:
        ValueError: The file is in use, is not a checkpoint, or belongs to another scan.
        OSError: The file cannot be written or read.
    """

    _is_closed = True  # until the file is locked

    def __init__(
        self, path: str | os.PathLike[str], read: Callable[[bytes, Origin], T], *, max_size: int
    ) -> None:
        self.path = Path(os.path.realpath(path))
        self.is_scan_finished = False
        self._process = os.getpid()
        # Which position the file has. Whoever compares it or writes the file holds the lock, which
        # is reentrant, since a signal may come meanwhile and its handler may close the scan.
        self._number = 0
        self._writing = Lock(threading.RLock())
        if self.path.exists() and not self.path.is_file():
            raise ValueError(f"checkpoint {self.path}: not a file")
        try:
            self._lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
        except BlockingIOError:
            raise ValueError(f"checkpoint {self.path}: another scan is using it") from None
        except OSError as error:
            reason = f"the checkpoint cannot be written: {error.strerror}"
            raise OSError(error.errno, reason, str(self.path)) from error
        self._is_closed = False
        try:
            remove_unfinished(self.path)
            self.content = self._read(read, max_size)
        except BaseException:
            self.close()
            raise
        self._says_finished = self.content is not None and not self.content

    def record(self, position: Committable) -> None:
        """Replace the file, unless it already has this position or a later one.

        When this returns, the file survives a power failure. If the process is killed meanwhile,
        either the old file or the new one remains.

        Raises:
            RuntimeError: The checkpoint is closed, or belongs to another process.
            OSError: The file cannot be written.
        """
        check_process(self._process)
        with self._writing:
            if self._is_closed:
                raise RuntimeError("this scan is closed, so nothing can be committed")
            if position.number > self._number:
                replace_file(self.path, position.token.encode())
                self._number, self._says_finished = position.number, position.is_end

    def close(self) -> None:
        """Release the file. Waits for another thread that is writing it."""
        if self._is_closed or os.getpid() != self._process:
            return
        with self._writing:
            self._is_closed = True
            self._lock.release()
        if self.is_scan_finished and not self._says_finished:
            logger.warning(
                "checkpoint %s: the scan finished, but its end was not committed; call commit()"
                " after the loop, or the next run reads the uncommitted payments again",
                self.path,
            )

    def __del__(self) -> None:
        self.close()

    def _read(self, read: Callable[[bytes, Origin], T], max_size: int) -> T | None:
        try:
            with self.path.open("rb") as file:
                content = file.read(max_size + 1)
        except FileNotFoundError:
            return None
        return read(content, Origin(f"checkpoint {self.path}", "checkpoint"))


def begun_with(
    read: Callable[[bytes | str, Origin], T],
    path: str | os.PathLike[str] | None,
    token: object,
    *,
    max_size: int,
) -> tuple[Checkpoint[T] | None, T | None]:
    """The checkpoint, if there is one, and what an earlier run has left; None: everything.

    Raises:
        TypeError: The token is no string, or the path is none.
        ValueError: There is a file and a token, or either is not valid.
        OSError: The file cannot be written or read.
    """
    if token is None:
        if path is None:
            return None, None
        # The last thing that can fail: from here on no other scan can use the file.
        checked = _checks.path("checkpoint", path)
        checkpoint = Checkpoint(checked, read, max_size=max_size)
        return checkpoint, checkpoint.content
    if path is not None:
        raise ValueError("checkpoint and resume_from: both say where to continue, so pass only one")
    if not isinstance(token, str):
        raise TypeError(f"resume_from: a string was expected, not {_checks.kind(token)}")
    return None, read(token, Origin("resume_from", "token"))


def check_process(process: int) -> None:
    """Raise an error if the scan belongs to another process.

    Raises:
        RuntimeError: This is a forked child.
    """
    if os.getpid() != process:
        raise RuntimeError(
            "this scan belongs to the process that started it; a forked child needs a scan of its "
            "own"
        )
