"""Stripe's notices to developers: a warning once for each text, and each time for hooks."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import Any

import pytest

from stripe_invoice_payments import ResponseEvent, StripeError, StripeNoticeWarning
from stripe_invoice_payments._call import observability as _observability

from .helpers import failure, payment, reply


@pytest.fixture(autouse=True)
def no_notice_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_observability, "_NOTICES", set[str]())
    monkeypatch.delenv("STRIPE_SUPPRESS_NOTICES", raising=False)


async def texts(api: Any, calls: int = 1) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(calls):
            with suppress(StripeError):
                await api.retrieve()
    assert all(warning.category is StripeNoticeWarning for warning in caught)
    return [str(warning.message) for warning in caught]


def notice(text: str) -> Any:
    return reply(payment(1), stripe_notice=text)


async def test_each_text_is_a_warning_once(connect):
    api = connect(notice("Use v2."), notice("Use v2."), notice("Use v3."), notice("Use v2."))
    assert await texts(api, calls=5) == ["Use v2.", "Use v3."]


async def test_a_failure_has_notices_too(connect):
    assert await texts(connect(failure(400, headers={"stripe_notice": "x"}))) == ["x"]


async def test_a_hook_gets_it_each_time_and_on_each_attempt(connect, at_once):
    seen: list[ResponseEvent] = []
    failed = failure(500, headers={"stripe_notice": "Use v2."})
    api = connect(failed, notice("Use v2."), reply(payment(1)), on_response=seen.append)
    assert await texts(api, calls=2) == ["Use v2."]
    assert [event.notice for event in seen] == ["Use v2.", "Use v2.", None]


async def test_without_the_header_there_is_no_warning(connect):
    assert await texts(connect(reply(payment(1)))) == []
    assert await texts(connect(notice(""))) == []


@pytest.mark.parametrize(
    ("value", "expected"), [("true", []), ("TRUE", []), ("false", ["x"]), ("", ["x"])]
)
async def test_the_variable_of_stripe_python_turns_the_warning_off(
    connect, monkeypatch, value, expected
):
    monkeypatch.setenv("STRIPE_SUPPRESS_NOTICES", value)
    seen: list[ResponseEvent] = []
    assert await texts(connect(notice("x"), on_response=seen.append)) == expected
    assert [event.notice for event in seen] == ["x"]


async def test_a_long_notice_is_cut_and_control_characters_are_not_shown(connect):
    (text,) = await texts(connect(notice("a\x1b[31m" + "b" * 2000)))
    assert len(text) == len("...") + 500
    assert "\x1b" not in text


async def test_ever_new_notices_do_not_fill_the_memory(connect):
    api = connect(*(notice(f"number {number}") for number in range(150)))
    assert len(await texts(api, calls=150)) == 100


async def test_a_warning_made_an_error_is_raised_where_the_call_is_made(connect):
    api = connect(notice("Use v2."))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(StripeNoticeWarning, match=r"Use v2\."):
            await api.retrieve()
