"""A scan takes no page on trust: what a server gets wrong is an error, never a wrong result."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    AsyncClient,
    Client,
    PaginationError,
    ScanError,
    UnexpectedResponseError,
)
from stripe_invoice_payments._pages.guards import check_distinct, check_order, check_range

from .server import BASE, ListServer, by_second

KEY = "sk_test_guards"
PERIOD: Any = {"gte": BASE, "lt": BASE + 10_000}
SECONDS = [second for second in range(100, 1_000) for _ in range(1)]


def unordered(page: Any, _query: Any, number: int) -> None:
    if number == 2:
        page["data"].reverse()


def swapped(page: Any, _query: Any, number: int) -> None:
    if number == 2:
        page["data"][-1], page["data"][-2] = page["data"][-2], page["data"][-1]


def too_old(page: Any, _query: Any, number: int) -> None:
    if number == 2:
        page["data"].append({**page["data"][-1], "id": "inpay_old", "created": BASE - 1})


def too_new(page: Any, query: Any, number: int) -> None:
    if number == 1:
        page["data"].insert(
            0, {**page["data"][0], "id": "inpay_new", "created": int(query["created[lt]"])}
        )


def twice(page: Any, _query: Any, number: int) -> None:
    if number == 2:
        page["data"].insert(50, page["data"][50])


def cursor_again(page: Any, query: Any, number: int) -> None:
    if number == 2:
        page["data"].insert(0, {**page["data"][0], "id": query["starting_after"]})


def empty(page: Any, _query: Any, number: int) -> None:
    if number == 2:
        page.update(data=[], has_more=True)


def without_time(page: Any, _query: Any, number: int) -> None:
    if number == 2:
        page["data"][7] = {**page["data"][7], "created": "yesterday"}


def no_boolean(page: Any, _query: Any, number: int) -> None:
    if number == 2:
        page["has_more"] = "no"


SPOILT = {
    unordered: "is not newest first",
    swapped: "is not newest first",
    too_old: "'inpay_old' .* created from ",
    too_new: "'inpay_new' .* created from ",
    twice: "twice",
    cursor_again: "came before",
    empty: "is empty, though there should be more",
    without_time: "is 'yesterday'",
}


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("ordered", [False, True])
def test_a_page_that_cannot_be_right_ends_the_scan(spoil, workers, ordered):
    options: Any = {"workers": workers, "ordered": ordered, "rate_limit": 2000, "created": PERIOD}
    with (
        ListServer(by_second(SECONDS), spoil) as server,
        Client(KEY, base_url=server.url) as client,
    ):
        if spoil is cursor_again and workers > 1:
            pytest.skip("the second request has no cursor")
        with pytest.raises(PaginationError, match=SPOILT[spoil]) as caught:
            list(client.invoice_payments.scan(**options))
    assert isinstance(caught.value, ScanError)
    assert caught.value.window is not None
    assert "the window [" in str(caught.value)


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
async def test_tasks_check_the_same(spoil):
    with ListServer(by_second(SECONDS), spoil) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            with pytest.raises(PaginationError, match=SPOILT[spoil]):
                async for _ in client.invoice_payments.scan(
                    workers=1, created=PERIOD, rate_limit=999
                ):
                    pass


def test_has_more_has_to_be_a_boolean():
    with (
        ListServer(by_second(SECONDS), no_boolean) as server,
        Client(KEY, base_url=server.url) as client,
        pytest.raises(UnexpectedResponseError, match="has_more: a boolean was expected"),
    ):
        list(client.invoice_payments.scan(workers=1, created=PERIOD, rate_limit=999))


@pytest.mark.parametrize("back", [1, 2, 5])
def test_pages_of_one_second_that_come_again_are_noticed(back):
    """Equal seconds have no order: only the ids show that a page was there before."""

    def again(page: Any, query: Any, number: int) -> None:
        if number == 7:
            index = server.ids.index(query["starting_after"]) + 1
            page["data"] = server.payments[index - 100 * back : index - 100 * back + 100]

    server = ListServer(by_second([50] * 1000), again)
    with server, Client(KEY, base_url=server.url) as client, pytest.raises(PaginationError):
        list(client.invoice_payments.scan(workers=1, created=PERIOD, rate_limit=999))


def test_a_page_may_reach_beyond_its_window_within_the_period():
    with ListServer(by_second(SECONDS)) as server, Client(KEY, base_url=server.url) as client:
        found = [
            p.id for p in client.invoice_payments.scan(workers=6, created=PERIOD, rate_limit=999)
        ]
    assert sorted(found) == sorted(server.ids)


ITEMS = st.lists(st.tuples(st.text("abc", min_size=1), st.integers(0, 20)), max_size=12)


@given(items=ITEMS, start=st.integers(0, 20), end=st.integers(0, 21))
def test_the_checks_are_what_they_say(items, start, end):
    ids = [identifier for identifier, _ in items]
    seconds = [second for _, second in items]

    def passes(check: Any, *arguments: Any) -> bool:
        try:
            check(*arguments, "the page")
        except PaginationError:
            return False
        return True

    assert passes(check_distinct, ids) == (len(set(ids)) == len(ids))
    assert passes(check_order, items) == (seconds == sorted(seconds, reverse=True))
    assert passes(check_range, items, start, end) == all(
        start <= second < end for second in seconds
    )
