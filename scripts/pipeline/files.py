"""Files are written whole or not at all, and what belongs together is replaced together."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .errors import PipelineError


def read_text(path: Path, remedy: str = "Restore it from git") -> str:
    """The text of a file that has to be there.

    Raises:
        PipelineError: it cannot be read, or is no text.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or error
        raise PipelineError(str(path), f"cannot be read: {problem}", remedy) from error


@contextmanager
def staging_directory(parent: Path) -> Generator[Path]:
    """A new directory in `parent`, gone afterwards whatever happens.

    It is elsewhere if `parent` may not be written: a clone that is read-only can still be compared
    with what the pipeline makes, and replacing something in it fails by itself.
    """
    with _disk_errors(parent):
        try:
            parent.mkdir(parents=True, exist_ok=True)
            directory = tempfile.TemporaryDirectory(dir=parent, prefix="staging-")
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            directory = tempfile.TemporaryDirectory(prefix="staging-")
    with directory as name:
        yield Path(name)


def write_files(directory: Path, files: Mapping[str, str]) -> None:
    """Write the text files into the new directory `directory`."""
    with _disk_errors(directory):
        directory.mkdir(parents=True)
        for name, text in files.items():
            (directory / name).write_bytes(text.encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` next to `path` and move it there in one step.

    Raises:
        PipelineError: the disk is full, or the place cannot be written to.
    """
    with staging_directory(path.parent) as staging, _disk_errors(path):
        (staging / path.name).write_bytes(data)
        (staging / path.name).replace(path)


def replace_together(replacements: Mapping[Path, Path]) -> None:
    """Put each value, a new file or directory, in the place of its key: all of them, or none.

    What was there before goes where the new one came from, under another name.
    """
    with ExitStack() as undo:
        for old, new in replacements.items():
            with _disk_errors(old):
                old.parent.mkdir(parents=True, exist_ok=True)
                if old.exists():
                    aside = new.with_name(f"{new.name}.replaced")
                    old.rename(aside)
                    undo.callback(aside.rename, old)
                new.rename(old)
                undo.callback(old.rename, new)
        undo.pop_all()


def differences(expected: Path, actual: Path) -> list[str]:
    """The names of the files in which two directories differ, by content or by being there."""

    def contents(directory: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(directory)): path.read_bytes()
            for path in directory.rglob("*")
            if path.is_file() and not _is_cache(path.relative_to(directory))
        }

    left, right = contents(expected), contents(actual)
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def _is_cache(path: Path) -> bool:
    """Whether this is what Python or a tool keeps for itself."""
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


@contextmanager
def _disk_errors(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise PipelineError(
            str(path), f"cannot be written: {error.strerror or error}", "Make room or give access"
        ) from error
