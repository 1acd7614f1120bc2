"""What a program can see of its calls: one logger, three hooks, and no secrets."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from stripe_invoice_payments import (
    InvalidRequestError,
    RequestEvent,
    ResponseEvent,
    RetryEvent,
)

from .helpers import KEY, FakeApi, FakeList, failure, payment, reply

LOGGER = "stripe_invoice_payments"


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name == LOGGER
    ]


# --- The log ------------------------------------------------------------------------------------


async def test_one_line_for_each_attempt(connect, caplog):
    caplog.set_level(logging.DEBUG, LOGGER)
    await connect(reply(payment(1), request_id="req_1")).retrieve()
    ((level, line),) = lines(caplog)
    assert level == "DEBUG"
    start = "GET /v1/invoice_payments/inpay_1: status 200, request req_1, 0."
    assert line.startswith(start)
    assert line.endswith(" s, attempt 1")


async def test_retries_and_missing_answers_are_told(connect, caplog, at_once):
    caplog.set_level(logging.DEBUG, LOGGER)
    await connect(failure(503), OSError("x"), reply(payment(1))).retrieve()
    told = [(level, line.partition(": ")[2]) for level, line in lines(caplog)]
    assert [level for level, _ in told] == ["DEBUG", "INFO", "DEBUG", "INFO", "DEBUG"]
    assert told[0][1].startswith("status 503, request without id")
    assert told[1][1] == "attempt 1 failed (status 503), next in 0.00 s"
    assert told[2][1].startswith("no response")
    assert told[3][1] == "attempt 2 failed (no response), next in 0.00 s"


async def test_nothing_is_said_unasked(connect, caplog):
    await connect(reply(payment(1))).retrieve()
    assert lines(caplog) == []


async def test_neither_query_nor_header_nor_body_is_logged(connect, caplog):
    caplog.set_level(logging.DEBUG, LOGGER)
    api = connect(
        failure(400, message="the body says this", headers={"x_header": "header-of-the-answer"})
    )
    with pytest.raises(InvalidRequestError):
        await api.list(
            invoice="in_thequery",
            extra_headers={"X-Header": "header-of-the-request"},
            stripe_account="acct_theaccount",
        )
    (line,) = [text for _, text in lines(caplog)]
    for secret in ("thequery", "header-of", "the body says", "theaccount", KEY, "?"):
        assert secret not in line


# --- Hooks --------------------------------------------------------------------------------------


async def test_hooks_see_requests_responses_and_retries(connect, at_once):
    seen: list[Any] = []
    api = connect(
        failure(503, headers={"request_id": "req_1"}),
        OSError("x"),
        reply(payment(1), request_id="req_2"),
        on_request=seen.append,
        on_response=seen.append,
        on_retry=seen.append,
    )
    await api.retrieve()
    where = {"method": "GET", "path": "/v1/invoice_payments/inpay_1"}
    elapsed = [event.elapsed for event in seen if isinstance(event, ResponseEvent)]
    assert all(0 <= seconds < 5 for seconds in elapsed)
    assert seen == [
        RequestEvent(**where, attempt=1),
        ResponseEvent(**where, attempt=1, status=503, request_id="req_1", elapsed=elapsed[0]),
        RetryEvent(**where, attempt=1, status=503, delay=0),
        RequestEvent(**where, attempt=2),
        ResponseEvent(**where, attempt=2, status=None, request_id=None, elapsed=elapsed[1]),
        RetryEvent(**where, attempt=2, status=None, delay=0),
        RequestEvent(**where, attempt=3),
        ResponseEvent(**where, attempt=3, status=200, request_id="req_2", elapsed=elapsed[2]),
    ]


async def test_every_page_is_seen(connect):
    seen: list[RequestEvent] = []
    api = connect(FakeList(6), on_request=seen.append)
    assert len([one async for one in api.items(await api.list(limit=2))]) == 6
    assert len(seen) == 3
    assert {event.path for event in seen} == {"/v1/invoice_payments"}


async def test_a_hook_that_fails_is_logged_and_harms_nobody(connect, caplog, at_once):
    def fail(event: object) -> None:
        raise LookupError("mine")

    api = connect(failure(503), reply(payment(1)), on_request=fail, on_response=fail, on_retry=fail)
    assert (await api.retrieve()).id == "inpay_1"
    told = lines(caplog)
    assert told == [
        ("ERROR", "a hook failed on RequestEvent"),
        ("ERROR", "a hook failed on ResponseEvent"),
        ("ERROR", "a hook failed on RetryEvent"),
        ("ERROR", "a hook failed on RequestEvent"),
        ("ERROR", "a hook failed on ResponseEvent"),
    ]
    assert all(record.exc_info for record in caplog.records)
    assert KEY not in caplog.text


async def test_a_hook_can_end_the_program(connect):
    def stop(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await connect(reply(payment(1)), on_request=stop).retrieve()


async def test_hooks_of_a_copy_are_its_own(connect):
    first: list[Any] = []
    second: list[Any] = []
    api = connect(FakeApi(reply(payment(1))), on_request=first.append)
    original = api.client
    api.client = original.with_options(on_request=second.append)
    await api.retrieve()
    api.client = original.with_options(on_request=None)
    await api.retrieve()
    api.client = original
    await api.retrieve()
    assert (len(first), len(second)) == (1, 1)


async def test_events_that_nobody_wants_are_not_made(connect, monkeypatch, at_once):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an event was made")

    for name in ("RequestEvent", "ResponseEvent", "RetryEvent"):
        monkeypatch.setattr(f"stripe_invoice_payments._call.observability.{name}", refuse)
    await connect(failure(503), reply(payment(1))).retrieve()


async def test_an_event_does_not_change(connect):
    seen: list[Any] = []
    await connect(reply(payment(1)), on_request=seen.append).retrieve()
    with pytest.raises(AttributeError):
        seen[0].path = "/elsewhere"
