"""The next page travels while the caller works on this one, and nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from contextlib import aclosing, closing
from typing import Any

import pytest

from stripe_invoice_payments import (
    APIConnectionError,
    AsyncClient,
    Client,
    InvalidRequestError,
    PaginationError,
    UnexpectedResponseError,
)

from .helpers import KEY, FakeApi, FakeList, failure, listed, reply
from .wire import Exchange, WireServer, answering

SECONDS = 10
"""How long a test waits for what should happen at once."""


def prefetch_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("stripe-prefetch")]


def ids(objects) -> list[str]:
    return [one.id for one in objects]


class Announced:
    """An answer whose request is announced when it arrives, and which can be held back."""

    def __init__(self, body: Any, *, held_back: bool = False) -> None:
        self._body = body
        self.arrived = threading.Event()
        self.released = threading.Event()
        if not held_back:
            self.released.set()

    def __call__(self, exchange: Exchange) -> None:
        self.arrived.set()
        self.released.wait(SECONDS)
        exchange.answer(self._body)


# --- Ahead of time ------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["items", "pages"])
def test_the_request_is_sent_before_the_page_is_handed_out(of):
    second = Announced(listed(2, 1))
    with WireServer(answering(listed(4, 3, has_more=True)), second) as server:
        with Client(KEY, base_url=server.url) as client:
            page = client.invoice_payments.list()
            walk = page.auto_paging_iter if of == "items" else page.iter_pages
            with closing(walk(prefetch=True)) as steps:
                next(steps)
                assert second.arrived.wait(SECONDS)
                assert sum(1 for _ in steps) == (3 if of == "items" else 1)


@pytest.mark.parametrize("of", ["items", "pages"])
async def test_the_request_is_on_the_wire_before_the_loop_is_kept_busy(of):
    second, third = Announced(listed(3, has_more=True)), Announced(listed(2, 1))
    with WireServer(answering(listed(5, 4, has_more=True)), second, third) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            page = await client.invoice_payments.list()
            walk = page.auto_paging_iter if of == "items" else page.iter_pages
            async with aclosing(walk(prefetch=True)) as steps:
                await anext(steps)
                assert second.arrived.wait(SECONDS)  # no other task runs while this waits
                if of == "items":
                    await anext(steps)
                await anext(steps)
                assert third.arrived.wait(SECONDS)


@pytest.mark.parametrize("of", ["items", "pages"])
async def test_without_it_nothing_is_asked_for_that_may_not_be_wanted(connect, of):
    source = FakeList(4)
    api = connect(source)
    walk = api.items if of == "items" else api.pages
    async for _ in walk(await api.list(limit=2)):
        break
    assert len(source.requests) == 1


async def test_no_more_than_one_page_is_asked_for_ahead(connect):
    source = FakeList(10)
    api = connect(source)
    ahead: list[int] = []
    async for _ in api.pages(await api.list(limit=2), prefetch=True):
        for _ in range(1000):
            if len(source.requests) >= min(len(ahead) + 2, 5):
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)  # for a request too many
        ahead.append(len(source.requests))
    assert ahead == [2, 3, 4, 5, 5]


# --- Errors surface at the right item -----------------------------------------------------------


BROKEN_SECOND_PAGES: dict[str, tuple[Any, type[Exception]]] = {
    "Stripe reports a failure": (failure(400, type="invalid_request_error"), InvalidRequestError),
    "no answer": (OSError("unplugged"), APIConnectionError),
    "an answer that is not JSON": (reply(b"<html>"), UnexpectedResponseError),
    "an empty page that promises more": (reply(listed(has_more=True)), PaginationError),
    "the same page again": (reply(listed(4, 3, has_more=True)), PaginationError),
}


@pytest.mark.parametrize("what", BROKEN_SECOND_PAGES)
async def test_an_error_comes_after_the_items_before_it(connect, at_once, what):
    answer, error = BROKEN_SECOND_PAGES[what]
    api = connect(reply(listed(4, 3, has_more=True)), answer)
    got: list[str] = []
    with pytest.raises(error):
        async for one in api.items(await api.list(), prefetch=True):
            await asyncio.sleep(0.01)
            got.append(one.id)
    assert got == ["inpay_4", "inpay_3"]
    assert prefetch_threads() == []


async def test_an_error_nobody_gets_to_is_not_heard_of(connect):
    source = FakeApi(reply(listed(4, 3, has_more=True)), failure(400))
    api = connect(source)
    steps = api.items(await api.list(), prefetch=True)
    async with aclosing(steps):
        assert (await anext(steps)).id == "inpay_4"
        await asyncio.sleep(0.02)
        assert len(source.requests) == 2


# --- Leaving early ------------------------------------------------------------------------------


def test_leaving_early_ends_the_thread():
    second = Announced(listed(2, 1), held_back=True)
    with WireServer(answering(listed(4, 3, has_more=True)), second) as server:
        with Client(KEY, base_url=server.url) as client:
            for _ in client.invoice_payments.list().auto_paging_iter(prefetch=True):
                assert second.arrived.wait(SECONDS)
                assert len(prefetch_threads()) == 1
                second.released.set()
                break
            gc.collect()
            assert prefetch_threads() == []


def test_leaving_early_does_not_wait_for_retries():
    refused = threading.Event()

    def refuse(exchange: Exchange) -> None:
        exchange.answer({}, 503, retry_after="60")
        refused.set()

    with WireServer(answering(listed(4, 3, has_more=True)), refuse) as server:
        with Client(KEY, base_url=server.url) as client:
            with closing(client.invoice_payments.list().auto_paging_iter(prefetch=True)) as items:
                next(items)
                assert refused.wait(SECONDS)
                time.sleep(0.05)
                left = time.monotonic()
            assert time.monotonic() - left < 5
            assert prefetch_threads() == []
            assert len(server.heads) == 2


def test_leaving_early_gives_back_the_turn_that_was_waited_for():
    with WireServer(lambda exchange: exchange.answer(listed(9, 8, has_more=True))) as server:
        with Client(KEY, base_url=server.url, rate_limit=1) as client:
            left = time.monotonic()
            for _ in range(3):
                with closing(client.invoice_payments.list().iter_pages(prefetch=True)) as pages:
                    next(pages)
            # Three first pages at 1 a second are 2 s; turns that were kept would make it 4.
            assert time.monotonic() - left < 3.8


async def test_leaving_early_cancels_the_task():
    second = Announced(listed(2, 1), held_back=True)
    with WireServer(answering(listed(4, 3, has_more=True)), second) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            before = asyncio.all_tasks()
            page = await client.invoice_payments.list()
            async with aclosing(page.auto_paging_iter(prefetch=True)) as items:
                async for _ in items:
                    assert second.arrived.wait(SECONDS)
                    assert len(asyncio.all_tasks() - before) == 1
                    break
            assert asyncio.all_tasks() == before
            second.released.set()
            # The connection of the cancelled request is not used for another.
            assert ids(await client.invoice_payments.list()) == ["inpay_2", "inpay_1"]
            assert server.connections == 2


async def test_leaving_early_without_closing_leaves_nothing_to_the_loop():
    second = Announced(listed(2, 1), held_back=True)
    with WireServer(answering(listed(4, 3, has_more=True)), second) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            before = asyncio.all_tasks()
            page = await client.invoice_payments.list()
            async for _ in page.auto_paging_iter(prefetch=True):
                assert second.arrived.wait(SECONDS)
                break
            gc.collect()
            await asyncio.sleep(0.1)
            assert asyncio.all_tasks() == before
            second.released.set()


async def test_cancelling_the_caller_cancels_the_request():
    second = Announced(listed(2, 1), held_back=True)
    with WireServer(answering(listed(4, 3, has_more=True)), second) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            page = await client.invoice_payments.list()

            async def read_all() -> list[str]:
                return [one.id async for one in page.auto_paging_iter(prefetch=True)]

            before = asyncio.all_tasks()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(read_all(), 0.2)
            assert asyncio.all_tasks() == before
            second.released.set()
