"""What the tests of the client share: a scripted API, both clients behind one face, a fake clock.

The tests are written once, as coroutines, and run against `Client` and `AsyncClient`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import httpx
from attrs import define, field

from stripe_invoice_payments import AsyncClient, Client, StripeError
from stripe_invoice_payments._call.steps import Steps, Wait, WireRequest, WireResponse

KEY = "sk_test_NobodyMayEverSeeThis"
ORIGIN = "https://api.stripe.com"
JSON = {"content-type": "application/json"}

Answer: TypeAlias = "httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]"


def payment(number: int, **changes: Any) -> dict[str, Any]:
    """An invoice payment as Stripe sends it; the higher the number, the newer."""
    return {
        "id": f"inpay_{number}",
        "object": "invoice_payment",
        "amount_paid": 1000,
        "amount_requested": 1000,
        "created": 1_735_689_600 + number,
        "currency": "usd",
        "invoice": "in_1",
        "is_default": True,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": f"pi_{number}"},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": 1_735_689_600 + number},
    } | changes


def listed(
    *numbers: int, has_more: bool = False, url: str = "/v1/invoice_payments"
) -> dict[str, Any]:
    """A list of these payments as Stripe sends it."""
    data = [payment(number) for number in numbers]
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def reply(body: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    """An answer: JSON, unless `body` is bytes. `retry_after="1"` becomes the header Retry-After."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    # What came over the wire is kept: for `content`, httpx decompresses it.
    raw = {"wire": content}
    return httpx.Response(status, headers={**JSON, **named}, content=content, extensions=raw)


def failure(status: int, /, *, headers: Mapping[str, str] | None = None, **details: Any) -> Any:
    """A failure as Stripe reports it."""
    return reply({"error": details}, status, **(headers or {}))


class FakeApi:
    """Answers requests with what it was given, in this order, and keeps the requests.

    The last answer is given for ever. Instead of an answer, an exception can be raised or a
    function be called.
    """

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, httpx.Response):
            return answer(request)
        content = answer.extensions["wire"]
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    @property
    def queries(self) -> list[list[tuple[str, str]]]:
        """What each request asked for."""
        return [parse_qsl(request.url.query.decode()) for request in self.requests]


class FakeList(FakeApi):
    """An API with one list, which is paged as Stripe does it."""

    def __init__(self, count: int) -> None:
        super().__init__(self._page)
        self.newest_first = list(range(count, 0, -1))

    def _page(self, request: httpx.Request) -> httpx.Response:
        query = dict(parse_qsl(request.url.query.decode()))
        limit = int(query.get("limit", 10))
        numbers = self.newest_first
        if before := query.get("ending_before"):
            newer = numbers[: numbers.index(int(before.removeprefix("inpay_")))]
            return reply(listed(*newer[-limit:], has_more=len(newer) > limit))
        if after := query.get("starting_after"):
            numbers = numbers[numbers.index(int(after.removeprefix("inpay_"))) + 1 :]
        return reply(listed(*numbers[:limit], has_more=len(numbers) > limit))


class Api:
    """`Client` or `AsyncClient`, called in the same way."""

    kind: str
    client: Any

    async def list(self, **arguments: Any) -> Any:
        return await self._value(self.client.invoice_payments.list(**arguments))

    async def retrieve(self, id: str = "inpay_1", **arguments: Any) -> Any:
        return await self._value(self.client.invoice_payments.retrieve(id, **arguments))

    async def invoice(self, id: str = "in_1", **arguments: Any) -> Any:
        return await self._value(self.client.invoices.retrieve(id, **arguments))

    async def raw_list(self, **arguments: Any) -> Any:
        return await self._value(self.client.invoice_payments.with_raw_response.list(**arguments))

    async def raw_retrieve(self, id: str = "inpay_1", **arguments: Any) -> Any:
        raw = self.client.invoice_payments.with_raw_response
        return await self._value(raw.retrieve(id, **arguments))

    async def raw_invoice(self, id: str = "in_1", **arguments: Any) -> Any:
        return await self._value(self.client.invoices.with_raw_response.retrieve(id, **arguments))

    async def next_page(self, page: Any) -> Any:
        return await self._value(page.next_page())

    async def previous_page(self, page: Any) -> Any:
        return await self._value(page.previous_page())

    def items(self, page: Any, **options: Any) -> AsyncIterator[Any]:
        return self._each(page.auto_paging_iter(**options))

    def pages(self, page: Any, **options: Any) -> AsyncIterator[Any]:
        return self._each(page.iter_pages(**options))

    async def close(self) -> None:
        raise NotImplementedError

    async def _value(self, result: Any) -> Any:
        raise NotImplementedError

    def _each(self, results: Any) -> AsyncIterator[Any]:
        raise NotImplementedError


class SyncApi(Api):
    kind = "Client"

    def __init__(self, handler: Callable[[httpx.Request], httpx.Response], **options: Any) -> None:
        self.http = httpx.Client(transport=httpx.MockTransport(handler))
        options = {"http_client": self.http, **options}
        self.client = Client(KEY, **options)

    async def close(self) -> None:
        self.client.close()
        self.http.close()

    async def _value(self, result: Any) -> Any:
        return result

    async def _each(self, results: Any) -> AsyncIterator[Any]:
        for result in results:
            yield result


class AsyncApi(Api):
    kind = "AsyncClient"

    def __init__(self, handler: Callable[[httpx.Request], httpx.Response], **options: Any) -> None:
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
        options = {"http_client": self.http, **options}
        self.client = AsyncClient(KEY, **options)

    async def close(self) -> None:
        await self.client.aclose()
        await self.http.aclose()

    async def _value(self, result: Any) -> Any:
        return await result

    async def _each(self, results: Any) -> AsyncIterator[Any]:
        async with aclosing(results):
            async for result in results:
                yield result


async def until(condition: Callable[[], object]) -> None:
    """Let other tasks and threads run until something has happened."""
    while not condition():  # noqa: ASYNC110 - what happens in threads sets no asyncio.Event
        await asyncio.sleep(0.005)


class Clock:
    """A clock that only goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@define
class Drive:
    """What became of a call whose steps were carried out with scripted outcomes.

    Attributes:
        steps: The steps in their order: seconds that were waited, and requests.
        result: The call's result, if it came to one.
        error: Its error otherwise.
    """

    steps: list[float | WireRequest] = field(factory=list)
    result: Any = None
    error: BaseException | None = None

    @property
    def waits(self) -> list[float]:
        return [step for step in self.steps if not isinstance(step, WireRequest)]

    @property
    def requests(self) -> list[WireRequest]:
        return [step for step in self.steps if isinstance(step, WireRequest)]


def drive(
    steps: Steps[Any],
    outcomes: Iterable[WireResponse | StripeError],
    clock: Clock,
    *,
    takes: float = 0.0,
) -> Drive:
    """Carry out a call by the fake clock; each exchange `takes` so many seconds."""
    done, script = Drive(), iter(outcomes)
    outcome: WireResponse | StripeError | None = None
    try:
        while True:
            step = steps.send(outcome)
            if isinstance(step, Wait):
                done.steps.append(step.seconds)
                clock.now += step.seconds
                outcome = None
            else:
                done.steps.append(step)
                clock.now += takes
                outcome = next(script)
    except StopIteration as end:
        done.result = end.value
    except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
        done.error = error
    return done
