"""Files that survive a power failure whole: the old content or the new one, never a part."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600


def replace_file(path: Path, content: bytes, *, mode: int = OWNER_ONLY) -> None:
    """Write a file in one step. When this returns, its new content is on the disk.

    Raises:
        OSError: It cannot be written, and is as it was.
    """
    new = _new(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(new, flags, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def remove_unfinished(path: Path) -> None:
    """Remove what `replace_file` has left in a process that was killed."""
    _new(path).unlink(missing_ok=True)


def _new(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def sync_directory(path: Path) -> None:
    """Make a rename in this directory survive a power failure, if directories can be opened."""
    with suppress(PermissionError):  # on Windows they cannot
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
