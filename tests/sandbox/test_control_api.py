"""What a test can tell the sandbox from another process."""

import inspect

import pytest

from stripe_invoice_payments import Webhook
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.control.editing import Editing
from stripe_invoice_payments.sandbox.control.methods import Control
from stripe_invoice_payments.sandbox.faults.table import FAULTS

LIST = "/v1/invoice_payments"


@pytest.fixture
def anyone(stripe_sandbox, connect):
    """A client without a key."""
    with connect(stripe_sandbox.base_url) as client:
        yield client


@pytest.fixture
def tell(anyone):
    """Calls a method over HTTP; returns the status and the JSON."""

    def tell(method, /, **arguments):
        response = anyone.post(f"/_sandbox/{method}", json=arguments)
        return response.status_code, response.json()

    return tell


def test_every_method_in_python_is_one_over_http(anyone):
    overview = anyone.get("/_sandbox").json()
    methods = [
        name
        for part in (Control, Editing)
        for name, _ in inspect.getmembers(part, inspect.isfunction)
    ]

    assert sorted(overview["methods"]) == sorted(name for name in methods if name[0] != "_")
    assert "amount_requested: 'int' = 1000" in overview["methods"]["create_invoice_payment"]
    assert overview["faults"] == {name: fault.summary for name, fault in FAULTS.items()}
    assert overview["accounts"] == ["acct_1SandboxConnected"]
    assert overview["keys"]["sk_test_sandbox"] == {
        "livemode": False,
        "expired": False,
        "permitted": True,
    }


def test_the_data(tell, ask):
    status, created = tell("create_invoice_payment", amount_requested=42, status="paid", created=9)
    assert (status, created["amount_paid"]) == (200, 42)
    assert ask.get(f"{LIST}/{created['id']}").json() == created
    arguments = {"invoice_payment": created["id"], "status": "canceled", "at": 11}
    status, canceled = tell("set_invoice_payment_status", **arguments)
    assert (status, canceled["status_transitions"]) == (200, {"canceled_at": 11, "paid_at": None})
    assert tell("delete_invoice", invoice=created["invoice"]) == (200, None)
    assert ask.get(f"/v1/invoices/{created['invoice']}").status_code == 404
    assert tell("reset") == (200, None)
    assert ask.get(f"{LIST}/{created['id']}").status_code == 404


def test_a_webhook(tell, ask):
    _, created = tell("create_invoice_payment", status="paid")
    arguments = {"invoice_payment": created["id"], "secret": "whsec_test"}
    status, webhook = tell("invoice_payment_paid_webhook", **arguments)
    assert (status, sorted(webhook)) == (200, ["body", "headers"])
    signature = webhook["headers"]["Stripe-Signature"]
    event = Webhook.construct_event(webhook["body"], signature, "whsec_test")
    assert event.data.object == created == ask.get(f"{LIST}/{created['id']}").json()


def test_faults_latency_and_limits(tell, ask, stripe_sandbox):
    assert tell("add_fault", name="server_error", times=1) == (200, None)
    assert ask.get(LIST).status_code == 500
    assert tell("add_fault", name="server_error") == (200, None)
    assert tell("clear_faults") == (200, None)
    assert tell("set_latency", seconds=0.01, jitter=0.005) == (200, None)
    assert tell("set_rate_limit", account=1, endpoint=None) == (200, None)
    assert [ask.get(LIST).status_code for _ in range(2)] == [200, 429]

    status, traffic = tell("traffic")
    assert status == 200
    assert traffic["by_status"] == {"200": 1, "429": 1, "500": 1}
    assert traffic["total"] == stripe_sandbox.traffic().total == 3
    assert traffic["requests"][0]["path"] == LIST
    assert tell("clear_traffic") == (200, None)
    assert stripe_sandbox.traffic().total == 0


def test_what_is_told_is_neither_counted_nor_broken(tell, stripe_sandbox):
    stripe_sandbox.add_fault("connection_closed")
    stripe_sandbox.set_rate_limit(0.001)
    assert [tell("traffic")[1]["total"] for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("create_invoice_payment", {"amount": 1}, "unexpected keyword argument 'amount'"),
        ("create_invoice_payment", {"created": "now"}, "created must be int | None"),
        ("create_invoice_payment", {"created": 1.5}, "created must be int | None, got 1.5"),
        (
            "create_invoice_payment",
            {"amount_requested": True},
            "amount_requested must be int, got True",
        ),
        ("create_invoice_payment", {"livemode": 1}, "livemode must be bool, got 1"),
        ("create_invoice_payment", {"type": "cash"}, "type must be one of"),
        ("set_invoice_payment_status", {"status": "paid"}, "missing a required argument"),
        ("invoice_payment_paid_webhook", {"invoice_payment": "inpay_1"}, "required argument"),
        (
            "invoice_payment_paid_webhook",
            {"invoice_payment": "inpay_nope", "secret": "whsec_test"},
            "no such invoice_payment: 'inpay_nope'",
        ),
        ("delete_invoice", {"invoice": None}, "invoice must be str, got None"),
        ("add_fault", {"name": "nope"}, "no such fault: 'nope'"),
        ("set_latency", {"seconds": -1}, "seconds must be from 0 to 3600 seconds, got -1"),
        ("set_rate_limit", {"account": 0}, "account must be above 0"),
    ],
)
def test_mistakes_are_named(tell, method, arguments, words):
    status, answer = tell(method, **arguments)
    assert status == 400
    assert words in answer["error"]["message"]


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'"reset"'])
def test_a_body_that_is_no_json_object(anyone, body):
    headers = {"Content-Type": "application/json"}
    assert anyone.post("/_sandbox/reset", content=body, headers=headers).status_code == 400


def test_a_method_that_there_is_not(tell, anyone):
    status, answer = tell("stop")
    assert status == 404
    assert "Methods: create_invoice_payment, " in answer["error"]["message"]
    assert anyone.get("/_sandbox/reset").status_code == 405


def test_in_python_before_it_runs():
    sandbox = Sandbox(payments=1)
    sandbox.add_fault("server_error", times=1)
    sandbox.create_invoice_payment()
    with sandbox, sandbox.client(max_retries=1) as client:
        assert len(client.invoice_payments.list().data) == 2
    assert sandbox.traffic().by_status == {500: 1, 200: 1}
