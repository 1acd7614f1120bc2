"""Where an export writes: the interface of a target, and how its format is chosen."""

from __future__ import annotations

import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from .._config import checks as _checks
from .._files import replace_file
from .._scan.lock import FileLock
from .manifest import Manifest, Part
from .rows import Values

if TYPE_CHECKING:
    from typing_extensions import Self

MANIFEST_IN_DIRECTORY = "_manifest.json"
READABLE = 0o666  # as far as the process's umask allows, which holds for the rows as well


class TargetInUseError(ValueError):
    """Another export or sync is using the target."""


class Target(ABC):
    """A place for rows and their manifest. One export at a time can use it.

    Args:
        path: The path. A later change of the working directory has no effect.
        argument: The name of the argument that it comes from, for messages.
        is_read_only: Whether nothing will be written. Then the lock is not required where nobody
            may write.

    Raises:
        TargetInUseError: Another export or sync is using it.
        OSError: It cannot be written.
    """

    format: ClassVar[str]
    what: ClassVar[str] = "export"  # for messages
    batch_size: ClassVar[int] = 10_000

    def __init__(self, path: Path, argument: str = "to", *, is_read_only: bool = False) -> None:
        self.path = Path(os.path.realpath(path))
        self.argument = argument
        self.is_read_only = is_read_only
        self._lock: FileLock | None = None
        with self.reading() if is_read_only else self.writing():
            if not self.path.parent.is_dir():
                raise FileNotFoundError(2, os.strerror(2), str(self.path.parent))
            try:
                self._lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
            except BlockingIOError:
                raise TargetInUseError(
                    f"{argument}: another export or sync is using it: {self.path}"
                ) from None
            except OSError as error:
                if not is_read_only or error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                    raise

    @abstractmethod
    def read_manifest(self) -> Manifest | None:
        """The manifest; None if there is no export yet.

        Raises:
            ValueError: There is something else in its place, which is left unchanged.
        """

    @abstractmethod
    def begin(self, manifest: Manifest) -> None:
        """Make the target match the manifest, and remove what a killed process left."""

    @abstractmethod
    def store(self, rows: Sequence[Values], manifest: Manifest) -> None:
        """Add rows, and replace the manifest. When this returns, both are durable.

        If the process is killed meanwhile, either both are unchanged or both are complete.
        """

    def finish(self, manifest: Manifest) -> None:
        """Complete the target once all rows are in it."""
        self.store((), manifest)

    def changes(self, manifest: Manifest) -> Iterator[str]:  # noqa: ARG002 - a database has no parts
        """How the files of a finished export differ from its manifest, in words."""
        yield from ()

    @abstractmethod
    def rows(self, manifest: Manifest, names: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        """Read some columns back, as lists of rows; timestamps are in Unix seconds."""

    def close(self) -> None:
        """Release the target, so that other exports can use it."""
        if self._lock is not None:
            self._lock.release()

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Add the path of the target to errors of the file system."""
        try:
            yield
        except OSError as error:
            reason = f"the {self.what} cannot be written: {error.strerror or error}"
            raise OSError(error.errno or 5, reason, str(error.filename or self.path)) from error

    @contextmanager
    def reading(self) -> Generator[None, None, None]:
        """Add the path of the target to errors of reading it."""
        try:
            yield
        except OSError as error:
            reason = f"the {self.what} cannot be read: {error.strerror or error}"
            raise OSError(error.errno or 5, reason, str(error.filename or self.path)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(getattr(self, 'path', ''))!r}>"


class FileTarget(Target):
    """A target whose manifest is a file."""

    @property
    def manifest_path(self) -> Path:
        """The path of the manifest: next to the target."""
        return self.path.with_name(f"{self.path.name}.manifest.json")

    def read_manifest(self) -> Manifest | None:
        """The manifest; see `Target.read_manifest`."""
        try:
            with self.reading():
                content = self.manifest_path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            if self._has_something():
                raise ValueError(
                    f"{self.argument}: {self.path} exists and is not an export: there is no "
                    f"{self.manifest_path}; remove it, or use another path"
                ) from None
            return None
        manifest = Manifest.from_bytes(content, f"{self.argument}: {self.manifest_path}")
        if manifest.format != self.format:
            raise ValueError(
                f"{self.argument}: {self.manifest_path} is of an export as {manifest.format}, not "
                f"{self.format}"
            )
        return manifest

    def changes(self, manifest: Manifest) -> Iterator[str]:
        """See `Target.changes`."""
        yield from filter(None, (change(self.path, part) for part in manifest.parts))

    def _has_something(self) -> bool:
        return self.path.exists()

    def _commit(self, manifest: Manifest) -> None:
        replace_file(self.manifest_path, manifest.to_bytes(), mode=READABLE)


def change(path: Path, part: Part) -> str | None:
    """How a file differs from what a manifest says about it, in words."""
    length = path.stat().st_size if path.is_file() else None
    if length == part.bytes:
        return None
    found = "it is missing" if length is None else f"got {length}"
    return f"{path} must have the {part.bytes} bytes of its manifest, {found}"


def target_of(
    to: str | os.PathLike[str], argument: str = "to", *, is_read_only: bool = False
) -> Target:
    """The target at a path, whose ending selects the format. The target is locked.

    Args:
        to: The path.
        argument: The name of the argument that it comes from, for messages.
        is_read_only: See `Target`.

    Raises:
        TypeError: It is not a path.
        ValueError: It is not the path of a target, or another export is using it.
        ImportError: The extra for this format is not installed.
        OSError: It cannot be written.
    """
    text = _checks.path(argument, to)
    return kind_of(text, argument)(Path(text), argument, is_read_only=is_read_only)


_SUFFIXES = (".parquet", ".duckdb", ".csv", ".jsonl")


def kind_of(text: str, argument: str) -> type[Target]:
    """The kind of the target at a path.

    Raises:
        ValueError: It is not the path of a target.
    """
    path, must_be_directory = Path(text), text.endswith(("/", os.sep))
    suffix = path.suffix.lower()
    if not Path(os.path.realpath(text)).name:
        raise ValueError(f"{argument} must not be the root of the file system, got {text!r:.200}")
    if path.name.lower() in _SUFFIXES:
        raise ValueError(f"{argument} must have a name before its ending, got {text!r:.200}")
    if must_be_directory or not suffix or (path / MANIFEST_IN_DIRECTORY).is_file():
        from .parquet import ParquetDirectory

        return ParquetDirectory
    if suffix not in _SUFFIXES and not path.is_dir():
        raise ValueError(
            f"{argument} must end in .parquet, .duckdb, .csv or .jsonl, or name a directory for "
            f"Parquet files, got {text!r:.200}"
        )
    if path.is_dir():
        raise ValueError(
            f"{argument}: {path} is a directory; add a / to write Parquet files into it, or use "
            "another path"
        )
    if suffix == ".parquet":
        from .parquet import ParquetFile

        return ParquetFile
    if suffix == ".duckdb":
        from .database import DuckDBFile

        return DuckDBFile
    from .text_files import CSVFile, JSONLinesFile

    return CSVFile if suffix == ".csv" else JSONLinesFile
