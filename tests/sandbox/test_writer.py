"""The quick way to write a page says what the slow one does."""

import json

import pytest

from stripe_invoice_payments.sandbox import shapes
from stripe_invoice_payments.sandbox.endpoints import encode
from stripe_invoice_payments.sandbox.listing import Window
from stripe_invoice_payments.sandbox.world import World
from stripe_invoice_payments.sandbox.writer import PageWriter


@pytest.mark.parametrize("livemode", [False, True])
@pytest.mark.parametrize("has_more", [False, True])
def test_a_page_in_one_go_is_the_same(livemode, has_more):
    world = World(seed=11, size=1200, livemode=livemode)
    payments = [world.payment(number) for number in range(1200)]
    assert {p.status for p in payments} == {"open", "paid", "canceled"}
    assert {p.type for p in payments} == {"payment_intent", "payment_record", "charge"}
    page = PageWriter(world.ids, livemode=livemode).write(Window(payments, has_more), "/v1/x")

    data = [shapes.invoice_payment(payment, world.ids, livemode) for payment in payments]
    expected = {"object": "list", "url": "/v1/x", "has_more": has_more, "data": data}
    assert page.encode() == encode(json.loads(json.dumps(expected)))


def test_an_empty_page():
    world = World(seed=1, size=0)
    page = PageWriter(world.ids, livemode=False).write(Window([], has_more=False), "/v1/x")
    assert json.loads(page) == {"object": "list", "url": "/v1/x", "has_more": False, "data": []}
