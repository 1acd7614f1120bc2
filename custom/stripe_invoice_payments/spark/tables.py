"""What follows from the rows that were read: missing accounts, and payments to be read again."""

from __future__ import annotations

from typing import Any

from ..export.arrow import extra_module

MISSING = "STRUCT<missing: STRUCT<error: STRING, status: INT, left: ARRAY<ARRAY<BIGINT>>>>"


def split(rows: Any) -> tuple[Any, Any]:
    """The payments, and the accounts that could not be read to their end.

    Pass what was written, and not what `load()` returned, which would be read again for each of
    the two: `payments, missing = split(spark.read.parquet("payments"))`.

    Args:
        rows: A DataFrame that was read with the option `on_error=report`.

    Returns:
        Two DataFrames. The second has the columns `account`, `error`, `status` (of the response)
        and `left` (the stretches of creation time that were not read, in Unix seconds: the first
        second of each and the one after its last).
    """
    functions = extra_module("pyspark.sql.functions", "spark")
    reason = functions.from_json(functions.col("extra"), MISSING).alias("reason")
    missing = rows.where("id IS NULL").select("account", reason)
    return (
        rows.where("id IS NOT NULL"),
        missing.select(
            "account", *(f"reason.missing.{name}" for name in ("error", "status", "left"))
        ),
    )


def settled(stored: Any, listed: Any) -> Any:
    """The payments that were open, and are not any more: they were paid or canceled meanwhile.

    Args:
        stored: A DataFrame with the newest row of each payment, including those of `listed`.
        listed: A DataFrame with a batch of a stream.

    Returns:
        A DataFrame with the columns `account` and `id`.
    """
    key = ["account", "id"]
    return stored.where("status = 'open'").select(key).join(listed.select(key), key, "left_anti")
