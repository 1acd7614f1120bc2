"""Which invoices a payment paid: by the id of a payment intent, a payment record or a charge."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_invoice_payments import InvalidRequestError, Invoice
from stripe_invoice_payments.sandbox import Sandbox

from .helpers import FakeApi, failure, listed, payment, reply


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(payments=24) as running:
        yield running


async def for_payment(api: Any, *args: Any, **arguments: Any) -> Any:
    return await api._value(api.client.invoice_payments.for_payment(*args, **arguments))


async def raw(api: Any, *args: Any, **arguments: Any) -> Any:
    raw = api.client.invoice_payments.with_raw_response
    return await api._value(raw.for_payment(*args, **arguments))


def charge(**changes: Any) -> Any:
    return reply({"id": "ch_1", "object": "charge", "payment_intent": "pi_7"} | changes)


@pytest.mark.parametrize(
    ("payment_id", "kind"),
    [("pi_7", "payment_intent"), ("pr_7", "payment_record"), ("pyr_7", "payment_record")],
)
async def test_the_list_is_filtered_by_what_paid(connect, payment_id, kind):
    handler = FakeApi(reply(listed(2, 1)))
    page = await for_payment(connect(handler), payment_id, expand=["data.invoice"], limit=2)
    assert [found.id for found in page] == ["inpay_2", "inpay_1"]
    (query,) = handler.queries
    assert sorted(query) == [
        ("expand[]", "data.invoice"),
        ("limit", "2"),
        (f"payment[{kind}]", payment_id),
        ("payment[type]", kind),
    ]


@pytest.mark.parametrize("charge_id", ["ch_1", "py_1"])
async def test_a_charge_goes_through_its_payment_intent(connect, charge_id):
    handler = FakeApi(charge(id=charge_id), reply(listed(1)))
    page = await for_payment(connect(handler), charge_id, status="paid", stripe_account="acct_1")
    assert [found.id for found in page] == ["inpay_1"]
    lookup, listing = handler.requests
    assert lookup.url.path == f"/v1/charges/{charge_id}"
    assert sorted(handler.queries[1]) == [
        *(("payment[payment_intent]", "pi_7"), ("payment[type]", "payment_intent")),
        ("status", "paid"),
    ]
    assert lookup.headers["stripe-account"] == listing.headers["stripe-account"] == "acct_1"


async def test_an_expanded_payment_intent_of_a_charge(connect):
    expanded = {"id": "pi_7", "object": "payment_intent"}
    handler = FakeApi(charge(payment_intent=expanded), reply(listed(1)))
    await for_payment(connect(handler), "ch_1")
    assert ("payment[payment_intent]", "pi_7") in handler.queries[1]


@pytest.mark.parametrize("changes", [{"payment_intent": None}, {"object": "charge"}])
async def test_a_charge_without_payment_intent_is_no_silent_empty_page(connect, changes):
    answer = {"id": "ch_1", "object": "charge", **changes}
    handler = FakeApi(reply(answer), reply(listed()))
    with pytest.raises(ValueError, match=r"a payment intent, got 'ch_1' without one"):
        await for_payment(connect(handler), "ch_1")
    assert len(handler.requests) == 1


async def test_a_charge_that_is_unknown(connect):
    handler = FakeApi(failure(404, code="resource_missing", message="No such charge: 'ch_1'"))
    with pytest.raises(InvalidRequestError, match="No such charge"):
        await for_payment(connect(handler), "ch_1")


@pytest.mark.parametrize(
    ("payment_id", "shown"),
    [
        ("in_1", "got 'in_...'"),
        ("inpay_1", "got 'inpay_...'"),
        ("PI_1", "got 'PI_...'"),
        ("pi_", "got 'pi_...'"),
        ("pi1", "got '...'"),
        ("", "got ''"),
        ("sk_live_secret", "got 'sk_...'"),
    ],
)
async def test_any_other_id_is_refused_before_any_request(connect, payment_id, shown):
    handler = FakeApi(reply(listed()))
    with pytest.raises(ValueError, match=r"^payment_id must be the id of") as error:
        await for_payment(connect(handler), payment_id)
    assert shown in str(error.value)
    assert "secret" not in str(error.value)
    assert not handler.requests


@pytest.mark.parametrize(
    ("args", "arguments", "problem"),
    [
        ((), {}, "payment_id"),
        ((None,), {}, "payment_id must be a string, got NoneType"),
        ((b"pi_1",), {}, "payment_id must be a string, got bytes"),
        (("ch_1",), {"payment": {"type": "payment_intent"}}, "for_payment sets this filter"),
        (("ch_1",), {"limt": 3}, "did you mean 'limit'"),
        (("ch_1",), {"limit": "3"}, "limit"),
        (("ch_1", ["data.invoice"]), {}, r"for_payment\(payment_id, expand=\[...\]\)"),
    ],
)
async def test_misuse_is_refused_before_any_request(connect, args, arguments, problem):
    handler = FakeApi(charge(), reply(listed()))
    with pytest.raises(TypeError, match=problem):
        await for_payment(connect(handler), *args, **arguments)
    assert not handler.requests


async def test_pages_keep_the_filter(connect):
    handler = FakeApi(charge(), reply(listed(3, 2, has_more=True)), reply(listed(1)))
    api = connect(handler)
    page = await for_payment(api, "ch_1", limit=2)
    assert [found.id async for found in api.items(page)] == ["inpay_3", "inpay_2", "inpay_1"]
    assert ("payment[payment_intent]", "pi_7") in handler.queries[2]
    assert len(handler.requests) == 3


async def test_the_raw_response_is_that_of_the_list(connect):
    handler = FakeApi(charge(), reply(listed(1), request_id="req_list"))
    response = await raw(connect(handler), "ch_1")
    assert (response.status, response.request_id) == (200, "req_list")
    assert [found.to_dict() for found in response.parse()] == [payment(1)]


async def test_the_sandbox_answers_it(api_class, sandbox):
    intent = sandbox.create_payment_intent(amount=900, status="succeeded")
    unattached = sandbox.create_payment_intent()
    record = sandbox.create_payment_record(amount=700)
    invoice = sandbox.create_invoice(total=1600)
    charged = sandbox.create_invoice_payment(status="paid", type="charge")
    with sandbox.client() as client:
        client.invoices.attach_payment(invoice.id, payment_intent=intent.id)
        client.invoices.attach_payment(invoice.id, payment_record=record.id)
        by_record, by_intent = client.invoice_payments.list(invoice=invoice.id)
    api = api_class.__new__(api_class)
    api.client = sandbox.client() if api.kind == "Client" else sandbox.async_client()
    try:
        for payment_id, made in (
            (intent.id, by_intent),
            (intent.latest_charge_id, by_intent),
            (record.id, by_record),
        ):
            (found,) = await for_payment(api, payment_id, expand=["data.invoice"])
            assert found.id == made.id
            assert isinstance(found.invoice, Invoice)
            assert found.invoice_id == invoice.id
        assert not await for_payment(api, unattached.id)
        with pytest.raises(ValueError, match="without one"):
            await for_payment(api, charged.payment.charge_id)
    finally:
        await api._value(api.client.close()) if api.kind == "Client" else await api.client.aclose()
