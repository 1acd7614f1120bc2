"""Whatever a caller's HTTP client raises, wherever it does, is an error of this package.

Except for errors in a program, such as a `TypeError`, which stay what they are.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from stripe_invoice_payments import APIConnectionError, APITimeoutError, AsyncClient, Client

from .helpers import KEY, payment

PLACES = ["build_request", "send", "status_code", "headers", "first chunk", "second chunk", "close"]


class Faulty:
    """An HTTP client and its response at once, which raises an exception in one place."""

    def __init__(self, place: str, error: BaseException) -> None:
        self._place = place
        self._error = error
        self.closed = 0

    def _pass(self, place: str) -> None:
        if place == self._place:
            raise self._error

    def build_request(self, *_: object, **__: object) -> Any:
        self._pass("build_request")
        return "the request"

    def send(self, *_: object, **__: object) -> Any:
        self._pass("send")
        return self

    @property
    def status_code(self) -> int:
        self._pass("status_code")
        return 200

    @property
    def headers(self) -> Mapping[str, str]:
        self._pass("headers")
        return {"Request-Id": "req_1"}

    def iter_bytes(self) -> Iterator[bytes]:
        body = json.dumps(payment(1)).encode()
        self._pass("first chunk")
        yield body[:10]
        self._pass("second chunk")
        yield body[10:]

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for chunk in self.iter_bytes():
            yield chunk

    def close(self) -> None:
        self.closed += 1
        self._pass("close")

    async def aclose(self) -> None:
        self.close()


class AsyncFaulty(Faulty):
    async def send(self, *_: object, **__: object) -> Any:
        return super().send()


async def call(fake: Faulty) -> None:
    """One call with an HTTP client that fails."""
    http: Any = fake
    if isinstance(fake, AsyncFaulty):
        await AsyncClient(KEY, http_client=http, max_retries=0).invoice_payments.retrieve("inpay_1")
    else:
        Client(KEY, http_client=http, max_retries=0).invoice_payments.retrieve("inpay_1")


class Silent(Exception):  # noqa: N818 - somebody's
    """An exception without a text."""

    def __str__(self) -> str:
        return ""


ERRORS: dict[str, tuple[Callable[[], BaseException], type[BaseException]]] = {
    "httpx.InvalidURL": (lambda: httpx.InvalidURL("x"), APIConnectionError),
    "httpx.StreamClosed": (httpx.StreamClosed, APIConnectionError),
    "httpx.CookieConflict": (lambda: httpx.CookieConflict("x"), APIConnectionError),
    "httpx.ReadTimeout": (lambda: httpx.ReadTimeout("x"), APITimeoutError),
    "RuntimeError": (lambda: RuntimeError("x"), APIConnectionError),
    "KeyError": (lambda: KeyError("x"), APIConnectionError),
    "without a text": (Silent, APIConnectionError),
    "TypeError": (lambda: TypeError("x"), TypeError),
    "AssertionError": (lambda: AssertionError("x"), AssertionError),
    "KeyboardInterrupt": (lambda: KeyboardInterrupt("x"), KeyboardInterrupt),
    "CancelledError": (lambda: asyncio.CancelledError("x"), asyncio.CancelledError),
}


@pytest.fixture(params=[Faulty, AsyncFaulty], ids=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", ERRORS)
async def test_an_exception_of_a_callers_http_client(kind, place, what):
    make, expected = ERRORS[what]
    raised = make()
    with pytest.raises(expected) as caught:
        await call(kind(place, raised))
    assert type(caught.value) is expected
    if issubclass(expected, APIConnectionError):
        assert caught.value.__cause__ is raised
        assert KEY not in str(caught.value)
    else:
        assert caught.value is raised


@pytest.mark.parametrize("place", ["status_code", "headers", "first chunk", "second chunk"])
async def test_the_response_is_closed_when_reading_it_fails(kind, place):
    fake = kind(place, OSError("x"))
    with pytest.raises(APIConnectionError):
        await call(fake)
    assert fake.closed == 1


@pytest.mark.parametrize("error", [OSError, TypeError])
async def test_an_exception_that_the_caller_is_handling_keeps_its_traceback(kind, error):
    handled = LookupError("of the caller")
    try:
        raise handled
    except LookupError:
        with pytest.raises((APIConnectionError, TypeError)):
            await call(kind("send", error("x")))
    assert handled.__traceback__ is not None
