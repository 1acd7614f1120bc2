"""What a scan reports of its progress: the share of the period that is done, and the time left."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import Client, ScanProgress
from stripe_invoice_payments._scan.plan import ScanPlan, Window
from stripe_invoice_payments._scan.progress import ProgressMeter
from stripe_invoice_payments._scan.state import ScanState

from .server import BASE, ListServer, by_second

KEY = "sk_test_progress"
PAST: Any = {"gte": BASE, "lt": BASE + 3000}
FUTURE: Any = {"gte": BASE, "lt": 1 << 40}


@pytest.fixture(scope="module")
def server():
    with ListServer(by_second([second for second in range(3000) if second % 3])) as server:
        yield server


@pytest.fixture
def client(server):
    with Client(KEY, base_url=server.url) as client:
        yield client


def rises(told: list[ScanProgress]) -> bool:
    return all(0 <= a.share <= b.share <= 1 for a, b in pairwise(told))


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("created", [PAST, FUTURE, {"gte": BASE}, None], ids=str)
def test_the_share_rises_to_the_end(client, created, workers, ordered):
    told: list[ScanProgress] = []
    for _ in client.invoice_payments.scan(
        created=created, workers=workers, ordered=ordered, rate_limit=5000, progress=told.append
    ):
        pass
    *before, last = told
    assert rises(told)
    assert last.share == 1
    assert last.time_left == 0
    assert all(one.time_left is None or one.time_left > 0 for one in before if one.share < 1)
    if created is not None:
        assert any(0.2 < one.share < 0.8 for one in before)
        assert any(one.time_left for one in before)


@pytest.mark.parametrize("created", [{"lt": BASE + 3000}, None], ids=str)
def test_nothing_is_known_before_the_start_is(client, created):
    """In order, it is found last; an end that has not been found is no better."""
    told: list[ScanProgress] = []
    for _ in client.invoice_payments.scan(
        created=created, workers=1, ordered=True, rate_limit=5000, progress=told.append
    ):
        pass
    assert {(one.share, one.time_left) for one in told[:10]} == {(0.0, None)}


def test_an_empty_period_is_done_at_once(client):
    told: list[ScanProgress] = []
    created: Any = {"gte": 5, "lt": 5000}
    assert list(client.invoice_payments.scan(created=created, progress=told.append)) == []
    assert [(one.share, one.time_left) for one in told] == [(1.0, 0.0)]


def test_a_batch_that_is_being_filled_counts(client):
    told: list[ScanProgress] = []
    for _ in client.invoice_payments.scan_batches(
        created=PAST, workers=1, rate_limit=5000, batch_size=1500, progress=told.append
    ):
        pass
    assert [one.payments for one in told][:3] == [100, 200, 300]
    assert rises(told)
    assert told[-1].share == 1


def test_what_earlier_runs_have_done_counts(client):
    options: Any = {"created": PAST, "workers": 2, "rate_limit": 5000, "batch_size": 1200}
    with client.invoice_payments.scan_batches(**options) as scan:
        token = next(scan).token
    told: list[ScanProgress] = []
    for _ in client.invoice_payments.scan_batches(
        resume_from=token, progress=told.append, **options
    ):
        pass
    assert told[0].share > 0.5
    assert told[0].time_left is None or told[0].time_left < 60
    assert rises(told)
    assert told[-1].share == 1


def meter(*windows: Window, seconds: int | None = 1000) -> tuple[ProgressMeter, ScanState]:
    state = ScanState(ScanPlan(windows, 100), start=1000, pages_per_worker=2, workers=2)
    return ProgressMeter(state, 2000, seconds), state


def test_the_time_left_is_that_of_the_rest_at_the_speed_so_far():
    measured, state = meter(Window(start=1000, end=2000))
    assert measured.measure(50.0).time_left is None
    state.plan.waiting[:] = [Window(start=1000, end=1750)]
    progress = measured.measure(60.0)
    assert progress.share == pytest.approx(0.25)
    assert progress.time_left == pytest.approx(30)


def test_the_speed_is_that_of_this_run():
    measured, state = meter(Window(start=1000, end=1500))
    assert measured.measure(50.0).share == pytest.approx(0.5)
    state.plan.waiting[:] = [Window(start=1000, end=1250)]
    assert measured.measure(60.0).time_left == pytest.approx(10)


def test_the_second_of_a_cursor_may_have_more():
    measured, _ = meter(Window(start=1000, end=2000, cursor="inpay_1", position=1000))
    assert measured.measure(0.0).share == pytest.approx(0.999)


@given(
    cuts=st.lists(st.integers(1001, 1999), unique=True, min_size=1).map(sorted),
    known=st.booleans(),
    data=st.data(),
)
def test_it_never_falls_and_is_1_only_at_the_end(cuts, known, data):
    """Whatever is left, and though a cursor was lost or an empty stretch was found meanwhile."""
    bounds = [1000, *cuts, 2000]
    windows = [Window(start=a, end=b) for a, b in pairwise(bounds)][::-1]
    measured, state = meter(*windows, seconds=1000 if known else None)
    told = [measured.measure(0.0)]
    for now in range(1, 6):
        state.plan.waiting[:] = data.draw(st.lists(st.sampled_from(windows), unique=True))
        told.append(measured.measure(float(now)))
        assert (told[-1].share == 1) >= (not state.plan.waiting)
        if not state.plan.waiting:
            break
        assert told[-1].share < 1
    assert rises(told)
