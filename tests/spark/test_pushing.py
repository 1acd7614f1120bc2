"""Which filters Stripe applies: together with those that Spark applies, they select the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st

from stripe_invoice_payments.spark.options import read_options
from stripe_invoice_payments.spark.pushing import Query, push, query_of

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Filter:
    """What pyspark's filters have; it decides by the names of their classes."""

    attribute: tuple[str, ...]
    value: Any


class EqualTo(Filter):
    def holds(self, value: Any) -> bool:
        return bool(value == self.value)


class In(Filter):
    def holds(self, value: Any) -> bool:
        return value in self.value


class LessThan(Filter):
    def holds(self, value: Any) -> bool:
        return bool(value < self.value)


class LessThanOrEqual(Filter):
    def holds(self, value: Any) -> bool:
        return bool(value <= self.value)


class GreaterThan(Filter):
    def holds(self, value: Any) -> bool:
        return bool(value > self.value)


class GreaterThanOrEqual(Filter):
    def holds(self, value: Any) -> bool:
        return bool(value >= self.value)


class StringContains(Filter):
    def holds(self, value: Any) -> bool:
        return self.value in value


moments = st.integers(900, 1100).flatmap(
    lambda seconds: st.sampled_from([0, 1, 500_000, 999_999]).map(
        lambda micro: EPOCH + timedelta(seconds=seconds, microseconds=micro)
    )
)
accounts = st.sampled_from(["acct_1", "acct_2", "acct_3"])
filters = st.one_of(
    st.builds(
        lambda kind, moment: kind(("created",), moment),
        st.sampled_from([EqualTo, LessThan, LessThanOrEqual, GreaterThan, GreaterThanOrEqual]),
        moments,
    ),
    st.builds(lambda one: EqualTo(("account",), one), accounts),
    st.builds(lambda some: In(("account",), some), st.lists(accounts, max_size=3)),
    st.builds(lambda one: EqualTo(("status",), one), st.sampled_from(["open", "paid", "unknown"])),
    st.builds(lambda one: EqualTo(("invoice",), one), st.sampled_from(["in_1", "in_2", ""])),
    st.just(StringContains(("id",), "1")),
    st.just(GreaterThan(("amount_paid",), 5)),
)
rows = st.fixed_dictionaries(
    {
        "created": st.integers(890, 1110).map(lambda at: EPOCH + timedelta(seconds=at)),
        "account": accounts,
        "status": st.sampled_from(["open", "paid", "canceled"]),
        "invoice": st.sampled_from(["in_1", "in_2", "in_3"]),
        "id": st.sampled_from(["inpay_1", "inpay_2"]),
        "amount_paid": st.integers(0, 10),
    }
)


def requested(query: Query, row: dict[str, Any]) -> bool:
    """What Stripe returns."""
    return (
        query.start <= (row["created"] - EPOCH).total_seconds() < query.end
        and query.status in (None, row["status"])
        and query.invoice in (None, row["invoice"])
        and (query.accounts is None or row["account"] in query.accounts)
    )


@given(st.lists(filters, max_size=5), st.lists(rows, min_size=1, max_size=20))
def test_no_row_is_lost_or_added(conditions, table):
    before = Query(start=950, end=1050, status=None, invoice=None)
    query, rest = push(before, conditions)

    assert all(any(each is one for one in conditions) for each in rest)
    for row in table:
        wanted = requested(before, row) and all(f.holds(row[f.attribute[0]]) for f in conditions)
        found = requested(query, row) and all(f.holds(row[f.attribute[0]]) for f in rest)
        assert found == wanted


def test_what_stripe_can_apply_is_not_left_to_spark():
    query, rest = push(
        query_of(read_options({"accounts": "connected"})),
        [
            GreaterThanOrEqual(("created",), EPOCH + timedelta(seconds=5)),
            EqualTo(("status",), "paid"),
            EqualTo(("invoice",), "in_1"),
            In(("account",), ["acct_1"]),
        ],
    )
    assert rest == []
    assert query == Query(5, 1 << 62, "paid", "in_1", frozenset({"acct_1"}))


def test_an_option_is_never_widened():
    options = read_options({"accounts": "connected", "status": "paid", "invoice": "in_1"})
    conditions = [EqualTo(("status",), "open"), EqualTo(("invoice",), "in_2")]
    query, rest = push(query_of(options), conditions)
    assert (query.status, query.invoice, rest) == ("paid", "in_1", conditions)


def test_nested_columns_and_other_kinds_are_left_to_spark():
    conditions = [EqualTo(("extra", "status"), "paid"), LessThan(("status",), "paid")]
    query = Query(0, 10)
    assert push(query, conditions) == (query, conditions)
