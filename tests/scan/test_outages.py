"""A scan rides out an outage, says so, and knows when to give up; and what it says then."""

from __future__ import annotations

import copy
import pickle
import socket
import time
from typing import Any

import pytest

from stripe_invoice_payments import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AsyncClient,
    AuthenticationError,
    Client,
    InvalidRequestError,
    PaginationError,
    RateLimitError,
    ScanError,
    ScanProgress,
    StripeError,
    TLSError,
    _errors,
)
from stripe_invoice_payments._config import defaults as _defaults
from stripe_invoice_payments._errors import scan_error

from .server import BASE, ListServer, by_second

KEY = "sk_test_outage"
FAST: Any = {"created": {"gte": BASE, "lt": BASE + 10_000}, "rate_limit": 5000, "workers": 2}


@pytest.fixture(autouse=True)
def _short_delays(monkeypatch):
    monkeypatch.setattr(_defaults, "INITIAL_RETRY_DELAY", 0.02)
    monkeypatch.setattr(_defaults, "MAX_RETRY_DELAY", 0.05)


class Outage:
    """The server fails from the third request on, for a while."""

    def __init__(self, seconds: float, status: int = 503) -> None:
        self.seconds = seconds
        self.status = status
        self.began: float | None = None

    def __call__(self, page: Any, _query: Any, number: int) -> int | None:
        if number < 3:
            return None
        self.began = self.began or time.monotonic()
        if time.monotonic() - self.began > self.seconds:
            return None
        page.clear()
        return self.status


def test_an_outage_is_ridden_out_and_reported():
    told: list[ScanProgress] = []
    with ListServer(by_second(list(range(900))), Outage(1)) as server:
        with Client(KEY, base_url=server.url) as client:
            found = [p.id for p in client.invoice_payments.scan(progress=told.append, **FAST)]
    assert sorted(found) == sorted(server.ids)
    assert max(step.failing_for for step in told) > 0.5
    assert told[-1].failing_for == 0
    assert sum(step.failing_for > 0 for step in told) > 5


async def test_tasks_ride_it_out_as_well():
    told: list[ScanProgress] = []
    with ListServer(by_second(list(range(900))), Outage(0.7)) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            scan = client.invoice_payments.scan(progress=told.append, **FAST)
            found = [payment.id async for payment in scan]
    assert sorted(found) == sorted(server.ids)
    assert max(step.failing_for for step in told) > 0.3
    assert told[-1].failing_for == 0


def test_refused_connections_are_an_outage():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Client(KEY, base_url=f"http://127.0.0.1:{port}", max_retries=0) as client:
        started = time.monotonic()
        with pytest.raises(APIConnectionError, match="the scan stopped"):
            next(client.invoice_payments.scan(max_outage=0.5, **FAST))
        assert 0.3 < time.monotonic() - started < 10


@pytest.mark.parametrize(("max_outage", "requests"), [(0, 3), (0.4, None)])
def test_it_gives_up_in_the_end(max_outage, requests):
    with ListServer(by_second(list(range(900))), Outage(60)) as server:
        with Client(KEY, base_url=server.url, max_retries=0) as client:
            options: Any = {**FAST, "workers": 1, "max_outage": max_outage}
            with pytest.raises(APIError) as caught:
                list(client.invoice_payments.scan(**options))
    assert isinstance(caught.value, ScanError)
    assert f"the scan stopped after max_outage={max_outage} s of failing: " in str(caught.value)
    assert caught.value.http_status == 503
    if requests is not None:
        assert server.requests == requests
    else:
        assert server.requests > 6


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 424])
def test_what_is_no_outage_ends_a_scan_at_once(status):
    with ListServer(by_second(list(range(900))), Outage(60, status)) as server:
        with Client(KEY, base_url=server.url) as client, pytest.raises(ScanError):
            list(client.invoice_payments.scan(**(FAST | {"workers": 1, "max_outage": None})))
    assert server.requests == 3


def test_every_request_has_a_budget_of_its_own():
    def every_other(page: Any, _query: Any, number: int) -> int | None:
        return 503 if number % 2 else None

    with ListServer(by_second(list(range(2000))), every_other) as server:
        with Client(KEY, base_url=server.url, max_retries=0) as client:
            scan = client.invoice_payments.scan(**(FAST | {"workers": 1, "max_outage": 0.3}))
            assert sorted(p.id for p in scan) == sorted(server.ids)


# --- What it says -------------------------------------------------------------------------------


def test_an_expired_key_is_an_authentication_error():
    with ListServer(by_second(list(range(900))), Outage(60, 401)) as server:
        with Client(KEY, base_url=server.url) as client:
            with pytest.raises(AuthenticationError) as caught:
                list(client.invoice_payments.scan(**FAST))
            with pytest.raises(ScanError):
                list(client.invoice_payments.scan(**FAST))
    error: Any = caught.value
    assert type(error.__cause__) is AuthenticationError
    assert error.http_status == 401
    assert error.window[0] >= BASE
    assert error.checkpoint is None
    assert repr(error).startswith("ScanAuthenticationError('the scan stopped: ")


CLASSES = [
    cls
    for cls in vars(_errors).values()
    if isinstance(cls, type)
    and issubclass(cls, StripeError)
    and not issubclass(cls, (ScanError, _errors.SignatureVerificationError))
]


@pytest.mark.parametrize("cause", CLASSES, ids=lambda cls: cls.__name__)
def test_a_scans_error_is_what_its_cause_is(cause):
    facts: Any = {
        "http_status": 418,
        "headers": {"request-id": "req_1"},
        "http_body": '{"error": {"code": "c", "param": "p"}}',
        "json_body": {"error": {"code": "c", "param": "p"}},
    }
    original = cause("no way", **facts)
    original.told = "something of its own"
    error = scan_error(original, (5, 9), "a.scan")
    for one in (error, pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert isinstance(one, cause)
        assert isinstance(one, ScanError)
        assert type(one) is type(error)
        assert one.message == "the scan stopped: no way (the remaining work is in a.scan)"
        assert (one.window, one.checkpoint) == ((5, 9), "a.scan")
        assert (one.http_status, one.code, one.param) == (418, "c", "p")
        assert one.request_id == "req_1"
        assert one.headers == original.headers
        assert one.json_body == original.json_body
        assert vars(one)["told"] == "something of its own"
        assert str(one) == str(error)
        assert repr(one) == repr(error)
    assert error.__cause__ is original
    assert error.args == (error.message,)


def test_other_classes_do_not_catch_it():
    error = scan_error(APITimeoutError("late"), (0, 1), None)
    assert isinstance(error, APIConnectionError)
    assert not isinstance(
        error, (AuthenticationError, InvalidRequestError, PaginationError, RateLimitError, TLSError)
    )
