"""Two limits at once: the decisions, and that no second has more requests than either allows."""

from __future__ import annotations

import heapq
from itertools import count

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments._call.rate_limit import RateLimit
from stripe_invoice_payments.accounts.choosing import is_urgent
from stripe_invoice_payments.accounts.limits import AccountLimit, Refusals, concerns_all


@pytest.mark.parametrize(
    ("reason", "seconds_since_other", "all_of_them"),
    [
        ("global-rate", 1e9, True),
        ("global-concurrency", 1e9, True),
        (None, 1e9, True),
        ("something new", 1e9, True),
        ("endpoint-rate", 1e9, False),
        ("endpoint-concurrency", 1e9, False),
        ("resource-specific", 1e9, False),
        ("endpoint-rate", 0.5, True),
        ("endpoint-rate", 1.5, False),
    ],
)
def test_whom_a_refusal_concerns(reason, seconds_since_other, all_of_them):
    assert concerns_all(reason, seconds_since_other) is all_of_them


@pytest.mark.parametrize(
    ("pages", "workers", "seconds", "urgent"),
    [
        (100, 4, 5, True),  # alone, at its full rate, it takes as long as everything
        (99, 4, 5, False),
        (50, 2, 5, True),  # with half of the workers, it would
        (49, 2, 5, False),
        (1000, 9, 60, False),  # more than enough workers are no faster
        (5, 4, float("inf"), False),
        (1, 4, 0.0, True),
    ],
)
def test_which_account_goes_first(pages, workers, seconds, urgent):
    assert is_urgent(pages, workers, 4, 20, seconds) is urgent


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def simulate(
    accounts: list[int], account_rate: float, platform_rate: float, latency: float = 0.1
) -> list[tuple[float, int]]:
    """When the requests of workers leave, and whose they are, each account having so many."""
    clock = Clock()
    platform, refusals = RateLimit(platform_rate, clock), Refusals()
    left: list[tuple[float, int]] = []
    order = count()
    events: list[tuple[float, int, object]] = []

    def worker(account: int, limit: AccountLimit):
        for _ in range(30):
            with limit.turn() as turn:
                wait = turn.wait
                while True:
                    if wait > 0:
                        yield wait
                    if (wait := limit.late(turn)) == 0:
                        break
            left.append((clock.now, account))
            yield latency

    for account, workers in enumerate(accounts):
        limit = AccountLimit(account_rate, str(account), platform, refusals, clock)
        for _ in range(workers):
            heapq.heappush(events, (0.0, next(order), worker(account, limit)))
    while events:
        clock.now, _, running = heapq.heappop(events)
        wait = next(running, None)  # type: ignore[call-overload]
        if wait is not None:
            heapq.heappush(events, (clock.now + wait, next(order), running))
    return left


def most_in_a_second(moments: list[float]) -> int:
    return max(
        sum(moment <= other < moment + 1 - 1e-6 for other in moments[i:])
        for i, moment in enumerate(moments)
    )


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=6),
    st.sampled_from([5, 20, 25]),
    st.sampled_from([10, 30, 80]),
    st.sampled_from([0.0, 0.05, 0.3]),
)
def test_no_second_exceeds_either_limit(accounts, account_rate, platform_rate, latency):
    left = simulate(accounts, account_rate, platform_rate, latency)
    assert len(left) == 30 * sum(accounts)
    assert most_in_a_second([moment for moment, _ in left]) <= platform_rate + 1
    for account in range(len(accounts)):
        own = [moment for moment, whose in left if whose == account]
        # Waiting for the platform may bring two of them closer together.
        assert most_in_a_second(own) <= account_rate + 1 + accounts[account]


def test_both_limits_are_used_to_the_full():
    left = simulate([4] * 6, account_rate=20, platform_rate=80)
    assert len(left) / left[-1][0] == pytest.approx(80, rel=0.03)
    alone = simulate([4], account_rate=20, platform_rate=80)
    assert len(alone) / alone[-1][0] == pytest.approx(20, rel=0.03)


def test_waiting_for_the_platform_does_not_hold_up_those_behind():
    left = simulate([6, 3, 3, 3, 3], account_rate=20, platform_rate=60)
    own = [moment for moment, whose in left if whose == 0]
    in_time = [moment for moment in own if moment < 3]
    assert len(in_time) >= 3 * 60 * 6 / 18 * 0.8, "its share of the places in the queue"


def test_a_refusal_slows_down_the_account_and_if_it_concerns_all_the_platform():
    clock = Clock()
    platform, refusals = RateLimit(100, clock), Refusals()
    one, other = (AccountLimit(10, name, platform, refusals, clock) for name in ("a", "b"))

    def next_moment(limit: RateLimit) -> float:
        with limit.turn() as turn:
            return turn.wait

    one.slow_down(5, "endpoint-rate")
    assert (next_moment(one), next_moment(other), next_moment(platform)) == (5, 0, 0)
    one.slow_down(6, "endpoint-rate")
    assert next_moment(platform) < 0.1, "the same account again"
    other.slow_down(3, "endpoint-rate")
    assert next_moment(platform) == 3
