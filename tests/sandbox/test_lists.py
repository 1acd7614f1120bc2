import itertools
from typing import Any

import httpx
import pytest

LIST = "/v1/invoice_payments"


def walk(http: httpx.Client, limit: int, **params: str) -> list[list[dict[str, Any]]]:
    """All pages from the newest payment to the oldest."""
    pages: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    while True:
        page = http.get(LIST, params={**params, **cursor, "limit": str(limit)}).json()
        pages.append(page["data"])
        if not page["has_more"]:
            return pages
        cursor = {"starting_after": page["data"][-1]["id"]}


def walk_back(
    http: httpx.Client, limit: int, start: str, **params: str
) -> list[list[dict[str, Any]]]:
    """All pages of what is newer than `start`, in the order in which they come."""
    pages: list[list[dict[str, Any]]] = []
    while True:
        params_of_page = {**params, "ending_before": start, "limit": str(limit)}
        page = http.get(LIST, params=params_of_page).json()
        pages.append(page["data"])
        if not page["has_more"]:
            return pages
        start = page["data"][0]["id"]


def ids(payments: list[dict[str, Any]]) -> list[str]:
    return [payment["id"] for payment in payments]


def test_a_list_says_what_it_is(http: httpx.Client):
    page = http.get(LIST).json()

    assert list(page) == ["object", "url", "has_more", "data"]
    assert (page["object"], page["url"], page["has_more"]) == ("list", LIST, True)
    assert len(page["data"]) == 10


def test_the_slash_that_an_empty_id_leaves_is_the_list(http: httpx.Client):
    assert http.get(f"{LIST}/").json() == http.get(LIST).json()


def test_everything_comes_once_and_newest_first(payments):
    assert len(payments) == len(set(ids(payments))) == 250
    created = [payment["created"] for payment in payments]
    assert created == sorted(created, reverse=True)
    assert len(set(created)) < len(created), "some share a second"


@pytest.mark.parametrize("limit", [1, 7, 10, 50, 100])
def test_paging_forward_covers_everything_once(http: httpx.Client, payments, limit):
    pages = walk(http, limit)

    assert list(itertools.chain(*pages)) == payments
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


@pytest.mark.parametrize("limit", [1, 7, 50, 100])
def test_paging_backward_covers_everything_once(http: httpx.Client, payments, limit):
    pages = walk_back(http, limit, payments[-1]["id"])

    assert list(itertools.chain(*reversed(pages))) == payments[:-1]
    assert all(len(page) == limit for page in pages[:-1])


def test_ending_before_shows_the_nearest(http: httpx.Client, payments):
    params = {"ending_before": payments[100]["id"], "limit": "3"}
    assert http.get(LIST, params=params).json()["data"] == payments[97:100]


@pytest.mark.parametrize(
    ("cursor", "at"), [("starting_after", -1), ("ending_before", 0)], ids=["oldest", "newest"]
)
def test_beyond_the_ends_there_is_nothing(http: httpx.Client, payments, cursor, at):
    page = http.get(LIST, params={cursor: payments[at]["id"]}).json()
    assert (page["data"], page["has_more"]) == ([], False)


@pytest.mark.parametrize(
    ("cursor", "at", "has_more"),
    [
        ("starting_after", 239, False),
        ("starting_after", 238, True),
        ("ending_before", 10, False),
        ("ending_before", 11, True),
    ],
)
def test_has_more_is_about_the_direction_of_travel(http, payments, cursor, at, has_more):
    page = http.get(LIST, params={cursor: payments[at]["id"]}).json()
    assert len(page["data"]) == 10
    assert page["has_more"] is has_more


# The second halfway through, which several payments share, in the parameters of a test.
MIDDLE = "MIDDLE"

FILTERS = [
    ({"status": "paid"}, lambda p, _: p["status"] == "paid"),
    ({"status": "open"}, lambda p, _: p["status"] == "open"),
    ({"status": "canceled"}, lambda p, _: p["status"] == "canceled"),
    ({"payment[type]": "payment_intent"}, lambda p, _: p["payment"]["type"] == "payment_intent"),
    ({"payment[type]": "payment_record"}, lambda p, _: p["payment"]["type"] == "payment_record"),
    (
        {"payment[type]": "payment_intent", "status": "open"},
        lambda p, _: p["payment"]["type"] == "payment_intent" and p["status"] == "open",
    ),
    ({"created": MIDDLE}, lambda p, middle: p["created"] == middle),
    ({"created[gt]": MIDDLE}, lambda p, middle: p["created"] > middle),
    ({"created[gte]": MIDDLE}, lambda p, middle: p["created"] >= middle),
    ({"created[lt]": MIDDLE}, lambda p, middle: p["created"] < middle),
    ({"created[lte]": MIDDLE}, lambda p, middle: p["created"] <= middle),
    ({"created[gt]": MIDDLE, "created[lt]": MIDDLE}, lambda *_: False),
    ({"created[gte]": MIDDLE, "created[lte]": MIDDLE}, lambda p, middle: p["created"] == middle),
    (
        {"created[gt]": MIDDLE, "created[gte]": "0", "status": "paid"},
        lambda p, middle: p["created"] > middle and p["status"] == "paid",
    ),
    ({"created[gte]": "-5"}, lambda *_: True),
    ({"created[lt]": "5"}, lambda *_: False),
    ({"created[gt]": "99999999999"}, lambda *_: False),
]


@pytest.mark.parametrize(("params", "passes"), FILTERS, ids=[str(params) for params, _ in FILTERS])
def test_a_filter_shows_exactly_what_passes_it(http: httpx.Client, payments, params, passes):
    seconds = [payment["created"] for payment in payments]
    middle = min(
        (second for second in seconds if seconds.count(second) > 1),
        key=lambda second: abs(seconds.index(second) - 125),
    )
    params = {name: str(middle) if value == MIDDLE else value for name, value in params.items()}
    expected = [payment for payment in payments if passes(payment, middle)]

    assert list(itertools.chain(*walk(http, 9, **params))) == expected
    if expected:
        back = walk_back(http, 9, payments[-1]["id"], **params)
        without_cursor = [payment for payment in expected if payment != payments[-1]]
        assert list(itertools.chain(*reversed(back))) == without_cursor


def test_every_second_is_a_boundary_somewhere(http: httpx.Client, payments):
    for second in sorted({payment["created"] for payment in payments[::11]}):
        newer = [payment for payment in payments if payment["created"] >= second]
        page = http.get(LIST, params={"created[gte]": str(second), "limit": "100"}).json()
        assert page["data"] == newer[:100]
        params = {"created[lt]": str(second), "limit": "100"}
        older = [payment for payment in payments if payment["created"] < second]
        assert http.get(LIST, params=params).json()["data"] == older[:100]


def test_the_payments_of_each_invoice(http: httpx.Client, payments):
    invoices = {payment["invoice"] for payment in payments}
    for invoice in invoices:
        expected = [payment for payment in payments if payment["invoice"] == invoice]
        assert list(itertools.chain(*walk(http, 3, invoice=invoice))) == expected


def test_an_invoice_filter_combines(http: httpx.Client, payments):
    invoice = next(p["invoice"] for p in payments if p["status"] == "open")
    mine = [payment for payment in payments if payment["invoice"] == invoice]
    expected = [payment for payment in mine if payment["status"] == "open"]

    assert http.get(LIST, params={"invoice": invoice, "status": "open"}).json()["data"] == expected
    params = {"invoice": invoice, "created[lt]": str(mine[-1]["created"])}
    assert http.get(LIST, params=params).json()["data"] == []


@pytest.mark.parametrize("kind", ["payment_intent", "payment_record"])
def test_the_payment_of_one_object(http: httpx.Client, payments, kind):
    expected = next(payment for payment in payments if payment["payment"]["type"] == kind)
    params = {"payment[type]": kind, f"payment[{kind}]": expected["payment"][kind]}

    assert http.get(LIST, params=params).json()["data"] == [expected]
    other = next(p["invoice"] for p in payments if p["invoice"] != expected["invoice"])
    assert http.get(LIST, params={**params, "invoice": other}).json()["data"] == []


def test_a_cursor_need_not_pass_the_filter(http: httpx.Client, payments):
    at = next(i for i, payment in enumerate(payments) if payment["status"] != "open")
    params = {"status": "open", "starting_after": payments[at]["id"], "limit": "5"}
    expected = [payment for payment in payments[at:] if payment["status"] == "open"][:5]

    assert http.get(LIST, params=params).json()["data"] == expected


def test_the_last_of_two_values_counts(http: httpx.Client):
    assert len(http.get(f"{LIST}?limit=1&limit=2").json()["data"]) == 2
