"""Reads payments back from the table of an export or a mirror."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import fields

from ..export.database import MIRROR_TABLE, DuckDBFile
from ..export.rows import datetime_of
from ..export.targets import Target, target_of
from ..sync.state import State
from .rows import PaymentRow

_COLUMNS = tuple(each.name for each in fields(PaymentRow))
_TIMES = ("created", "paid_at", "canceled_at")

Rows = Iterator[list[tuple[Any, ...]]]


def stored_payments(
    path: str | os.PathLike[str], query: Mapping[str, Any], invoices: Collection[str], since: float
) -> list[PaymentRow]:
    """The payments of some invoices.

    Args:
        path: The target of `export` or `sync`.
        query: What the client reads; the table must have the payments of the same account.
        invoices: The ids of the invoices.
        since: When the first of them was created, in Unix seconds; infinity without any.

    Raises:
        ValueError: There is no table, it is in use, it has other payments, or not all of them.
        OSError: It cannot be read.
    """
    if not Path(path).exists():
        raise ValueError(f"payments: {os.fspath(path)} does not exist")
    with target_of(path) as target, target.reading():
        state, rows = _opened(target)
        state.require_same(query, target.path)
        if state.start > since:
            raise ValueError(
                f"payments: {target.path} must start at or before the creation of the first "
                f"invoice, {since}, got {state.start}"
            )
        wanted = _COLUMNS.index("invoice")
        return [_row(values) for chunk in rows for values in chunk if values[wanted] in invoices]


def _opened(target: Target) -> tuple[State, Rows]:
    """What the table has, and its rows."""
    if isinstance(target, DuckDBFile) and MIRROR_TABLE in target.tables():
        query = f"SELECT state FROM {MIRROR_TABLE}"  # noqa: S608 - a constant
        found = target.connection.execute(query).fetchone()
        state = State.from_json(found and found[0], target.path)
        if state.watermark is None:
            raise ValueError(f"payments: the first sync into {target.path} must be finished")
        return state, target.rows(None, _COLUMNS)
    manifest = target.read_manifest()
    if manifest is None:
        raise ValueError(f"payments: there is no export in {target.path}")
    if manifest.state != "finished" or manifest.missing:
        raise ValueError(f"payments: the export in {target.path} must be finished and complete")
    if filters := manifest.filters:
        raise ValueError(
            f"payments: the export in {target.path} must have no filters but its period, "
            f"got {filters!r:.200}"
        )
    state = State.of_query(manifest.query)
    state.start = manifest.start
    return state, target.rows(manifest, _COLUMNS)


def _row(values: tuple[Any, ...]) -> PaymentRow:
    row: dict[str, Any] = dict(zip(_COLUMNS, values, strict=True))
    for name in _TIMES:
        row[name] = datetime_of(row[name])
    return PaymentRow(**row)
