from typing import Any

import httpx
import pytest

LIST = "/v1/invoice_payments"


def retrieve(http: httpx.Client, path: str, *expand: str) -> dict[str, Any]:
    response = http.get(path, params={"expand[]": list(expand)})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture
def paid_intent(payments):
    return next(
        p for p in payments if p["payment"]["type"] == "payment_intent" and p["status"] == "paid"
    )


@pytest.fixture
def deleted(http: httpx.Client, payments):
    """The id of a payment whose invoice was deleted."""
    return next(
        payment["id"]
        for payment in payments
        if http.get(f"/v1/invoices/{payment['invoice']}").status_code == 404
    )


def test_without_expand_there_are_ids(payments):
    for payment in payments:
        kind = payment["payment"]["type"]
        assert set(payment["payment"]) == {"type", kind}
        assert isinstance(payment["payment"][kind], str)
        assert isinstance(payment["invoice"], str)


def test_a_retrieved_payment_is_the_listed_one(http: httpx.Client, payments):
    for payment in payments[::50]:
        assert http.get(f"{LIST}/{payment['id']}").json() == payment


def test_the_invoice(http: httpx.Client, paid_intent):
    payment = retrieve(http, f"{LIST}/{paid_intent['id']}", "invoice")

    assert payment["invoice"] == http.get(f"/v1/invoices/{paid_intent['invoice']}").json()
    assert payment["invoice"]["object"] == "invoice"
    assert "payments" not in payment["invoice"]
    assert {**payment, "invoice": payment["invoice"]["id"]} == paid_intent


@pytest.mark.parametrize("kind", ["payment_intent", "charge", "payment_record"])
def test_what_paid(http: httpx.Client, payments, kind):
    plain = next(p for p in payments if p["payment"]["type"] == kind)
    payment = retrieve(http, f"{LIST}/{plain['id']}", f"payment.{kind}")

    expanded = payment["payment"][kind]
    assert (expanded["id"], expanded["object"]) == (plain["payment"][kind], kind)


def test_what_is_not_there_stays_so(http: httpx.Client, paid_intent):
    path = f"{LIST}/{paid_intent['id']}"
    assert retrieve(http, path, "payment.charge", "payment.payment_record") == paid_intent


def test_expansions_share_their_way(http: httpx.Client, paid_intent):
    path = f"{LIST}/{paid_intent['id']}"
    payment = retrieve(http, path, "payment.payment_intent.latest_charge", "invoice.payments")

    intent = payment["payment"]["payment_intent"]
    assert intent["latest_charge"]["object"] == "charge"
    assert intent["latest_charge"]["payment_intent"] == intent["id"]
    assert paid_intent in payment["invoice"]["payments"]["data"]


@pytest.mark.parametrize("name", ["expand[]", "expand[0]"])
def test_in_a_list_with_its_prefix(http: httpx.Client, payments, name):
    page = http.get(LIST, params={name: "data.invoice", "limit": "100"}).json()

    assert [payment["invoice"]["id"] for payment in page["data"]] == [
        payment["invoice"] for payment in payments[:100]
    ]


def test_several_with_indices(http: httpx.Client):
    expand = "expand[0]=data.invoice&expand[1]=data.payment.payment_intent"
    page = http.get(f"{LIST}?limit=100&{expand}").json()

    kinds = {
        (payment["payment"]["type"], type(payment["payment"][payment["payment"]["type"]]))
        for payment in page["data"]
    }
    assert kinds == {("payment_intent", dict), ("charge", str), ("payment_record", str)}


def test_four_levels(http: httpx.Client, payments):
    page = http.get(LIST, params={"expand[]": "data.payment.payment_intent.latest_charge"}).json()
    charges = [
        payment["payment"]["payment_intent"]["latest_charge"]
        for payment in page["data"]
        if payment["payment"]["type"] == "payment_intent"
    ]
    assert {charge["object"] for charge in charges if charge is not None} == {"charge"}

    invoice = f"/v1/invoices/{payments[0]['invoice']}"
    inside = retrieve(http, invoice, "payments.data.payment.payment_intent")["payments"]["data"]
    assert len(inside) >= 1


def test_a_deleted_invoice(http: httpx.Client, deleted):
    payment = retrieve(http, f"{LIST}/{deleted}", "invoice.payments")
    stub = payment["invoice"]

    assert stub == {"id": stub["id"], "object": "invoice", "deleted": True}
    response = http.get(f"/v1/invoices/{stub['id']}")
    assert response.json()["error"]["code"] == "resource_missing"
    page = http.get(LIST, params={"invoice": stub["id"]}).json()
    assert deleted in [payment["id"] for payment in page["data"]]


def test_the_payments_of_an_invoice(http: httpx.Client, payments):
    sizes = set()
    for invoice_id in {payment["invoice"] for payment in payments}:
        response = http.get(f"/v1/invoices/{invoice_id}", params={"expand[]": "payments"})
        if response.status_code == 404:
            continue
        embedded = response.json()["payments"]
        assert list(embedded) == ["object", "url", "has_more", "data"]
        assert embedded["url"] == f"{LIST}?invoice={invoice_id}"
        assert {**http.get(embedded["url"]).json(), "url": embedded["url"]} == embedded
        sizes.add((len(embedded["data"]), embedded["has_more"]))
    assert {(1, False), (2, False), (3, False), (4, False), (10, True)} <= sizes


def test_payments_only_where_asked_for(http: httpx.Client, payments):
    assert "payments" not in http.get(f"/v1/invoices/{payments[0]['invoice']}").json()


def test_inside_embedded_payments(http: httpx.Client, payments):
    path = f"/v1/invoices/{payments[0]['invoice']}"
    for payment in retrieve(http, path, "payments.data.invoice")["payments"]["data"]:
        assert payment["invoice"]["object"] == "invoice"
        assert "payments" not in payment["invoice"]


def test_an_invoice_has_one_line_with_all_that_it_is_about(http: httpx.Client, payments):
    invoice = retrieve(http, f"/v1/invoices/{payments[0]['invoice']}")
    (line,) = invoice["lines"]["data"]

    assert line["object"] == "line_item"
    assert line["invoice"] == invoice["id"]
    assert (line["amount"], line["currency"]) == (invoice["total"], invoice["currency"])
    assert invoice["lines"]["has_more"] is False
