"""Which requests read payments again: as few as possible."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments.sync.plan import Read, Wanted, plan_reads

PAGE = 10


def wanted(counts: dict[int, int], seconds: list[int]) -> list[Wanted]:
    """What is wanted in a mirror with so many payments in these seconds; its ids are numbered."""
    return [
        Wanted(
            f"{second}-{number}",
            second,
            sum(count for other, count in counts.items() if other < second),
            counts[second],
        )
        for second in sorted(set(seconds))
        for number in range(seconds.count(second))
    ]


def requests(reads: list[Read], counts: dict[int, int], page: int = PAGE) -> int:
    """How many requests Stripe gets, which has what the mirror has."""
    total = 0
    for read in reads:
        if read.filters is None:
            total += 1
        else:
            created = read.filters["created"]
            rows = sum(
                n for second, n in counts.items() if created["gte"] <= second <= created["lte"]
            )
            total += -(-rows // page)
    return total


ONE_EACH = dict.fromkeys(range(100), 1)


@pytest.mark.parametrize(
    ("counts", "seconds", "lists", "retrieved", "cost"),
    [
        pytest.param(ONE_EACH, [], [], 0, 0, id="nothing"),
        pytest.param(ONE_EACH, [7], [], 1, 1, id="one: retrieved, which is smaller than a page"),
        pytest.param(ONE_EACH, [7, 16], [(7, 16)], 0, 1, id="two that fit on a page"),
        pytest.param(ONE_EACH, [7, 17], [], 2, 2, id="two that do not"),
        pytest.param(
            ONE_EACH, [0, 9, 10, 19, 50], [(0, 9), (10, 19)], 1, 3, id="two pages and one far away"
        ),
        pytest.param({5: 30}, [5, 5], [], 2, 2, id="two in a second of three pages"),
        pytest.param({5: 30}, [5, 5, 5], [], 3, 3, id="three of them: the same either way"),
        pytest.param({5: 30}, [5, 5, 5, 5], [(5, 5)], 0, 3, id="four: the whole second"),
        pytest.param({1: 6, 2: 6}, [1, 2], [], 2, 2, id="a page consists of whole seconds"),
        pytest.param({1: 4, 2: 6}, [1, 2], [(1, 2)], 0, 1, id="a page that is exactly full"),
        pytest.param(
            {1: 1, 2: 25, 3: 1}, [1, 2, 3], [], 3, 3, id="not through a second that is dense"
        ),
    ],
)
def test_the_cheapest_way_is_chosen(counts, seconds, lists, retrieved, cost):
    reads = plan_reads(wanted(counts, seconds), PAGE)
    filters = [read.filters["created"] for read in reads if read.filters is not None]
    assert [(each["gte"], each["lte"]) for each in filters] == lists
    assert sum(read.filters is None for read in reads) == retrieved
    assert requests(reads, counts) == cost


@given(st.data())
def test_everything_is_read_and_never_with_more_requests_than_one_each(data):
    counts = data.draw(st.dictionaries(st.integers(0, 40), st.integers(1, 25), min_size=1))
    in_mirror = [second for second, count in counts.items() for _ in range(count)]
    seconds = data.draw(st.lists(st.sampled_from(in_mirror), max_size=30))
    seconds = [
        second for second in set(seconds) for _ in range(min(counts[second], seconds.count(second)))
    ]
    asked = wanted(counts, seconds)
    reads = plan_reads(asked, PAGE)
    assert sorted(each for read in reads for each in read.ids) == sorted(each.id for each in asked)
    assert requests(reads, counts) <= len(asked)
    for read in reads:
        if read.filters is None:
            assert len(read.ids) == 1
        else:
            created = read.filters["created"]
            seconds_of = {int(each.partition("-")[0]) for each in read.ids}
            assert (min(seconds_of), max(seconds_of)) == (created["gte"], created["lte"])


@given(st.sets(st.integers(0, 60), max_size=12))
def test_without_payments_of_the_same_second_no_plan_needs_fewer(seconds):
    counts = dict.fromkeys(range(61), 1)
    reads = plan_reads(wanted(counts, sorted(seconds)), PAGE)
    assert requests(reads, counts) == fewest(tuple(sorted(seconds)))


def fewest(seconds: tuple[int, ...]) -> int:
    """Every way to begin: a page that starts at the first, up to any length that fits."""
    if not seconds:
        return 0
    return 1 + min(
        fewest(tuple(second for second in seconds if second > last))
        for last in seconds
        if last < seconds[0] + PAGE
    )
