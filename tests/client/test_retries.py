"""Whether, when and how often a failed request is repeated."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    InvalidRequestError,
    PaginationError,
    RateLimitError,
    StripeError,
    TLSError,
    UnexpectedResponseError,
)
from stripe_invoice_payments._call.retries import retry_after, retry_delay
from stripe_invoice_payments._call.steps import WireResponse, perform
from stripe_invoice_payments._config.secrets import ApiKey
from stripe_invoice_payments._config.settings import Settings
from stripe_invoice_payments._errors import error_from_response
from stripe_invoice_payments_api._request import Request

from .helpers import KEY, Clock, Drive, FakeApi, drive, failure, payment, reply

GET: Request[Any] = Request(method="GET", path="/v1/x", read=lambda data: data)
POST: Request[Any] = Request(method="POST", path="/v1/x", form="a=1", read=lambda data: data)
OK = WireResponse(status=200, headers={}, content=b"{}")


def answered(status: int, **headers: str) -> StripeError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_from_response(status, named, b"{}")


def decide(error: StripeError, **options: Any) -> float | None:
    options = {"attempt": 1, "max_retries": 2, "jitter": lambda: 0.0, **options}
    return retry_delay(error, **options)


# --- Whether ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "again"),
    [
        *((answered(status), True) for status in (409, 500, 501, 502, 503, 504, 520, 599)),
        *((answered(status), False) for status in (300, 304, 400, 401, 402, 403, 404, 408, 422)),
        (answered(429), False),
        (answered(429, stripe_should_retry="true"), True),
        (answered(429, stripe_should_retry=" TRUE "), True),
        (answered(400, stripe_should_retry="true"), True),
        (answered(500, stripe_should_retry="false"), False),
        (answered(409, stripe_should_retry="false"), False),
        (answered(500, stripe_should_retry="perhaps"), True),
        (answered(400, stripe_should_retry=""), False),
        (APIConnectionError("refused"), True),
        (APITimeoutError("late"), True),
        (TLSError("a stranger's certificate"), False),
        (UnexpectedResponseError("broken gzip", http_status=200), False),
        (UnexpectedResponseError("broken gzip", http_status=503), True),
        (PaginationError("circle"), False),
    ],
    ids=repr,
)
def test_what_is_worth_repeating(error, again):
    assert (decide(error) is not None) == again


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (answered(429), True),
        (answered(429, stripe_should_retry="false"), False),
        (answered(400), False),
    ],
)
def test_rate_limited_requests_are_repeated_on_request(error, again):
    assert (decide(error, retry_rate_limited=True) is not None) == again


@pytest.mark.parametrize(
    ("attempt", "max_retries", "again"), [(1, 0, False), (1, 1, True), (2, 1, False), (5, 5, True)]
)
def test_not_more_often_than_allowed(attempt, max_retries, again):
    delay = decide(answered(500), attempt=attempt, max_retries=max_retries)
    assert (delay is not None) == again


# --- When ---------------------------------------------------------------------------------------


def test_waits_double_up_to_a_maximum():
    delays = [decide(answered(500), attempt=n, max_retries=99) for n in range(1, 8)]
    assert delays == [0.5, 1, 2, 4, 8, 8, 8]


def test_jitter_takes_off_up_to_a_half():
    assert decide(answered(500), attempt=3, jitter=lambda: 1.0, max_retries=9) == 1
    assert decide(answered(500), attempt=3, jitter=lambda: 0.5, max_retries=9) == 1.5
    drawn = {retry_delay(answered(500), attempt=1, max_retries=1) for _ in range(50)}
    assert len(drawn) > 1
    assert all(delay is not None and 0.25 <= delay <= 0.5 for delay in drawn)


@pytest.mark.parametrize(
    ("value", "delay"),
    [
        ("1", 1),
        ("7", 7),
        ("1.5", 1.5),
        (" 3 ", 3),
        ("60", 60),
        ("61", 60),  # asked for more than is believed: the most that is
        ("86400", 60),
        ("9" * 400, 60),
        ("0", 0.5),  # never earlier than without
        ("0.001", 0.5),
        ("-5", 0.5),
        ("", 0.5),
        ("soon", 0.5),
        ("nan", 0.5),
        ("inf", 0.5),
        ("1e3", 0.5),
        ("1_000", 0.5),
        ("0x10", 0.5),
        ("\N{ARABIC-INDIC DIGIT SEVEN}", 0.5),
        ("Thu, 01 Jan 1970 00:16:50 GMT", 10),
        ("Thu, 01 Jan 1970 00:16:50 -0000", 10),
        ("Thu, 01 Jan 1970 01:16:50 +0100", 10),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.5),  # in the past
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 60),
        ("Mon, 00 Foo 0000 99:99:99 GMT", 0.5),
        ("Thu, 01 Jan 1970 00:16:50 +9999999999", 0.5),
    ],
)
def test_retry_after_is_honoured_up_to_a_cap(value, delay):
    assert decide(answered(503, retry_after=value), now=1000.0) == delay


@pytest.fixture(params=["UTC0", "EST5", "JST-9"])
def time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is here, and there."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.skipif(sys.platform == "win32", reason="a process has the time zone of its machine")
@pytest.mark.usefixtures("time_zone")
@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_a_retry_after_date_means_the_same_in_every_time_zone(zone):
    error = answered(503, retry_after=f"Thu, 01 Jan 1970 00:16:50 {zone}")
    assert decide(error, now=1000.0) == 10


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [-+]?\w+"))
def test_any_retry_after_is_a_wait_or_nothing(value):
    asked = retry_after({"retry-after": value}, now=1000.0)
    assert asked is None or asked >= 0


@given(
    attempt=st.integers(1, 10**6),
    max_retries=st.integers(0, 10**6),
    status=st.integers(100, 999),
    value=st.text(),
    jitter=st.floats(0, 1),
)
def test_any_decision_is_to_stop_or_to_wait_for_a_bearable_time(
    attempt, max_retries, status, value, jitter
):
    delay = retry_delay(
        answered(status, retry_after=value),
        attempt=attempt,
        max_retries=max_retries,
        jitter=lambda: jitter,
    )
    assert delay is None or 0.25 <= delay <= 60
    assert delay is None or attempt <= max_retries


# --- A whole call, by a fake clock --------------------------------------------------------------


def call(
    outcomes: Iterable[Any], request: Request[Any] = GET, *, takes: float = 0.0, **options: Any
) -> Drive:
    given: Any = options
    settings = Settings.create(ApiKey(KEY), given)
    clock = Clock()
    steps = perform(request, settings, lambda data: data, clock=clock)
    return drive(steps, outcomes, clock, takes=takes)


def wire(status: int, **headers: str) -> WireResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WireResponse(status=status, headers=named, content=b"{}")


def test_a_success_is_not_repeated():
    done = call([OK])
    assert (len(done.requests), done.waits, done.result.attempts) == (1, [], 1)


def test_two_retries_unless_told_otherwise():
    done = call([wire(503)] * 9)
    assert type(done.error) is APIError
    assert len(done.requests) == 3
    first, second = done.waits
    assert 0.25 <= first <= 0.5 <= second <= 1


@pytest.mark.parametrize("max_retries", [0, 1, 5])
def test_as_many_retries_as_wanted(max_retries):
    done = call([wire(500)] * 9, max_retries=max_retries)
    assert len(done.requests) == max_retries + 1


def test_the_attempts_are_counted():
    done = call([wire(500), APIConnectionError("x"), OK])
    assert done.result.attempts == 3


def test_elapsed_is_the_time_of_the_last_attempt():
    done = call([wire(500), OK], takes=2.0)
    assert done.result.elapsed == pytest.approx(2)


def test_every_attempt_is_the_same_request():
    done = call([wire(500)] * 3)
    assert all(request == done.requests[0] for request in done.requests)


def test_the_last_error_is_the_one_that_is_raised():
    done = call([APIConnectionError("first"), wire(500), wire(404)])
    assert type(done.error) is InvalidRequestError


def test_stripe_decides_where_it_says_so():
    assert len(call([wire(500, stripe_should_retry="false"), OK]).requests) == 1
    assert len(call([wire(429, stripe_should_retry="true"), OK]).requests) == 2


def test_too_many_requests_are_not_made_more():
    done = call([wire(429), OK])
    assert type(done.error) is RateLimitError
    assert len(done.requests) == 1
    assert len(call([wire(429), OK], retry_rate_limited=True).requests) == 2


# --- Idempotency --------------------------------------------------------------------------------


def keys(done: Drive) -> set[str | None]:
    return {request.headers.get("idempotency-key") for request in done.requests}


def test_a_post_has_one_key_for_all_its_attempts():
    done = call([wire(500), APIConnectionError("x"), OK], POST)
    (key,) = keys(done)
    assert key is not None
    assert len(key) >= 32
    assert len(done.requests) == 3
    assert {request.content for request in done.requests} == {b"a=1"}


def test_another_post_has_another_key():
    assert keys(call([OK], POST)) != keys(call([OK], POST))


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_a_key_of_the_callers_is_used(name):
    settings = Settings.create(ApiKey(KEY), {}).for_call({"extra_headers": {name: "mine"}})
    done = drive(perform(POST, settings, lambda data: data), [wire(500), OK], Clock())
    assert keys(done) == {"mine"}


def test_a_key_of_the_call_is_used_for_all_its_attempts():
    settings = Settings.create(ApiKey(KEY), {"default_headers": {"Idempotency-Key": "default"}})
    settings = settings.for_call({"idempotency_key": "mine"})
    done = drive(perform(POST, settings, lambda data: data), [wire(500), OK], Clock())
    assert keys(done) == {"mine"}


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "\u00e9", "a\n", " a"])
def test_a_key_that_no_header_can_hold_is_refused(key):
    with pytest.raises(ValueError, match="idempotency_key must have 1 to 255 printable ASCII"):
        Settings.create(ApiKey(KEY), {}).for_call({"idempotency_key": key})


def test_a_get_needs_no_key():
    assert keys(call([wire(500), OK])) == {None}
    settings = Settings.create(ApiKey(KEY), {}).for_call({"idempotency_key": "mine"})
    assert keys(drive(perform(GET, settings, lambda data: data), [OK], Clock())) == {None}


# --- Deadlines ----------------------------------------------------------------------------------


def test_no_attempt_after_the_deadline():
    done = call([wire(503)] * 99, deadline=10, max_retries=99, takes=1.0)
    assert type(done.error) is APIError  # what happened last says more than that time is over
    assert sum(done.waits) + len(done.requests) - 1 <= 10  # the last attempt began in time


def test_no_wait_that_would_end_after_the_deadline():
    done = call([wire(503, retry_after="30"), OK], deadline=10)
    assert type(done.error) is APIError
    assert done.waits == []


def test_an_attempt_has_no_more_time_than_is_left():
    done = call([wire(503), wire(503), OK], deadline=6, takes=2.0, timeout=5)
    left = [request.seconds_left for request in done.requests]
    assert left[0] == pytest.approx(6)
    assert left == sorted(left, reverse=True)
    for request in done.requests:
        assert request.timeout.read == pytest.approx(min(5, request.seconds_left))
        assert request.timeout.connect == pytest.approx(min(5, request.seconds_left))


def test_without_a_deadline_there_is_no_end():
    (request,) = call([OK]).requests
    assert request.seconds_left == math.inf
    assert (request.timeout.connect, request.timeout.read) == (5, 80)


def test_a_deadline_of_nothing_sends_nothing():
    done = call([OK], deadline=0)
    assert type(done.error) is APITimeoutError
    assert done.requests == []


@given(
    deadline=st.floats(0, 30),
    takes=st.floats(0, 20),
    retries=st.integers(0, 20),
    asked=st.integers(0, 90),
)
def test_a_deadline_is_kept_to_whatever_happens(deadline, takes, retries, asked):
    done = call(
        [wire(503, retry_after=str(asked))] * 99,
        deadline=deadline,
        max_retries=retries,
        takes=takes,
    )
    assert isinstance(done.error, (APIError, APITimeoutError))
    assert sum(done.waits) + takes * max(0, len(done.requests) - 1) <= deadline + 1e-6


# --- Both clients -------------------------------------------------------------------------------


async def test_a_call_succeeds_in_the_end(connect, at_once):
    source = FakeApi(failure(500), failure(409), reply(payment(1), request_id="req_1"))
    raw = await connect(source).raw_retrieve()
    assert (raw.attempts, raw.parse().id) == (3, "inpay_1")
    assert len(source.requests) == 3


async def test_retries_can_be_chosen_for_a_client_a_copy_and_a_call(connect, at_once):
    source = FakeApi(failure(500))
    api = connect(source, max_retries=1)
    for options, attempts in [({}, 2), ({"max_retries": 0}, 1), ({"max_retries": 3}, 4)]:
        source.requests.clear()
        with pytest.raises(APIError):
            await api.retrieve(**options)
        assert len(source.requests) == attempts
    api.client = api.client.with_options(max_retries=4)
    source.requests.clear()
    with pytest.raises(APIError):
        await api.retrieve()
    assert len(source.requests) == 5


async def test_the_waits_are_really_waited(connect):
    date = formatdate(time.time() + 1.5, usegmt=True)
    api = connect(failure(503, headers={"retry_after": date}), reply(payment(1)))
    started = time.monotonic()
    await api.retrieve()
    assert 0.4 < time.monotonic() - started < 10
