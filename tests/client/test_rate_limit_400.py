"""A rate limit that is reported with status 400 is one: retried or not, and paced, like a 429."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_invoice_payments import InvalidRequestError, RateLimitError

from .helpers import FakeApi, failure, payment, reply

REFUSAL: dict[str, Any] = {"type": "invalid_request_error", "code": "rate_limit"}


async def test_it_is_not_retried_by_default(connect, at_once):
    source = FakeApi(failure(400, **REFUSAL))
    with pytest.raises(RateLimitError) as caught:
        await connect(source, max_retries=3).retrieve()
    assert (caught.value.http_status, caught.value.code) == (400, "rate_limit")
    assert len(source.requests) == 1


async def test_it_is_retried_on_request(connect, at_once):
    source = FakeApi(failure(400, **REFUSAL), failure(400, **REFUSAL), reply(payment(1)))
    api = connect(source, retry_rate_limited=True)
    assert (await api.retrieve()).id == "inpay_1"
    assert len(source.requests) == 3


@pytest.mark.parametrize("status", [400, 429])
async def test_it_slows_the_client_down(connect, at_once, status):
    source = FakeApi(failure(status, **REFUSAL), reply(payment(1)))
    api = connect(source, retry_rate_limited=True, rate_limit=1000)
    await api.retrieve()
    assert api.client._settings.rate_limit._interval > 0.0015


@pytest.mark.parametrize("code", [None, "parameter_invalid", "rate_limits"])
async def test_another_400_is_none(connect, at_once, code):
    source = FakeApi(failure(400, type="invalid_request_error", code=code))
    with pytest.raises(InvalidRequestError):
        await connect(source, retry_rate_limited=True).retrieve()
    assert len(source.requests) == 1
