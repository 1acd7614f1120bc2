"""The planner alone, with simulated readers: every object once, whatever is split and when."""

from __future__ import annotations

import random
from bisect import bisect_left
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments._scan.plan import ScanPlan, Window, growth, split_points

PAGE = 10


def page_of(times, window, start):
    """What the server answers: the newest objects of the window, and maybe some beyond it."""
    stop = int(window.cursor) if window.cursor is not None else bisect_left(times, window.end)
    floor = bisect_left(times, start)
    first = max(floor, stop - PAGE)
    return [(str(number), times[number]) for number in reversed(range(first, stop))], first > floor


def read_everything(times, windows, readers, rng, *, in_order=False):
    """All that a plan has its readers read, their answers arriving in any order."""
    start = min(window.start for window in windows)
    plan = ScanPlan(windows, PAGE, in_order=in_order)
    under_way: list[Any] = []
    read: list[int] = []
    while not plan.is_finished:
        while len(under_way) < readers:
            window = plan.take(readers - len(under_way))
            if window is None:
                break
            # The answer is made when the request is sent, and seen when it arrives.
            under_way.append((window, page_of(times, window, start)))
        window, (page, has_more) = under_way.pop(rng.randrange(len(under_way)))
        belonging = plan.advance(window, page, has_more)
        read += [int(number) for number, _ in page[:belonging]]
        if plan.cut_dense(window):
            readers += 1  # one more for it
        if window in plan.being_read:
            under_way.append((window, page_of(times, window, start)))
    return read


@given(
    times=st.one_of(
        st.lists(st.integers(0, 400), max_size=200).map(sorted),
        st.lists(st.integers(0, 6), max_size=400).map(sorted),  # many pages in each second
    ),
    readers=st.integers(1, 9),
    pieces=st.integers(1, 9),
    seed=st.integers(0, 2**32),
    in_order=st.booleans(),
)
def test_every_object_is_read_exactly_once(times, readers, pieces, seed, in_order):
    bounds = sorted({401 * piece // pieces for piece in range(pieces + 1)})
    windows = [Window(start=a, end=b) for a, b in reversed(list(pairwise(bounds)))]
    rng = random.Random(seed)
    read = read_everything(times, windows, readers, rng, in_order=in_order)
    assert sorted(read) == list(range(len(times)))


def test_objects_of_one_second_are_read_once_though_they_fill_many_pages():
    times = [5] * 95 + [6] * 3
    windows = [Window(start=0, end=10)]
    read = read_everything(times, windows, 4, random.Random(1))
    assert sorted(read) == list(range(98))


def test_each_second_of_a_dense_window_gets_a_reader_of_its_own():
    plan = ScanPlan([Window(start=0, end=100)], PAGE)
    cut = []
    for second in (90, 89, 88):
        window = plan.take(1)
        assert window is not None
        plan.advance(window, [(f"{second}-{number}", second) for number in range(PAGE)], True)
        assert plan.cut_dense(window)
        cut.append((window.start, window.end))
    assert cut == [(90, 100), (89, 90), (88, 89)]
    assert [(window.start, window.end) for window in plan.waiting] == [(0, 88)]


@pytest.mark.parametrize(
    ("seconds", "in_order"), [(range(90, 90 - PAGE, -1), False), ([90] * PAGE, True)]
)
def test_a_window_that_is_not_dense_or_read_in_order_is_not_cut(seconds, in_order):
    plan = ScanPlan([Window(start=0, end=100)], PAGE, in_order=in_order)
    window = plan.take(1)
    assert window is not None
    plan.advance(window, [(f"{n}", second) for n, second in enumerate(seconds)], True)
    assert not plan.cut_dense(window)


def test_an_idle_reader_takes_the_older_part_of_the_fullest_window():
    plan = ScanPlan([Window(start=0, end=10_000)], PAGE)
    first = plan.take(2)
    assert first is not None
    assert plan.take(1) is None  # nothing is known yet, so there is nothing to split
    plan.advance(first, [(str(second), second) for second in range(9_999, 9_989, -1)], True)
    second = plan.take(1)
    assert second is not None
    assert second.end == first.start
    assert second.start == 0


def test_a_window_that_is_nearly_done_is_not_split():
    plan = ScanPlan([Window(start=0, end=20)], PAGE)
    window = plan.take(2)
    assert window is not None
    plan.advance(window, [(str(second), second) for second in range(19, 9, -1)], True)
    assert plan.take(1) is None


def test_nothing_is_read_where_nothing_can_be():
    plan = ScanPlan([Window(start=500, end=1000), Window(start=0, end=500)], PAGE)
    window = plan.take(1)
    assert window is not None
    plan.advance(window, [("a", 700), ("b", 600)], has_more=False)
    assert plan.is_finished


@pytest.mark.parametrize(
    ("seconds", "how", "points"),
    [
        pytest.param((0, 100), (50, 4, True), [75, 50, 25, 0], id="short: evenly"),
        pytest.param((0, 100), (10, 2, True), [90, 0], id="long: the first, and the rest"),
        pytest.param((0, 700), (100, 3, True), [600, 400, 0], id="long: each twice as long"),
        pytest.param((0, 700), (100, 3, False), [600, 500, 0], id="in order: equal, and the rest"),
        pytest.param((7, 8), (1, 8, True), [7], id="one second cannot be cut"),
    ],
)
def test_where_a_window_is_cut(seconds, how, points):
    first, pieces, growing = how
    assert split_points(*seconds, first=first, pieces=pieces, growing=growing) == points


@given(total=st.floats(4, 1e9), pieces=st.integers(2, 8))
def test_growing_pieces_fill_the_window(total, pieces):
    if total <= pieces:
        return
    ratio = growth(total, pieces)
    assert sum(ratio**power for power in range(pieces)) == pytest.approx(total, rel=1e-3)
