"""Clients whose every request is answered with whatever comes next."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import cycle
from typing import Any

import httpx
from attrs import define

from stripe_invoice_payments import AsyncClient, Client, StripeError
from tests.contract.calls import Call
from tests.contract.documents import Operation

from .usage import use, walk, walk_async

KEY = "sk_test_NobodyMayEverSeeThis"


@define(frozen=True)
class Answer:
    """What a server says."""

    content: bytes
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


def transport(answers: list[Answer]) -> httpx.MockTransport:
    """Gives one after the other, again and again, and knows who may be asked."""
    coming: Iterator[Answer] = cycle(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        assert request.url.host == "api.stripe.com", "the key would go to somebody else"
        assert request.url.port is None
        said = next(coming)
        stream = httpx.ByteStream(said.content)
        return httpx.Response(said.status, headers=list(said.headers), stream=stream)

    return httpx.MockTransport(answer)


def _no_cookies() -> CookieJar:
    return CookieJar(
        DefaultCookiePolicy(allowed_domains=[])
    )  # as the SDK's own HTTP clients have it


# What makes the most of a response; the other operations are called without an argument.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "attach_payment_to_invoice": {"payment_intent": "pi_1", "expand": ["payments"]},
    "list_events": {"limit": 3},
    "list_invoice_payments": {"limit": 3, "expand": ["data.invoice"]},
    "list_invoices": {"limit": 3, "expand": ["data.payments"]},
    "retrieve_invoice": {"expand": ["payments", "payments.data.invoice"]},
    "retrieve_invoice_payment": {"expand": ["invoice"]},
}


def a_call(operation: Operation) -> Call:
    ids = tuple("in_1" for _ in operation.in_path)
    return Call(operation, ids, dict(ARGUMENTS.get(operation.id, {})))


def ask_and_use(operation: Operation, answers: list[Answer], **options: Any) -> StripeError | None:
    """Call, and do everything that can be done with the result; gives the error, if it is one."""
    with httpx.Client(transport=transport(answers), cookies=_no_cookies()) as http:
        client = Client(KEY, http_client=http, max_retries=1, **options)
        try:
            result = a_call(operation)(client).parse()
        except StripeError as error:
            return error
        use(result)
        for page in _pages(result):
            walk(page)
        return None


async def ask_and_use_async(
    operation: Operation, answers: list[Answer], **options: Any
) -> StripeError | None:
    """The same with `AsyncClient`."""
    async with httpx.AsyncClient(transport=transport(answers), cookies=_no_cookies()) as http:
        client = AsyncClient(KEY, http_client=http, max_retries=1, **options)
        try:
            result = (await a_call(operation)(client)).parse()
        except StripeError as error:
            return error
        use(result)
        for page in _pages(result):
            await walk_async(page)
        return None


def _pages(result: Any) -> Iterator[Any]:
    found = result if hasattr(result, "auto_paging_iter") else getattr(result, "payments", None)
    if found is not None:
        yield found
