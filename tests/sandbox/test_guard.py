"""No web page in the developer's browser can control the sandbox."""

import pytest

from stripe_invoice_payments.sandbox import Sandbox

LIST = "/v1/invoice_payments"
RESET = "/_sandbox/reset"


@pytest.fixture
def anyone(stripe_sandbox, connect):
    with connect(stripe_sandbox.base_url) as client:
        yield client


@pytest.mark.parametrize("path", [RESET, "/_sandbox", LIST, "/nope"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "localhost.evil.example", "sandbox", "10.1.2.3", "a@b", ""],
)
def test_another_host_is_refused(anyone, ask, path, host):
    response = ask.request("GET" if path != RESET else "POST", path, headers={"Host": host})

    assert response.status_code == 403
    assert "allowed_hosts" in response.json()["error"]["message"]
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.2:80", "[::1]:80", "::1"])
def test_loopback_names_are_its_own(ask, host):
    assert ask.get(LIST, headers={"Host": host}).status_code == 200
    assert ask.post(RESET, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_origin_is_refused(anyone, stripe_sandbox, headers):
    stripe_sandbox.add_fault("server_error")
    for method, path in (("POST", RESET), ("GET", "/_sandbox")):
        assert anyone.request(method, path, headers=headers).status_code == 403
    assert anyone.get(LIST).status_code == 500, "nothing was reset"


def test_its_own_origin_is_accepted(anyone, stripe_sandbox):
    headers = {"Origin": stripe_sandbox.base_url, "Sec-Fetch-Site": "same-origin"}
    assert anyone.post(RESET, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain; application/json",
    ],
)
def test_a_body_that_a_form_can_send_is_refused(anyone, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = anyone.post(RESET, content=b"{}", headers=headers)

    assert response.status_code == 415
    assert "application/json" in response.json()["error"]["message"]


def test_json_with_a_charset_is_accepted(anyone):
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert anyone.post(RESET, content=b"{}", headers=headers).status_code == 200


def test_further_names(connect):
    with (
        Sandbox(payments=1, allowed_hosts=["Stripe.internal"]) as sandbox,
        connect(sandbox.base_url, sandbox.api_key) as http,
    ):
        assert http.get(LIST, headers={"Host": "stripe.INTERNAL.:80"}).status_code == 200
        assert http.get(LIST, headers={"Host": "other.internal"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [("sandbox:8421", 200), ("10.1.2.3", 200), ("[fd00::1]", 200), ("evil.example", 403)],
)
def test_on_every_address_names_of_containers_are_its_own(connect, host, status):
    with (
        Sandbox(payments=1, host="0.0.0.0") as sandbox,  # noqa: S104 - what is tested
        connect(sandbox.base_url, sandbox.api_key) as http,
    ):
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        assert http.get(LIST, headers={"Host": host}).status_code == status


# --- Limits ---


def test_a_control_body_has_a_limit(anyone):
    headers = {"Content-Type": "application/json"}
    body = b'{"name": "' + b"x" * (1 << 20) + b'"}'
    for content in (body, iter([body] * 3)):
        response = anyone.post("/_sandbox/add_fault", content=content, headers=headers)
        assert response.status_code == 413
        assert "1048576" in response.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"x": "\\ud800"}'])
def test_a_body_that_no_reader_can_take(anyone, body):
    headers = {"Content-Type": "application/json"}
    response = anyone.post("/_sandbox/reset", content=body, headers=headers)
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("set_latency", '{"seconds": Infinity}', "seconds must be from 0 to 3600 seconds"),
        ("set_latency", '{"seconds": 1e300}', "seconds must be from 0 to 3600 seconds"),
        ("set_latency", '{"seconds": 0, "jitter": NaN}', "jitter must be from 0 to 3600"),
        ("set_rate_limit", '{"account": Infinity}', "account must be above 0 and at most"),
        ("set_rate_limit", '{"account": NaN}', "account must be above 0 and at most"),
        ("add_fault", '{"name": "slow_body", "seconds": Infinity}', "seconds must be from 0"),
        ("add_fault", '{"name": "server_error", "rate": NaN}', "rate"),
        ("add_fault", '{"name": "server_error", "times": -1}', "times must be from 0"),
        ("webhook_deliveries", '{"timeout": Infinity}', "timeout must be from 0 to 3600"),
        ("create_invoice_payment", '{"created": 1' + "0" * 400 + "}", "created must be from 0"),
        ("create_invoice_payment", '{"amount_requested": 1' + "0" * 12 + "}", "to 999999999999"),
        ("create_invoice_payment", '{"currency": "kwd", "amount_requested": 15}', "end in 0"),
    ],
)
def test_what_is_beyond_a_limit_is_named(anyone, method, body, words):
    headers = {"Content-Type": "application/json"}
    response = anyone.post(f"/_sandbox/{method}", content=body, headers=headers)

    assert response.status_code == 400
    assert words in response.json()["error"]["message"]


def test_the_number_of_faults_is_limited(stripe_sandbox):
    for _ in range(1_000):
        stripe_sandbox.add_fault("server_error", times=0)
    with pytest.raises(ValueError, match="faults must be at most 1000"):
        stripe_sandbox.add_fault("server_error")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"payments": 1_000_000_001}, ValueError, "payments must be from 0 to 1000000000"),
        ({"payments": "5"}, TypeError, "payments must be an integer, got '5'"),
        ({"port": 65536}, ValueError, "port must be from 0 to 65535, got 65536"),
        ({"accounts": "acct_1"}, TypeError, "accounts must be a list of strings, got str"),
        ({"accounts": -1}, ValueError, "accounts must be from 0 to 10000, got -1"),
        ({"accounts": ["a", "a"]}, ValueError, "accounts must differ"),
        ({"accounts": ["a b"]}, ValueError, "accounts must be ids such as acct_1, got 'a b'"),
        ({"allowed_hosts": "sandbox"}, TypeError, "allowed_hosts must be a list of strings"),
        ({"webhook_hosts": [1]}, TypeError, "webhook_hosts must be a string, got 1"),
        ({"latency": float("inf")}, ValueError, "seconds must be from 0 to 3600 seconds, got inf"),
    ],
)
def test_options_beyond_a_limit_are_named(options, error, words):
    with pytest.raises(error, match=words):
        Sandbox(**options)
