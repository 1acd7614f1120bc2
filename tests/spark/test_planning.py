"""Bins have every account once, and rates never add up to more than the limits."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments.spark.planning import (
    MAX_ACCOUNTS,
    Rates,
    least_seconds,
    pack,
    pages_of,
)

PERIOD = (1_735_689_600, 1_767_225_600)
sizes = st.dictionaries(
    st.integers(0, 2000).map("acct_{}".format),
    st.one_of(st.just(0), st.integers(0, 400), st.integers(0, 5_000_000)),
    max_size=300,
)
rates = st.builds(Rates, st.floats(0.5, 100), st.floats(0.5, 1000))


@given(sizes, rates, st.none() | st.integers(1, 500), st.booleans())
def test_every_second_of_every_account_is_in_one_bin(accounts, limits, slots, may_cut):
    bins = pack(accounts, PERIOD, limits, slots, may_cut=may_cut)

    covered: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in bins:
        assert each.sizes
        assert len(each.sizes) <= MAX_ACCOUNTS
        for account in each.sizes:
            covered[account].append((each.start, each.end))
            assert each.parts == len([b for b in bins if account in b.sizes])
    assert covered.keys() == accounts.keys()
    for windows in covered.values():
        bounds = sorted(windows)
        assert (bounds[0][0], bounds[-1][1]) == PERIOD
        assert all(first[1] == second[0] for first, second in pairwise(bounds))
        assert may_cut or len(windows) == 1


@given(sizes, rates, st.integers(1, 500))
def test_tasks_together_keep_to_both_limits(accounts, limits, slots):
    bins = pack(accounts, PERIOD, limits, slots)
    tasks = max(1, min(slots, len(bins)))
    shares = [limits.divided(tasks, each.parts) for each in bins]
    # Whichever tasks run at once.
    assert sum(sorted(share.platform for share in shares)[-tasks:]) <= limits.platform * 1.000001
    of_account: dict[str, list[float]] = defaultdict(list)
    for each, share in zip(bins, shares, strict=True):
        assert share.account <= share.platform
        for account in each.sizes:
            of_account[account].append(share.account)
    for parts in of_account.values():
        assert sum(sorted(parts)[-tasks:]) <= limits.account * 1.000001


def test_small_accounts_share_a_bin_and_a_large_one_has_its_own():
    accounts = {"acct_large": 1_000_000, **{f"acct_{n}": 50 for n in range(400)}}
    bins = pack(accounts, PERIOD, Rates(20, 80), None)
    assert [*bins[0].sizes] == ["acct_large"]
    assert all(50 <= len(each.sizes) <= 200 for each in bins[1:])


def test_a_task_that_may_send_more_than_an_account_takes_reads_others_meanwhile():
    accounts = {"acct_large": 40_000, **{f"acct_{n}": 50 for n in range(150)}}
    first, *_ = pack(accounts, PERIOD, Rates(20, 80), 2)
    assert "acct_large" in first.sizes
    assert len(first.sizes) == 151
    assert first.parts == 1


def test_a_task_that_may_send_less_than_an_account_takes_gets_a_part_of_it():
    bins = pack({"acct_large": 1_000_000}, PERIOD, Rates(20, 80), 16)
    assert len(bins) == 4
    assert {each.parts for each in bins} == {4}
    assert Rates(20, 80).divided(16, 4) == Rates(5, 5)


def test_a_platform_with_many_accounts_has_at_most_a_few_thousand_bins():
    accounts = {f"acct_{n}": 2400 * (n % 7) for n in range(50_000)}
    bins = pack(accounts, PERIOD, Rates(20, 80), 64)
    assert len(bins) < 3000
    least = sum(map(pages_of, accounts.values())) / 80
    assert least_seconds(bins, Rates(20, 80)) == pytest.approx(least, rel=0.02)


def test_nothing_is_nothing():
    assert pack({}, PERIOD, Rates(20, 80), 4) == []
    assert least_seconds([], Rates(20, 80)) == 0
