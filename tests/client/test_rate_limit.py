"""A client sends no more requests a second than it is allowed, whoever makes the calls."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from itertools import pairwise
from typing import Any

import httpx
import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from stripe_invoice_payments import APIError, APITimeoutError, Client
from stripe_invoice_payments._call.rate_limit import RateLimit
from stripe_invoice_payments._call.steps import Wait, WireResponse, perform
from stripe_invoice_payments._config.secrets import ApiKey
from stripe_invoice_payments._config.settings import Settings
from stripe_invoice_payments_api._request import Request

from .helpers import (
    KEY,
    AsyncApi,
    Clock,
    FakeApi,
    FakeList,
    SyncApi,
    drive,
    failure,
    payment,
    reply,
)

GET: Request[Any] = Request(method="GET", path="/v1/x", read=lambda data: data)
OK = WireResponse(status=200, headers={}, content=b"{}")


def waits(limit: RateLimit, count: int) -> list[float]:
    """What so many requests wait that come at the same time."""
    with ExitStack() as stack:
        return [round(stack.enter_context(limit.turn()).wait, 9) for _ in range(count)]


# --- Turns --------------------------------------------------------------------------------------


def test_requests_are_spaced_evenly_in_the_order_they_came():
    assert waits(RateLimit(4, Clock()), 5) == [0, 0.25, 0.5, 0.75, 1]


def test_a_pause_earns_nothing():
    clock = Clock()
    limit = RateLimit(4, clock)
    waits(limit, 1)
    clock.now += 60
    assert waits(limit, 3) == [0, 0.25, 0.5]


def test_time_that_has_passed_counts():
    clock = Clock()
    limit = RateLimit(4, clock)
    waits(limit, 2)
    clock.now += 0.375
    assert waits(limit, 2) == [0.125, 0.375]


@pytest.mark.parametrize(("before", "due"), [(0, 0), (1, 0.25), (2, 0.5)])
def test_a_turn_that_is_given_up_goes_to_the_next_who_asks(before, due):
    limit = RateLimit(4, Clock())
    waits(limit, before)
    with pytest.raises(KeyError), limit.turn() as turn:
        assert turn.wait == due
        raise KeyError
    assert waits(limit, 2) == [due, due + 0.25]


def test_many_that_give_up_leave_no_queue_behind():
    limit = RateLimit(25, Clock())
    waits(limit, 1)
    with pytest.raises(KeyError), ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(limit.turn())
        raise KeyError
    assert waits(limit, 3) == [0.04, 0.08, 0.12]


def test_a_turn_given_up_too_late_is_lost():
    clock = Clock()
    limit = RateLimit(4, clock)
    waits(limit, 2)
    with pytest.raises(KeyError), limit.turn():
        clock.now += 0.625
        raise KeyError
    assert waits(limit, 2) == [0.125, 0.375]


def test_a_refusal_halves_the_pace_for_a_while():
    limit = RateLimit(4, Clock())
    limit.slow_down(3)
    limit.slow_down(3)  # it was under way together with the first, and says nothing new
    turns = waits(limit, 80)
    gaps = [later - sooner for sooner, later in pairwise(turns)]
    assert turns[0] == 3
    assert gaps[0] == 0.5
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[70:] == pytest.approx([0.25] * 9)


def test_a_refusal_after_the_pause_halves_the_pace_again():
    clock = Clock()
    limit = RateLimit(4, clock)
    limit.slow_down(3)
    clock.now += 3
    limit.slow_down(3)
    assert waits(limit, 2) == [3, 4]


@given(
    rate=st.integers(1, 100),
    steps=st.lists(st.tuples(st.sampled_from(["keep", "drop"]), st.floats(0, 0.1)), max_size=60),
)
def test_however_they_come_and_go_no_two_are_closer_than_the_limit(rate, steps):
    clock = Clock()
    limit = RateLimit(rate, clock)
    kept = []
    for what, pause in steps:
        clock.now += pause
        with suppress(KeyError), limit.turn() as turn:
            moment = turn.moment
            if what == "drop":
                raise KeyError
            kept.append(moment)
    assert all(later - sooner > 0.999 / rate for sooner, later in pairwise(sorted(kept)))


@given(
    rate=st.sampled_from([1, 2.5, 7, 25, 100]),
    stalls=st.lists(st.tuples(st.floats(0, 3), st.floats(0, 4)), max_size=5),
    arrivals=st.lists(st.floats(0, 3), min_size=1, max_size=120),
    order=st.randoms(use_true_random=False),
)
def test_no_second_has_more_than_the_limit_whatever_stalls(rate, stalls, arrivals, order):
    """Requests that wake up when the program is not stalled, in any order where several are due."""
    clock = Clock()
    limit = RateLimit(rate, clock)
    begin = clock.now

    def awake(moment: float) -> float:
        for start, length in sorted(stalls):
            if begin + start <= moment < begin + start + length:
                moment = begin + start + length
        return moment

    left: list[float] = []
    blocks: dict[float, ExitStack] = {}
    # When each wakes up, and its turn.
    sleeping: list[tuple[float, Any]] = [(awake(begin + at), None) for at in arrivals]
    while sleeping:
        clock.now = max(clock.now, min(at for at, _ in sleeping))
        sleeper = order.choice([sleeper for sleeper in sleeping if sleeper[0] <= clock.now])
        sleeping.remove(sleeper)
        turn, wait = sleeper[1], 0.0
        if turn is None:
            block = ExitStack()
            turn = block.enter_context(limit.turn())
            blocks[turn.moment] = block
            wait = turn.wait
        if (wait := wait if wait > 0 else limit.late(turn)) > 0:
            sleeping.append((awake(clock.now + wait), turn))
        else:
            left.append(clock.now)
            blocks.pop(turn.moment).close()
    assert len(left) == len(arrivals)
    for first in left:
        assert sum(first <= other < first + 0.999 for other in left) <= math.ceil(rate) + 1


def test_waking_up_a_little_late_each_time_does_not_slow_everybody_down():
    clock = Clock()
    limit = RateLimit(100, clock)
    start = clock.now
    blocks = [ExitStack() for _ in range(200)]
    turns = [block.enter_context(limit.turn()) for block in blocks]
    for left, (block, turn) in enumerate(zip(blocks, turns, strict=True)):
        clock.now = max(clock.now, turn.moment + (0.002 if left else 0.02))
        while (wait := limit.late(turn)) > 0:
            clock.now += wait + 0.002
        block.close()
    assert clock.now - start < 2.05  # where 1.99 is the least


@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_a_limit_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match="rate_limit"):
        Client(KEY, rate_limit=rate)


@pytest.mark.parametrize("rate", ["25", True, [25]])
def test_a_limit_is_a_number(rate):
    with pytest.raises(TypeError, match="rate_limit: a number was expected"):
        Client(KEY, rate_limit=rate)


def test_a_limit_says_what_it_is():
    assert repr(RateLimit(12.5)) == "RateLimit(12.5 requests a second)"


# --- In a call ----------------------------------------------------------------------------------


def settings(limit: RateLimit, **options: Any) -> Settings:
    given: Any = options
    return evolve(Settings.create(ApiKey(KEY), given), rate_limit=limit)


def call(clock: Clock, limit: RateLimit, outcomes: Iterable[Any], **options: Any) -> Any:
    steps = perform(GET, settings(limit, **options), lambda data: data, clock=clock)
    return drive(steps, outcomes, clock)


def test_every_attempt_waits_for_its_turn():
    clock = Clock()
    limit = RateLimit(0.1, clock)
    failed = WireResponse(status=500, headers={}, content=b"")
    first = call(clock, limit, [failed, OK])
    backed_off, turn = first.waits
    assert backed_off + turn == pytest.approx(10)
    assert [type(step).__name__ for step in first.steps] == [
        "WireRequest",
        "float",
        "float",
        "WireRequest",
    ]


def test_a_turn_after_the_deadline_is_not_waited_for():
    clock = Clock()
    limit = RateLimit(1, clock)
    call(clock, limit, [OK])
    done = call(clock, limit, [OK], deadline=0.5)
    assert type(done.error) is APITimeoutError
    assert done.steps == []
    assert call(clock, limit, [OK]).waits == [1]  # and it is not lost


def test_the_wait_for_a_turn_counts_towards_the_deadline():
    clock = Clock()
    limit = RateLimit(1, clock)
    call(clock, limit, [OK])
    (request,) = call(clock, limit, [OK], deadline=5).requests
    assert request.seconds_left == pytest.approx(4)


def test_a_call_that_is_cancelled_while_it_waits_gives_its_turn_back():
    clock = Clock()
    limit = RateLimit(1, clock)
    call(clock, limit, [OK])
    steps = perform(GET, settings(limit), lambda data: data, clock=clock)
    assert steps.send(None) == Wait(1)
    steps.close()
    assert call(clock, limit, [OK]).waits == [1]


def test_a_request_that_was_sent_has_used_its_turn():
    clock = Clock()
    limit = RateLimit(1, clock)
    steps = perform(GET, settings(limit), lambda data: data, clock=clock)
    steps.send(None)
    steps.close()
    assert call(clock, limit, [OK]).waits == [1]


def test_a_refusal_holds_back_everyone_on_the_limit():
    clock = Clock()
    limit = RateLimit(10, clock)
    steps = perform(GET, settings(limit, retry_rate_limited=True), lambda data: data, clock=clock)
    steps.send(None)
    refused = WireResponse(status=429, headers={"retry-after": "3"}, content=b"")
    assert steps.send(refused) == Wait(3)
    assert call(clock, limit, [OK]).waits == [pytest.approx(3)]


def test_refusals_that_are_forgiven_do_not_use_up_the_retries():
    clock = Clock()
    refused = WireResponse(status=429, headers={}, content=b"")
    failed = WireResponse(status=500, headers={}, content=b"")
    options: Any = {"retry_rate_limited": True, "max_retries": 1}

    def requests(*outcomes: WireResponse) -> int:
        given = evolve(settings(RateLimit(10, clock), **options), forgiven_refusals=3)
        steps = perform(GET, given, lambda data: data, clock=clock)
        return len(drive(steps, outcomes, clock).requests)

    assert requests(refused, refused, refused, failed, OK) == 5
    assert requests(failed, refused, refused, refused, OK) == 5
    assert requests(refused, refused, refused, refused, refused, OK) == 5


def test_a_refusal_that_is_not_sent_again_holds_back_nobody():
    clock = Clock()
    limit = RateLimit(10, clock)
    refused = WireResponse(status=429, headers={"retry-after": "3"}, content=b"")
    assert call(clock, limit, [refused]).error.http_status == 429
    assert call(clock, limit, [OK]).waits == [pytest.approx(0.1)]


# --- Shared -------------------------------------------------------------------------------------


class Timed(FakeApi):
    """Keeps when requests arrived.

    They are timed from the beginning: under load the first may arrive late, which is no reason for
    the others to.
    """

    def __init__(self) -> None:
        super().__init__(reply(payment(1)))
        self._started = time.monotonic()
        self.times: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.times.append(time.monotonic())
        return super().__call__(request)

    @property
    def seconds(self) -> float:
        return max(self.times) - self._started


def test_threads_and_copies_of_a_client_share_the_limit():
    source = Timed()
    api = SyncApi(source, rate_limit=100)
    clients = [api.client, api.client.with_options(stripe_account="acct_1", timeout=3)]
    threads = [
        threading.Thread(target=lambda client=client: client.invoice_payments.retrieve("inpay_1"))
        for client in clients * 10
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.15 < source.seconds < 10


async def test_tasks_share_the_limit_and_go_in_order(connect):
    asked: list[list[str]] = []
    for _ in range(5):  # while the machine stalls, one may overtake another
        source = Timed()
        api = connect(source, rate_limit=100)
        await asyncio.gather(*(api.retrieve(f"inpay_{number}") for number in range(20)))
        assert 0.18 < source.seconds < 10
        asked.append([request.url.path.rpartition("_")[2] for request in source.requests])
    assert [str(number) for number in range(20)] in asked


async def test_tasks_that_are_cancelled_leave_no_queue_behind():
    source = Timed()
    api = AsyncApi(source, rate_limit=10)
    await api.retrieve()
    tasks = [asyncio.create_task(api.retrieve()) for _ in range(50)]
    await asyncio.sleep(0.02)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await api.retrieve()
    await api.close()
    assert source.seconds < 3  # those that were cancelled would have taken 5


async def test_pages_and_retries_count_too(connect, at_once):
    source = FakeList(6)
    api = connect(source, rate_limit=50)
    started = time.monotonic()
    assert len([one async for one in api.items(await api.list(limit=1))]) == 6
    assert time.monotonic() - started > 0.09
    api = connect(failure(500), rate_limit=50, max_retries=5)
    started = time.monotonic()
    with pytest.raises(APIError):
        await api.retrieve()
    assert time.monotonic() - started > 0.09


def test_a_copy_may_have_a_limit_of_its_own_or_none():
    api = SyncApi(FakeApi(reply(payment(1))), rate_limit=3)
    shared = api.client._settings.rate_limit
    assert api.client.with_options(timeout=1)._settings.rate_limit is shared
    assert api.client.with_options(rate_limit=None)._settings.rate_limit is None
    own = api.client.with_options(rate_limit=3)._settings.rate_limit
    assert own is not None
    assert own is not shared
    assert api.client._settings.rate_limit is shared
