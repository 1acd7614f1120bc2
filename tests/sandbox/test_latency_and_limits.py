"""Latency, and Stripe's limits on requests a second."""

import time

import pytest

from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.api.errors import ApiError
from stripe_invoice_payments.sandbox.api.rate_limit import RateLimit

LIST = "/v1/invoice_payments"


def elapsed(ask):
    started = time.perf_counter()
    ask.get(LIST)
    return time.perf_counter() - started


def test_a_latency(ask, stripe_sandbox):
    ask.get(LIST)
    stripe_sandbox.set_latency(0.1)
    assert elapsed(ask) >= 0.1
    stripe_sandbox.set_latency(0)
    assert min(elapsed(ask) for _ in range(20)) < 0.1


def test_a_latency_with_jitter_is_the_same_each_time():
    sandboxes = [Sandbox(latency=0.2, jitter=0.1, seed=seed) for seed in (1, 1, 2)]
    draws = [[sandbox._core.draw_latency() for _ in range(200)] for sandbox in sandboxes]
    assert draws[0] == draws[1] != draws[2]
    assert all(0.1 <= seconds <= 0.3 for seconds in draws[0])
    assert max(draws[0]) - min(draws[0]) > 0.15
    sandboxes[0].reset()
    assert sandboxes[0]._core.draw_latency() == draws[0][0]


def test_options_are_the_start_and_what_reset_goes_back_to(connect):
    with (
        Sandbox(payments=1, latency=0.05, rate_limit=2) as sandbox,
        connect(sandbox.base_url, sandbox.api_key) as http,
    ):
        for _ in range(2):
            started = time.perf_counter()
            assert [http.get(LIST).status_code for _ in range(3)] == [200, 200, 429]
            assert time.perf_counter() - started >= 0.15
            sandbox.set_latency(0)
            sandbox.set_rate_limit(None)
            assert [http.get(LIST).status_code for _ in range(3)] == [200, 200, 200]
            sandbox.reset()


def test_the_refused_answer(ask, stripe_sandbox):
    stripe_sandbox.set_rate_limit(1)
    ask.get(LIST)
    response = ask.get(LIST)

    assert response.status_code == 429
    error = response.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "rate_limit")
    assert response.headers["stripe-rate-limited-reason"] == "global-rate"
    assert "stripe-should-retry" not in response.headers
    assert "retry-after" not in response.headers
    assert response.headers["request-id"].startswith("req_")


def test_each_endpoint_account_and_mode_counts_on_its_own(stripe_sandbox, connect):
    stripe_sandbox.set_rate_limit(None, 1)
    with (
        connect(stripe_sandbox.base_url, stripe_sandbox.api_key) as test,
        connect(stripe_sandbox.base_url, stripe_sandbox.live_api_key) as live,
    ):
        connected = {"Stripe-Account": stripe_sandbox.accounts[0]}
        assert test.get(LIST).status_code == 200
        assert test.get(f"{LIST}/inpay_nope").status_code == 404
        assert test.get("/v1/invoices/in_nope").status_code == 404
        assert test.get(LIST, headers=connected).status_code == 200
        assert live.get(LIST).status_code == 200
        refused = test.get(f"{LIST}/another")
        assert refused.status_code == 429
        assert refused.headers["stripe-rate-limited-reason"] == "endpoint-rate"


def test_without_a_valid_key_nothing_is_counted(stripe_sandbox, connect):
    stripe_sandbox.set_rate_limit(1)
    with connect(stripe_sandbox.base_url, "sk_test_nobody") as http:
        assert [http.get(LIST).status_code for _ in range(3)] == [401] * 3


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def allowed(limit, account: str | None = "a", endpoint="x", livemode=False):
    """True, or the reason why not."""
    try:
        limit.check(account, livemode, endpoint)
    except ApiError as error:
        return (error.headers or {}).get("Stripe-Rate-Limited-Reason")
    return True


@pytest.mark.parametrize("rate", [25, 100])
def test_a_paced_client_is_never_refused_and_a_hasty_one_is(rate):
    clock = Clock()
    limit = RateLimit(rate, clock=clock)
    for _ in range(5 * rate):
        assert allowed(limit) is True
        clock.now += 1 / rate

    answers = []
    for _ in range(10 * rate):
        answers.append(allowed(limit))
        clock.now += 1 / (2 * rate)
    assert answers.count(True) == pytest.approx(6 * rate, abs=2), "5 s worth, and the burst"


def test_an_idle_second_allows_one_burst():
    clock = Clock()
    limit = RateLimit(25, clock=clock)
    clock.now = 100.0
    assert [allowed(limit) for _ in range(26)] == [True] * 25 + ["global-rate"]


def test_a_refused_request_costs_nothing():
    clock = Clock()
    limit = RateLimit(account=4, endpoint=1, clock=clock)
    assert [allowed(limit) for _ in range(3)] == [True, "endpoint-rate", "endpoint-rate"]
    assert [allowed(limit, endpoint=name) for name in "yzw"] == [True] * 3
    assert allowed(limit, endpoint="v") == "global-rate"
    clock.now += 0.25
    assert allowed(limit, endpoint="v") is True, "it was not charged for being refused"


def test_the_platform_and_its_accounts_count_together_and_each_mode_on_its_own():
    clock = Clock()
    limit = RateLimit(account=2, platform=3, clock=clock)
    assert [allowed(limit, "a") for _ in range(3)] == [True, True, "global-rate"]
    assert [allowed(limit, "b"), allowed(limit, None)] == [True, "global-rate"]
    assert allowed(limit, "a", livemode=True) is True
    clock.now += 1 / 3
    assert [allowed(limit, None), allowed(limit, "b")] == [True, "global-rate"]


def test_refused_requests_are_counted_by_account(stripe_sandbox, connect):
    connected = stripe_sandbox.accounts[0]
    stripe_sandbox.set_rate_limit(account=1, platform=2)
    with connect(stripe_sandbox.base_url, stripe_sandbox.api_key) as http:
        for account in (connected, connected, "", "", ""):
            http.get(LIST, headers={"Stripe-Account": account})
    traffic = stripe_sandbox.traffic()
    assert (traffic.total, traffic.by_status) == (5, {200: 2, 429: 3})
    assert traffic.by_account == {connected: 2, "": 3}
    assert (traffic.refused, traffic.refused_by_account) == (3, {connected: 1, "": 2})


def test_a_fault_is_no_refusal(ask, stripe_sandbox):
    stripe_sandbox.add_fault("rate_limit")
    assert ask.get(LIST).status_code == 429
    assert stripe_sandbox.traffic().refused == 0


def test_less_than_one_a_second():
    clock = Clock()
    limit = RateLimit(0.5, clock=clock)
    assert [allowed(limit), allowed(limit)] == [True, "global-rate"]
    clock.now += 2
    assert allowed(limit) is True


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"latency": -1}, "seconds must be from 0 to 3600 seconds, got -1"),
        ({"jitter": -1}, "jitter must be from 0 to 3600 seconds, got -1"),
        ({"latency": float("nan")}, "seconds"),
        ({"rate_limit": 0}, "account must be above 0 and at most 1000000000, got 0"),
        ({"endpoint_rate_limit": -5}, "endpoint must be above 0 and at most 1000000000, got -5"),
        ({"platform_rate_limit": 0}, "platform must be above 0 and at most 1000000000, got 0"),
        ({"account_sizes": "huge"}, "account_sizes must be equal or heavy_tail, got 'huge'"),
    ],
)
def test_options_that_cannot_be_meant(options, words):
    with pytest.raises(ValueError, match=words):
        Sandbox(**options)
