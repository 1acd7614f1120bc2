"""What each fault does to an answer, and which requests get one."""

import gzip
import json
import socket
import threading
import time
import zlib
from urllib.parse import urlsplit

import httpx
import pytest

from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.faults.table import FAULTS

LIST = "/v1/invoice_payments"

# name: status, type, code, and what Stripe-Should-Retry and Stripe-Rate-Limited-Reason say
ERRORS = {
    "rate_limit": (429, "invalid_request_error", "rate_limit", None, "global-rate"),
    "rate_limit_retry": (429, "invalid_request_error", "rate_limit", "true", "global-rate"),
    "rate_limit_no_retry": (429, "invalid_request_error", "rate_limit", "false", "global-rate"),
    "rate_limit_400": (400, "invalid_request_error", "rate_limit", None, "global-rate"),
    "lock_timeout": (409, "invalid_request_error", "lock_timeout", None, None),
    "lock_timeout_429": (429, "invalid_request_error", "lock_timeout", None, None),
    "server_error": (500, "api_error", None, None, None),
    "server_error_retry": (500, "api_error", None, "true", None),
    "server_error_no_retry": (500, "api_error", None, "false", None),
    "card_error": (402, "card_error", "card_declined", None, None),
    "idempotency_error": (400, "idempotency_error", None, None, None),
    "idempotency_conflict": (409, "idempotency_error", None, None, None),
    "dependency_error": (424, "api_error", None, None, None),
}
PROXIES = {"proxy_503": 503, "proxy_503_retry_after": 503, "proxy_520": 520, "proxy_200": 200}
TESTED_BY_NAME = {
    *("api_key_expired", "permission_denied", "account_revoked"),  # test_reconciliation_and_outages
    *("error_as_string", "error_without_body", "redirect"),
    *("empty_body", "cut_json", "wrong_charset", "wrong_content_encoding"),
    *("broken_gzip", "cut_gzip"),
    *("connection_closed", "connection_closed_inside", "connection_reset"),
    *("slow_headers", "slow_body"),
    *("duplicate_page", "empty_page"),
    *("unknown_enum_value", "unknown_field", "null_field", "missing_field"),
}
ONE = "/v1/invoice_payments/{payment}"
INVOICE = "/v1/invoices/{invoice}"


@pytest.fixture
def urls(ask):
    """The URLs of a list, a payment and an invoice."""
    payment = next(p for p in ask.get(LIST).json()["data"] if p["status"] == "paid")
    return {
        "list": f"{LIST}?limit=3",
        "payment": f"{LIST}/{payment['id']}",
        "invoice": f"/v1/invoices/{payment['invoice']}?expand[]=payments",
    }


def raw(ask: httpx.Client, url: str, fault: str) -> httpx.Response:
    """The answer with its body as it came."""
    with ask.stream("GET", url, headers={"Sandbox-Fault": fault}) as response:
        body = b"".join(response.iter_raw())
    return httpx.Response(
        response.status_code,
        headers={name: value for name, value in response.headers.items() if "encoding" not in name},
        content=body,
        extensions={"encoding": response.headers.get("content-encoding")},
    )


def test_every_fault_is_tested():
    assert set(FAULTS) == {*ERRORS, *PROXIES, *TESTED_BY_NAME}


@pytest.mark.parametrize("kind", ["list", "payment", "invoice"])
@pytest.mark.parametrize("fault", ERRORS)
def test_errors_of_the_api(ask, urls, kind, fault):
    response = ask.get(urls[kind], headers={"Sandbox-Fault": fault})

    status, type_, code, should_retry, reason = ERRORS[fault]
    assert response.status_code == status
    error = response.json()["error"]
    assert (error["type"], error.get("code")) == (type_, code)
    assert response.headers.get("stripe-should-retry") == should_retry
    assert response.headers.get("stripe-rate-limited-reason") == reason
    assert error["request_log_url"].endswith(response.headers["request-id"])
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("fault", PROXIES)
def test_pages_of_a_proxy(ask, fault):
    response = ask.get(LIST, headers={"Sandbox-Fault": fault})

    assert response.status_code == PROXIES[fault]
    assert response.headers["content-type"] == "text/html"
    assert response.text.startswith("<html>")
    assert response.headers.get("retry-after") == ("1" if fault.endswith("retry_after") else None)
    assert "request-id" not in response.headers


def test_an_error_in_one_word(ask):
    response = ask.get(LIST, headers={"Sandbox-Fault": "error_as_string"})
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


def test_an_error_without_a_body(ask):
    response = ask.get(LIST, headers={"Sandbox-Fault": "error_without_body"})
    assert (response.status_code, response.content) == (500, b"")
    assert response.headers["request-id"].startswith("req_")


def test_a_redirect_leads_to_another_host(ask):
    response = ask.get(LIST, headers={"Sandbox-Fault": "redirect"})
    assert response.status_code == 307
    assert urlsplit(response.headers["location"]).hostname == "redirected.invalid"


@pytest.mark.parametrize("kind", ["list", "payment", "invoice"])
def test_bodies_that_cannot_be_read(ask, urls, kind):
    proper = ask.get(urls[kind])

    empty = raw(ask, urls[kind], "empty_body")
    assert (empty.status_code, empty.content) == (200, b"")
    assert empty.headers["content-type"] == "application/json"

    cut = raw(ask, urls[kind], "cut_json")
    assert cut.content == proper.content[: len(proper.content) // 2]
    assert cut.headers["content-length"] == str(len(cut.content))
    with pytest.raises(json.JSONDecodeError):
        cut.json()

    charset = raw(ask, urls[kind], "wrong_charset")
    assert charset.headers["content-type"] == "application/json; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        charset.content.decode()
    assert json.loads(charset.content.decode("latin-1"))["sandbox_note"] == "Zoë Müller"

    plain = raw(ask, urls[kind], "wrong_content_encoding")
    assert (plain.content, plain.extensions["encoding"]) == (proper.content, "gzip")

    broken = raw(ask, urls[kind], "broken_gzip")
    assert broken.extensions["encoding"] == "gzip"
    with pytest.raises((zlib.error, gzip.BadGzipFile, EOFError)):
        gzip.decompress(broken.content)
    with pytest.raises(httpx.DecodingError):
        ask.get(urls[kind], headers={"Sandbox-Fault": "broken_gzip"})

    short = raw(ask, urls[kind], "cut_gzip")
    unpacked = zlib.decompressobj(wbits=31).decompress(short.content)
    assert unpacked == proper.content[: len(unpacked)] != proper.content


@pytest.fixture
def talk(stripe_sandbox):
    """Sends a request on a connection of its own; the answer comes as it is read."""

    def talk(fault: str, url: str = f"{LIST}?limit=3") -> tuple[list[tuple[float, bytes]], str]:
        address = urlsplit(stripe_sandbox.base_url)
        request = (
            f"GET {url} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {stripe_sandbox.api_key}\r\n"
            f"Connection: close\r\nSandbox-Fault: {fault}\r\n\r\n"
        )
        parts = []
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            started = time.perf_counter()  # before the server can begin to wait
            connection.sendall(request.encode())
            try:
                while part := connection.recv(65536):
                    parts.append((time.perf_counter() - started, part))
            except ConnectionResetError:
                return parts, "reset"
        return parts, "closed"

    return talk


def test_the_connection_closed_before_the_answer(talk):
    assert talk("connection_closed") == ([], "closed")


def test_the_connection_reset_before_the_answer(talk):
    assert talk("connection_reset") == ([], "reset")


def test_the_connection_closed_inside_the_answer(talk):
    parts, end = talk("connection_closed_inside")

    head, _, body = b"".join(part for _, part in parts).partition(b"\r\n\r\n")
    assert end == "closed"
    assert head.startswith(b"HTTP/1.1 200")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert 0 < len(body) < length
    assert body.startswith(b'{"object":"list"')


def test_slow_headers(talk):
    parts, _ = talk("slow_headers;seconds=0.2")
    assert parts[0][0] >= 0.2
    assert parts[0][1].startswith(b"HTTP/1.1 200")


def test_a_slow_body(talk):
    parts, _ = talk("slow_body; seconds=0.3")
    assert parts[-1][0] >= 0.25
    assert parts[0][0] < parts[-1][0] / 2, "the headers come at once"
    assert len(parts) > 2
    body = b"".join(part for _, part in parts).partition(b"\r\n\r\n")[2]
    assert len(json.loads(body)["data"]) == 3


@pytest.mark.parametrize(
    "fault", ["connection_closed", "connection_closed_inside", "connection_reset"]
)
def test_httpx_sees_broken_connections(ask, fault):
    with pytest.raises(httpx.NetworkError if fault == "connection_reset" else httpx.ProtocolError):
        ask.get(LIST, headers={"Sandbox-Fault": fault})
    assert ask.get(LIST).status_code == 200


def test_a_page_that_comes_again(ask):
    first = ask.get(LIST, params={"limit": "3"}).json()
    for cursor in ("starting_after", "ending_before"):
        params = {"limit": "3", cursor: first["data"][-1]["id"]}
        again = ask.get(LIST, params=params, headers={"Sandbox-Fault": "duplicate_page"}).json()
        assert again == first


def test_an_empty_page_with_more(ask, urls):
    headers = {"Sandbox-Fault": "empty_page"}
    page = ask.get(LIST, headers=headers).json()
    assert page == {"object": "list", "url": LIST, "has_more": True, "data": []}
    embedded = ask.get(urls["invoice"], headers=headers).json()["payments"]
    assert (embedded["data"], embedded["has_more"]) == ([], True)
    assert ask.get(urls["payment"], headers=headers).json() == ask.get(urls["payment"]).json()


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("unknown_enum_value", lambda payment: payment.update(status="sandbox_unknown")),
        (
            "unknown_field",
            lambda payment: payment.update(sandbox_unknown={"nested": [1, None, "text"]}),
        ),
        ("null_field", lambda payment: payment.update(currency=None)),
        ("missing_field", lambda payment: payment.pop("currency")),
    ],
)
def test_wrong_contents(ask, urls, fault, change):
    headers = {"Sandbox-Fault": fault}
    page = ask.get(urls["list"]).json()
    changed = ask.get(urls["list"], headers=headers).json()
    change(page["data"][-1])
    assert changed["data"] == page["data"]
    assert ("sandbox_unknown" in changed) == (fault == "unknown_field")

    for kind in ("payment", "invoice"):
        proper = ask.get(urls[kind]).json()
        change(proper)
        assert ask.get(urls[kind], headers=headers).json() == proper

    empty = ask.get(f"{LIST}?created[lt]=5", headers=headers)
    assert (empty.status_code, empty.json()["data"]) == (200, [])
    refused = ask.get(f"{LIST}/inpay_nope", headers=headers)
    assert refused.status_code == 404
    assert "sandbox_unknown" not in refused.text


# --- Which requests get one ---


def statuses(ask, count, url=LIST):
    return [ask.get(url).status_code for _ in range(count)]


def test_the_next_requests(ask, stripe_sandbox):
    stripe_sandbox.add_fault("server_error", times=2)
    assert statuses(ask, 4) == [500, 500, 200, 200]


def test_every_request_until_cleared(ask, stripe_sandbox):
    stripe_sandbox.add_fault("server_error")
    assert statuses(ask, 3) == [500, 500, 500]
    stripe_sandbox.clear_faults()
    assert statuses(ask, 2) == [200, 200]


def test_after_some_requests(ask, stripe_sandbox):
    stripe_sandbox.add_fault("server_error", skip=2, times=1)
    assert statuses(ask, 4) == [200, 200, 500, 200]


def test_a_share_of_the_requests_the_same_each_time(ask, stripe_sandbox):
    runs = []
    for _ in range(2):
        stripe_sandbox.reset()
        stripe_sandbox.add_fault("server_error", rate=0.3)
        runs.append(statuses(ask, 60))
    assert runs[0] == runs[1]
    assert 8 <= runs[0].count(500) <= 28


def test_by_path_and_method(ask, stripe_sandbox, urls):
    stripe_sandbox.add_fault("server_error", path="/v1/invoices/*", method="get")
    stripe_sandbox.add_fault("lock_timeout", method="POST")

    assert ask.get(urls["list"]).status_code == 200
    assert ask.get(urls["invoice"]).status_code == 500
    assert ask.post(LIST).status_code == 409


def test_the_first_rule_that_applies_wins(ask, stripe_sandbox):
    stripe_sandbox.add_fault("server_error", times=1)
    stripe_sandbox.add_fault("lock_timeout", times=2)
    assert statuses(ask, 4) == [500, 409, 409, 200]


def test_a_request_can_ask_for_its_own(ask, stripe_sandbox):
    stripe_sandbox.add_fault("server_error", times=1)
    assert ask.get(LIST, headers={"Sandbox-Fault": "lock_timeout"}).status_code == 409
    assert statuses(ask, 2) == [500, 200]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("nope", ["no such fault: 'nope'", "server_error", "slow_body"]),
        ("", ["no such fault: ''"]),
        ("slow_body;seconds=x", ["must be from 0 to 3600", "'x'"]),
        ("slow_body;seconds=-1", ["must be from 0 to 3600"]),
        ("slow_body;seconds=nan", ["must be from 0 to 3600"]),
        ("slow_body;minutes=1", ["no option 'minutes'"]),
    ],
)
def test_a_header_that_means_nothing_is_a_400(ask, header, words):
    response = ask.get(LIST, headers={"Sandbox-Fault": header})
    assert response.status_code == 400
    message = response.json()["error"]["message"]
    assert message.startswith("Sandbox-Fault: ")
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "nope"}, "no such fault: 'nope'"),
        ({"name": "server_error", "times": -1}, "times"),
        ({"name": "server_error", "skip": -1}, "skip"),
        ({"name": "server_error", "rate": 1.5}, "rate"),
        ({"name": "server_error", "rate": float("nan")}, "rate"),
        ({"name": "slow_body", "seconds": -1}, "seconds"),
        ({"name": "slow_body", "seconds": float("nan")}, "seconds"),
    ],
)
def test_a_fault_that_cannot_be_meant_is_refused(stripe_sandbox, arguments, words):
    with pytest.raises(ValueError, match=words):
        stripe_sandbox.add_fault(**arguments)


@pytest.mark.parametrize("fault", ["slow_headers", "slow_body", None])
def test_a_client_that_leaves_ends_the_wait(stripe_sandbox, ask, fault):
    headers = {"Sandbox-Fault": f"{fault};seconds=60"} if fault else {}
    if not fault:
        stripe_sandbox.set_latency(60)
    with pytest.raises(httpx.ReadTimeout):
        ask.get(LIST, headers=headers, timeout=0.1)
    deadline = time.monotonic() + 5
    while stripe_sandbox.traffic().in_progress:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert stripe_sandbox.traffic().requests[0].status == (200 if fault == "slow_body" else None)


@pytest.mark.parametrize("fault", ["slow_headers", "slow_body", None])
def test_stopping_waits_for_no_slow_answer(connect, caplog, fault):
    sandbox = Sandbox(payments=1)
    if fault:
        sandbox.add_fault(fault, seconds=60)
    else:
        sandbox.set_latency(60)
    with sandbox, connect(sandbox.base_url, sandbox.api_key) as http:
        errors = []

        def get() -> None:
            try:
                http.get(LIST)
            except httpx.HTTPError as error:
                errors.append(error)

        thread = threading.Thread(target=get)
        thread.start()
        while not sandbox.traffic().in_progress:
            time.sleep(0.01)
        started = time.perf_counter()
        sandbox.stop()
        assert time.perf_counter() - started < 5
        thread.join()
    assert len(errors) == 1
    assert caplog.records == []
