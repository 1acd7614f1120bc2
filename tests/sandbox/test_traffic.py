"""What the sandbox counts."""

import threading
import time

import pytest

from stripe_invoice_payments.sandbox.api.endpoints import OPERATIONS
from stripe_invoice_payments.sandbox.control.traffic import REQUESTS_KEPT, TrafficLog, endpoint_of

LIST = "/v1/invoice_payments"


def test_requests_are_counted(ask, stripe_sandbox):
    payment = ask.get(LIST, params={"limit": "1"}).json()["data"][0]
    ask.get(f"{LIST}/{payment['id']}")
    ask.get(f"/v1/invoices/{payment['invoice']}")
    ask.get(f"{LIST}/inpay_nope", params={"expand[]": "invoice"})
    ask.post(LIST)
    ask.get("/v2/nope")
    ask.get(LIST, headers={"Sandbox-Fault": "server_error"})
    with pytest.raises(Exception, match="disconnected"):
        ask.get(LIST, headers={"Sandbox-Fault": "connection_closed"})

    traffic = stripe_sandbox.traffic()
    assert (traffic.total, traffic.in_progress, traffic.max_in_progress) == (8, 0, 1)
    assert traffic.by_endpoint == {
        f"GET {LIST}": 3,
        f"GET {LIST}/{{id}}": 2,
        "GET /v1/invoices/{id}": 1,
        f"POST {LIST}": 1,
        "GET other": 1,
    }
    assert traffic.by_status == {200: 3, 404: 3, 500: 1, 0: 1}
    assert traffic.by_fault == {"server_error": 1, "connection_closed": 1}
    asked = traffic.requests[3]
    assert (asked.method, asked.path, asked.status) == ("GET", f"{LIST}/inpay_nope", 404)
    assert asked.query == "expand%5B%5D=invoice"
    assert [request.fault for request in traffic.requests[-2:]] == [
        "server_error",
        "connection_closed",
    ]
    assert traffic.requests[-1].status is None


def test_when_they_came(ask, stripe_sandbox):
    for _ in range(3):
        ask.get(LIST)
        time.sleep(0.05)
    first, second, third = (request.arrived_at for request in stripe_sandbox.traffic().requests)
    assert second - first >= 0.05
    assert third - second >= 0.05


def test_how_many_there_were_at_once(stripe_sandbox, connect):
    stripe_sandbox.set_latency(0.2)

    def get() -> None:
        with connect(stripe_sandbox.base_url, stripe_sandbox.api_key) as client:
            client.get(LIST)

    threads = [threading.Thread(target=get) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stripe_sandbox.traffic().max_in_progress == 5


def test_what_was_read_does_not_change(ask, stripe_sandbox):
    ask.get(LIST)
    before = stripe_sandbox.traffic()
    ask.get(LIST)
    stripe_sandbox.clear_traffic()
    assert (before.total, len(before.requests), before.by_status) == (1, 1, {200: 1})
    after = stripe_sandbox.traffic()
    assert (after.total, after.requests, after.by_status) == (0, (), {})


def test_what_was_in_progress_belongs_to_before():
    log = TrafficLog(clock=lambda: 1.0)
    early = log.arrive("GET", LIST, "")
    log.clear()
    late = log.arrive("GET", LIST, "")
    assert (log.read().in_progress, log.read().max_in_progress) == (1, 1)
    log.leave(early)
    log.leave(late)
    traffic = log.read()
    assert (traffic.total, traffic.in_progress, traffic.by_status) == (1, 0, {0: 1})


def test_only_the_latest_are_kept_one_by_one():
    log = TrafficLog()
    for number in range(REQUESTS_KEPT + 5):
        log.leave(log.arrive("GET", f"/{number}", ""))
    traffic = log.read()
    assert (traffic.total, len(traffic.requests)) == (REQUESTS_KEPT + 5, REQUESTS_KEPT)
    assert traffic.requests[0].path == "/5"
    assert traffic.by_endpoint == {"GET other": REQUESTS_KEPT + 5}


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        (LIST, LIST),
        (f"{LIST}/", LIST),
        (f"{LIST}/inpay_1", f"{LIST}/{{id}}"),
        ("/v1/invoices/in_1", "/v1/invoices/{id}"),
        ("/v1/invoices/", "/v1/invoices"),
        ("/v1/invoices", "/v1/invoices"),
        ("/v1/invoices/in_1/attach_payment", "/v1/invoices/{id}/attach_payment"),
        ("/v1/invoices/in_1/lines", "other"),
        ("/", "other"),
        ("", "other"),
    ],
)
def test_endpoints(path, endpoint):
    paths = {operation.path for operation in OPERATIONS}
    assert endpoint_of(path, paths) == endpoint
