"""Parquet: a directory of parts, or one file that is assembled from parts at the end."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from stripe_invoice_payments_api.columns import COLUMNS

from .._files import sync_directory
from .arrow import arrow_schema, extra_module, pyarrow, record_batch, rows_of
from .manifest import Manifest, Part
from .rows import NAMES, Values, datetime_of
from .targets import MANIFEST_IN_DIRECTORY, READABLE, FileTarget, change

ROWS_PER_GROUP = 20_000  # more are written a little faster, but would take up to 30 MB of memory
_CREATED = NAMES.index("created")

# Ids are all different, so a dictionary of them would only cost.
_IDS = {"id", "invoice", "payment_intent", "charge", "payment_record", "extra"}
_REPEATED = [
    column.name for column in COLUMNS if column.kind == "string" and column.name not in _IDS
]
_PART = re.compile(r"part-[0-9]{6,}\.parquet|\.part-[0-9]{6,}\.parquet\.new")

# What Hive, and all that follow it, call the partition of rows without a value.
NO_MONTH = "__HIVE_DEFAULT_PARTITION__"


def _options() -> dict[str, Any]:
    return {"compression": "zstd", "use_dictionary": _REPEATED}


class _Parts:
    """Numbered files in a directory, each with at most `batch_size` rows."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def keep_only(self, parts: Iterable[Part]) -> None:
        """Remove all other parts, which a killed process has left.

        Raises:
            ValueError: A part is missing, or its length has changed.
        """
        self.directory.mkdir(exist_ok=True)
        known: set[Path] = set()
        for part in parts:
            path = self.directory / part.path
            if changed := change(path, part):
                raise ValueError(
                    f"to: {changed}; it was changed since, so export into another target"
                )
            known.add(path)
        # Only where parts are written: there may be other exports in folders of their own.
        for folder in (self.directory, *self.directory.glob("created_month=*")):
            for path in folder.iterdir():
                if _PART.fullmatch(path.name) and path not in known:
                    path.unlink()

    def changes(self, parts: Sequence[Part]) -> Iterator[str]:
        """What is not as it was written, and what readers of the directory would read as well."""
        paths = [self.directory / part.path for part in parts]
        yield from filter(None, map(change, paths, parts))
        for path in sorted({*self.directory.rglob("*.parquet")} - {*paths}):
            if not any(name.startswith(".") for name in path.relative_to(self.directory).parts):
                yield f"{path} is not a part of the export"

    def add(self, rows: Sequence[Values], number: int, month: str | None) -> Part:
        """Write one part to disk under a temporary name, then rename it."""
        folder = self.directory if month is None else self.directory / f"created_month={month}"
        is_new = not folder.is_dir()
        folder.mkdir(exist_ok=True)
        if is_new:
            sync_directory(self.directory)
        path = folder / f"part-{number:06}.parquet"
        new = folder / f".{path.name}.new"
        sink = io.BytesIO()
        table = pyarrow().Table.from_batches([record_batch(rows)])
        extra_module("pyarrow.parquet", "parquet").write_table(table, sink, **_options())
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, READABLE), "wb") as file:
            file.write(sink.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        sync_directory(folder)
        relative = path.relative_to(self.directory).as_posix()
        return Part(relative, len(rows), sink.getbuffer().nbytes)

    def tables(self, parts: Iterable[Part], names: Sequence[str]) -> Iterator[Any]:
        """The content of the parts, one after the other."""
        for part in parts:
            yield _read(self.directory / part.path, names)


class ParquetDirectory(FileTarget):
    """A directory of Parquet files, in a folder for each month of `created`."""

    format = "parquet directory"

    def __init__(self, path: Path, argument: str = "to", *, is_read_only: bool = False) -> None:
        pyarrow()
        super().__init__(path, argument, is_read_only=is_read_only)
        self._parts = _Parts(self.path)

    @property
    def manifest_path(self) -> Path:
        """The path of the manifest: in the directory."""
        return self.path / MANIFEST_IN_DIRECTORY

    def _has_something(self) -> bool:
        if not self.path.is_dir():
            return self.path.exists()
        return any(not path.name.startswith(".") for path in self.path.iterdir())

    def changes(self, manifest: Manifest) -> Iterator[str]:
        return self._parts.changes(manifest.parts)

    def begin(self, manifest: Manifest) -> None:
        with self.writing():
            self._parts.keep_only(manifest.parts)
            self._commit(manifest)

    def store(self, rows: Sequence[Values], manifest: Manifest) -> None:
        with self.writing():
            by_month: dict[str, list[Values]] = {}
            for row in rows:
                by_month.setdefault(_month(row[_CREATED]), []).append(row)
            for month, within in sorted(by_month.items()):
                manifest.parts.append(self._parts.add(within, len(manifest.parts) + 1, month))
            self._commit(manifest)

    def rows(self, manifest: Manifest, names: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        for table in self._parts.tables(manifest.parts, names):
            yield from _rows(table, names)


class ParquetFile(FileTarget):
    """One Parquet file. Until the export is finished, its parts are in a hidden directory."""

    format = "parquet"

    def __init__(self, path: Path, argument: str = "to", *, is_read_only: bool = False) -> None:
        pyarrow()
        super().__init__(path, argument, is_read_only=is_read_only)
        self._parts = _Parts(self.path.with_name(f".{self.path.name}.parts"))

    def read_manifest(self) -> Manifest | None:
        manifest = super().read_manifest()
        if manifest is not None and manifest.state == "finished" and not self.is_read_only:
            self._tidy()  # a process that was killed may have left them
        return manifest

    def begin(self, manifest: Manifest) -> None:
        with self.writing():
            self._commit(manifest)
            self._parts.keep_only(manifest.parts)

    def store(self, rows: Sequence[Values], manifest: Manifest) -> None:
        with self.writing():
            if rows:
                manifest.parts.append(self._parts.add(rows, len(manifest.parts) + 1, None))
            self._commit(manifest)

    def finish(self, manifest: Manifest) -> None:
        with self.writing():
            new = self.path.with_name(f".{self.path.name}.new")
            try:
                with os.fdopen(
                    os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, READABLE), "wb"
                ) as file:
                    self._assemble(file, manifest)
                    file.flush()
                    os.fsync(file.fileno())
                length = new.stat().st_size
                new.replace(self.path)
            finally:
                new.unlink(missing_ok=True)
            sync_directory(self.path.parent)
            manifest.parts = [Part(self.path.name, manifest.summary.rows, length)]
            self._commit(manifest)
            self._tidy()

    def _tidy(self) -> None:
        if self._parts.directory.is_dir():
            shutil.rmtree(self._parts.directory)

    def _assemble(self, file: Any, manifest: Manifest) -> None:
        parquet = extra_module("pyarrow.parquet", "parquet")
        with parquet.ParquetWriter(file, arrow_schema(), **_options()) as writer:
            waiting: list[Any] = []
            for table in self._parts.tables(manifest.parts, NAMES):
                waiting.append(table)
                if sum(each.num_rows for each in waiting) >= ROWS_PER_GROUP:
                    writer.write_table(pyarrow().concat_tables(waiting))
                    waiting.clear()
            if waiting:
                writer.write_table(pyarrow().concat_tables(waiting))

    def rows(self, manifest: Manifest, names: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        if manifest.state != "finished":
            for table in self._parts.tables(manifest.parts, names):
                yield from _rows(table, names)
            return
        file = extra_module("pyarrow.parquet", "parquet").ParquetFile(self.path)
        with file:
            for batch in file.iter_batches(self.batch_size, columns=list(names)):
                yield list(rows_of(batch, names))


def _read(path: Path, names: Sequence[str]) -> Any:
    with extra_module("pyarrow.parquet", "parquet").ParquetFile(path) as file:
        # Several threads would gain nothing with a small file, and keep up to 30 MB of memory.
        return file.read(columns=list(names), use_threads=False)


def _rows(table: Any, names: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    for batch in table.to_batches():
        yield list(rows_of(batch, names))


def _month(seconds: int | None) -> str:
    time = datetime_of(seconds)
    return NO_MONTH if time is None else f"{time.year:04}-{time.month:02}"
