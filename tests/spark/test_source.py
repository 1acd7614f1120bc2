"""What Spark reads is what the platform has: each payment once, in the columns of every export."""

from __future__ import annotations

from importlib import import_module

from stripe_invoice_payments.export import to_arrow

from .counting import expected, ids


def test_every_payment_is_read_once(load, platform):
    rows = load()
    assert ids(rows) == expected(platform)
    assert platform.traffic().refused == 0


def test_the_columns_are_those_of_an_export(load, spark):
    ours = load().schema
    types = import_module("pyspark.sql.pandas.types")
    theirs = types.from_arrow_schema(to_arrow([]).schema)
    assert [(each.name, each.dataType) for each in ours] == [
        (each.name, each.dataType) for each in theirs
    ]
