import base64

import pytest

from stripe_invoice_payments.sandbox import Sandbox

LIST = "/v1/invoice_payments"
KEY = Sandbox.api_key


def basic(user: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def ask(sandbox, connect):
    client = connect(sandbox.base_url)

    def get(authorization):
        headers = {} if authorization is None else {"Authorization": authorization}
        return client.get(LIST, headers=headers)

    with client:
        yield get


@pytest.mark.parametrize(
    "authorization",
    [
        f"Bearer {KEY}",
        f"bearer {KEY}",
        basic(KEY),
        basic(KEY, "ignored"),
    ],
)
def test_the_key_opens(ask, authorization):
    assert ask(authorization).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", basic(""), "Basic !!!", "Basic /w==", f"Digest {KEY}"],
)
def test_without_a_key_the_message_says_how_to_give_one(ask, authorization):
    response = ask(authorization)

    assert response.status_code == 401
    error = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert "Authorization: Bearer" in error["message"]
    assert set(error) == {"type", "message"}
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.headers["request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk_test_" + "abcdefghijklmnop", "sk_test_************mnop"),
        ("rk_live_" + "abcdefghijklmnop", "rk_live_************mnop"),
        ("sk_test_short", "sk_test_*****"),
        ("completely-wrong", "************rong"),
        ("wrong", "*****"),
    ],
)
@pytest.mark.parametrize("scheme", ["Bearer {}", "Basic"])
def test_an_unknown_key_is_shown_masked(ask, key, shown, scheme):
    response = ask(basic(key) if scheme == "Basic" else scheme.format(key))

    assert response.status_code == 401
    assert response.json()["error"]["message"] == f"Invalid API key: {shown}"
    assert key not in response.text


def test_an_expired_key_is_refused(ask):
    response = ask(f"Bearer {Sandbox.expired_api_key}")

    assert response.status_code == 401
    error = response.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "api_key_expired")
    assert "sk_test_*******" in error["message"]
    assert "request_log_url" not in error


@pytest.mark.parametrize("path", [LIST, f"{LIST}/inpay_nope", "/v1/invoices/in_nope"])
def test_a_restricted_key_lacks_the_permission(sandbox, connect, path):
    with connect(sandbox.base_url, sandbox.restricted_api_key) as client:
        response = client.get(path)

    assert response.status_code == 403
    error = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert "permission" in error["message"]
    assert "rk_test_*******" in error["message"]


def test_the_live_key_sees_other_data_than_the_test_key(sandbox, connect):
    with (
        connect(sandbox.base_url, sandbox.api_key) as test,
        connect(sandbox.base_url, sandbox.live_api_key) as live,
    ):
        mine = {"params": {"limit": "100", "expand[]": "data.invoice"}}
        test_page, live_page = (client.get(LIST, **mine).json()["data"] for client in (test, live))
        assert {payment["livemode"] for payment in test_page} == {False}
        assert {payment["livemode"] for payment in live_page} == {True}
        assert {
            payment["invoice"]["livemode"]
            for payment in live_page
            if "livemode" in payment["invoice"]
        } == {True}
        live_id = live_page[0]["id"]
        assert test.get(f"{LIST}/{live_id}").status_code == 404
        assert live.get(f"{LIST}/{live_id}").json()["livemode"] is True
        for kind in ("payment_intent", "charge", "payment_record"):
            expanded = next(p["id"] for p in live_page if p["payment"]["type"] == kind)
            params = {"expand[]": f"payment.{kind}"}
            payment = live.get(f"{LIST}/{expanded}", params=params).json()["payment"]
            assert payment[kind]["livemode"] is True


def test_each_mode_of_a_connected_account_has_its_own_data(sandbox, connect):
    headers = {"Stripe-Account": sandbox.accounts[0]}
    newest = set()
    for key in (sandbox.api_key, sandbox.live_api_key):
        with connect(sandbox.base_url, key) as client:
            for asked in ({}, headers):
                newest.add(client.get(LIST, headers=asked).json()["data"][0]["id"])
    assert len(newest) == 4


def test_the_log_of_live_requests_is_elsewhere(sandbox, connect):
    urls = []
    for key in (sandbox.api_key, sandbox.live_api_key):
        with connect(sandbox.base_url, key) as client:
            urls.append(client.get(f"{LIST}?limit=0").json()["error"]["request_log_url"])
    assert "/test/logs/" in urls[0]
    assert "/test/" not in urls[1]
