"""DuckDB: rows and manifest in one transaction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from stripe_invoice_payments_api.columns import COLUMNS

from .arrow import extra_module, pyarrow, record_batch
from .manifest import Manifest
from .rows import Values
from .targets import Target

TABLE = "invoice_payments"
MANIFEST_TABLE = "invoice_payments_export"
TYPES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ",
}
# One thread is enough for rows that arrive over a network, and this much for a batch.
_CONFIG = {"threads": 1, "memory_limit": "128MB"}


class DuckDBFile(Target):
    """A table in a DuckDB database, which may have other tables."""

    format = "duckdb"

    def __init__(self, path: Path) -> None:
        pyarrow()
        self._duckdb = extra_module("duckdb", "duckdb")
        super().__init__(path)
        self._connection: Any = None
        try:
            with self.writing():
                self._connection = self._duckdb.connect(str(self.path), config=_CONFIG)
        except BaseException:
            self.close()
            raise

    def read_manifest(self) -> Manifest | None:
        tables = {name for (name,) in self._connection.execute("SHOW TABLES").fetchall()}
        if MANIFEST_TABLE not in tables:
            if TABLE in tables:
                raise ValueError(
                    f"to: {self.path} has a table {TABLE} that is not an export's; drop it, or "
                    "export into another target"
                )
            return None
        found = self._connection.execute(f"SELECT manifest FROM {MANIFEST_TABLE}").fetchone()
        return None if found is None else Manifest.from_bytes(found[0], self.path)

    def begin(self, manifest: Manifest) -> None:
        columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in COLUMNS)
        with self._transaction():
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})")
            self._connection.execute(
                f"CREATE TABLE IF NOT EXISTS {MANIFEST_TABLE} (manifest VARCHAR)"
            )
            self._write(manifest)

    def store(self, rows: Sequence[Values], manifest: Manifest) -> None:
        with self._transaction():
            if rows:
                table = pyarrow().Table.from_batches([record_batch(rows)])
                self._connection.register("new_rows", table)
                self._connection.execute(f"INSERT INTO {TABLE} SELECT * FROM new_rows")
                self._connection.unregister("new_rows")
            self._write(manifest)

    def finish(self, manifest: Manifest) -> None:
        super().finish(manifest)
        with self.writing():
            self._connection.execute("CHECKPOINT")

    def rows(
        self,
        manifest: Manifest,  # noqa: ARG002 - the table has no other rows
        names: Sequence[str],
    ) -> Iterator[list[tuple[Any, ...]]]:
        kinds = {column.name: column.kind for column in COLUMNS}
        wanted = [
            f'epoch_us("{name}") // 1000000' if kinds[name] == "timestamp" else f'"{name}"'
            for name in names
        ]
        query = f"SELECT {', '.join(wanted)} FROM {TABLE} "
        found = self._connection.cursor().execute(query)
        while rows := found.fetchmany(self.batch_size):
            yield rows

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        super().close()

    def _write(self, manifest: Manifest) -> None:
        self._connection.execute(f"DELETE FROM {MANIFEST_TABLE}")
        content = manifest.to_bytes().decode()
        self._connection.execute(f"INSERT INTO {MANIFEST_TABLE} VALUES (?)", [content])

    @contextmanager
    def _transaction(self) -> Generator[None, None, None]:
        with self.writing():
            self._connection.execute("BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        with suppress(self._duckdb.Error):  # it may have rolled back by itself
            self._connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Convert DuckDB's errors to `OSError`: nearly all of them concern the file system."""
        with super().writing():
            try:
                yield
            except self._duckdb.Error as error:
                raise OSError(5, f"DuckDB: {error}", str(self.path)) from error
