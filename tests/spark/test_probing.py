"""The driver reads the first page of each account, and no task reads it again."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import pytest

from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.spark import probing

from .conftest import PERIOD
from .counting import expected


@pytest.fixture
def read(spark: Any, platform: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Plans and reads everything in this process; returns the ids, and the requests by account."""
    from stripe_invoice_payments.spark import StripeInvoicePayments

    platform.reset()
    monkeypatch.setenv("STRIPE_API_KEY", Sandbox.api_key)

    def read(**options: str) -> tuple[list[tuple[str, str]], dict[str, int]]:
        given = {"accounts": "connected", "base_url": platform.base_url, **PERIOD, **options}
        source = cast("Any", StripeInvoicePayments)(given)
        reader = source.reader(spark.createDataFrame([], source.schema()).schema)
        rows = [
            (row["account"], row["id"])
            for partition in reader.partitions()
            for _ in range(2)  # as if each task had failed once
            for batch in reader.read(partition)
            for row in batch.select(["account", "id"]).to_pylist()
        ]
        assert {*Counter(rows).values()} == {2}
        return [*{*rows}], platform.traffic().by_account

    return read


FEW_SLOTS = {"platform_rate": "5000", "account_rate": "2500", "slots": "2"}
MANY_SLOTS = {"platform_rate": "5000", "account_rate": "2500", "slots": "40"}


@pytest.mark.parametrize(
    ("rates", "kept"),
    [(FEW_SLOTS, 0), (FEW_SLOTS, 20_000), (MANY_SLOTS, probing.MAX_KEPT)],
    ids=["none", "some", "all, of accounts that are cut"],
)
def test_every_payment_is_read_once_whatever_the_driver_keeps(
    rates, kept, read, platform, monkeypatch
):
    monkeypatch.setattr(probing, "MAX_KEPT", kept)
    ids, _ = read(**rates)
    assert Counter(account for account, _ in ids) == expected(platform)


def test_an_account_with_one_page_is_requested_once(read, platform):
    _, requests = read(**FEW_SLOTS)
    small = [account for account, size in platform.sizes.items() if size <= 100]
    assert len(small) > 10
    assert {requests[account] for account in small} == {1}


def test_an_account_with_two_pages_is_continued_behind_the_first(read, platform):
    _, requests = read(**FEW_SLOTS)
    medium = [account for account, size in platform.sizes.items() if 100 < size <= 200]
    assert medium
    # Each of the two tasks has read the second page.
    assert {requests[account] for account in medium} == {1 + 2}


def test_filters_are_those_of_the_first_pages(read, platform):
    every, _ = read(**FEW_SLOTS)
    paid, _ = read(**FEW_SLOTS, status="paid")
    assert 0 < len(paid) < len(every)


def test_an_account_whose_first_page_cannot_be_read_is_left_to_its_task(read, platform):
    refused = max(platform.sizes, key=lambda each: platform.sizes[each])
    platform.add_fault("account_revoked", account=refused, times=1)
    ids, _ = read(**FEW_SLOTS)
    assert Counter(account for account, _ in ids) == expected(platform)
