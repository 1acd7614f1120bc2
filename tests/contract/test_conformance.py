"""That what a sandbox did is checked against Stripe's document, and what the check finds."""

import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scripts.pipeline.repository import THIS_REPOSITORY
from stripe_invoice_payments import Client
from stripe_invoice_payments.sandbox import Sandbox

from .conformance import Checker
from .observer import SANDBOXES, Exchange, Observer

LIST = "/v1/invoice_payments"
PAYMENT: dict[str, Any] = {
    "id": "inpay_1",
    "object": "invoice_payment",
    "amount_paid": None,
    "amount_requested": 4200,
    "created": 1767225600,
    "currency": "usd",
    "invoice": "in_1",
    "is_default": True,
    "livemode": False,
    "payment": {"payment_intent": "pi_1", "type": "payment_intent"},
    "status": "open",
    "status_transitions": {"canceled_at": None, "paid_at": None},
}
PAGE: dict[str, Any] = {"object": "list", "data": [PAYMENT], "has_more": False, "url": LIST}
ERROR: dict[str, Any] = {"error": {"type": "invalid_request_error", "message": "No."}}


@pytest.fixture
def checker() -> Checker:
    return Checker(json.loads(THIS_REPOSITORY.slice.read_text("utf-8")))


def exchange(query: str = "", body: Any = PAGE, **changes: Any) -> Exchange:
    return Exchange(
        method=changes.get("method", "GET"),
        path=changes.get("path", LIST),
        query=query,
        form=changes.get("form", b""),
        authorization=changes.get("authorization", "Bearer sk_test_1"),
        status=changes.get("status", 200),
        content_type=changes.get("content_type", "application/json"),
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "limit=3&status=paid&invoice=in_1&starting_after=inpay_1",
        "created=1767225600",
        "created[gte]=1767225600&created[lt]=1767229200",
        "payment[type]=payment_intent&payment[payment_intent]=pi_1",
        "expand[]=data.invoice&expand[]=data.payment.charge",
        "expand[0]=data.invoice&expand%5B1%5D=data.payment.charge",
    ],
)
def test_a_described_request_is_fine(checker, query):
    assert not checker.problems(exchange(query))


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("colour=red", "'colour' is not described"),
        ("invoice[id]=in_1", "'invoice[id]' is not described"),
        ("created[until]=1", "created"),
        ("created=yesterday", "yesterday"),
        ("created[gt]=yesterday", "yesterday"),
        ("limit=ten", "limit"),
        ("status=Paid", "Paid"),
        ("payment=pi_1", "payment"),
        ("payment[type]=charge", "charge"),
        ("payment[payment_intent]=pi_1", "'type' is a required property"),
        ("expand=data.invoice", "expand"),
        ("expand[x]=data.invoice", "expand"),
        ("invoice=", "invoice"),
    ],
)
def test_any_other_request_must_not_succeed(checker, query, problem):
    found = "\n".join(checker.problems(exchange(query)))

    assert "request: " in found
    assert problem in found
    assert not checker.problems(exchange(query, ERROR, status=400))


ATTACH: dict[str, Any] = {
    "method": "POST",
    "path": "/v1/invoices/in_1/attach_payment",
    "body": {"id": "in_1", "object": "invoice"},
}


@pytest.mark.parametrize(
    "form", [b"", b"payment_intent=pi_1", b"payment_record=pyr_1&expand[]=payments&expand[1]=x"]
)
def test_a_described_form_is_fine(checker, form):
    problems = checker.problems(exchange(**ATTACH, form=form))

    assert [problem for problem in problems if "request: " in problem] == []


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        (b"colour=red", "'colour' was unexpected"),
        (b"expand=payments", "is not of type 'array'"),
        (b"payment_intent[]=pi_1", "is not of type 'string'"),
    ],
)
def test_any_other_form_must_not_succeed(checker, form, problem):
    found = "\n".join(checker.problems(exchange(**ATTACH, form=form)))

    assert "request: " in found
    assert problem in found


def test_a_request_without_a_key_must_not_succeed(checker):
    assert checker.problems(exchange(authorization=""))
    assert not checker.problems(exchange("", ERROR, status=401, authorization=""))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{LIST}/inpay_1", PAYMENT),
        (
            f"{LIST}/inpay_1",
            {**PAYMENT, "invoice": {"id": "in_1", "object": "invoice", "deleted": True}},
        ),
        (f"{LIST}/inpay_1", {**PAYMENT, "amount_paid": 4200}),
        (LIST, {**PAGE, "data": []}),
        (f"{LIST}/", PAGE),
    ],
)
def test_a_described_answer_is_fine(checker, path, body):
    assert not checker.problems(exchange("", body, path=path))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount_requested": "4200"}, "amount_requested: '4200' is not of type 'integer'"),
        ({"amount_requested": None}, "amount_requested"),
        ({"colour": "red"}, "'colour' was unexpected"),
        ({"object": "payment"}, "object: 'payment' is not one of"),
        ({"payment": {"payment_intent": "pi_1"}}, "payment: 'type' is a required property"),
        ({"invoice": {"id": "in_1", "object": "invoice"}}, "invoice: "),
        ({"invoice": {"id": "in_1", "object": "invoice", "deleted": False}}, "invoice"),
    ],
)
@pytest.mark.parametrize("path", [LIST, f"{LIST}/inpay_1"])
def test_any_other_answer_is_found(checker, path, changes, problem):
    body = {**PAYMENT, **changes}
    if path == LIST:
        body = {**PAGE, "data": [PAYMENT, body]}

    assert problem in "\n".join(checker.problems(exchange("", body, path=path)))


@pytest.mark.parametrize(
    "wrong",
    [
        exchange("", {"data": []}),
        exchange("", [PAYMENT]),
        exchange("", b'{"object": "list"'),
        exchange("", b""),
        exchange("", ERROR),
        exchange("", PAGE, status=400),
        exchange("", {"error": "No."}, status=400),
        exchange("", {"error": {**ERROR["error"], "excuse": "tired"}}, status=500),
        exchange("", b"<html>", status=503, content_type="text/html"),
        exchange("", PAGE, content_type="text/plain"),
        exchange("", PAGE, path="/v1/charges"),
        exchange("", PAGE, method="POST"),
        exchange("", {"message": "Not found"}, path="/v1/charges", status=404),
    ],
    ids=str,
)
def test_whatever_the_answer_is_not(checker, wrong):
    assert checker.problems(wrong)


def test_an_unknown_address_is_refused_like_anything_else(checker):
    assert not checker.problems(exchange("", ERROR, path="/v1/charges", status=404))
    assert not checker.problems(exchange("", ERROR, method="POST", status=404))


async def test_the_observer_sees_each_exchange_once():
    async def answer(request: Request) -> Response:
        return Response(b"{}", 404, {"Content-Type": "application/json"})

    observer = Observer()
    app: Any = observer.around(Starlette(routes=[Route("/v1/nope", answer)]))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        await http.get("/v1/nope?a=1", headers={"Authorization": "Bearer key"})
        await http.get("/v1/nope?a=1", headers={"Authorization": "Bearer key"})

    (seen,) = observer.take()
    assert seen == Exchange(
        "GET", "/v1/nope", "a=1", b"", "Bearer key", 404, "application/json", b"{}"
    )
    assert observer.count == 2
    assert not observer.take()


def test_every_sandbox_is_observed():
    with Sandbox(payments=3) as sandbox:
        with Client(api_key=sandbox.api_key, base_url=sandbox.base_url) as client:
            before = SANDBOXES.count
            client.invoice_payments.list()
            client.invoice_payments.list(limit=1)

            assert SANDBOXES.count == before + 2


OTHER_ID = PAYMENT | {"id": "inpay_1QabcDEF23456789"}


@pytest.mark.parametrize(
    ("query", "payment"),
    [
        ("", OTHER_ID | {"amount_paid": "4200"}),
        ("", OTHER_ID | {"amount_requested": None}),
        ("", OTHER_ID | {"amount_requested": 42.5}),
        ("", OTHER_ID | {"is_default": 1}),
        ("", OTHER_ID | {"payment": {"payment_intent": "pi_1", "type": "cheque"}}),
        ("", OTHER_ID | {"payment": {"payment_intent": 1, "type": "payment_intent"}}),
        ("", OTHER_ID | {"another": 1}),
        ("limit=101", OTHER_ID),
        ("limit=-1", OTHER_ID),
    ],
)
def test_what_was_right_before_does_not_hide_what_is_wrong_now(checker, query, payment):
    for one in (PAYMENT, OTHER_ID):
        assert not checker.problems(exchange("limit=100", PAGE | {"data": [one]}))
        assert not checker.problems(exchange("", PAGE | {"data": [one]}))
    assert checker.problems(exchange(query, PAGE | {"data": [payment]}))
    assert checker.problems(exchange(query, PAGE | {"data": [payment]})), "a second time"
