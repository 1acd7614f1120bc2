import httpx
import pytest

from stripe_invoice_payments import API_VERSION

PATHS = ["/v1/invoice_payments", "/v1/invoice_payments/inpay_nope", "/v1/nope", "/"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_a_request_id_of_its_own(http: httpx.Client, path):
    first, second = (http.get(path).headers["request-id"] for _ in range(2))

    assert first.startswith("req_")
    assert second.startswith("req_")
    assert first != second


@pytest.mark.parametrize("path", PATHS)
def test_the_api_version_is_echoed(http: httpx.Client, path):
    assert http.get(path).headers["stripe-version"] == API_VERSION
    day = API_VERSION.partition(".")[0]
    for version in ("2024-06-20", "2025-11-17.clover", f"{day}.preview; feature=v1"):
        response = http.get(path, headers={"Stripe-Version": version})
        assert response.headers["stripe-version"] == version


def test_a_malformed_api_version_is_refused(http: httpx.Client):
    response = http.get("/v1/invoice_payments", headers={"Stripe-Version": "latest"})

    assert response.status_code == 400
    assert "latest" in response.json()["error"]["message"]


def test_answers_are_json_in_utf_8(http: httpx.Client):
    params = {"limit": "100", "expand[]": "data.invoice"}
    response = http.get("/v1/invoice_payments", params=params)

    assert response.headers["content-type"] == "application/json"
    assert "株式会社さくら".encode() in response.content


def test_a_connected_account_has_its_own_payments(sandbox, http: httpx.Client):
    (account,) = sandbox.accounts
    headers = {"Stripe-Account": account}
    own = http.get("/v1/invoice_payments").json()
    response = http.get("/v1/invoice_payments", headers=headers)
    theirs = response.json()["data"][0]["id"]

    assert response.headers["stripe-account"] == account
    assert theirs not in {payment["id"] for payment in own["data"]}
    assert http.get(f"/v1/invoice_payments/{theirs}").status_code == 404
    assert http.get(f"/v1/invoice_payments/{theirs}", headers=headers).status_code == 200


@pytest.mark.parametrize("account", ["acct_nope", "acct_1SandboxConnected2"])
def test_an_unknown_account_is_forbidden(http: httpx.Client, account):
    response = http.get("/v1/invoice_payments", headers={"Stripe-Account": account})

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "account_invalid"
    assert response.headers["stripe-account"] == account
    assert "sk_test_sandbox" not in response.text
