"""Stripe's two tables of errors, row by row, as a user of the client meets them.

The first says which class of error an answer becomes, the second what a request is answered with.
"""

import pytest

from stripe_invoice_payments import (
    APIError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    PermissionError,
    RateLimitError,
    StripeError,
)

UNKNOWN = "inpay_1AAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture(scope="module")
def client(sandbox):
    with sandbox.client(max_retries=0) as client:
        yield client


# --- From an answer to a class ---


@pytest.mark.parametrize(
    ("fault", "status", "code", "expected"),
    [
        ("rate_limit", 429, "rate_limit", RateLimitError),
        ("rate_limit_400", 400, "rate_limit", RateLimitError),
        ("lock_timeout_429", 429, "lock_timeout", RateLimitError),
        ("idempotency_error", 400, None, IdempotencyError),
        ("idempotency_conflict", 409, None, IdempotencyError),
        ("card_error", 402, "card_declined", CardError),
        ("lock_timeout", 409, "lock_timeout", APIError),
        ("dependency_error", 424, None, APIError),
        ("server_error", 500, None, APIError),
        ("proxy_503", 503, None, APIError),
        ("proxy_520", 520, None, APIError),
        ("error_without_body", 500, None, APIError),
        ("error_as_string", 400, None, InvalidRequestError),
    ],
)
def test_the_class_of_an_answer(client, fault, status, code, expected):
    with pytest.raises(StripeError) as raised:
        client.invoice_payments.list(extra_headers={"Sandbox-Fault": fault})

    error = raised.value
    assert type(error) is expected
    assert (error.http_status, error.code) == (status, code)
    assert (error.request_id is None) == fault.startswith("proxy")


@pytest.mark.parametrize(
    ("key", "status", "expected"),
    [
        ("sk_test_nobody", 401, AuthenticationError),
        ("sk_test_expired", 401, AuthenticationError),
        ("rk_test_limited", 403, PermissionError),
    ],
)
def test_the_class_of_a_refused_key(sandbox, key, status, expected):
    with sandbox.client(key) as client, pytest.raises(StripeError) as raised:
        client.invoice_payments.list()
    assert type(raised.value) is expected
    assert raised.value.http_status == status


# --- From a request to an answer ---


@pytest.mark.parametrize(
    ("path", "status", "code", "param"),
    [
        (f"/{UNKNOWN}", 404, "resource_missing", "invoice_payment"),
        (f"?starting_after={UNKNOWN}", 400, "resource_missing", "starting_after"),
        (f"?ending_before={UNKNOWN}", 400, "resource_missing", "ending_before"),
        ("?limit=abc", 400, "parameter_invalid_integer", "limit"),
        ("?limit=0", 400, "parameter_invalid_integer", "limit"),
        ("?limit=101", 400, "parameter_invalid_integer", "limit"),
        ("?colour=red", 400, "parameter_unknown", "colour"),
        ("?payment[payment_intent]=pi_1", 400, "parameter_missing", "payment[type]"),
        ("?status=bogus", 400, None, "status"),
        (f"?starting_after={UNKNOWN}&ending_before={UNKNOWN}", 400, None, None),
        ("?expand[]=nope", 400, None, None),
        ("?expand=data.invoice", 400, None, "expand"),
    ],
)
def test_the_answer_to_a_request(http, path, status, code, param):
    response = http.get(f"/v1/invoice_payments{path}")
    error = response.json()["error"]
    found = (response.status_code, error.get("code"), error.get("param"))
    assert found == (status, code, param)


@pytest.mark.parametrize(
    ("authorization", "words"),
    [(None, "Authorization: Bearer"), ("Bearer nobody", "Invalid API key: ******")],
)
def test_the_answer_to_a_key(sandbox, connect, authorization, words):
    headers = {} if authorization is None else {"Authorization": authorization}
    with connect(sandbox.base_url) as http:
        response = http.get("/v1/invoice_payments", headers=headers)
    error = response.json()["error"]
    assert (response.status_code, error.get("code"), error.get("param")) == (401, None, None)
    assert words in error["message"]


# --- Headers ---


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        ("rate_limit", 1),
        ("rate_limit_no_retry", 1),
        ("rate_limit_retry", 2),
        ("lock_timeout", 2),
        ("server_error", 2),
        ("server_error_retry", 2),
        ("server_error_no_retry", 1),
        ("connection_closed", 2),
        ("connection_reset", 2),
        ("card_error", 1),
    ],
)
def test_stripe_should_retry_decides(stripe_sandbox, fault, requests):
    stripe_sandbox.add_fault(fault, times=1)
    client = stripe_sandbox.client(max_retries=1)
    if requests == 2:
        assert client.invoice_payments.list().data
    else:
        with pytest.raises(StripeError):
            client.invoice_payments.list()
    assert stripe_sandbox.traffic().total == requests


def test_a_refused_request_names_its_reason(client):
    with pytest.raises(RateLimitError) as raised:
        client.invoice_payments.list(extra_headers={"Sandbox-Fault": "rate_limit"})
    assert raised.value.headers["stripe-rate-limited-reason"] == "global-rate"
