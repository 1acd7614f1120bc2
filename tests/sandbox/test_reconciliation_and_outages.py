"""What tests of reconciliation and outages need: invoices, refused keys, posted webhooks."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stripe_invoice_payments import (
    AuthenticationError,
    PermissionError,
    RetryEvent,
    StripeError,
    Webhook,
)
from stripe_invoice_payments.sandbox import Sandbox

LIST = "/v1/invoice_payments"
SECRET = "whsec_test"


@pytest.fixture
def tell(stripe_sandbox, connect):
    """Calls a method over HTTP; returns the status and the JSON."""
    with connect(stripe_sandbox.base_url) as anyone:

        def tell(method, /, **arguments):
            response = anyone.post(f"/_sandbox/{method}", json=arguments)
            return response.status_code, response.json()

        yield tell


# --- Invoices ---


def test_an_invoice_whose_payments_do_not_add_up(ask, stripe_sandbox):
    payment = stripe_sandbox.create_invoice_payment(amount_requested=1000, status="paid")
    invoice = stripe_sandbox.update_invoice(payment.invoice_id, total=5000, amount_paid=4000)

    assert (invoice.total, invoice.amount_paid, invoice.amount_remaining) == (5000, 4000, 1000)
    assert invoice.status == "open"
    shown = ask.get(f"/v1/invoices/{payment.invoice_id}?expand[]=payments").json()
    assert (shown["total"], shown["amount_due"], shown["amount_paid"]) == (5000, 5000, 4000)
    assert sum(one["amount_paid"] for one in shown["payments"]["data"]) == 1000
    over = stripe_sandbox.update_invoice(payment.invoice_id, amount_paid=6000)
    assert (over.amount_overpaid, over.amount_remaining, over.status) == (1000, 0, "paid")


@pytest.mark.parametrize("kind", ["payment_intent", "charge"])
def test_metadata_customer_and_number(ask, tell, kind):
    _, payment = tell("create_invoice_payment", status="paid", type=kind)
    wanted = {"customer": "cus_mine", "number": "2026-7", "metadata": {"order": "7", "é": "株"}}
    status, invoice = tell("update_invoice", invoice=payment["invoice"], **wanted)

    assert (status, {name: invoice[name] for name in wanted}) == (200, wanted)
    expand = [("expand[]", f"payment.{kind}"), ("expand[]", "invoice")]
    shown = ask.get(f"{LIST}/{payment['id']}", params=expand).json()
    assert shown["invoice"] == invoice
    assert shown["payment"][kind]["customer"] == "cus_mine"
    _, again = tell("update_invoice", invoice=payment["invoice"], number="8")
    assert again == {**invoice, "number": "8"}
    tell("reset")


@pytest.mark.parametrize("status", ["open", "paid", "uncollectible", "void"])
def test_a_status_of_its_own(stripe_sandbox, status):
    payment = stripe_sandbox.create_invoice_payment()
    invoice = stripe_sandbox.update_invoice(payment.invoice_id, status=status)
    moments = invoice.status_transitions.to_dict()

    assert invoice.status == status
    expected = {"finalized_at"} | ({"open": set()}.get(status, {f"{status}_at"}))
    expected = {name.replace("void_at", "voided_at") for name in expected}
    expected = {name.replace("uncoll", "marked_uncoll") for name in expected}
    assert {name for name, at in moments.items() if at is not None} == expected


def test_reset_undoes_edits(ask, stripe_sandbox):
    invoice = ask.get(LIST).json()["data"][0]["invoice"]
    before = ask.get(f"/v1/invoices/{invoice}").json()
    stripe_sandbox.update_invoice(invoice, total=1, metadata={"a": "b"})
    stripe_sandbox.reset()
    assert ask.get(f"/v1/invoices/{invoice}").json() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"invoice": "in_nope"}, "no such invoice: 'in_nope'"),
        ({"total": -1}, "total must be from 0"),
        ({"status": "gone"}, "status must be one of"),
        ({"customer": ""}, "customer must have 1 to 500 characters, got 0"),
        ({"number": "x" * 501}, "number must have 1 to 500 characters, got 501"),
        ({"metadata": {"x" * 41: "a"}}, "a key must have at most 40 characters, got 41"),
        ({"metadata": {str(n): "a" for n in range(51)}}, "metadata must have at most 50 keys"),
        ({"metadata": {"a": 1}}, "metadata['a'] must be a string, got 1"),
        ({"metadata": {"a": "\ud800"}}, "without lone surrogates"),
        ({"metadata": []}, "metadata must be dict[str, str] | None"),
    ],
)
def test_mistakes_in_an_invoice_are_named(tell, stripe_sandbox, connect, arguments, words):
    invoice = stripe_sandbox.create_invoice_payment().invoice_id
    body = json.dumps({"invoice": invoice, **arguments})
    with connect(stripe_sandbox.base_url) as anyone:
        headers = {"Content-Type": "application/json"}
        response = anyone.post("/_sandbox/update_invoice", content=body, headers=headers)
    assert response.status_code == 400
    assert words in response.json()["error"]["message"]


# --- Keys and accounts that are refused in mid-run ---


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        ("api_key_expired", AuthenticationError, 401),
        ("permission_denied", PermissionError, 403),
        ("account_revoked", PermissionError, 403),
    ],
)
def test_refused_in_mid_run(stripe_sandbox, fault, error, status):
    stripe_sandbox.add_fault(fault, skip=2)
    pages = stripe_sandbox.client().invoice_payments.list(limit=10).iter_pages()
    next(pages)
    next(pages)
    with pytest.raises(error) as raised:
        next(pages)
    assert raised.value.http_status == status
    assert stripe_sandbox.traffic().by_status == {200: 2, status: 1}


def test_for_one_account_or_one_key(stripe_sandbox, connect):
    account = stripe_sandbox.accounts[0]
    stripe_sandbox.add_fault("account_revoked", account=account)
    stripe_sandbox.add_fault("permission_denied", account="", api_key="sk_live_*")
    seen = []
    for key in (stripe_sandbox.api_key, stripe_sandbox.live_api_key):
        with connect(stripe_sandbox.base_url, key) as http:
            for name in (None, "Stripe-Account", "Stripe-Context"):
                headers = {} if name is None else {name: account}
                error = http.get(LIST, headers=headers).json().get("error", {})
                seen.append(error.get("code", "denied") if error else None)
    lost = "account_invalid"
    assert seen == [None, lost, lost, "denied", lost, lost]


def test_over_http_too(tell, ask):
    fault = {"name": "api_key_expired", "api_key": "sk_test_sandbox", "skip": 1, "times": 1}
    assert tell("add_fault", **fault) == (200, None)
    assert [ask.get(LIST).status_code for _ in range(3)] == [200, 401, 200]


# --- Retries ---


@pytest.mark.parametrize("fault", ["server_error", "proxy_503_retry_after", "connection_reset"])
def test_retries_do_not_wait(stripe_sandbox, fault):
    stripe_sandbox.add_fault(fault)
    delays: list[RetryEvent] = []
    client = stripe_sandbox.client(max_retries=20, on_retry=delays.append)

    async def ask_async():
        options = {"max_retries": 20, "on_retry": delays.append}
        async with stripe_sandbox.async_client(**options) as asynchronous:
            await asynchronous.with_options(timeout=60).invoice_payments.list()

    started = time.monotonic()
    with pytest.raises(StripeError):
        client.with_options(timeout=60).invoice_payments.list()
    with pytest.raises(StripeError):
        asyncio.run(ask_async())
    # Twice twenty delays would be four minutes.
    assert time.monotonic() - started < 60
    assert [retry.delay for retry in delays] == [0.0] * 40


def test_retries_wait_if_asked_to(stripe_sandbox):
    stripe_sandbox.add_fault("server_error", times=1)
    delays: list[RetryEvent] = []
    client = stripe_sandbox.client(retry_delays=True, on_retry=delays.append)
    client.invoice_payments.list()
    assert 0.25 <= delays[0].delay <= 0.5


# --- Accounts ---


def test_stripe_context_selects_the_account(http, sandbox):
    (account,) = sandbox.accounts
    own, by_account, by_context = (
        http.get(LIST, headers=headers).json()
        for headers in ({}, {"Stripe-Account": account}, {"Stripe-Context": account})
    )
    assert by_context == by_account != own


@pytest.mark.parametrize("name", ["Stripe-Account", "Stripe-Context"])
def test_an_empty_header_is_as_if_absent(http, name):
    response = http.get(LIST, headers={name: ""})
    assert response.status_code == 200
    assert response.json() == http.get(LIST).json()
    assert "stripe-account" not in response.headers


@pytest.mark.parametrize("name", ["Stripe-Account", "Stripe-Context"])
def test_both_headers_are_refused(http, sandbox, name):
    account = sandbox.accounts[0]
    both = {"Stripe-Account": account, "Stripe-Context": account}
    assert http.get(LIST, headers=both).status_code == 400
    assert http.get(LIST, headers={**both, name: ""}).status_code == 200


def test_a_path_of_accounts(connect):
    with (
        Sandbox(payments=5, accounts=["acct_a", "acct_a/acct_b"]) as sandbox,
        connect(sandbox.base_url, sandbox.api_key) as http,
    ):
        newest = [
            http.get(LIST, headers={"Stripe-Context": context}).json()["data"][0]["id"]
            for context in ("", "acct_a", "acct_a/acct_b")
        ]
        assert len(set(newest)) == 3
        for header, context, status in (
            ("Stripe-Context", "acct_b", 403),
            ("Stripe-Context", "acct_a/acct_c", 403),
            ("Stripe-Account", "acct_a/acct_b", 400),
        ):
            assert http.get(LIST, headers={header: context}).status_code == status


def test_a_number_of_accounts():
    sandbox = Sandbox(payments=1, accounts=3)
    first = "acct_1SandboxConnected"
    assert sandbox.accounts == (first, f"{first}2", f"{first}3")
    assert Sandbox(payments=1, accounts=0).accounts == ()


def test_its_repr_says_where_it_is():
    sandbox = Sandbox(payments=3, seed=4)
    rest = "3 payments, seed 4, API key sk_test_sandbox>"
    assert repr(sandbox) == f"<Sandbox not running, {rest}"
    with sandbox:
        assert repr(sandbox) == f"<Sandbox {sandbox.base_url}, {rest}"


# --- Expansion ---


@pytest.mark.parametrize(
    ("path", "expand"), [(LIST, "data"), ("/v1/invoices/{invoice}", "payments.data")]
)
def test_a_path_may_end_in_the_objects_of_a_list(http, payments, path, expand):
    path = path.format(invoice=payments[0]["invoice"])
    response = http.get(path, params={"expand[]": expand})
    shorter = expand.partition(".")[0]
    params = {} if shorter == "data" else {"expand[]": shorter}
    assert response.status_code == 200
    assert response.json() == http.get(path, params=params).json()


# --- Webhooks that are posted ---


class Endpoint(ThreadingHTTPServer):
    """An endpoint that notes what it gets, after asking `before` if there is one."""

    def __init__(self):
        self.received = []
        self.status = 200
        self.before = None
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hooks?a=b"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        endpoint = self.server
        assert isinstance(endpoint, Endpoint)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if endpoint.before is not None:
            endpoint.before()
        endpoint.received.append((self.path, body, self.headers["Stripe-Signature"]))
        self.send_response(endpoint.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_webhooks_are_posted_when_a_payment_is_paid(tell, ask, endpoint):
    # The endpoint asks the sandbox before it responds, as many do.
    endpoint.before = lambda: ask.get(LIST)
    assert tell("post_webhooks_to", url=endpoint.url, secret=SECRET) == (200, None)
    _, first = tell("create_invoice_payment", status="paid")
    _, second = tell("create_invoice_payment")
    for status in ("paid", "paid", "canceled"):
        tell("set_invoice_payment_status", invoice_payment=second["id"], status=status)

    status, deliveries = tell("webhook_deliveries", timeout=30)
    assert (status, [one["status"] for one in deliveries]) == (200, [200, 200])
    events = [
        Webhook.construct_event(body, signature, SECRET) for _, body, signature in endpoint.received
    ]
    assert [event.data.object["id"] for event in events] == [first["id"], second["id"]]
    assert [event.id for event in events] == [one["event"] for one in deliveries]
    assert {path for path, _, _ in endpoint.received} == {"/hooks?a=b"}


def test_failed_deliveries_are_reported(stripe_sandbox, endpoint):
    endpoint.status = 500
    stripe_sandbox.post_webhooks_to(endpoint.url, secret=SECRET)
    stripe_sandbox.create_invoice_payment(status="paid")
    assert [one.status for one in stripe_sandbox.webhook_deliveries(30)] == [500]
    stripe_sandbox.post_webhooks_to("http://127.0.0.1:9/", secret=SECRET)
    stripe_sandbox.create_invoice_payment(status="paid", account=stripe_sandbox.accounts[0])
    _, failed = stripe_sandbox.webhook_deliveries(30)
    assert failed.status is None
    assert "refused" in failed.error
    assert SECRET not in repr(stripe_sandbox.webhook_deliveries())


@pytest.mark.parametrize("how", ["reset", "stop_webhooks"])
def test_no_further_webhooks(stripe_sandbox, endpoint, how):
    stripe_sandbox.post_webhooks_to(endpoint.url, secret=SECRET)
    getattr(stripe_sandbox, how)()
    stripe_sandbox.create_invoice_payment(status="paid")
    assert stripe_sandbox.webhook_deliveries() == ()
    assert endpoint.received == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://evil.example/", "webhook_hosts"),
        ("http://10.0.0.1/", "webhook_hosts"),
        ("http://127.0.0.1.evil.example/", "webhook_hosts"),
        ("ftp://127.0.0.1/", "http:// or https://"),
        ("http://user:pw@127.0.0.1/", "no credentials"),
        ("http://127.0.0.1/#x", "no fragment"),
        ("http://127.0.0.1/a b", "http:// or https://"),
        ("http://127.0.0.1:99999/", "http:// or https://"),
        ("nonsense", "http:// or https://"),
    ],
)
def test_endpoints_elsewhere_are_refused(tell, url, words):
    status, body = tell("post_webhooks_to", url=url, secret=SECRET)
    assert status == 400
    assert words in body["error"]["message"]
    assert "pw" not in body["error"]["message"]


def test_a_secret_is_not_repeated(tell, stripe_sandbox):
    for secret in (["whsec_hidden"], "whsec hidden"):
        status, body = tell("post_webhooks_to", url="http://127.0.0.1:9/", secret=secret)
        assert status == 400
        assert "hidden" not in body["error"]["message"]
    with pytest.raises(ValueError, match="secret"):
        stripe_sandbox.post_webhooks_to("http://127.0.0.1:9/", secret="")


def test_endpoints_in_other_containers_if_named():
    sandbox = Sandbox(payments=1, webhook_hosts=["app"])
    sandbox.post_webhooks_to("http://app:8000/hooks", secret=SECRET)
    with pytest.raises(ValueError, match="webhook_hosts"):
        sandbox.post_webhooks_to("http://app2:8000/hooks", secret=SECRET)
