"""What Spark reads is what the platform has: each payment once, in the columns of every export."""

from __future__ import annotations

from stripe_invoice_payments.export import to_arrow

from .counting import expected, ids


def test_every_payment_is_read_once(load, platform):
    rows = load()
    assert ids(rows) == expected(platform)
    assert platform.traffic().refused == 0


def test_the_columns_are_those_of_an_export(load, spark):
    from pyspark.sql.pandas.types import from_arrow_schema

    ours = load().schema
    theirs = from_arrow_schema(to_arrow([]).schema)
    assert [(each.name, each.dataType) for each in ours] == [
        (each.name, each.dataType) for each in theirs
    ]
