"""What a test may change in the data, and how it shows."""

import gc
import time
import tracemalloc

import httpx
import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.data.order import Order
from stripe_invoice_payments.sandbox.data.world import FIRST_SECOND, World

LIST = "/v1/invoice_payments"


def everything(http: httpx.Client, **params):
    """The whole list, newest first."""
    collected = []
    params["limit"] = "100"
    while True:
        page = http.get(LIST, params=params).json()
        collected += page["data"]
        if not page["has_more"]:
            return collected
        params["starting_after"] = page["data"][-1]["id"]


# --- Creating ---


def test_a_new_payment_is_the_newest(ask, stripe_sandbox):
    before = everything(ask)
    created = stripe_sandbox.create_invoice_payment().to_dict()

    assert everything(ask) == [created, *before]
    assert abs(created["created"] - time.time()) < 10
    expected = {
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": 1000,
        "currency": "usd",
        "is_default": True,
        "livemode": False,
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    assert {**created, **expected} == created  # a newer document may have more fields
    assert created.keys() > {"id", "created", "invoice", "payment"}
    assert ask.get(f"{LIST}/{created['id']}").json() == created


def test_created_at_a_second_it_stands_in_its_place(ask, stripe_sandbox):
    before = everything(ask)
    neighbour = before[100]
    created = stripe_sandbox.create_invoice_payment(created=neighbour["created"]).to_dict()
    first_of_second = min(i for i, p in enumerate(before) if p["created"] == created["created"])

    after = everything(ask)
    assert after == [*before[:first_of_second], created, *before[first_of_second:]]
    for params in (
        {"created": str(created["created"])},
        {"created[gte]": str(created["created"])},
        {"created[lt]": str(created["created"] + 1)},
    ):
        assert created in everything(ask, **params)
    assert created not in everything(ask, **{"created[gt]": str(created["created"])})
    around = ask.get(LIST, params={"starting_after": created["id"], "limit": "3"}).json()["data"]
    assert around == after[first_of_second + 1 : first_of_second + 4]
    back = ask.get(LIST, params={"ending_before": created["id"], "limit": "3"}).json()["data"]
    assert back == after[first_of_second - 3 : first_of_second]


@pytest.mark.parametrize("created", [0, FIRST_SECOND - 1, FIRST_SECOND, 2_000_000_000])
def test_created_at_the_ends(ask, stripe_sandbox, created):
    before = everything(ask)
    payment = stripe_sandbox.create_invoice_payment(created=created).to_dict()
    after = everything(ask)
    assert sorted(after, key=lambda p: -p["created"]) == after
    assert [p for p in after if p != payment] == before


def test_a_payment_of_every_kind(ask, stripe_sandbox):
    for type_ in ("payment_intent", "payment_record", "charge"):
        payment = stripe_sandbox.create_invoice_payment(
            type=type_,
            status="paid",
            amount_requested=500,
            amount_paid=200,
            currency="jpy",
            created=7,
        )
        assert payment.amount_paid == 200
        assert payment.status_transitions.canceled_at is None
        assert payment.status_transitions.paid_at == 7
        expanded = ask.get(
            f"{LIST}/{payment.id}", params={"expand[]": ["invoice", f"payment.{type_}"]}
        ).json()
        assert expanded["payment"][type_]["object"] == type_
        assert expanded["invoice"]["currency"] == "jpy"
        assert expanded["invoice"]["status"] == "open"
        assert expanded["invoice"]["amount_remaining"] == 300
        if type_ != "charge":
            paid_with = getattr(payment.payment, type_)
            params = {"payment[type]": type_, f"payment[{type_}]": paid_with}
            assert ask.get(LIST, params=params).json()["data"] == [payment.to_dict()]


def test_another_payment_of_an_invoice(ask, stripe_sandbox):
    invoice = everything(ask)[0]["invoice"]
    before = ask.get(f"/v1/invoices/{invoice}", params={"expand[]": "payments"}).json()
    payment = stripe_sandbox.create_invoice_payment(invoice=invoice, amount_requested=77)

    assert (payment.invoice, payment.is_default) == (invoice, False)
    assert payment.currency == before["currency"]
    after = ask.get(f"/v1/invoices/{invoice}", params={"expand[]": "payments"}).json()
    assert after["payments"]["data"] == [payment.to_dict(), *before["payments"]["data"]]
    assert after["total"] == before["total"] + 77
    assert everything(ask, invoice=invoice) == after["payments"]["data"]

    early = stripe_sandbox.create_invoice_payment(invoice=invoice, created=1)
    assert everything(ask, invoice=invoice)[-1] == early.to_dict()


def test_several_payments_of_a_new_invoice(ask, stripe_sandbox):
    first = stripe_sandbox.create_invoice_payment(currency="eur", created=FIRST_SECOND)
    second = stripe_sandbox.create_invoice_payment(invoice=first.invoice_id)
    other = stripe_sandbox.create_invoice_payment()

    assert second.currency == "eur"
    assert everything(ask, invoice=first.invoice_id) == [second.to_dict(), first.to_dict()]
    assert other.invoice_id not in {payment["invoice"] for payment in everything(ask)[1:]}
    assert ask.get(f"/v1/invoices/{other.invoice_id}").status_code == 200


def test_each_account_and_mode_gets_its_own(stripe_sandbox, connect):
    account = stripe_sandbox.accounts[0]
    made = {
        (account_of, livemode): stripe_sandbox.create_invoice_payment(
            account=account_of, livemode=livemode
        )
        for account_of in (None, account)
        for livemode in (False, True)
    }
    for (account_of, livemode), payment in made.items():
        key = stripe_sandbox.live_api_key if livemode else stripe_sandbox.api_key
        headers = {} if account_of is None else {"Stripe-Account": account_of}
        with connect(stripe_sandbox.base_url, key) as http:
            newest = http.get(LIST, params={"limit": "1"}, headers=headers).json()["data"]
        assert newest == [payment.to_dict()]
        assert payment.livemode is livemode


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"invoice": "in_nope"}, "no such invoice in this account and mode: 'in_nope'"),
        (
            {"account": "acct_nope"},
            "account must be one of the sandbox's accounts, got 'acct_nope'",
        ),
        ({"type": "cash"}, "type must be one of charge, payment_intent"),
        ({"status": "failed"}, "status must be one of"),
        ({"type": "charge"}, "status must be paid for a charge, got 'open'"),
        ({"amount_requested": -1}, "amount_requested must be from 0 to 999999999999, got -1"),
        ({"amount_paid": 5}, "amount_paid requires the status paid, got status 'open'"),
        (
            {"amount_paid": 1001, "status": "paid"},
            "amount_paid must be at most amount_requested, 1000, got 1001",
        ),
        ({"amount_paid": -1, "status": "paid"}, "amount_paid must be from 0 to 999999999999, got"),
        ({"created": -1}, "created must be from 0 to"),
        ({"currency": "Dollar"}, "currency must be three lower-case letters, got 'Dollar'"),
    ],
)
def test_what_cannot_be_is_not_created(ask, stripe_sandbox, arguments, words):
    before = everything(ask)
    with pytest.raises(ValueError, match=words):
        stripe_sandbox.create_invoice_payment(**arguments)
    assert everything(ask) == before


def test_a_payment_has_the_currency_of_its_invoice(ask, stripe_sandbox):
    invoice = stripe_sandbox.create_invoice_payment(currency="eur").invoice_id
    with pytest.raises(ValueError, match="currency must be the invoice's, 'eur', got 'usd'"):
        stripe_sandbox.create_invoice_payment(invoice=invoice, currency="usd")


def test_what_is_made_and_changed_is_typed(stripe_sandbox: Sandbox):
    """Annotated, so that mypy and Pyright see what a typed test would be written like."""
    client = stripe_sandbox.client()
    first = stripe_sandbox.create_invoice_payment(amount_requested=300, currency="eur")
    second = stripe_sandbox.create_invoice_payment(invoice=first.invoice_id)
    assert client.invoice_payments.list(invoice=first.invoice_id).data == [second, first]

    paid = stripe_sandbox.set_invoice_payment_status(first.id, "paid", amount_paid=200)
    assert client.invoice_payments.retrieve(first.id) == paid != first
    assert paid.amount_paid == 200


# --- Changing ---


def test_open_then_paid_then_canceled(ask, stripe_sandbox):
    payment = next(p for p in everything(ask) if p["status"] == "open")
    url = f"{LIST}/{payment['id']}"

    paid = stripe_sandbox.set_invoice_payment_status(payment["id"], "paid", at=5).to_dict()
    assert paid == {
        **payment,
        "status": "paid",
        "amount_paid": payment["amount_requested"],
        "status_transitions": {"canceled_at": None, "paid_at": 5},
    }
    assert ask.get(url).json() == paid
    assert paid in everything(ask, status="paid")
    assert paid not in everything(ask, status="open")

    partly = stripe_sandbox.set_invoice_payment_status(payment["id"], "paid", amount_paid=1)
    assert (partly.amount_paid, partly.status) == (1, "paid")
    assert abs(partly.status_transitions.paid_at - time.time()) < 10

    canceled = stripe_sandbox.set_invoice_payment_status(payment["id"], "canceled", at=9)
    assert canceled.to_dict() == {
        **payment,
        "status": "canceled",
        "status_transitions": {"canceled_at": 9, "paid_at": None},
    }
    assert stripe_sandbox.set_invoice_payment_status(payment["id"], "open").to_dict() == payment


def test_what_pays_and_the_invoice_follow(ask, stripe_sandbox):
    payment = stripe_sandbox.create_invoice_payment(amount_requested=300)
    expand = {"expand[]": ["payment.payment_intent.latest_charge", "invoice"]}
    url = f"{LIST}/{payment.id}"

    seen = []
    for status in ("open", "paid", "canceled"):
        stripe_sandbox.set_invoice_payment_status(payment.id, status)
        answer = ask.get(url, params=expand).json()
        intent = answer["payment"]["payment_intent"]
        seen.append((answer["invoice"]["status"], intent["status"], intent["amount_received"]))
        assert (intent["latest_charge"] is not None) == (status == "paid")
    assert seen == [
        ("open", "requires_payment_method", 0),
        ("paid", "succeeded", 300),
        ("void", "canceled", 0),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            {"invoice_payment": "inpay_nope", "status": "paid"},
            "no such invoice_payment: 'inpay_nope'",
        ),
        ({"status": "gone"}, "status must be one of canceled, open, paid, got 'gone'"),
        ({"status": "canceled", "amount_paid": 1}, "amount_paid requires the status paid"),
        ({"status": "paid", "at": -1}, "at must be from 0 to"),
    ],
)
def test_what_cannot_be_is_not_set(stripe_sandbox, arguments, words):
    payment = stripe_sandbox.create_invoice_payment().id
    with pytest.raises(ValueError, match=words):
        stripe_sandbox.set_invoice_payment_status(**{"invoice_payment": payment, **arguments})


# --- Deleting ---


def test_a_deleted_invoice(ask, stripe_sandbox):
    payment = stripe_sandbox.create_invoice_payment()
    invoice = payment.invoice_id
    assert ask.get(f"/v1/invoices/{invoice}").status_code == 200
    stripe_sandbox.delete_invoice(invoice)

    response = ask.get(f"/v1/invoices/{invoice}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "resource_missing")
    expanded = ask.get(f"{LIST}/{payment.id}", params={"expand[]": "invoice"}).json()
    assert expanded["invoice"] == {"id": invoice, "object": "invoice", "deleted": True}
    assert everything(ask, invoice=invoice) == [payment.to_dict()]
    with pytest.raises(ValueError, match="invoice must not be deleted"):
        stripe_sandbox.create_invoice_payment(invoice=invoice)
    with pytest.raises(ValueError, match="no such invoice: 'in_nope'"):
        stripe_sandbox.delete_invoice("in_nope")


# --- Undoing ---


def test_reset_undoes_everything(ask, stripe_sandbox):
    stripe_sandbox.reset()
    before = everything(ask, **{"expand[]": "data.invoice"})
    request_ids = [ask.get(LIST).headers["request-id"] for _ in range(2)]
    created = stripe_sandbox.create_invoice_payment()
    stripe_sandbox.set_invoice_payment_status(before[0]["id"], "paid", at=3)
    stripe_sandbox.delete_invoice(before[1]["invoice"]["id"])
    stripe_sandbox.add_fault("server_error")
    stripe_sandbox.set_latency(60)
    stripe_sandbox.set_rate_limit(1)
    stripe_sandbox.reset()

    assert everything(ask, **{"expand[]": "data.invoice"}) == before
    assert ask.get(f"{LIST}/{created.id}").status_code == 404
    assert stripe_sandbox.create_invoice_payment(created=created.created) == created
    ask.get(LIST)
    assert request_ids[0] not in {ask.get(LIST).headers["request-id"] for _ in range(3)}


def test_changes_outlive_a_restart(connect):
    sandbox = Sandbox(payments=3)
    created = sandbox.create_invoice_payment()
    for _ in range(2):
        with sandbox, connect(sandbox.base_url, sandbox.api_key) as http:
            assert everything(http)[0] == created.to_dict()


# --- The order of many ---

SECONDS = st.integers(FIRST_SECOND - 400, FIRST_SECOND + 5 * 360)


@given(size=st.integers(0, 40), added=st.lists(SECONDS, max_size=25), probe=SECONDS)
def test_positions_and_numbers(size, added, probe):
    world = World(seed=1, size=size)
    order = Order(world.size, world.count_created_before)
    for number, second in enumerate(added, start=size):
        order.add(second, number)
    created = [world.payment(number).created for number in range(size)] + added
    expected = sorted(range(len(created)), key=lambda number: (created[number], number))

    assert len(order) == len(expected)
    assert order.is_natural == (not added)
    assert [order.number_at(position) for position in range(len(order))] == expected
    assert [expected[order.position_of(number)] for number in range(len(order))] == list(
        range(len(order))
    )
    older = sum(second < probe for second in created)
    assert order.count_created_before(probe) == older


def test_a_few_changes_in_a_million_payments_stay_light(connect):
    gc.collect()
    tracemalloc.start()
    try:
        with (
            Sandbox(payments=1_000_000) as sandbox,
            connect(sandbox.base_url, sandbox.api_key) as http,
        ):
            for second in range(0, 30_000_000, 1_000_000):
                sandbox.create_invoice_payment(created=FIRST_SECOND + second)
            oldest = sandbox.create_invoice_payment(created=1)
            middle = http.get(LIST, params={"created[gte]": str(FIRST_SECOND + 15_000_000)}).json()
            sandbox.set_invoice_payment_status(middle["data"][5]["id"], "canceled")
            params = {"created[lt]": str(FIRST_SECOND), "limit": "100"}
            assert http.get(LIST, params=params).json()["data"] == [oldest.to_dict()]
        memory = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert memory < 20_000_000
