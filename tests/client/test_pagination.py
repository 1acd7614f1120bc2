"""Walking a list: every object once, whatever was asked for goes along, and nothing is silent."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    ListObject,
    PaginationError,
    UnexpectedResponseError,
)
from stripe_invoice_payments._pages.queries import check_progress, without_cursors

from .helpers import KEY, FakeApi, FakeList, SyncApi, listed, payment, reply


def ids(objects) -> list[str]:
    return [one.id for one in objects]


def expected(*numbers: int) -> list[str]:
    return [f"inpay_{number}" for number in numbers]


# --- One page -----------------------------------------------------------------------------------


async def test_a_page_says_what_stripe_said(connect):
    page = await connect(reply(listed(3, 2, has_more=True))).list()
    assert ids(page.data) == expected(3, 2)
    assert page.has_more is True
    assert page.url == "/v1/invoice_payments"
    assert page.object == "list"


async def test_iterating_over_a_page_gives_its_own_objects_only(connect):
    api = connect(reply(listed(3, 2, has_more=True)))
    page = await api.list()
    assert ids(page) == expected(3, 2)
    assert len(page) == 2
    assert len(api.http._transport.handler.requests) == 1


async def test_a_page_is_a_sequence_of_its_own_objects(connect):
    api = connect(reply(listed(4, 3, 2, 1, has_more=True)))
    page = await api.list()
    assert len(page) == 4
    assert page[0] is page.data[0]
    assert page[-1] is page.data[3]
    assert page[1:3] == page.data[1:3]
    assert page[::-1] == page.data[::-1]
    assert list(reversed(page)) == page.data[::-1]
    assert page[2] in page
    for outside in (4, -5):
        with pytest.raises(IndexError):
            page[outside]
    assert page[4:] == []
    assert len(api.http._transport.handler.requests) == 1


@pytest.mark.parametrize("has_more", [False, True])
async def test_a_page_without_objects_is_false_as_an_empty_list_is(connect, has_more):
    page = await connect(reply(listed(has_more=has_more))).list()
    assert not page
    assert list(reversed(page)) == []
    assert await connect(reply(listed(1, has_more=has_more))).list()


async def test_fields_of_a_list_that_nobody_knows_survive(connect):
    page = await connect(reply({**listed(1), "total_count": 1})).list()
    assert page.additional_properties == {"total_count": 1}
    assert page.to_dict() == {**listed(1), "total_count": 1}


# --- Walking ------------------------------------------------------------------------------------


async def test_all_pages_forward(connect):
    api = connect(FakeList(25))
    page = await api.list(limit=10)
    assert [ids(each) async for each in api.pages(page)] == [
        expected(*range(25, 15, -1)),
        expected(*range(15, 5, -1)),
        expected(*range(5, 0, -1)),
    ]
    assert ids([one async for one in api.items(page)]) == expected(*range(25, 0, -1))


async def test_all_pages_backward_begin_with_the_oldest_of_the_newer(connect):
    api = connect(FakeList(9))
    page = await api.list(limit=3, ending_before="inpay_2")
    assert ids(page) == expected(5, 4, 3)  # a page itself is newest first, as Stripe sends it
    assert [ids(each) async for each in api.pages(page)] == [
        expected(5, 4, 3),
        expected(8, 7, 6),
        expected(9),
    ]
    assert ids([one async for one in api.items(page)]) == expected(3, 4, 5, 6, 7, 8, 9)


async def test_next_is_always_older_and_previous_always_newer(connect):
    api = connect(FakeList(9))
    middle = await api.list(limit=3, starting_after="inpay_7")
    older = await api.next_page(middle)
    newer = await api.previous_page(middle)
    assert (ids(newer), ids(middle), ids(older)) == (
        expected(9, 8, 7),
        expected(6, 5, 4),
        expected(3, 2, 1),
    )
    # There and back again, also from pages that were asked for the other way round.
    assert ids(await api.next_page(newer)) == ids(middle)
    assert ids(await api.previous_page(older)) == ids(middle)
    assert ids(await api.next_page(await api.previous_page(older))) == ids(older)


async def test_beyond_the_last_page_is_an_empty_one(connect):
    api = connect(FakeList(2))
    page = await api.list()
    beyond = await api.next_page(page)
    assert ids(beyond) == []
    assert beyond.has_more is False
    assert ids(await api.next_page(beyond)) == []
    assert ids(await api.previous_page(beyond)) == []
    assert len(api.http._transport.handler.requests) == 1  # none of these needs to be asked for


async def test_the_page_before_the_newest_may_hold_what_is_new_since(connect):
    source = FakeList(3)
    api = connect(source)
    page = await api.list()
    assert ids(await api.previous_page(page)) == []
    source.newest_first = [5, 4, 3, 2, 1]
    assert ids(await api.previous_page(page)) == expected(5, 4)


async def test_a_loop_may_use_up_the_page_it_was_given(connect):
    api = connect(FakeList(4))
    seen = []
    async for page in api.pages(await api.list(limit=2)):
        while page.data:
            seen.append(page.data.pop(0).id)
    assert seen == expected(4, 3, 2, 1)


@given(
    count=st.integers(0, 60),
    limit=st.integers(1, 25),
    prefetch=st.booleans(),
    start=st.integers(1, 60),
)
def test_whatever_the_sizes_each_object_comes_once_and_in_order(count, limit, prefetch, start):
    source = FakeList(max(count, start))
    client = SyncApi(source).client
    everything = client.invoice_payments.list(limit=limit)
    assert ids(everything.auto_paging_iter(prefetch=prefetch)) == expected(*source.newest_first)
    newer = client.invoice_payments.list(limit=limit, ending_before=f"inpay_{start}")
    assert ids(newer.auto_paging_iter(prefetch=prefetch)) == expected(
        *range(start + 1, max(count, start) + 1)
    )


# --- What goes along ----------------------------------------------------------------------------


ARGUMENTS: dict[str, Any] = {
    "created": {"gte": 1, "lt": 2_000_000_000},
    "expand": ["data.invoice", "data.payment.payment_intent"],
    "invoice": "in_1 &=",
    "limit": 2,
    "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
    "status": "paid",
}
QUERY = [
    ("created[gte]", "1"),
    ("created[lt]", "2000000000"),
    ("expand[]", "data.invoice"),
    ("expand[]", "data.payment.payment_intent"),
    ("invoice", "in_1 &="),
    ("limit", "2"),
    ("payment[type]", "payment_intent"),
    ("payment[payment_intent]", "pi_1"),
    ("status", "paid"),
]


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
async def test_every_parameter_and_option_goes_along_in_both_directions(connect, cursor):
    source = FakeApi(
        reply(listed(6, 5, has_more=True)),
        reply(listed(*((4, 3) if cursor == "starting_after" else (8, 7)), has_more=True)),
        reply(listed(*((2,) if cursor == "starting_after" else (9,)))),
        reply(listed(10)),
    )
    api = connect(source)
    page = await api.list(
        **ARGUMENTS,
        **{cursor: "inpay_0"},
        stripe_account="acct_1",
        stripe_version="2025-01-01.test",
        extra_headers={"X-Trace": "abc"},
        timeout=7,
    )
    pages = [each async for each in api.pages(page)]
    await api.next_page(pages[1])
    await api.previous_page(pages[1])
    edges = [page.data[-1 if cursor == "starting_after" else 0].id for page in pages[:-1]]
    assert source.queries == [
        [*QUERY, (cursor, "inpay_0")],
        [*QUERY, (cursor, edges[0])],
        [*QUERY, (cursor, edges[1])],
        [*QUERY, ("starting_after", pages[1].data[-1].id)],
        [*QUERY, ("ending_before", pages[1].data[0].id)],
    ]
    for request in source.requests:
        assert request.url.path == "/v1/invoice_payments"
        assert request.headers["stripe-account"] == "acct_1"
        assert request.headers["stripe-version"] == "2025-01-01.test"
        assert request.headers["x-trace"] == "abc"
        assert request.extensions["timeout"]["read"] == 7


async def test_changing_what_was_passed_in_does_not_change_the_pages_that_follow(connect):
    source = FakeList(6)
    api = connect(source)
    created, expand = {"gte": 1}, ["data.invoice"]
    page = await api.list(limit=3, created=created, expand=expand)
    created["gte"] = 99
    expand.clear()
    await api.next_page(page)
    assert source.queries[1][1:3] == [("created[gte]", "1"), ("expand[]", "data.invoice")]


@given(st.text("ab[]=&%_1 starting_after ending_before", max_size=60))
def test_taking_the_cursors_off_leaves_the_rest_as_it_was(query):
    parts = query.split("&")
    kept = [part for part in parts if part.split("=")[0] not in ("starting_after", "ending_before")]
    assert without_cursors(query).split("&") == (kept or [""])


# --- Guards: an error, never a loop, never a list that ends early -------------------------------


async def walk(api, page, how) -> list[str]:
    if how == "next_page":
        seen = ids(page)
        while page.has_more:
            page = await api.next_page(page)
            seen += ids(page)
        return seen
    if how == "previous_page":
        seen = ids(page)
        while page.has_more:
            page = await api.previous_page(page)
            seen += ids(page)
        return seen
    iterate = api.items if how.startswith("items") else api.pages
    walked: list[str] = []
    async for found in iterate(page, prefetch=how.endswith("ahead")):
        walked += [found.id] if how.startswith("items") else ids(found)
    return walked


FORWARD = ["next_page", "items", "items ahead", "pages", "pages ahead"]
BACKWARD = ["previous_page", "items", "items ahead", "pages", "pages ahead"]

FORWARD_TRAPS = {
    "an empty page that promises more": [listed(3, 2, has_more=True), listed(has_more=True)],
    "an empty first page that promises more": [listed(has_more=True)],
    "the same page again": [listed(3, 2, has_more=True), listed(3, 2, has_more=True)],
    "the cursor itself comes again": [listed(3, 2, has_more=True), listed(2, 1, has_more=True)],
    "the cursor comes again in the middle": [
        listed(4, 3, has_more=True),
        listed(5, 3, 1, has_more=True),
    ],
    "the cursor comes again on the last page": [listed(3, 2, has_more=True), listed(2, 1)],
}
FORWARD_TRAPS |= {
    "an object twice on the first page": [listed(3, 2, 3)],
    "an object twice in a row": [listed(4, 3, has_more=True), listed(2, 2, 1)],
    "an object twice, not the first": [listed(9, has_more=True), listed(8, 7, 6, 7, 5)],
}
BACKWARD_TRAPS = {
    "an object twice on a page": [listed(3, 2, has_more=True), listed(5, 4, 5)],
    "an empty page that promises more": [listed(3, 2, has_more=True), listed(has_more=True)],
    "the same page again": [listed(3, 2, has_more=True), listed(3, 2, has_more=True)],
    "the cursor itself comes again": [listed(3, 2, has_more=True), listed(4, 3, has_more=True)],
}


@pytest.mark.parametrize("how", FORWARD)
@pytest.mark.parametrize("trap", FORWARD_TRAPS)
async def test_no_trap_is_walked_into_forward(connect, trap, how):
    api = connect(*map(reply, FORWARD_TRAPS[trap]))
    with pytest.raises(PaginationError, match=r"would (lose|repeat)"):
        await walk(api, await api.list(), how)


@pytest.mark.parametrize("how", BACKWARD)
@pytest.mark.parametrize("trap", BACKWARD_TRAPS)
async def test_no_trap_is_walked_into_backward(connect, trap, how):
    api = connect(*map(reply, BACKWARD_TRAPS[trap]))
    with pytest.raises(PaginationError, match=r"would (lose|repeat)"):
        await walk(api, await api.list(ending_before="inpay_1"), how)


async def test_an_object_twice_on_a_page_is_found_without_walking(connect):
    with pytest.raises(PaginationError, match="'inpay_3' twice"):
        await connect(reply(listed(3, 2, 3))).list()


def at(*times: int, has_more: bool = False) -> dict[str, Any]:
    """A list of payments that were created at these seconds."""
    data = [payment(900 - place, created=time) for place, time in enumerate(times)]
    return {**listed(has_more=has_more), "data": data}


FROM_10_TO_20 = {"created": {"gte": 10, "lt": 20}}
OUTSIDE: dict[str, tuple[Any, dict[str, Any], str]] = {
    "too old": (
        FROM_10_TO_20,
        at(15, 9),
        "'inpay_899' .created 9..* from 10 to before 20",
    ),
    "too new": (FROM_10_TO_20, at(20, 15), "'inpay_900' .created 20., but .* from 10 to before 20"),
    "too old, gt": ({"created": {"gt": 10}}, at(11, 10), "created 10.* created from 11 on"),
    "too new, lte": ({"created": {"lte": 20}}, at(21), "created 21.* to before 21"),
    "another second": ({"created": 15}, at(15, 14), "created 14.* from 15 to before 16"),
    "a datetime": (
        {"created": {"gte": datetime.fromtimestamp(10, timezone.utc)}},
        at(9),
        "created 9.* from 10 on",
    ),
    "not in order": (
        FROM_10_TO_20,
        at(15, 14, 16),
        "'inpay_898' .created 16. follows 'inpay_899' .created 14.",
    ),
}


@pytest.mark.parametrize("what", OUTSIDE)
async def test_a_page_that_is_not_of_the_period_that_was_asked_for(connect, what):
    arguments, answer, message = OUTSIDE[what]
    with pytest.raises(PaginationError, match=message):
        await connect(reply(answer)).list(**arguments)


@pytest.mark.parametrize("how", FORWARD)
async def test_nor_is_a_later_page(connect, how):
    later = {**listed(), "data": [payment(5, created=9)]}
    api = connect(reply(at(15, 14, has_more=True)), reply(later))
    with pytest.raises(PaginationError, match=r"'inpay_5' .created 9."):
        await walk(api, await api.list(**FROM_10_TO_20), how)


@pytest.mark.parametrize(
    ("arguments", "times"),
    [
        (FROM_10_TO_20, (19, 19, 15, 10)),
        ({"created": {"gt": 9, "lte": 19}}, (19, 10)),
        ({"created": 15}, (15, 15)),
        ({"created": {}}, (2_000_000_000, 0)),
        ({"created": None}, (1, 2, 1)),
        ({}, (1, 2, 1)),  # nothing was said of times, and nothing is made of them
    ],
)
async def test_what_is_in_the_period_and_in_order_is_handed_out(connect, arguments, times):
    api = connect(reply(at(*times)))
    found = await api.list(**arguments)
    assert [one.created async for one in api.items(found)] == list(times)


@pytest.mark.parametrize("how", ["items", "items ahead", "pages", "pages ahead"])
async def test_pages_that_go_round_in_a_circle(connect, how):
    pages = [listed(9, 8, has_more=True), listed(7, 6, has_more=True), listed(5, 4, has_more=True)]
    api = connect(*map(reply, pages * 3))
    with pytest.raises(PaginationError, match="'inpay_9', which came before"):
        await walk(api, await api.list(), how)


@pytest.mark.parametrize("again", [9, 8])
async def test_a_page_that_holds_an_edge_of_one_long_ago(connect, again):
    pages = [listed(9, 8, has_more=True), listed(7, 6, has_more=True), listed(5, again, 4)]
    api = connect(*map(reply, pages))
    with pytest.raises(PaginationError, match=f"'inpay_{again}', which came before"):
        await walk(api, await api.list(), "items")


async def test_a_long_walk_remembers_no_more_than_the_edges_of_its_pages(connect):
    api = connect(FakeList(9))
    seen: set[str] = set()
    async for page in api.pages(await api.list(limit=4)):
        check_progress(page, page._query, seen)
    assert seen == set(expected(9, 6, 5, 2, 1))


async def test_the_first_page_repeats_what_the_caller_has_already(connect):
    api = connect(reply(listed(3, 2)))
    with pytest.raises(PaginationError, match="'inpay_3', which came before"):
        await walk(api, await api.list(starting_after="inpay_3"), "items")


@pytest.mark.parametrize("how", ["items", "items ahead", "pages", "pages ahead"])
async def test_objects_before_the_error_are_handed_out(connect, how):
    api = connect(reply(listed(3, 2, has_more=True)), reply(listed(has_more=True)))
    iterate = api.items if how.startswith("items") else api.pages
    got: list[Any] = []
    with pytest.raises(PaginationError):
        async for found in iterate(await api.list(), prefetch=how.endswith("ahead")):
            got += [found]
    # The empty page is a page, and is seen by those who look at pages.
    assert len(got) == 2


@pytest.mark.parametrize("id", ["", 7, None, ["inpay_1"]])
async def test_a_page_without_ids_leads_nowhere(connect, id):
    source = FakeApi(reply(listed(3, 2, has_more=True)))
    api = connect(source)
    page = await api.list()
    page.data[-1].id = id
    with pytest.raises(PaginationError, match="have no id"):
        await api.next_page(page)
    with pytest.raises(PaginationError, match="have no id"):
        await walk(api, page, "items")
    assert len(source.requests) == 1


NOT_A_LIST: dict[str, Any] = {
    "null": None,
    "an array": [],
    "a string": "list",
    "a number": 3,
    "an object of another kind": payment(1),
    "no data": {"object": "list", "has_more": False, "url": "/x"},
    "data is null": {**listed(1), "data": None},
    "data is an object": {**listed(1), "data": {"0": payment(1)}},
    "data is a string": {**listed(1), "data": "inpay_1"},
    "data holds null": {**listed(1), "data": [None]},
    "data holds ids": {**listed(1), "data": ["inpay_1"]},
    "data holds a payment without id": {**listed(1), "data": [{"object": "invoice_payment"}]},
    "no has_more": {"object": "list", "data": [], "url": "/x"},
    "has_more is null": {**listed(1), "has_more": None},
    "has_more is a string": {**listed(1), "has_more": "false"},
    "has_more is a number": {**listed(1), "has_more": 1},
    "no url": {"object": "list", "data": [], "has_more": False},
    "url is a number": {**listed(1), "url": 5},
}


@pytest.mark.parametrize("what", NOT_A_LIST)
async def test_a_list_that_is_not_a_list(connect, what):
    body = NOT_A_LIST[what]
    api = connect(reply(body, request_id="req_1"))
    with pytest.raises(UnexpectedResponseError) as caught:
        await api.list()
    error = caught.value
    assert (error.http_status, error.request_id) == (200, "req_1")
    assert error.http_body == json.dumps(body)
    assert error.json_body == (body if isinstance(body, dict) else None)


@pytest.mark.parametrize("what", NOT_A_LIST)
async def test_a_second_page_that_is_not_a_list(connect, what):
    api = connect(reply(listed(3, 2, has_more=True)), reply(NOT_A_LIST[what]))
    got: list[str] = []
    with pytest.raises(UnexpectedResponseError):
        async for one in api.items(await api.list()):
            got += [one.id]
    assert got == expected(3, 2)


async def test_both_cursors_are_refused_before_any_request(connect):
    source = FakeApi(reply(listed()))
    with pytest.raises(ValueError, match="starting_after and ending_before cannot be combined"):
        await connect(source).list(starting_after="inpay_1", ending_before="inpay_2")
    assert source.requests == []


# --- Pages as values ----------------------------------------------------------------------------


async def test_a_page_fits_on_a_line(connect, api_class):
    page = await connect(reply(listed(*range(100, 0, -1), has_more=True))).list()
    kind = "Page" if api_class is SyncApi else "AsyncPage"
    assert repr(page) == f"<{kind} of 100, has_more=True, url='/v1/invoice_payments'>"


async def test_a_pickled_page_is_the_plain_list_that_stripe_sent(connect):
    api = connect(reply({**listed(3, 2, has_more=True), "total_count": 2}))
    page = await api.list()
    pickled = pickle.dumps(page)
    plain = pickle.loads(pickled)
    assert KEY.encode() not in pickled
    assert type(plain) is ListObject
    assert plain == page
    assert page == plain
    assert plain.to_dict() == page.to_dict() == {**listed(3, 2, has_more=True), "total_count": 2}


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy])
async def test_a_copied_page_still_knows_the_way(connect, make):
    api = connect(FakeList(4))
    page = await api.list(limit=2)
    copied = make(page)
    assert type(copied) is type(page)
    assert copied == page
    assert copied is not page
    assert ids([one async for one in api.items(copied)]) == expected(4, 3, 2, 1)


@pytest.mark.parametrize("make", [attrs.evolve, copy.copy, copy.deepcopy])
async def test_a_copied_page_keeps_its_unknown_fields_to_itself(connect, make):
    page = await connect(reply({**listed(2, 1), "total_count": {"all": 2}})).list()
    copied = make(page)
    assert copied.to_dict() == page.to_dict()
    copied.additional_properties["total_count"]["all"] = 3
    assert page.additional_properties == {"total_count": {"all": 2}}


async def test_a_deep_copy_shares_no_objects(connect):
    page = await connect(reply(listed(3, 2))).list()
    deep = copy.deepcopy(page)
    deep.data[0].status = "changed"
    deep.data.pop()
    assert ids(page) == expected(3, 2)
    assert page.data[0].status == "paid"
    assert deep != page


async def test_pages_are_equal_if_they_hold_the_same(connect):
    api = connect(reply(listed(3, 2)), reply(listed(3, 2)), reply(listed(3)))
    first, same, other = await api.list(), await api.list(limit=5), await api.list()
    assert first == same
    assert first != other
    assert first != list(first)
    with pytest.raises(TypeError, match="unhashable"):
        hash(first)
