"""What the seeded payments are like."""

from collections import Counter, defaultdict

import httpx

from stripe_invoice_payments.sandbox.data.ids import make_ids
from stripe_invoice_payments.sandbox.data.state import State
from stripe_invoice_payments.sandbox.data.world import World

OLDEST = {
    "id": "inpay_1ZnrEvK50boobveyZCaetnWj",
    "object": "invoice_payment",
    "amount_paid": 40805,
    "amount_requested": 40805,
    "created": 1735689630,
    "currency": "jpy",
    "invoice": "in_1ZnrEvK50boobveylNnaF6Ri",
    "is_default": True,
    "livemode": False,
    "payment": {"payment_intent": "pi_3ZnrEvK50boobveyc3t3A96T", "type": "payment_intent"},
    "status": "paid",
    "status_transitions": {"canceled_at": None, "paid_at": 1735710080},
}


def test_there_is_some_of_everything(payments):
    assert {p["status"] for p in payments} == {"open", "paid", "canceled"}
    types = Counter(p["payment"]["type"] for p in payments)
    assert set(types) == {"payment_intent", "charge", "payment_record"}
    assert types["payment_intent"] > 250 / 2
    assert {p["currency"] for p in payments} == {"usd", "eur", "gbp", "jpy", "kwd"}
    dinars = [p for p in payments if p["currency"] == "kwd"]
    assert len(dinars) > 3
    assert all(p["amount_requested"] % 10 == (p["amount_paid"] or 0) % 10 == 0 for p in dinars)
    assert any(p["amount_paid"] not in {None, p["amount_requested"]} for p in payments)
    assert not any(p["livemode"] for p in payments)


def test_a_payment_agrees_with_itself(payments):
    for payment in payments:
        moments = payment["status_transitions"]
        assert (payment["amount_paid"] is not None) == (payment["status"] == "paid")
        assert (moments["paid_at"] is not None) == (payment["status"] == "paid")
        assert (moments["canceled_at"] is not None) == (payment["status"] == "canceled")
        settled_at = moments["paid_at"] or moments["canceled_at"] or payment["created"]
        assert settled_at >= payment["created"]
        if payment["payment"]["type"] == "charge":
            assert payment["status"] == "paid"


def test_an_invoice_agrees_with_its_payments(http: httpx.Client, payments):
    by_invoice = defaultdict(list)
    for payment in payments:
        by_invoice[payment["invoice"]].append(payment)
    statuses = set()
    for invoice_id, mine in by_invoice.items():
        assert [payment["is_default"] for payment in reversed(mine)] == [
            True,
            *[False] * (len(mine) - 1),
        ]
        assert len({payment["currency"] for payment in mine}) == 1
        response = http.get(f"/v1/invoices/{invoice_id}")
        if response.status_code == 404:
            continue
        invoice = response.json()
        statuses.add(invoice["status"])
        assert invoice["amount_paid"] == sum(payment["amount_paid"] or 0 for payment in mine)
        assert invoice["amount_remaining"] == invoice["total"] - invoice["amount_paid"] >= 0
        assert (invoice["amount_remaining"] == 0) == (invoice["status"] == "paid")
    assert statuses == {"open", "paid", "void"}


def test_ids_look_like_stripes_and_lead_back():
    ids = make_ids(7)
    for kind, prefix in [("invoice_payment", "inpay_1"), ("invoice", "in_1"), ("charge", "ch_3")]:
        codec = ids[kind]
        encoded = [codec.encode(number) for number in (*range(1000), 10**6, 10**9)]
        assert len(set(encoded)) == len(encoded)
        assert {len(value) for value in encoded} == {len(prefix) + 23}
        assert all(value.startswith(prefix) and value[6:].isalnum() for value in encoded)
        assert [codec.decode(value) for value in encoded] == [*range(1000), 10**6, 10**9]
        for wrong in ("", encoded[0][:-1], encoded[0] + "0", encoded[0][:-1] + "é", "x" * 30):
            assert codec.decode(wrong) is None


def test_a_larger_world_starts_with_the_smaller_one():
    small, large = World(seed=3, size=100), World(seed=3, size=1000)

    assert [small.payment(i) for i in range(100)] == [large.payment(i) for i in range(100)]
    assert small.payment(99) != World(seed=4, size=100).payment(99)
    assert State(small).find_payment(large.ids["invoice_payment"].encode(100)) is None


def test_the_same_seed_gives_the_same_payments_forever(payments):
    """Cassettes and documentation show these payments: a change here is a change for them."""
    assert {**payments[-1], **OLDEST} == payments[-1]  # a newer document may have more fields
