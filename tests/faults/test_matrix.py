"""Every fault of the sandbox, wherever it can strike: what callers get, after how many requests.

The combinations: each fault of `EXPECTED` in each of the `CALLS` with either client and each of the
`TRIES`. In paging and in a scan it is the second page that is struck.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from itertools import product
from typing import Any, TypeAlias

import pytest
from attrs import define

from stripe_invoice_payments import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AsyncClient,
    AuthenticationError,
    CardError,
    Client,
    IdempotencyError,
    InvalidRequestError,
    PaginationError,
    PermissionError,
    RateLimitError,
    ScanError,
    StripeError,
    UnexpectedResponseError,
)
from stripe_invoice_payments._config import defaults as _defaults
from stripe_invoice_payments._scan import query, setup
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.faults.table import FAULTS

from .leaks import nothing_left_behind, open_sockets, wait_until

PAYMENTS = 25
PAGE = 10
# One reader, in order, so that it is the second page that is struck; and no patience with outages.
SCAN: Any = {"workers": 1, "ordered": True, "rate_limit": 10_000, "max_outage": 0}
# How long the client waits, and how long the slow faults take.
TIMEOUT = 0.4
SECONDS = 5.0


@define(frozen=True)
class Expected:
    """What becomes of a call whose answer has a fault.

    Attributes:
        error: The class of the error; None where the call succeeds all the same.
        status: The error's HTTP status.
        retried: Whether another try is made, if there may be one.
        refusal: Whether a scan, which forgives some, counts it as one.
        only: The calls that the fault harms; all of them by default.
    """

    error: type[StripeError] | None = None
    status: int | None = None
    retried: bool = False
    refusal: bool = False
    only: tuple[str, ...] = ()


RETRIED = True
FINE = Expected()

EXPECTED: dict[str, Expected] = {
    # Errors of the API.
    "rate_limit": Expected(RateLimitError, 429, refusal=True),
    "rate_limit_retry": Expected(RateLimitError, 429, RETRIED, refusal=True),
    "rate_limit_no_retry": Expected(RateLimitError, 429),
    "rate_limit_400": Expected(RateLimitError, 400, refusal=True),
    "lock_timeout": Expected(APIError, 409, RETRIED),
    "lock_timeout_429": Expected(RateLimitError, 429, refusal=True),
    "server_error": Expected(APIError, 500, RETRIED),
    "server_error_retry": Expected(APIError, 500, RETRIED),
    "server_error_no_retry": Expected(APIError, 500),
    "api_key_expired": Expected(AuthenticationError, 401),
    "permission_denied": Expected(PermissionError, 403),
    "account_revoked": Expected(PermissionError, 403),
    "card_error": Expected(CardError, 402),
    "idempotency_error": Expected(IdempotencyError, 400),
    "idempotency_conflict": Expected(IdempotencyError, 409, RETRIED),
    "dependency_error": Expected(APIError, 424),
    "error_as_string": Expected(InvalidRequestError, 400),
    "error_without_body": Expected(APIError, 500, RETRIED),
    # Answers of something in between.
    "proxy_503": Expected(APIError, 503, RETRIED),
    "proxy_503_retry_after": Expected(APIError, 503, RETRIED),
    "proxy_520": Expected(APIError, 520, RETRIED),
    "proxy_200": Expected(UnexpectedResponseError, 200),
    "redirect": Expected(APIError, 307),
    # Bodies that cannot be read.
    "empty_body": Expected(UnexpectedResponseError, 200),
    "cut_json": Expected(UnexpectedResponseError, 200),
    "wrong_charset": Expected(UnexpectedResponseError, 200),
    "wrong_content_encoding": Expected(UnexpectedResponseError, 200),
    "broken_gzip": Expected(UnexpectedResponseError, 200),
    "cut_gzip": Expected(UnexpectedResponseError, 200),
    # Connections.
    "connection_closed": Expected(APIConnectionError, None, RETRIED),
    "connection_closed_inside": Expected(APIConnectionError, None, RETRIED),
    "connection_reset": Expected(APIConnectionError, None, RETRIED),
    "slow_headers": Expected(APITimeoutError, None, RETRIED),
    "slow_body": Expected(APITimeoutError, None, RETRIED),
    # Contents that cannot be right, or that are new.
    "duplicate_page": Expected(PaginationError, only=("paging", "scan")),
    "empty_page": Expected(PaginationError, only=("paging", "scan")),
    "unknown_enum_value": FINE,
    "unknown_field": FINE,
    "null_field": Expected(UnexpectedResponseError, 200),
    "missing_field": Expected(UnexpectedResponseError, 200),
}


@define(frozen=True)
class Try:
    """How often a call may be retried, and how often the fault strikes; None for always."""

    max_retries: int
    times: int | None


TRIES = {
    "retries off": Try(max_retries=0, times=1),
    "retries on": Try(max_retries=2, times=1),
    "retries in vain": Try(max_retries=2, times=None),
}

Ids: TypeAlias = list[str]


def retrieve(client: Client, first: str, **options: Any) -> Ids:
    return [client.invoice_payments.retrieve(first, **options).id]


def list_(client: Client, first: str, **options: Any) -> Ids:
    return [payment.id for payment in client.invoice_payments.list(limit=PAGE, **options)]


def paging(client: Client, first: str, **options: Any) -> Ids:
    page = client.invoice_payments.list(limit=PAGE, **options)
    return [payment.id for payment in page.auto_paging_iter()]


async def async_retrieve(client: AsyncClient, first: str, **options: Any) -> Ids:
    return [(await client.invoice_payments.retrieve(first, **options)).id]


async def async_list(client: AsyncClient, first: str, **options: Any) -> Ids:
    return [payment.id for payment in await client.invoice_payments.list(limit=PAGE, **options)]


async def async_paging(client: AsyncClient, first: str, **options: Any) -> Ids:
    page = await client.invoice_payments.list(limit=PAGE, **options)
    return [payment.id async for payment in page.auto_paging_iter()]


def scan(client: Client, first: str, **options: Any) -> Ids:
    return [payment.id for payment in client.invoice_payments.scan(**SCAN, **options)]


async def async_scan(client: AsyncClient, first: str, **options: Any) -> Ids:
    return [payment.id async for payment in client.invoice_payments.scan(**SCAN, **options)]


CALLS: dict[str, tuple[Callable[..., Ids], Callable[..., Coroutine[Any, Any, Ids]]]] = {
    "retrieve": (retrieve, async_retrieve),
    "list": (list_, async_list),
    "paging": (paging, async_paging),
    "scan": (scan, async_scan),
}
# The requests of a call that goes well, and how many of them come before the fault.
REQUESTS = {"retrieve": 1, "list": 1, "paging": 3, "scan": 3}
BEFORE = {"retrieve": 0, "list": 0, "paging": 1, "scan": 1}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(payments=PAYMENTS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def ids(sandbox: Sandbox) -> Ids:
    """All of the sandbox's payments."""
    with sandbox.client() as client:
        return paging(client, "")


@pytest.fixture(scope="module", autouse=True)
def _nobody_waits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_defaults, "INITIAL_RETRY_DELAY", 0.0)
        patch.setattr(_defaults, "MAX_RETRY_AFTER", 0.0)
        patch.setattr(query, "PAGE_SIZE", PAGE)
        patch.setattr(setup, "PAGE_SIZE", PAGE)
        yield


@pytest.fixture(scope="module", params=["sync", "async"])
def call(
    request: pytest.FixtureRequest, sandbox: Sandbox, ids: Ids
) -> Iterator[Callable[..., Ids]]:
    """Makes a call, by its name and with its options, with one client for all tests."""
    options: dict[str, Any] = {"base_url": sandbox.base_url, "timeout": TIMEOUT}
    with nothing_left_behind():
        if request.param == "sync":
            with Client(sandbox.api_key, **options) as client:
                yield lambda name, **options: CALLS[name][0](client, ids[0], **options)
        else:
            with asyncio.Runner() as runner:
                async_client = AsyncClient(sandbox.api_key, **options)

                def call(name: str, **options: Any) -> Ids:
                    found = runner.run(CALLS[name][1](async_client, ids[0], **options))
                    assert not asyncio.all_tasks(runner.get_loop())
                    return found

                yield call
                runner.run(async_client.aclose())


def test_the_table_has_every_fault():
    assert EXPECTED.keys() == FAULTS.keys()


@pytest.mark.parametrize(
    ("fault", "name", "try_"), list(product(EXPECTED, CALLS, TRIES)), ids=lambda part: part
)
def test_a_fault(call, sandbox, ids, record_property, fault, name, try_):  # noqa: PLR0917 - fixtures
    expected, tried = EXPECTED[fault], TRIES[try_]
    error = expected.error if not expected.only or name in expected.only else None
    is_forgiven = expected.refusal and name == "scan"
    again = tried.max_retries if expected.retried or is_forgiven else 0
    again += _defaults.SCAN_FORGIVEN_REFUSALS if is_forgiven else 0
    sandbox.reset()
    sandbox.add_fault(fault, times=tried.times, skip=BEFORE[name], seconds=SECONDS)
    sockets = open_sockets()

    if error is not None and not (again and tried.times == 1):
        with pytest.raises(StripeError) as caught:
            call(name, max_retries=tried.max_retries)
        assert isinstance(caught.value, error)
        assert isinstance(caught.value, ScanError) == (name == "scan")
        assert name == "scan" or type(caught.value) is error
        assert caught.value.http_status == expected.status
        assert sandbox.traffic().total == BEFORE[name] + 1 + again
    else:
        found = call(name, max_retries=tried.max_retries)
        if fault == "empty_page" and name == "list":
            assert found == []
        else:
            assert found == ids[: {"retrieve": 1, "list": PAGE}.get(name, PAYMENTS)]
        assert sandbox.traffic().total == REQUESTS[name] + (1 if error else 0)

    assert wait_until(lambda: fault in sandbox.traffic().by_fault), "it did not strike"
    # One connection, which is the client's and the server's, is kept for the next call.
    assert wait_until(lambda: open_sockets() <= sockets + 2)
    record_property("fault combinations", 1)


def test_slowness_is_no_fault_to_those_who_wait(call, sandbox, ids):
    for fault in ("slow_headers", "slow_body"):
        for name in CALLS:
            sandbox.reset()
            sandbox.add_fault(fault, times=1, seconds=0.05)
            assert (
                call(name, timeout=30, max_retries=0)
                == ids[: {"retrieve": 1, "list": PAGE}.get(name, PAYMENTS)]
            )
