"""Lists inside of objects: wherever one is, it is a page of the client that it came with."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import attrs
import httpx
import pytest
from attrs import define
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    APIError,
    AsyncPage,
    Invoice,
    InvoicePaymentPaidEvent,
    ListObject,
    Page,
    PaginationError,
    UnexpectedResponseError,
    Webhook,
)

from .helpers import KEY, Api, FakeApi, SyncApi, listed, payment, reply
from .test_pagination import FORWARD, NOT_A_LIST, expected, ids, walk

EMBEDDED = "/v1/invoice_payments?invoice=in_1&payment%5Btype%5D=payment_intent"


def invoice(payments: Any, **changes: Any) -> dict[str, Any]:
    return {"id": "in_1", "object": "invoice", "payments": payments, **changes}


# --- Any place ----------------------------------------------------------------------------------


@define
class Place:
    """Where a list can be.

    Attributes:
        path: What `expand` calls it.
        body: The response in which a list is there.
        call: Requests it.
        find: Finds the list in the result.
    """

    path: str
    body: Callable[[Any], Any]
    call: Callable[..., Any]
    find: Callable[[Any], Any]


PLACES = {
    "an invoice": Place("payments", invoice, Api.invoice, lambda found: found.payments),
    "an invoice read raw": Place(
        "payments", invoice, Api.raw_invoice, lambda found: found.parse().payments
    ),
    "a revision of an invoice": Place(
        "latest_revision.payments",
        lambda payments: invoice(None, latest_revision=invoice(payments)),
        Api.invoice,
        lambda found: found.latest_revision.payments,
    ),
    "the invoice of a payment": Place(
        "invoice.payments",
        lambda payments: payment(9, invoice=invoice(payments)),
        Api.retrieve,
        lambda found: found.expanded_invoice().payments,
    ),
    "the invoice of a payment with a new field": Place(
        "invoice.payments",
        lambda payments: payment(9, invoice=invoice(payments), colour="red"),
        Api.retrieve,
        lambda found: found.expanded_invoice().payments,
    ),
    "the invoice of a listed payment": Place(
        "data.invoice.payments",
        lambda payments: {**listed(10), "data": [payment(9, invoice=invoice(payments))]},
        Api.list,
        lambda found: found[0].expanded_invoice().payments,
    ),
    "the invoice of a payment in such a list": Place(
        "payments.data.invoice.payments",
        lambda payments: invoice(
            {**listed(10), "data": [payment(9), payment(8, invoice=invoice(payments))]}
        ),
        Api.invoice,
        lambda found: found.payments[1].expanded_invoice().payments,
    ),
}


@pytest.fixture(params=PLACES)
def place(request) -> Place:
    return PLACES[request.param]


async def test_a_list_continues_through_its_own_url(connect, api_class, place):
    source = FakeApi(
        reply(place.body(listed(6, 5, has_more=True, url=EMBEDDED))),
        reply(listed(4, 3, has_more=True)),
        reply(listed(2)),
    )
    api = connect(source)
    items = f"{place.path}.data"
    expand = [place.path, f"{items}.invoice", "customer", f"{items}.payment.charge", items]
    found = place.find(
        await place.call(
            api,
            expand=expand,
            stripe_account="acct_1",
            stripe_version="2025-01-01.test",
            extra_headers={"X-Trace": "abc"},
            timeout=7,
        )
    )
    assert isinstance(found, Page if api_class is SyncApi else AsyncPage)
    assert ids([one async for one in api.items(found)]) == expected(6, 5, 4, 3, 2)
    own = [("invoice", "in_1"), ("payment[type]", "payment_intent")]
    inner = [("expand[]", f"data{name}") for name in (".invoice", ".payment.charge", "")]
    assert source.queries[1:] == [
        [*own, *inner, ("starting_after", "inpay_5")],
        [*own, *inner, ("starting_after", "inpay_3")],
    ]
    assert {request.url.path for request in source.requests[1:]} == {"/v1/invoice_payments"}
    for request in source.requests:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["stripe-account"] == "acct_1"
        assert request.headers["stripe-version"] == "2025-01-01.test"
        assert request.headers["x-trace"] == "abc"
        assert request.extensions["timeout"]["read"] == 7


async def test_a_list_can_be_walked_page_by_page_and_both_ways(connect, place):
    source = FakeApi(
        reply(place.body(listed(6, 5, has_more=True, url=EMBEDDED))),
        reply(listed(4)),
        reply(listed()),
        reply(listed(4)),
    )
    api = connect(source)
    found = place.find(await place.call(api, expand=[place.path]))
    assert ids(await api.next_page(found)) == expected(4)
    assert ids(await api.previous_page(found)) == []
    assert [ids(page) async for page in api.pages(found)] == [expected(6, 5), expected(4)]
    assert [query[-1] for query in source.queries[1:]] == [
        ("starting_after", "inpay_5"),
        ("ending_before", "inpay_6"),
        ("starting_after", "inpay_5"),
    ]


async def test_a_list_is_a_sequence_of_the_objects_in_it(connect, place):
    source = FakeApi(reply(place.body(listed(3, 2, 1, has_more=True, url=EMBEDDED))))
    found = place.find(await place.call(connect(source), expand=[place.path]))
    assert ids(found) == expected(3, 2, 1)
    assert ids(reversed(found)) == expected(1, 2, 3)
    assert (len(found), bool(found)) == (3, True)
    assert (found[0], found[-1], found[1:]) == (found.data[0], found.data[2], found.data[1:])
    assert found[1] in found
    assert len(source.requests) == 1


@pytest.mark.parametrize("how", ["iter_pages", "auto_paging_iter"])
async def test_for_and_async_for_are_not_mixed_up(connect, api_class, place, how):
    api = connect(reply(place.body(listed(6, url=EMBEDDED))))
    iterator = getattr(place.find(await place.call(api, expand=[place.path])), how)()
    if api_class is SyncApi:
        with pytest.raises(TypeError, match="'async for' requires an object with __aiter__"):
            [one async for one in iterator]
    else:
        with pytest.raises(TypeError, match="belongs to an AsyncClient: write `async for`"):
            list(iterator)
        assert await anext(iterator)
        await iterator.aclose()


async def test_retries_are_those_of_the_call(connect, place):
    source = FakeApi(
        reply(place.body(listed(6, has_more=True, url=EMBEDDED))), reply({}, 500), reply(listed(5))
    )
    api = connect(source)
    found = place.find(await place.call(api, expand=[place.path], max_retries=0))
    with pytest.raises(APIError):
        await api.next_page(found)
    assert ids(await api.next_page(found)) == expected(5)


@pytest.mark.parametrize("how", FORWARD)
async def test_no_trap_is_walked_into(connect, place, how):
    repeated = listed(3, 2, has_more=True, url=EMBEDDED)
    api = connect(reply(place.body(repeated)), reply(repeated))
    found = place.find(await place.call(api, expand=[place.path]))
    with pytest.raises(PaginationError, match="would repeat objects"):
        await walk(api, found, how)


async def test_lists_on_later_pages_and_in_those_of_lists_page_as_well(connect):
    def numbered(number: int) -> dict[str, Any]:
        url = f"/v1/invoice_payments?invoice=in_{number}"
        return payment(number, invoice=invoice(listed(100 * number, has_more=True, url=url)))

    def page(number: int, *, has_more: bool) -> Any:
        return reply({**listed(has_more=has_more), "data": [numbered(number)]})

    source = FakeApi(
        page(3, has_more=True), page(2, has_more=False), page(1, has_more=False), reply(listed())
    )
    api = connect(source)
    listing = await api.list(expand=["data.invoice.payments.data.invoice.payments"])
    found = [one async for one in api.items(listing)]
    inner = await api.next_page(found[1].expanded_invoice().payments)
    await api.next_page(inner[0].expanded_invoice().payments)
    assert source.queries[2:] == [
        [
            ("invoice", "in_2"),
            ("expand[]", "data.invoice.payments"),
            ("starting_after", "inpay_200"),
        ],
        [("invoice", "in_1"), ("starting_after", "inpay_100")],
    ]


async def test_lists_in_what_a_scan_yields(connect, api_class):
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("invoice"):
            return reply(listed(4, 3))
        embedded = invoice(listed(6, 5, has_more=True, url=EMBEDDED))
        return reply({**listed(), "data": [payment(9, invoice=embedded)]})

    source = FakeApi(answer)
    api = connect(source)
    scan = api.client.invoice_payments.scan(
        expand=["data.invoice.payments"], stripe_account="acct_1"
    )
    (found,) = list(scan) if api_class is SyncApi else [one async for one in scan]
    items = api.items(found.expanded_invoice().payments)
    assert ids([one async for one in items]) == expected(6, 5, 4, 3)
    assert {request.headers["stripe-account"] for request in source.requests} == {"acct_1"}


# --- Any depth ----------------------------------------------------------------------------------

PAYMENTS_OF_PAYMENTS = st.recursive(
    st.just(()), lambda deeper: st.lists(st.none() | deeper, max_size=3).map(tuple), max_leaves=12
)
"""An invoice's payments: None for one with the invoice's id, otherwise that invoice's payments."""


def nested(tree: Any, url: str) -> dict[str, Any]:
    """A list that goes on, of payments with invoices with such lists; each has its own url."""
    data = [
        payment(
            99 - place,
            invoice="in_1" if inner is None else invoice(nested(inner, f"{url}-{place}")),
        )
        for place, inner in enumerate(tree)
    ]
    return {**listed(has_more=True, url=url), "data": data}


def lists_in(page: Any, path: str) -> list[tuple[str, Any]]:
    """Each list in `page`, itself included, with its path."""
    found = [(path, page)]
    for one in page:
        if not isinstance(one.invoice, str):
            found += lists_in(one.invoice.payments, f"{path}.data.invoice.payments")
    return found


@given(PAYMENTS_OF_PAYMENTS)
def test_lists_in_lists_at_any_depth(tree):
    source = FakeApi(reply(invoice(nested(tree, "/v1/x?place=0"))), reply(listed()))
    client = SyncApi(source).client
    deepest = "payments" + ".data.invoice.payments" * 12
    expand = [deepest[: len(deepest) - 22 * level] for level in range(13)]
    found = client.invoices.retrieve("in_1", expand=expand)
    for path, page in lists_in(found.payments, "payments"):
        if not page:
            continue
        page.next_page()
        inner = [name.removeprefix(f"{path}.") for name in expand if name.startswith(f"{path}.")]
        (place, *expanded, cursor) = source.queries[-1]
        assert place == tuple(page.url.partition("?")[2].split("="))
        assert expanded == [("expand[]", name) for name in inner]
        assert cursor == ("starting_after", page[-1].id)


# --- A list of no client ------------------------------------------------------------------------

SENT = invoice(listed(6, 5, has_more=True, url=EMBEDDED))


def of_a_webhook() -> Any:
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "api_version": "2026-05-27.dahlia",
            "created": 1,
            "data": {"object": payment(9, invoice=SENT)},
            "livemode": False,
            "pending_webhooks": 0,
            "request": None,
            "type": "invoice_payment.paid",
        }
    )
    header = Webhook.generate_test_header(body, "whsec_1")
    event = Webhook.construct_event(body, header, "whsec_1")
    assert isinstance(event, InvoicePaymentPaidEvent)
    return event.invoice_payment.expanded_invoice()


def unpickled() -> Any:
    client = SyncApi(FakeApi(reply(SENT))).client
    return pickle.loads(pickle.dumps(client.invoices.retrieve("in_1", expand=["payments"])))


@pytest.mark.parametrize(
    "make",
    [lambda: Invoice.from_dict(SENT), of_a_webhook, unpickled],
    ids=["dict", "webhook", "pickle"],
)
@pytest.mark.parametrize("how", ["next_page", "previous_page", "iter_pages", "auto_paging_iter"])
def test_a_list_of_no_client_says_what_to_do_for_more(make, how):
    payments = make().payments
    assert ids(payments) == expected(6, 5)
    with pytest.raises(RuntimeError, match=r"in_1.*belongs to no client.* iterate .* retrieve"):
        getattr(payments, how)()


# --- Urls ---------------------------------------------------------------------------------------


async def test_cursors_in_the_url_of_an_embedded_list_give_way(connect):
    url = "/v1/invoice_payments?starting_after=inpay_9&invoice=in_1"
    source = FakeApi(reply(invoice(listed(6, has_more=True, url=url))), reply(listed(5)))
    api = connect(source)
    found = await api.invoice(expand=["payments"])
    await api.next_page(found.payments)
    assert source.queries[1] == [("invoice", "in_1"), ("starting_after", "inpay_6")]


async def test_an_invoice_without_expanded_payments_has_none(connect):
    found = await connect(reply({"id": "in_1", "object": "invoice"})).invoice()
    assert found.payments is None


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/invoice_payments",
        "http://evil.example/",
        "//evil.example/v1/invoice_payments",
        "evil.example/x",
        "@evil.example/",
        ".evil.example/",
        "",
        "?invoice=in_1",
        "/v1/invoice payments",
        "/v1/\r\nX-Injected: 1",
        "/",
        "/v1/\N{SNOWMAN}",
    ],
)
async def test_an_embedded_list_cannot_send_the_key_elsewhere(connect, url):
    source = FakeApi(reply(invoice(listed(6, 5, has_more=True, url=url))), reply(listed(4)))
    api = connect(source)
    found = await api.invoice(expand=["payments"])
    assert ids(found.payments) == expected(6, 5)  # what is there can be read
    with pytest.raises(PaginationError, match="not a path of the API"):
        await api.next_page(found.payments)
    with pytest.raises(PaginationError, match="not a path of the API"):
        [one async for one in api.items(found.payments)]
    assert len(source.requests) == 1


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_whatever_its_url_an_embedded_list_stays_with_the_api(url):
    source = FakeApi(reply(invoice(listed(6, 5, has_more=True, url=url))), reply(listed(4)))
    found = SyncApi(source).client.invoices.retrieve("in_1", expand=["payments"])
    assert found.payments is not None
    try:
        found.payments.next_page()
    except PaginationError:
        assert len(source.requests) == 1
    else:
        assert source.requests[1].url.host == "api.stripe.com"
        assert source.requests[1].url.scheme == "https"


# --- Lists that are wrong -----------------------------------------------------------------------


@pytest.mark.parametrize("how", FORWARD[1:])
async def test_an_object_twice_in_an_embedded_list(connect, how):
    api = connect(reply(invoice(listed(3, 2, 3, url=EMBEDDED))))
    found = await api.invoice(expand=["payments"])
    with pytest.raises(PaginationError, match="'inpay_3' twice"):
        await walk(api, found.payments, how)


@pytest.mark.parametrize("what", [name for name in NOT_A_LIST if name != "null"])
async def test_an_embedded_list_that_is_not_a_list(connect, what):
    body = invoice(NOT_A_LIST[what])
    with pytest.raises(UnexpectedResponseError) as caught:
        await connect(reply(body)).invoice(expand=["payments"])
    assert caught.value.json_body == body


# --- As values ----------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [attrs.evolve, copy.copy, copy.deepcopy])
async def test_a_copied_invoice_keeps_its_way_through_its_payments(connect, make):
    sent = {**invoice(listed(2, has_more=True, url=EMBEDDED)), "colour": ["red"]}
    api = connect(reply(sent), reply(listed(1)))
    found = await api.invoice(expand=["payments"])
    copied = make(found)
    assert copied.to_dict() == sent
    assert ids([one async for one in api.items(copied.payments)]) == expected(2, 1)
    copied.additional_properties["colour"].append("blue")
    assert found.to_dict() == sent


async def test_an_invoice_with_payments_can_be_copied_and_pickled(connect, api_class):
    api = connect(
        reply(invoice(listed(6, 5, has_more=True, url=EMBEDDED))), reply(listed(4, url=EMBEDDED))
    )
    found = await api.invoice(expand=["payments"])
    deep = copy.deepcopy(found)
    assert deep == found
    assert ids([one async for one in api.items(deep.payments)]) == expected(6, 5, 4)
    pickled = pickle.dumps(found)
    assert KEY.encode() not in pickled
    restored = pickle.loads(pickled)
    assert restored == found
    assert type(restored.payments) is ListObject
    assert restored.to_dict() == found.to_dict()
