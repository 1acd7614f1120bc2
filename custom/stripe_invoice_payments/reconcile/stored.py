"""Reads payments back from the table of an export or a mirror."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import fields

from ..export.database import MIRROR_TABLE, DuckDBFile
from ..export.rows import datetime_of
from ..export.targets import Target, target_of
from ..sync.state import State
from .rows import PaymentRow

_COLUMNS = tuple(each.name for each in fields(PaymentRow))
_INVOICE = _COLUMNS.index("invoice")
_REQUIRED = tuple(map(_COLUMNS.index, ("id", "status", "currency", "created", "invoice")))
_TIMES = ("created", "paid_at", "canceled_at")

Rows = Iterator[list[tuple[Any, ...]]]


def stored_payments(
    path: str | os.PathLike[str], query: Mapping[str, Any], invoices: Mapping[str, int]
) -> list[PaymentRow]:
    """The payments of some invoices.

    Args:
        path: The target of `export` or `sync`.
        query: What the client reads; the table must have the payments of the same account.
        invoices: When each of the invoices was created, in Unix seconds, by its id.

    Raises:
        ValueError: There is no table, it is in use, it has other payments, or not all of them.
        OSError: It cannot be read.
    """
    with target_of(path, "payments", is_read_only=True) as target, target.reading():
        state, end, rows = _opened(target)
        state.require_same(query, target.path)
        for created in invoices.values():
            if not state.start <= created < end:
                until = "" if end == math.inf else f" to {end}"
                raise ValueError(
                    f"payments: {target.path} must have the time of all invoices, "
                    f"got one of {created} and a period from {state.start}{until}"
                )
        found: list[PaymentRow] = []
        for chunk in rows:
            for values in chunk:
                if any(values[index] is None for index in _REQUIRED):
                    names = ", ".join(_COLUMNS[i] for i in _REQUIRED if values[i] is None)
                    raise ValueError(
                        f"payments: every row of {target.path} must have {names}, got one without; "
                        "export again, or sync(verify=True) a mirror"
                    )
                if values[_INVOICE] in invoices:
                    found.append(_row(values))
        return found


def _opened(target: Target) -> tuple[State, float, Rows]:
    """What the table has, the end of its period, and its rows."""
    if isinstance(target, DuckDBFile) and MIRROR_TABLE in target.tables():
        query = f"SELECT state FROM {MIRROR_TABLE}"  # noqa: S608 - a constant
        found = target.connection.execute(query).fetchone()
        where = f"payments: {target.path}, table {MIRROR_TABLE}"
        state = State.from_json(found and found[0], where)
        if not state.is_complete:
            raise ValueError(f"payments: the first sync into {target.path} must be finished")
        return state, math.inf, target.rows(None, _COLUMNS)
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
    end: int | None = manifest.query["end"]
    return state, math.inf if end is None else end, target.rows(manifest, _COLUMNS)


def _row(values: tuple[Any, ...]) -> PaymentRow:
    row: dict[str, Any] = dict(zip(_COLUMNS, values, strict=True))
    for name in _TIMES:
        row[name] = datetime_of(row[name])
    return PaymentRow(**row)
