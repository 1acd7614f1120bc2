from __future__ import annotations

from stripe_invoice_payments import APIError, RateLimitError

from .support import ids, plays


def _statuses(played):
    return [interaction.status for interaction in played.cassette.interactions]


@plays(
    "retries/server_error",
    "retries/lock_timeout",
    "retries/proxy",
    "retries/rate_limit_to_be_repeated",
    "retries/rate_limit_repeated_on_request",
)
def test_the_second_attempt_succeeds(played):
    failed, succeeded = _statuses(played)
    expected = {"server_error": 500, "lock_timeout": 409, "proxy": 503}
    assert failed == expected.get(played.name.removeprefix("retries/"), 429)
    assert succeeded == 200
    assert played.result.attempts == 2
    assert len(played.result.parse().data) == 1


@plays("retries/server_error_twice")
def test_the_third_attempt_succeeds(played):
    assert _statuses(played) == [500, 500, 200]
    assert played.result.attempts == 3


@plays("retries/server_error_for_good")
def test_after_the_third_attempt_the_last_error_is_raised(played):
    assert _statuses(played) == [500, 500, 500]
    assert isinstance(played.result, APIError)
    last = played.cassette.interactions[-1]
    assert played.result.request_id == last.response_headers["request-id"]


@plays("retries/server_error_not_to_be_repeated", "retries/turned_off")
def test_a_server_error_that_is_not_repeated(played):
    assert _statuses(played) == [500]
    assert isinstance(played.result, APIError)


@plays("retries/rate_limit")
def test_what_was_too_much_is_not_repeated(played):
    assert _statuses(played) == [429]
    assert isinstance(played.result, RateLimitError)


@plays("retries/rate_limit_to_be_repeated", "retries/server_error_not_to_be_repeated")
def test_stripes_advice_is_followed(played):
    advice = played.cassette.interactions[0].response_headers["stripe-should-retry"]
    assert advice == ("true" if len(played.cassette.interactions) > 1 else "false")


@plays("retries/inside_a_list")
def test_a_list_survives_a_failed_page(played):
    assert _statuses(played) == [200, 500, 200, 200]
    assert ids(played.result) == played.known["ids"]
