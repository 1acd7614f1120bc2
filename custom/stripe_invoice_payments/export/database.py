"""DuckDB: rows and manifest in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from stripe_invoice_payments_api.columns import COLUMNS

from .arrow import extra_module, pyarrow, record_batch
from .manifest import Manifest
from .rows import Values
from .targets import Target

TABLE = "invoice_payments"
MANIFEST_TABLE = "invoice_payments_export"
MIRROR_TABLE = "invoice_payments_sync"  # see `sync`, which keeps its state in it
NEW_ROWS = "new_rows"
TYPES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ",
}
# Rows are compressed and leave the log when so many have arrived. DuckDB would do that at any time,
# and the rows of an unfinished group are then written again, whose old place remains in the file.
ROWS_PER_CHECKPOINT = 61_440
# DuckDB groups so many rows, and needs memory for what it has of the last group: a little more than
# they have bytes. So usual rows get 64 MB, and larger ones as much as they need.
ROWS_PER_GROUP = 2 * ROWS_PER_CHECKPOINT
MEMORY = 64_000_000
_TIMES = {column.name for column in COLUMNS if column.kind == "timestamp"}


def value_of(name: str, table: str = TABLE) -> str:
    """The expression for the value of a column; a timestamp is in Unix seconds."""
    column = f'{table}."{name}"'
    return f"epoch_us({column}) // 1000000" if name in _TIMES else column


class Connection:
    """A connection of DuckDB with a thread of its own, where no signal arrives.

    On Ctrl-C, DuckDB would raise one of several errors of its own. Here, what is under way goes on;
    what comes next, such as a rollback, waits for it.

    Args:
        connect: Makes the connection.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._executor = ThreadPoolExecutor(1)
        try:
            self._connection = self._executor.submit(connect).result()
        except BaseException:
            self._executor.shutdown()
            raise

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        """Execute a statement; the result is DuckDB's own."""
        return self._executor.submit(self._connection.execute, statement, parameters).result()

    def query(self, statement: str) -> Any:
        """The result of a query, which others do not disturb while it is read."""
        cursor = self._executor.submit(self._connection.cursor).result()
        return self._executor.submit(cursor.execute, statement).result()

    def register(self, name: str, table: Any) -> None:
        """Let statements read an Arrow table by this name."""
        self._executor.submit(self._connection.register, name, table).result()

    def unregister(self, name: str) -> None:
        """The reverse of `register`."""
        self._executor.submit(self._connection.unregister, name).result()

    def close(self) -> None:
        """End the thread after what is under way, and close the connection."""
        self._executor.shutdown()
        self._connection.close()


class DuckDBFile(Target):
    """A table in a DuckDB database, which may have other tables."""

    format = "duckdb"
    # One thread is enough for rows that arrive over a network. Checkpoints are made by `store`.
    config: ClassVar[dict[str, Any]] = {
        "threads": 1,
        "memory_limit": f"{MEMORY}B",
        "wal_autocheckpoint": "1GB",
    }

    def __init__(self, path: Path, argument: str = "to", *, is_read_only: bool = False) -> None:
        extra_module("pyarrow", "duckdb")
        self._duckdb = extra_module("duckdb", "duckdb")
        self._bytes: int | None = None  # of the rows in the last group
        super().__init__(path, argument, is_read_only=is_read_only)
        try:
            with self.reading() if is_read_only else self.writing():
                if not self.path.exists() and not is_read_only:
                    self._create()
                self.connection = self._connect(self.path)
        except BaseException:
            super().close()
            raise

    def _create(self) -> None:
        """Create an empty database in one step: DuckDB refuses a file with a part of one."""
        new = self.path.with_name(f".{self.path.name}.new")
        try:
            new.unlink(missing_ok=True)
            self._connect(new).close()
            new.replace(self.path)
        finally:
            new.unlink(missing_ok=True)

    def _connect(self, path: Path) -> Connection:
        connect = self._duckdb.connect
        return Connection(
            partial(connect, str(path), read_only=self.is_read_only, config=self.config)
        )

    def read_manifest(self) -> Manifest | None:
        with self.reading():
            return self._read_manifest()

    def _read_manifest(self) -> Manifest | None:
        tables = self.tables()
        if MIRROR_TABLE in tables:
            advice = "update it with sync, or export into another target"
            if self.is_read_only:
                advice = f"sync(verify=True) checks it, or `inpay sync {self.path} --verify`"
            raise ValueError(f"{self.argument}: {self.path} is a mirror; {advice}")
        if MANIFEST_TABLE not in tables:
            if TABLE in tables:
                raise ValueError(
                    f"{self.argument}: {self.path} has a table {TABLE} that is not an export's; "
                    "drop it, or use another path"
                )
            return None
        found = self.connection.execute(f"SELECT manifest FROM {MANIFEST_TABLE}").fetchone()
        where = f"{self.argument}: {self.path}, table {MANIFEST_TABLE}"
        return Manifest.from_bytes(found and found[0], where)

    def begin(self, manifest: Manifest) -> None:
        with self.transaction():
            self.create_table()
            self.connection.execute(
                f"CREATE TABLE IF NOT EXISTS {MANIFEST_TABLE} (manifest VARCHAR)"
            )
            self._write(manifest)

    def store(self, rows: Sequence[Values], manifest: Manifest) -> None:
        before, now = manifest.summary.rows - len(rows), manifest.summary.rows
        with self.transaction():
            if rows:
                with self.new_rows(rows) as size:
                    self._allow(size, before)
                    self.connection.execute(f"INSERT INTO {TABLE} SELECT * FROM {NEW_ROWS}")
            self._write(manifest)
        if now // ROWS_PER_CHECKPOINT > before // ROWS_PER_CHECKPOINT:
            self._checkpoint()
        if now // ROWS_PER_GROUP > before // ROWS_PER_GROUP:
            self._bytes = 0

    def _allow(self, size: int, before: int) -> None:
        """Raise the limit on memory, if rows after those `before` need more with these bytes."""
        if self._bytes is None:
            self._bytes = self._bytes_left(before)
        self._bytes += size
        if 2 * self._bytes > MEMORY:
            self.connection.execute(f"SET memory_limit = '{2 * self._bytes}B'")

    def _bytes_left(self, rows: int) -> int:
        """What an interrupted export may have in the last group: text takes a quarter on disk."""
        share = rows % ROWS_PER_GROUP / (rows or 1)
        return int(self.path.stat().st_size * share * 4)

    def tables(self) -> set[str]:
        """The names of all tables of the database, but for those in schemas of their own."""
        found = self.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() "
            "AND schema_name = current_schema()"
        )
        return {name for (name,) in found.fetchall()}

    def create_table(self) -> None:
        """Create the table of the rows, unless it exists."""
        columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in COLUMNS)
        self.connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})")

    @contextmanager
    def new_rows(self, rows: Sequence[Values]) -> Generator[int, None, None]:
        """Let statements read these rows, of so many bytes, from `NEW_ROWS`."""
        table = pyarrow().Table.from_batches([record_batch(rows)])
        self.connection.register(NEW_ROWS, table)
        try:
            yield table.nbytes
        finally:
            with suppress(self._duckdb.Error):  # in a transaction that has failed
                self.connection.unregister(NEW_ROWS)

    def finish(self, manifest: Manifest) -> None:
        super().finish(manifest)
        self._checkpoint()

    def _checkpoint(self) -> None:
        with self.writing():
            self.connection.execute("CHECKPOINT")

    def rows(
        self,
        manifest: Manifest | None,  # noqa: ARG002 - the table has no other rows
        names: Sequence[str],
    ) -> Iterator[list[tuple[Any, ...]]]:
        query = f"SELECT {', '.join(map(value_of, names))} FROM {TABLE}"
        found = self.connection.query(query)
        while rows := found.fetchmany(self.batch_size):
            yield rows

    def close(self) -> None:
        try:
            self.connection.close()
        finally:
            super().close()

    def _write(self, manifest: Manifest) -> None:
        self.connection.execute(f"DELETE FROM {MANIFEST_TABLE}")
        content = manifest.to_bytes().decode()
        self.connection.execute(f"INSERT INTO {MANIFEST_TABLE} VALUES (?)", [content])

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """A transaction, rolled back after any error."""
        with self.writing():
            self.connection.execute("BEGIN")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        with suppress(self._duckdb.Error):  # it may have rolled back by itself
            self.connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Also convert DuckDB's own errors."""
        with super().writing(), self._converting():
            yield

    @contextmanager
    def reading(self) -> Generator[None, None, None]:
        """Also convert DuckDB's own errors."""
        with super().reading(), self._converting():
            yield

    @contextmanager
    def _converting(self) -> Generator[None, None, None]:
        """To `OSError`, since nearly all of DuckDB's errors concern the file system.

        Raises:
            ValueError: The file is not a database, and would not become one by itself.
        """
        try:
            yield
        except self._duckdb.Error as error:
            if "not a valid DuckDB database" in str(error):
                raise ValueError(
                    f"{self.argument}: {self.path} exists and is not a DuckDB database; remove it, "
                    "or use another path"
                ) from error
            raise OSError(5, f"DuckDB: {error}", str(self.path)) from error
        except RuntimeError as error:
            if str(error) != "Query interrupted":  # which is how DuckDB reports Ctrl-C
                raise
            raise KeyboardInterrupt from error
