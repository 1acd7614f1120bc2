"""The mirror in a DuckDB file: its rows and its state, changed together in one transaction."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from attrs import define

from stripe_invoice_payments_api.columns import COLUMNS

from .._config import checks as _checks
from ..export.database import (
    MANIFEST_TABLE,
    MIRROR_TABLE,
    NEW_ROWS,
    TABLE,
    TYPES,
    DuckDBFile,
    value_of,
)
from ..export.rows import NAMES, Values, datetime_of
from ..export.targets import kind_of
from .plan import Wanted
from .results import Difference
from .state import State

_ID, _CREATED = NAMES.index("id"), NAMES.index("created")
_TIMES = {column.name for column in COLUMNS if column.kind == "timestamp"}

# When and how a row was written does not make it another one.
_COMPARED = tuple(name for name in NAMES if name not in ("_extracted_at", "_api_version"))

CHANGED = " OR ".join(f'n."{name}" IS DISTINCT FROM o."{name}"' for name in _COMPARED)


# Rows that somebody has made: every payment has an id, and was created at some time.
_NAMELESS = "id IS NULL OR (created IS NULL AND id NOT IN (SELECT id FROM seen))"


def _is_final(table: str) -> str:
    """Whether a row will not change any more. A status that is not known yet may."""
    return f"coalesce({table}.status IN ('paid', 'canceled'), FALSE)"


@define(frozen=True)
class Changes:
    """How many rows a transaction has changed."""

    added: int = 0
    updated: int = 0
    removed: int = 0


class _MirrorFile(DuckDBFile):
    what = "mirror"
    config: ClassVar[dict[str, Any]] = {
        "threads": 1,
        "memory_limit": "1GB",  # for the comparison of all rows
    }


class MirrorTable:
    """The table of a mirror. One process at a time can use it, and one thread.

    Args:
        target: The path of the DuckDB file.

    Raises:
        TypeError: It is not a path.
        ValueError: It is not a DuckDB file by its ending, or it is in use.
        ImportError: The extra is not installed.
        OSError: It cannot be read or written.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        path = _checks.path("target", target)
        if not path.lower().endswith(".duckdb"):
            raise ValueError(
                "target must end in .duckdb, because only a database can be updated in place, "
                f"got {path!r:.200}"
            )
        kind_of(path, "target")
        self._file = _MirrorFile(Path(path), "target")
        self.path = self._file.path

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def begin(self, query: dict[str, Any]) -> State:
        """The state, after making the tables what this release needs.

        A finished export becomes a mirror. Columns that are new in this release are added; their
        values are unknown, so everything will be read again.

        Raises:
            ValueError: There is something else, or the client reads other data.
        """
        state = self._find_state(query)
        state.require_same(query, self.path)
        if TABLE not in self._file.tables():  # it may have been removed
            state.forget()
        with self._file.transaction():
            self._file.create_table()
            present = {
                name
                for (name,) in self._execute(
                    "SELECT column_name FROM duckdb_columns() WHERE table_name = ? "
                    "AND database_name = current_database() AND schema_name = current_schema()",
                    [TABLE],
                ).fetchall()
            }
            for column in COLUMNS:
                if column.name not in present:
                    self._execute(
                        f'ALTER TABLE {TABLE} ADD COLUMN "{column.name}" {TYPES[column.kind]}'
                    )
                    state.forget()
            self._execute(f"CREATE TABLE IF NOT EXISTS {MIRROR_TABLE} (state VARCHAR)")
            self._execute(f"DROP TABLE IF EXISTS {MANIFEST_TABLE}")
            self._write(state)
        return state

    def _find_state(self, query: dict[str, Any]) -> State:
        tables = self._file.tables()
        if MIRROR_TABLE in tables:
            found = self._execute(f"SELECT state FROM {MIRROR_TABLE}").fetchone()
            return State.from_json(found and found[0], f"target: {self.path}, table {MIRROR_TABLE}")
        if MANIFEST_TABLE in tables:
            manifest = self._file.read_manifest()
            if manifest is not None:
                return State.of_export(manifest, self.path)
        elif TABLE in tables:
            raise ValueError(
                f"target: {self.path} has a table {TABLE} that is neither an export nor a mirror; "
                "drop it, or use another target"
            )
        return State.of_query(query)

    def store(
        self,
        rows: Sequence[Values],
        gone: Sequence[str],
        state: State,
        *,
        trusting: bool = True,
    ) -> Changes:
        """Remove rows, add or replace others, and replace the state, in one transaction.

        Args:
            rows: The rows to have.
            gone: The ids of rows to remove first.
            state: The state.
            trusting: Whether the mirror's rows have ids and the right times. Rows are then found
                quickly. Otherwise, a list of everything must have been seen.
        """
        with self._file.transaction():
            removed = self._remove(gone) if gone else 0
            added, updated = self._merge(rows, trusting=trusting) if rows else (0, 0)
            if not trusting:
                removed += self._execute(f"DELETE FROM {TABLE} WHERE {_NAMELESS}").fetchone()[0]
            self._write(state)
        return Changes(added, updated, removed)

    def _merge(self, rows: Sequence[Values], *, trusting: bool) -> tuple[int, int]:
        rows = list({row[_ID]: row for row in rows}.values())
        period = _period(rows) if trusting else "TRUE"
        with self._file.new_rows(rows):
            self._execute(
                f"""
                CREATE OR REPLACE TEMP TABLE incoming AS
                SELECT n.*, o.id IS NOT NULL AS is_known FROM {NEW_ROWS} n
                LEFT JOIN (SELECT * FROM {TABLE} WHERE {period}) o ON o.id = n.id
                WHERE o.id IS NULL OR {CHANGED}
                """
            )
        added, updated = self._execute(
            "SELECT count(*) FILTER (NOT is_known), count(*) FILTER (is_known) FROM incoming"
        ).fetchone()
        if updated:
            known = "SELECT id FROM incoming WHERE is_known"
            self._execute(f"DELETE FROM {TABLE} WHERE {period} AND id IN ({known})")
        if added or updated:
            self._execute(f"INSERT INTO {TABLE} BY NAME SELECT * EXCLUDE (is_known) FROM incoming")
        return added, updated

    def _remove(self, ids: Sequence[str]) -> int:
        removed: int = self._execute(
            f"DELETE FROM {TABLE} WHERE id IN (SELECT unnest(?))", [list(ids)]
        ).fetchone()[0]
        return removed

    # --- What a list did not contain ---

    def forget_seen(self) -> None:
        """Begin to note which payments a list contains."""
        self._execute("CREATE OR REPLACE TEMP TABLE seen (id VARCHAR)")

    def see(self, rows: Sequence[Values]) -> None:
        """Note that a list contains these payments."""
        if rows:
            self._execute("INSERT INTO seen SELECT unnest(?)", [[row[_ID] for row in rows]])

    def unseen(self, before: int, *, final: bool) -> list[Wanted]:
        """The payments created before a second that the list did not contain, oldest first.

        Args:
            before: That second.
            final: Whether those that will not change, or those that may.
        """
        created = value_of("created", "m")
        self._execute(
            f"""
            CREATE OR REPLACE TEMP TABLE missing AS
            SELECT m.id, {created} AS created FROM {TABLE} m ANTI JOIN seen USING (id)
            WHERE m.created < to_timestamp({before}) AND {_is_final("m")} = {final}
            AND m.id IS NOT NULL
            """
        )
        # How many rows there are from each second with a missing payment to the next such second.
        # That sorts times, and nothing else, so it needs little memory.
        counted = self._execute(
            f"""
            SELECT s.created, count(*), count(*) FILTER (r.created = s.created) FROM (
                SELECT {created} AS created FROM {TABLE} m
                WHERE created <= to_timestamp((SELECT max(created) FROM missing))
            ) r ASOF JOIN (SELECT DISTINCT created FROM missing) s ON r.created >= s.created
            GROUP BY s.created ORDER BY s.created
            """
        ).fetchall()
        older, places = 0, dict[int, tuple[int, int]]()
        for second, until_next, same in counted:
            places[second] = (older, same)
            older += until_next
        found = self._execute("SELECT id, created FROM missing ORDER BY created, id").fetchall()
        return [Wanted(each, second, *places[second]) for each, second in found]

    # --- What differs ---

    def differences(self, rows: Sequence[Values]) -> Iterator[Difference]:
        """What differs in final rows, other than what an ordinary sync finds."""
        absent: set[str] = set()
        for theirs, ours in self._differing(rows, _period(rows)):
            if ours["id"] is None:
                absent.add(theirs["id"])
            else:
                yield from _columns(ours, theirs)
        # Somebody may have changed the time of a row.
        rows = [row for row in rows if row[_ID] in absent]
        for theirs, ours in self._differing(rows, "TRUE"):
            if ours["id"] is None:
                yield Difference(theirs["id"], "id", None, theirs["id"])
            else:
                yield from _columns(ours, theirs)

    def count(self) -> int:
        """How many rows there are."""
        count: int = self._execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0]
        return count

    def nameless(self) -> int:
        """How many rows cannot be those of a payment."""
        count: int = self._execute(f"SELECT count(*) FROM {TABLE} WHERE {_NAMELESS}").fetchone()[0]
        return count

    def doubled(self, rows: Sequence[Values]) -> list[tuple[str, int]]:
        """Which of these payments have several rows, and how many."""
        if not rows:
            return []
        with self._file.new_rows(rows):
            found: list[tuple[str, int]] = self._execute(
                f"""
                SELECT o.id, count(*) FROM (SELECT * FROM {TABLE} WHERE {_period(rows)}) o
                SEMI JOIN {NEW_ROWS} n USING (id) GROUP BY o.id HAVING count(*) > 1 ORDER BY o.id
                """
            ).fetchall()
        return found

    def _differing(
        self, rows: Sequence[Values], period: str
    ) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Rows, and what the mirror has in their place, where both are final and differ."""
        if not rows:
            return []
        values = [value_of(name, table) for table in "no" for name in _COMPARED]
        with self._file.new_rows(rows):
            found = self._execute(
                f"""
                SELECT {", ".join(values)} FROM {NEW_ROWS} n
                LEFT JOIN (SELECT * FROM {TABLE} WHERE {period}) o ON o.id = n.id
                WHERE {_is_final("n")} AND (o.id IS NULL OR ({_is_final("o")} AND ({CHANGED})))
                """
            ).fetchall()
        half = len(_COMPARED)
        return [
            (
                dict(zip(_COMPARED, both[:half], strict=True)),
                dict(zip(_COMPARED, both[half:], strict=True)),
            )
            for both in found
        ]

    def _execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        with self._file.writing():
            return self._file.connection.execute(statement, values)

    def _write(self, state: State) -> None:
        self._execute(f"DELETE FROM {MIRROR_TABLE}")
        self._execute(f"INSERT INTO {MIRROR_TABLE} VALUES (?)", [state.to_json()])


def _period(rows: Sequence[Values]) -> str:
    """The condition that a row was created between the oldest and the newest of these.

    Row groups of other times need not be read.
    """
    if not rows:
        return "FALSE"
    times = [row[_CREATED] for row in rows]
    return f"created BETWEEN to_timestamp({min(times)}) AND to_timestamp({max(times)})"


def _columns(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    """What differs in a row, column by column."""
    for name in _COMPARED:
        if ours[name] != theirs[name]:
            yield Difference(ours["id"], name, _shown(name, ours[name]), _shown(name, theirs[name]))


def _shown(name: str, value: Any) -> Any:
    return datetime_of(value) if name in _TIMES else value
