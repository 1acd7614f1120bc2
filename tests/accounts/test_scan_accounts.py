"""`scan_accounts`: every payment of every account once, in few requests, whatever goes wrong."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from stripe_invoice_payments import (
    PermissionError,
    RateLimitError,
    ScanError,
    StripeError,
)
from stripe_invoice_payments.accounts import AccountsProgress, scan_accounts
from stripe_invoice_payments.sandbox import Sandbox

from .reading import FAST, PERIOD, counts, expected, least_requests, read, reading


def largest(sandbox: Sandbox, number: int = 0) -> str:
    """The largest account; or the next one, and so on."""
    return sorted(sandbox.sizes, key=lambda account: -sandbox.sizes[account])[number]


# --- Everything, once -----------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
async def test_every_payment_of_every_account_is_yielded_once(client, platform, known):
    sizes = platform.sizes if known else None
    assert counts(await read(client, platform.accounts, sizes=sizes)) == expected(platform)


async def test_the_accounts_of_the_platform(client, platform):
    assert counts(await read(client, "connected")) == expected(platform)


async def test_more_accounts_than_a_page_of_them_has():
    with Sandbox(accounts=203, payments=3) as sandbox:
        assert counts(await read(sandbox.client(), "connected")) == sandbox.sizes
        assert sandbox.traffic().by_endpoint == {
            "GET /v1/accounts": 3,
            "GET /v1/invoice_payments": 203,
        }


@pytest.mark.parametrize("as_text", [True, False])
async def test_accounts_in_a_file(client, platform, tmp_path, as_text):
    path = tmp_path / "accounts.txt"
    some = platform.accounts[:5]
    path.write_text("\n".join(some[:3]) + "\r\n\n  " + "\n".join(some[3:]), "utf-8-sig")
    found = counts(await read(client, str(path) if as_text else path))
    assert found == {account: expected(platform)[account] for account in some}


async def test_a_file_of_accounts_in_another_encoding_is_named(client, tmp_path):
    path = tmp_path / "accounts.txt"
    path.write_text("acct_1", "utf-16")
    with pytest.raises(ValueError, match=f"accounts: {path} must be text in UTF-8"):
        await read(client, path)


class Column(list[str]):
    """Like a column of a DataFrame, whose comparison is a column."""

    __hash__ = None

    def __eq__(self, other: object) -> Any:
        return Column()

    def __bool__(self) -> bool:
        raise ValueError("the truth value of a column is ambiguous")


async def test_accounts_in_a_column_of_a_dataframe(client, platform):
    some = platform.accounts[:2]
    found = counts(await read(client, Column(some)))
    assert found == {account: expected(platform)[account] for account in some}


async def test_an_account_that_is_named_twice_is_read_once(client, platform):
    account = largest(platform)
    found = await read(client, iter([account, account]))
    assert counts(found) == {account: platform.sizes[account]}


async def test_no_accounts_and_an_empty_period(client, platform):
    assert await read(client, platform.accounts, created={"gte": 5, "lt": 5}) == []
    assert platform.traffic().total == 0


async def test_filters_options_and_periods_without_an_end(client, platform):
    everything = await read(client, platform.accounts, created={"gte": PERIOD["gte"]})
    assert counts(everything) == expected(platform)
    small = [account for account, size in platform.sizes.items() if 5 < size < 40]
    paid = await read(client, small, status="paid", expand=["data.invoice"])
    assert 0 < len(paid) < sum(platform.sizes[account] for account in small)
    assert {*paid} < {*everything}
    requests = platform.traffic().requests[-len(small) :]
    assert all("status=paid" in request.query for request in requests)


async def test_an_account_below_another_one():
    accounts = ["acct_a", "acct_a/acct_b"]
    with Sandbox(accounts=accounts, payments=120) as sandbox:
        assert counts(await read(sandbox.client(), accounts)) == dict.fromkeys(accounts, 120)


def test_the_items_are_accounts_and_payments(platform):
    account = largest(platform)
    created = platform.create_invoice_payment(
        account=account, amount_requested=77, created=PERIOD["lt"] - 1
    )
    with scan_accounts(platform.client(), [account], **FAST) as payments:
        first = next(payments)
    assert (first[0], first[1].id, first[1].amount_requested) == (account, created.id, 77)


# --- Requests -------------------------------------------------------------------------------------


async def test_small_accounts_cost_one_request_each(client, platform):
    small = [account for account, size in platform.sizes.items() if size <= 100]
    assert len(small) > 15
    await read(client, small)
    assert platform.traffic().by_account == dict.fromkeys(small, 1)


async def test_hardly_more_requests_than_pages():
    # Each request takes its time, as at Stripe: so several workers are at one account.
    with Sandbox(
        accounts=40, account_sizes="heavy_tail", payments=400, seed=0, latency=0.02
    ) as sandbox:
        await read(sandbox.client(), sandbox.accounts, workers=8)
        assert sandbox.traffic().total <= 1.1 * least_requests(sandbox)


async def test_an_account_that_would_be_finished_last_gets_several_workers(client, platform):
    platform.set_latency(0.05)
    await read(client, [largest(platform)], workers=16)
    assert 2 < platform.traffic().max_in_progress < 16


# --- Limits ---------------------------------------------------------------------------------------


async def test_neither_limit_is_exceeded(client, platform):
    platform.set_rate_limit(account=30, platform=100)
    items = await read(
        client, platform.accounts[:12], account_rate=25, platform_rate=90, workers=None
    )
    assert items
    assert platform.traffic().refused == 0


async def test_a_platform_limit_that_is_lower_is_found_out(client, platform):
    platform.set_rate_limit(account=1000, platform=15)
    items = await read(client, platform.accounts, account_rate=50, platform_rate=60)
    assert counts(items) == expected(platform)
    assert 0 < platform.traffic().refused < 0.5 * platform.traffic().total


async def test_a_client_with_a_limit_of_its_own(platform):
    client = platform.client(rate_limit=40)
    started = time.monotonic()
    with scan_accounts(client, platform.accounts, created=PERIOD, account_rate=1000) as payments:
        assert sum(1 for _ in payments) == sum(platform.sizes.values())
    assert time.monotonic() - started > (least_requests(platform) - 5) / 40
    with pytest.raises(ValueError, match="platform_rate: this client has a rate limit of its own"):
        scan_accounts(client, platform.accounts, platform_rate=50)


# --- Errors ---------------------------------------------------------------------------------------


async def test_an_account_that_cannot_be_read_stops_everything_and_is_named(client, platform):
    account = largest(platform, 2)
    platform.add_fault("account_revoked", account=account, skip=1)
    with pytest.raises(PermissionError, match=f"the scan stopped in account {account}") as raised:
        await read(client, platform.accounts)
    assert isinstance(raised.value, ScanError)
    assert raised.value.account == account


@pytest.mark.parametrize("skip", [0, 2])
async def test_an_account_that_cannot_be_read_is_reported(client, platform, caplog, skip):
    lost = largest(platform), largest(platform, 3)
    for account in lost:
        platform.add_fault("account_revoked", account=account, skip=skip)
    with caplog.at_level(logging.WARNING, "stripe_invoice_payments"):
        async with reading(client, platform.accounts, on_error="report") as scan:
            found = counts(await scan.rest())
            missing = {one.account: one for one in scan.scan.missing}
    assert {*missing} == {*lost}
    others = {a: size for a, size in expected(platform).items() if a not in lost}
    assert {a: size for a, size in found.items() if a not in lost} == others
    for account in lost:
        assert isinstance(missing[account].error, PermissionError)
        assert found.get(account, 0) < platform.sizes[account]
    assert "2 of 30 accounts could not be read to their end" in caplog.text
    assert all(account in caplog.text for account in lost)


async def test_what_is_missing_of_an_account_can_be_read_later(client, platform):
    account = largest(platform)
    platform.add_fault("permission_denied", account=account, skip=4)
    async with reading(client, platform.accounts, on_error="report") as scan:
        found = await scan.rest()
        (missing,) = scan.scan.missing
    platform.clear_faults()
    rest: list[tuple[str, str]] = []
    for start, end in missing.left:
        rest += await read(client, [account], created={"gte": start, "lt": end})
    # The second in which it stopped is read again.
    assert {*found, *rest} == {*(await read(client, platform.accounts))}
    assert len(found) + len(rest) < sum(platform.sizes.values()) + 30


@pytest.mark.parametrize("fault", ["api_key_expired", "connection_closed"])
async def test_what_concerns_all_accounts_is_always_raised(client, platform, fault):
    platform.add_fault(fault, skip=5)
    with pytest.raises(ScanError):
        await read(client, platform.accounts, on_error="report", max_outage=0)
    assert platform.traffic().total < 30


async def test_an_account_that_does_not_exist(client, platform):
    async with reading(client, ["acct_nobody", *platform.accounts], on_error="report") as scan:
        assert counts(await scan.rest()) == expected(platform)
        assert [one.account for one in scan.scan.missing] == ["acct_nobody"]
        assert scan.scan.missing[0].left == ((PERIOD["gte"], PERIOD["lt"]),)


async def test_the_list_of_accounts_cannot_be_read(client, platform):
    platform.add_fault("permission_denied", path="/v1/accounts")
    with pytest.raises(PermissionError):
        await read(client, "connected", on_error="report")


@pytest.mark.breaks_contract("the page says that more accounts follow, and is empty")
async def test_a_list_of_accounts_that_makes_no_progress(client, platform):
    platform.add_fault("empty_page", path="/v1/accounts")
    with pytest.raises(Exception, match="the first page of accounts is empty"):
        await read(client, "connected")


FAULTS = ["server_error", "rate_limit", "connection_reset", "slow_body", "proxy_503"]


@pytest.mark.parametrize("known", [True, False])
async def test_exact_under_faults(client, platform, known):
    for fault in FAULTS:
        # Few at most, since each refusal halves the rate.
        platform.add_fault(fault, rate=0.1, times=8, path="/v1/invoice_payments", seconds=0.05)
    sizes = platform.sizes if known else None
    found = await read(client, platform.accounts, sizes=sizes, max_retries=8)
    assert counts(found) == expected(platform)
    assert len(platform.traffic().by_fault) == len(FAULTS)


# --- Checkpoints ----------------------------------------------------------------------------------


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
async def test_resumed_anywhere_nothing_is_lost_or_repeated(platform, tmp_path, data):
    path = Path(tmp_path) / f"{time.monotonic_ns()}.scan"
    client = platform.client()
    accounts = [one for one in platform.accounts if platform.sizes[one] < 1200]
    total = sum(platform.sizes[account] for account in accounts)
    stored: list[tuple[str, str]] = []
    for _ in range(data.draw(st.integers(1, 4), "runs")):
        known = data.draw(st.booleans(), "sizes are known")
        async with reading(
            client, accounts, checkpoint=path, sizes=platform.sizes if known else None
        ) as scan:
            stored += await scan.some(data.draw(st.integers(0, total), "committed"))
            scan.scan.commit()
            await scan.some(data.draw(st.integers(0, 300), "not committed"))
    async with reading(client, accounts, checkpoint=path) as scan:
        stored += await scan.rest()
        scan.scan.commit()
    assert counts(stored) == {a: platform.sizes[a] for a in accounts if platform.sizes[a]}
    assert await read(client, accounts, checkpoint=path) == []


async def test_a_finished_checkpoint_reads_new_accounts_only(client, platform, tmp_path):
    path = tmp_path / "all.scan"
    some, others = platform.accounts[:10], platform.accounts[10:]
    first = await read(client, some, checkpoint=path, autocommit=True)
    second = await read(client, [*some, *others], checkpoint=path, autocommit=True)
    assert counts(first + second) == expected(platform)


async def test_accounts_that_were_begun_are_read_even_if_they_are_no_longer_named(
    client, platform, tmp_path
):
    account, other = largest(platform), largest(platform, 1)
    path = tmp_path / "all.scan"
    async with reading(client, [account], checkpoint=path) as scan:
        found = await scan.some(150)
        scan.scan.commit()
    found += await read(client, [other], checkpoint=path)
    assert counts(found) == {one: platform.sizes[one] for one in (account, other)}


async def test_what_was_missing_is_read_by_the_next_run(client, platform, tmp_path):
    path = tmp_path / "all.scan"
    options: Any = {"checkpoint": path, "autocommit": True, "on_error": "report"}
    platform.add_fault("account_revoked", account=largest(platform), skip=3)
    found = await read(client, platform.accounts, **options)
    platform.clear_faults()
    found += await read(client, platform.accounts, **options)
    assert counts(found) == expected(platform)


async def test_a_scan_that_ends_uncommitted_says_so(client, platform, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "stripe_invoice_payments"):
        await read(client, platform.accounts[:3], checkpoint=tmp_path / "all.scan")
    assert "its end was not committed" in caplog.text


async def test_another_scans_checkpoint_is_refused(client, platform, tmp_path):
    path = tmp_path / "all.scan"
    await read(client, platform.accounts[:3], checkpoint=path, autocommit=True)
    with pytest.raises(ValueError, match="it belongs to another scan: filters was"):
        reading(client, platform.accounts, checkpoint=path, status="paid")
    with pytest.raises(ValueError, match="windows is not a list"):
        client.invoice_payments.scan(created=PERIOD, checkpoint=path)
    single = tmp_path / "single.scan"
    with platform.client().invoice_payments.scan(
        created=PERIOD, checkpoint=single, autocommit=True
    ) as payments:
        next(payments)
        payments.commit()
    with pytest.raises(ValueError, match="it is that of a single scan"):
        reading(client, platform.accounts, checkpoint=single)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"finished": "acct_1"}, "it is that of a single scan"),
        ({"finished": [3]}, "not names of their own"),
        ({"finished": ["acct_x"], "accounts": {"acct_x": []}}, "not names of their own"),
        ({"accounts": {"acct_x": [[1, 2]]}}, "is not a window"),
        ({"version": 1}, "the format of another release"),
    ],
)
async def test_a_damaged_checkpoint_is_refused(client, platform, tmp_path, change, words):
    path = tmp_path / "all.scan"
    await read(client, platform.accounts[:3], checkpoint=path, autocommit=True)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ValueError, match=words):
        reading(client, platform.accounts, checkpoint=path)


# --- Progress -------------------------------------------------------------------------------------


async def test_progress(client, platform):
    seen: list[AccountsProgress] = []
    await read(client, "connected", progress=seen.append)
    last = seen[-1]
    assert last.payments == sum(platform.sizes.values())
    assert (last.accounts, last.finished, last.missing) == (30, 30, 0)
    assert last.requests == platform.traffic().total - 1
    assert [one.payments for one in seen] == sorted(one.payments for one in seen)
    assert all(one.accounts == 30 and one.workers >= 4 for one in seen)


# --- Leaving --------------------------------------------------------------------------------------


async def test_leaving_ends_the_threads_and_the_requests(platform):
    platform.set_latency(0.02)
    client = platform.client()
    for count in (0, 1, 150, 1000):
        async with reading(client, "connected") as scan:
            await scan.some(count)
        names = [thread.name for thread in threading.enumerate()]
        assert "stripe-scan" not in names
    before = platform.traffic().total
    await asyncio.sleep(0.1)
    assert platform.traffic().total == before


def test_a_scan_that_nothing_references_stops(platform):
    client = platform.client()
    scan = scan_accounts(client, platform.accounts, **FAST)
    next(scan)
    del scan
    gc.collect()
    deadline = time.monotonic() + 5
    while any(thread.name == "stripe-scan" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def test_a_consumer_that_waits_holds_few_pages(client, platform):
    async with reading(client, platform.accounts, workers=3) as scan:
        await scan.next()
        await _settled(platform)
        # Two for each worker that wait for their turn, one that is being yielded, and two more for
        # each worker's own account.
        assert platform.traffic().total <= 2 * 3 + 1 + 2 * 3


async def _settled(platform: Sandbox) -> None:
    before = -1
    while (now := platform.traffic().total) != before:
        before = now
        await asyncio.sleep(0.15)


# --- Arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accounts", "error", "words"),
    [
        (5, TypeError, "accounts must be ids, a file or 'connected', got int"),
        ([5], TypeError, "accounts: a string was expected, not int"),
        (["acct_1", "sk_live_secret"], ValueError, "such as acct_123; number 2 is not"),
        (["acct_1 "], ValueError, "number 1 is not"),
        (["acct_\n"], ValueError, "number 1 is not"),
        ("acct_1", ValueError, "got one id or key; pass ids in a list"),
        ("sk_live_123", ValueError, "got one id or key; pass ids in a list"),
        (["acct_1,acct_2"], ValueError, "must be ids such as acct_123; number 1 is not"),
        ("nowhere.txt", OSError, "nowhere"),
    ],
)
def test_accounts_that_cannot_be_meant(platform, accounts, error, words):
    with pytest.raises(error, match=words) as raised:
        scan_accounts(platform.client(), accounts)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"account_rate": 0}, ValueError, "account_rate must be a positive, finite number, got 0"),
        ({"platform_rate": -1}, ValueError, "platform_rate must be a positive, finite number"),
        ({"platform_rate": "80"}, TypeError, "platform_rate: a number was expected, not str"),
        ({"sizes": [1]}, TypeError, "sizes: a mapping was expected, not list"),
        ({"sizes": {"acct_1": -1}}, ValueError, r"sizes\['acct_1'\] must be at least 0, got -1"),
        ({"sizes": {"acct_1": "1"}}, TypeError, r"sizes\['acct_1'\]: an integer was expected"),
        ({"on_error": "skip"}, ValueError, "on_error must be 'raise' or 'report', got 'skip'"),
        ({"workers": 0}, ValueError, "workers must be at least 1, got 0"),
        ({"limit": 5}, TypeError, "unknown option 'limit'"),
        ({"max_outages": 5}, TypeError, "did you mean 'max_outage'"),
        ({"stripe_account": "acct_1"}, TypeError, "scan_accounts sets it itself"),
        ({"progress": 3}, TypeError, "progress must be a plain function"),
    ],
)
def test_options_that_cannot_be_meant(platform, options, error, words):
    with pytest.raises(error, match=words):
        scan_accounts(platform.client(), ["acct_1"], **options)


def test_a_client_that_acts_for_an_account_is_refused(platform):
    client = platform.client(stripe_account=platform.accounts[0])
    with pytest.raises(ValueError, match="use one without stripe_account"):
        scan_accounts(client, platform.accounts)


async def test_refused_for_good_is_an_error_of_one_account(client, platform):
    account = platform.accounts[4]
    platform.add_fault("rate_limit_no_retry", account=account)
    with pytest.raises(RateLimitError, match=account):
        await read(client, platform.accounts)


def test_a_key_that_is_passed_by_mistake_is_in_no_local_variable(platform):
    with pytest.raises(TypeError, match="unknown option 'api_key'") as raised:
        scan_accounts(platform.client(), ["acct_1"], api_key="sk_live_secret")  # type: ignore[call-arg]
    frame = raised.value.__traceback__
    assert frame is not None
    while (frame := frame.tb_next) is not None:
        assert "sk_live_secret" not in repr(frame.tb_frame.f_locals)


async def test_an_outage_while_the_accounts_are_listed_is_waited_out(client, platform):
    platform.add_fault("server_error", path="/v1/accounts", times=8)
    assert counts(await read(client, "connected")) == expected(platform)
    platform.add_fault("server_error", path="/v1/accounts", times=8)
    with pytest.raises(StripeError):
        await read(client, "connected", max_outage=0)
