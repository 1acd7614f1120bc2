"""Rows of the flat table, for any payments that you have: dicts, or one Arrow table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import islice
from time import time
from typing import Any

from stripe_invoice_payments_api import API_VERSION
from stripe_invoice_payments_api._columns import join
from stripe_invoice_payments_api.columns import COLUMNS, CONSTANTS, flat
from stripe_invoice_payments_api.models import InvoicePayment

Values = tuple[Any, ...]
"""The values of all columns, in their order; timestamps are in Unix seconds."""

ARROW_CHUNK = 10_000

NAMES = tuple(column.name for column in COLUMNS)
_TIMES = tuple(i for i, column in enumerate(COLUMNS) if column.kind == "timestamp")
_FIELDS = tuple(column for column in COLUMNS if column.path)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def export_rows(
    payments: Iterable[InvoicePayment],
    *,
    account: str | None = None,
    api_version: str | None = API_VERSION,
) -> Iterator[dict[str, Any]]:
    """One flat dict per payment, with the same columns as every export.

    Amounts are integers in the currency's minor unit, timestamps are aware datetimes in UTC, and an
    expandable field is its id, whether or not it is expanded. `extra` is JSON text with everything
    that has no column, including expanded objects, or None. `payment_of` is the reverse.

    Example:
        from stripe_invoice_payments.export import export_rows

        page = client.invoice_payments.list(limit=100)
        for row in export_rows(page.auto_paging_iter()):
            print(row["id"], row["amount_paid"], row["created"])

    Args:
        payments: Any payments: a page, a scan, a list.
        account: The value of the column `account`.
        api_version: The value of the column `_api_version`.
    """
    extracted_at = int(time())
    for payment in payments:
        yield as_dict(flat(payment, account, extracted_at, api_version))


def to_arrow(
    payments: Iterable[InvoicePayment],
    *,
    account: str | None = None,
    api_version: str | None = API_VERSION,
) -> Any:
    """One `pyarrow.Table` with the same columns as every export; requires the extra `parquet`.

    Amounts are `int64` in the currency's minor unit, timestamps are in UTC. The metadata of the
    schema contains the version of the columns.

    Example:
        from stripe_invoice_payments.export import to_arrow

        table = to_arrow(client.invoice_payments.list(limit=100))
        print(table.num_rows, table.column("status").to_pylist())

    Args:
        payments: Any payments: a page, a scan, a list.
        account: The value of the column `account`.
        api_version: The value of the column `_api_version`.

    Raises:
        ImportError: pyarrow is not installed.
    """
    from .arrow import arrow_schema, pyarrow, record_batch

    extracted_at = int(time())
    rows = (flat(payment, account, extracted_at, api_version) for payment in payments)
    batches = [record_batch(chunk) for chunk in chunks(rows, ARROW_CHUNK)]
    return pyarrow().Table.from_batches(batches, schema=arrow_schema())


def payment_of(row: Mapping[str, Any]) -> InvoicePayment:
    """The payment that a row was made from, with all of its fields.

    Example:
        from stripe_invoice_payments.export import export_rows, payment_of

        payment = client.invoice_payments.retrieve("inpay_...", expand=["invoice"])
        (row,) = export_rows([payment])
        assert payment_of(row) == payment

    Args:
        row: A row from `export_rows`, or one read from an exported file. Missing columns count as
            empty.

    Raises:
        InvalidObjectError: A required column is empty, and `extra` has no value for it.
    """
    seconds = {NAMES[index]: seconds_of(row.get(NAMES[index])) for index in _TIMES}
    extra = row.get("extra")
    data = join({**row, **seconds}, json.loads(extra) if extra else {}, _FIELDS)
    return InvoicePayment.from_dict({**CONSTANTS, **data})


def columns_of(rows: Sequence[Values]) -> Iterator[tuple[str, Sequence[Any]]]:
    """The kind and the values of each column; much faster to process than the rows."""
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    for column, values in zip(COLUMNS, columns, strict=True):
        yield column.kind, values


def as_dict(values: Values) -> dict[str, Any]:
    """The values as a dict by column name, with timestamps as datetimes."""
    row = dict(zip(NAMES, values, strict=True))
    for index in _TIMES:
        row[NAMES[index]] = datetime_of(values[index])
    return row


def datetime_of(seconds: int | None) -> datetime | None:
    """Unix seconds as an aware datetime in UTC, even if they do not fit a 32-bit `time_t`."""
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)


def seconds_of(value: datetime | str | int | None) -> int | None:
    """Unix seconds, of a datetime or of text such as `2026-01-31T12:00:00Z`."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value[:19]).replace(tzinfo=timezone.utc)
    return (value - _EPOCH) // timedelta(seconds=1) if isinstance(value, datetime) else value


def chunks(rows: Iterable[Values], size: int) -> Iterator[Sequence[Values]]:
    """The rows in lists of at most `size`."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
