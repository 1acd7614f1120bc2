"""A query reads only what it needs if Spark passes its filters on, and finds the same otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(params=["true", "false"])
def pushes(request: pytest.FixtureRequest, spark: Any) -> Iterator[bool]:
    """Whether Spark passes filters on to sources, which it does not by default."""
    spark.conf.set("spark.sql.python.filterPushdown.enabled", request.param)
    yield request.param == "true"
    spark.conf.unset("spark.sql.python.filterPushdown.enabled")


def test_filters_find_the_same_with_fewer_requests(pushes, load, platform):
    account = max(platform.sizes, key=lambda each: platform.sizes[each])
    with platform.client() as client:
        payments = list(client.invoice_payments.scan(stripe_account=account))
    middle = sorted(payment.created for payment in payments)[len(payments) // 2]
    wanted = {
        payment.id for payment in payments if payment.created < middle and payment.status == "paid"
    }
    platform.clear_traffic()

    found = load().where(
        f"account = '{account}' AND status = 'paid' AND created < timestamp_seconds({middle})"
    )

    assert {row.id for row in found.collect()} == wanted
    assert len(wanted) > 100
    traffic = platform.traffic()
    lists = [each.query for each in traffic.requests if each.path == "/v1/invoice_payments"]
    assert all(("status=paid" in query) is pushes for query in lists)
    assert any(str(middle) in query for query in lists) is pushes
    assert ({*traffic.by_account} == {account, ""}) is pushes


def test_a_filter_that_nothing_fulfils_reads_nothing(pushes, load, platform):
    found = load().where("account = 'acct_other'")
    assert found.collect() == []
    if pushes:
        assert not any("invoice_payments" in each.path for each in platform.traffic().requests)


def test_an_invoice_of_one_account_is_no_error_in_the_others(pushes, load, platform):
    account = next(each for each, size in platform.sizes.items() if size)
    with platform.client(stripe_account=account) as client:
        payment = client.invoice_payments.list(limit=1).data[0]

    found = load().where(f"invoice = '{payment.invoice_id}'").collect()

    assert payment.id in {row.id for row in found}
    assert {(row.account, row.invoice) for row in found} == {(account, payment.invoice_id)}
