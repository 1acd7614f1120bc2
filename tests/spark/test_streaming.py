"""A stream: nothing is skipped between two watermarks, and what is open is read again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments.spark.options import Options, read_options
from stripe_invoice_payments.spark.streaming import check_stream, queries_between

from .counting import expected


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=6), st.integers(0, 100), st.integers(0, 9)
)
def test_every_second_is_read_and_older_ones_if_open(steps, look_back, start):
    options = Options(accounts="connected", start=start, look_back=look_back)
    watermark = start
    read: set[int] = set()
    for step in steps:
        queries = queries_between(options, watermark, watermark + step)
        watermark += step
        new = {second for each in queries[:1] for second in range(each.start, each.end)}
        read |= new
        assert read == {*range(start, watermark)}
        if queries:
            # What is not listed because it is new is listed if it is open.
            older = [each for each in queries if each.status == "open"]
            assert {s for each in older for s in range(each.start, each.end)} == read - new
        else:
            assert step == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"status": "paid"}, "status must not be set for a stream"),
        ({"on_error": "report"}, "on_error must be 'raise' for a stream"),
    ],
)
def test_what_a_stream_cannot_do_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        check_stream(read_options({"accounts": "connected", **options}))


def test_batches_have_what_is_new_and_what_is_open(spark, load, platform, tmp_path):
    account = max(platform.sizes, key=lambda each: platform.sizes[each])
    batches: list[dict[str, Any]] = []

    def run() -> dict[str, Any]:
        options = {"accounts": f"{account},", "created.gte": "2025-01-01", "look_back": 0}
        stream = (
            spark.readStream.format("stripe_invoice_payments")
            .options(**options, base_url=platform.base_url, platform_rate=5000, account_rate=5000)
            .load()
            .writeStream.foreachBatch(lambda batch, _: batches.append(statuses(batch)))
            .option("checkpointLocation", str(tmp_path))
            .trigger(availableNow=True)
        )
        stream.start().awaitTermination()
        return batches[-1]

    first = run()
    assert len(first) == expected(platform)[account]
    is_open = {each: status for each, status in first.items() if status == "open"}
    assert is_open
    gone, *_ = is_open
    platform.set_invoice_payment_status(gone, "canceled")
    added = platform.create_invoice_payment(account=account, status="paid")
    time.sleep(1.1)  # the second that has just begun belongs to the next batch

    second = run()

    del is_open[gone]
    assert second == {**is_open, added.id: "paid"}
    assert len(batches) == 2


def statuses(batch: Any) -> dict[str, Any]:
    rows = batch.select("id", "status").collect()
    assert len({row.id for row in rows}) == len(rows)
    return {row.id: row.status for row in rows}
