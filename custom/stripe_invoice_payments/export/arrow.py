"""The flat table in Arrow. pyarrow is an extra, and is imported only when it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from stripe_invoice_payments_api.columns import COLUMNS, SCHEMA_VERSION

from .rows import Values, columns_of

METADATA = {b"stripe_invoice_payments.schema_version": str(SCHEMA_VERSION).encode()}


def extra_module(name: str, extra: str) -> Any:
    """A library that an extra installs. Not an import statement, so that type checkers ignore it.

    Raises:
        ImportError: It is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != name.partition(".")[0]:
            raise
        raise ImportError(
            f"{name.partition('.')[0]} is required; install it with "
            f"pip install 'stripe-invoice-payments[{extra}]'",
            name=error.name,
        ) from None


def pyarrow() -> Any:
    """The module `pyarrow`."""
    return extra_module("pyarrow", "parquet")


@cache
def arrow_schema() -> Any:
    """The schema of the table. Its metadata contains its version."""
    fields = [(column.name, _types()[column.kind]) for column in COLUMNS]
    return pyarrow().schema(fields, metadata=METADATA)


@cache
def _types() -> dict[str, Any]:
    pa = pyarrow()
    return {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }


def record_batch(rows: Sequence[Values]) -> Any:
    """The rows as a `pyarrow.RecordBatch`."""
    arrays = [_array(kind, values) for kind, values in columns_of(rows)]
    return pyarrow().record_batch(arrays, schema=arrow_schema())


def _array(kind: str, values: Sequence[Any]) -> Any:
    if kind != "timestamp":
        return pyarrow().array(values, _types()[kind])
    return pyarrow().array(values, pyarrow().timestamp("s", tz="UTC")).cast(_types()[kind])


def rows_of(batch: Any, columns: Iterable[str]) -> Iterator[Values]:
    """Some columns of a batch as rows, with timestamps converted back to Unix seconds."""
    arrays = [batch.column(name) for name in columns]
    lists: list[list[Any]] = [
        array.cast(pyarrow().int64()).to_pylist()
        if pyarrow().types.is_timestamp(array.type)
        else array.to_pylist()
        for array in arrays
    ]
    micro = [pyarrow().types.is_timestamp(array.type) for array in arrays]
    for row in zip(*lists, strict=True):
        yield tuple(
            value // 1_000_000 if is_time and value is not None else value
            for value, is_time in zip(row, micro, strict=True)
        )
