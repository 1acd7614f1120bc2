"""Where an export writes: the interface of a target, and how its format is chosen."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from .._files import replace_file
from .._scan.lock import FileLock
from .manifest import Manifest, Part
from .rows import Values

if TYPE_CHECKING:
    from typing_extensions import Self

READABLE = 0o666  # as far as the process's umask allows, which holds for the rows as well


class Target(ABC):
    """A place for rows and their manifest. One export at a time can use it.

    Args:
        path: The path. A later change of the working directory has no effect.

    Raises:
        ValueError: Another export or sync is using it.
        OSError: It cannot be written.
    """

    format: ClassVar[str]
    what: ClassVar[str] = "export"  # for messages
    batch_size: ClassVar[int] = 10_000

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))
        with self.writing():
            if not self.path.parent.is_dir():
                raise FileNotFoundError(2, os.strerror(2), str(self.path.parent))
            try:
                self._lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
            except BlockingIOError:
                raise ValueError(f"{self.path}: another export or sync is using it") from None

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
            content = self.manifest_path.read_bytes()
        except FileNotFoundError:
            if self._has_something():
                raise ValueError(
                    f"to: {self.path} exists and is not an export: there is no "
                    f"{self.manifest_path}; remove it, or export into another target"
                ) from None
            return None
        manifest = Manifest.from_bytes(content, self.manifest_path)
        if manifest.format != self.format:
            raise ValueError(
                f"{self.manifest_path}: it is of an export as {manifest.format}, not {self.format}"
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


def target_of(to: str | os.PathLike[str]) -> Target:
    """The target at a path, whose ending selects the format. The target is locked.

    Raises:
        TypeError: It is not a path.
        ValueError: Its ending is unknown, or another export is using it.
        ImportError: The extra for this format is not installed.
        OSError: It cannot be written.
    """
    if not isinstance(to, (str, os.PathLike)):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers type-check
        raise TypeError(f"to must be a path, got {type(to).__name__}")
    text = os.fspath(to)
    return _kind_of(text)(Path(text))


def _kind_of(to: str) -> type[Target]:
    path = Path(to)
    suffix = path.suffix.lower()
    if to and (to.endswith(("/", os.sep)) or path.is_dir() or not suffix):
        from .parquet import ParquetDirectory

        return ParquetDirectory
    if suffix == ".parquet":
        from .parquet import ParquetFile

        return ParquetFile
    if suffix == ".duckdb":
        from .database import DuckDBFile

        return DuckDBFile
    if suffix in (".csv", ".jsonl"):
        from .text_files import CSVFile, JSONLinesFile

        return CSVFile if suffix == ".csv" else JSONLinesFile
    raise ValueError(
        "to must end in .parquet, .duckdb, .csv or .jsonl, or name a directory for Parquet files, "
        f"got {to!r}"
    )
