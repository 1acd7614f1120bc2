"""`scan` over real HTTP: every payment of a period once, by many workers at once."""

from __future__ import annotations

import json
import pickle
import threading
import time
from contextlib import aclosing
from typing import Any

import pytest

from stripe_invoice_payments import APIError, AsyncClient, Client, ScanError, ScanProgress
from stripe_invoice_payments.sandbox import Sandbox

from .server import BASE, ListServer, by_second

FAST: Any = {"rate_limit": 2000, "workers": 6}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(payments=1200, seed=5) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox):
    with Client(sandbox.api_key, base_url=sandbox.base_url) as client:
        yield client


@pytest.fixture(scope="module")
def everything(sandbox):
    """What a plain list shows, newest first."""
    with Client(sandbox.api_key, base_url=sandbox.base_url) as client:
        return list(client.invoice_payments.list(limit=100).auto_paging_iter())


def ids(payments):
    return [payment.id for payment in payments]


def test_every_payment_is_read_once(client, everything):
    assert sorted(ids(client.invoice_payments.scan(**FAST))) == sorted(ids(everything))


def test_a_period_is_what_it_says(client, everything):
    start, end = everything[-200].created, everything[200].created
    found = ids(client.invoice_payments.scan(created={"gt": start, "lte": end}, **FAST))
    wanted = [payment.id for payment in everything if start < payment.created <= end]
    assert sorted(found) == sorted(wanted)


def test_one_second_is_a_period(client, everything):
    second = everything[700].created
    found = ids(client.invoice_payments.scan(created=second, **FAST))
    assert sorted(found) == sorted(p.id for p in everything if p.created == second)


def test_filters_and_expansions_hold_for_every_request(client, everything):
    found = list(client.invoice_payments.scan(status="open", expand=["data.invoice"], **FAST))
    assert sorted(ids(found)) == sorted(p.id for p in everything if p.status == "open")
    assert not any(isinstance(payment.invoice, str) for payment in found)


def test_in_order_is_the_order_of_the_list(client, everything):
    assert ids(client.invoice_payments.scan(ordered=True, **FAST)) == ids(everything)


async def test_tasks_read_the_same(sandbox, everything):
    async with AsyncClient(sandbox.api_key, base_url=sandbox.base_url) as client:
        found = [payment.id async for payment in client.invoice_payments.scan(**FAST)]
        in_order = [p.id async for p in client.invoice_payments.scan(ordered=True, **FAST)]
    assert sorted(found) == sorted(ids(everything))
    assert in_order == ids(everything)


def test_a_period_without_payments_is_empty(client):
    assert list(client.invoice_payments.scan(created={"gte": 5, "lt": 5000}, **FAST)) == []


def test_progress_is_told_after_each_page(client, everything):
    told: list[ScanProgress] = []
    for _ in client.invoice_payments.scan(progress=told.append, **FAST):
        pass
    assert told[-1].payments == len(everything)
    assert told[-1].windows_left == 0
    assert told[-1].workers == FAST["workers"]
    assert pickle.loads(pickle.dumps(told)) == told
    assert [step.payments for step in told] == sorted(step.payments for step in told)


def test_a_loop_left_early_leaves_no_thread(client):
    scan = client.invoice_payments.scan(**FAST)
    next(scan)
    scan.close()
    assert not [t for t in threading.enumerate() if t.name == "stripe-scan"]


async def test_a_loop_left_early_leaves_no_task(sandbox):
    import asyncio

    async with AsyncClient(sandbox.api_key, base_url=sandbox.base_url) as client:
        async with aclosing(client.invoice_payments.scan(**FAST)) as scan:
            await anext(scan)
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "stripe-scan"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"limit": 10}, TypeError, "limit: a scan reads whole pages"),
        ({"starting_after": "inpay_1"}, TypeError, "starting_after: a scan reads whole pages"),
        ({"colour": "red"}, TypeError, "unknown parameter 'colour'"),
        ({"created": {"ge": 1}}, TypeError, "created: unknown parameter 'ge'"),
        ({"workers": 0}, ValueError, "workers must be at least 1, got 0"),
        ({"max_outage": -1}, ValueError, "max_outage must be at least 0, got -1"),
        ({"max_outage": float("nan")}, ValueError, "max_outage must be at least 0, got nan"),
        ({"rate_limit": 0}, ValueError, "rate_limit must be a positive, finite number, got 0"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(client, options, error, message):
    with pytest.raises(error, match=message):
        client.invoice_payments.scan(**options)


def test_a_client_with_a_limit_of_its_own_shares_it(sandbox, everything):
    with Client(sandbox.api_key, base_url=sandbox.base_url, rate_limit=2000) as client:
        assert len(list(client.invoice_payments.scan())) == len(everything)
        with pytest.raises(ValueError, match="this client has a rate limit of its own"):
            client.invoice_payments.scan(rate_limit=10)


def test_requests_are_paced(client):
    started = time.monotonic()
    count = sum(1 for _ in client.invoice_payments.scan(rate_limit=40, workers=8))
    assert count == 1200
    assert time.monotonic() - started > 0.27  # twelve requests, the first of them at once


def test_an_error_names_the_window_and_the_checkpoint(tmp_path, sandbox):
    path = tmp_path / "scan.json"
    with Client(sandbox.api_key, base_url=sandbox.base_url, max_retries=0) as client:
        scan = client.invoice_payments.scan(
            checkpoint=path,
            extra_headers={"Sandbox-Fault": "server_error"},
            created={"gte": 1_735_689_600, "lt": 1_735_700_000},
            max_outage=0,
            **FAST,
        )
        with pytest.raises(ScanError) as caught:
            list(scan)
    assert isinstance(caught.value.__cause__, APIError)
    assert caught.value.checkpoint == str(path)
    assert f"the remaining work is in {path}" in str(caught.value)
    assert caught.value.window is not None
    assert caught.value.http_status == 500


def test_a_limit_above_what_the_account_is_allowed_does_not_end_a_scan(client, sandbox, everything):
    sandbox.set_rate_limit(60)
    try:
        found = ids(client.invoice_payments.scan(rate_limit=2000, workers=6, max_retries=0))
    finally:
        sandbox.set_rate_limit(None)
    assert sorted(found) == sorted(ids(everything))


def test_a_finished_checkpoint_says_so(tmp_path, client, everything, caplog):
    path = tmp_path / "scan.json"
    with client.invoice_payments.scan(checkpoint=path, **FAST) as scan:
        assert len(list(scan)) == len(everything)
        scan.commit()
    assert json.loads(path.read_text())["windows"] == []
    assert caplog.messages == []
    assert list(client.invoice_payments.scan(checkpoint=path, **FAST)) == []
    assert caplog.messages == [
        f"checkpoint {path}: this scan was finished; to scan anew, delete it"
    ]


def test_a_filter_that_is_none_is_no_filter(tmp_path, client):
    path = tmp_path / "scan.json"
    list(client.invoice_payments.scan(checkpoint=path, autocommit=True, **FAST))
    assert list(client.invoice_payments.scan(checkpoint=path, status=None, **FAST)) == []


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"workers": 2.5}, "workers: an integer was expected"),
        ({"ordered": "no"}, "ordered: a bool was expected"),
        ({"autocommit": 1}, "autocommit: a bool was expected"),
        ({"max_outage": "5"}, "max_outage: a number was expected"),
    ],
)
def test_an_option_of_the_wrong_type_is_refused(client, option, message):
    with pytest.raises(TypeError, match=message):
        client.invoice_payments.scan(**option)


def test_a_progress_hook_is_a_plain_function(client):
    async def progress(_: object) -> None: ...

    with pytest.raises(TypeError, match="progress must be a plain function"):
        client.invoice_payments.scan(progress=progress, **FAST)


def test_seconds_with_many_payments_get_workers_of_their_own():
    # Ten seconds of four pages each.
    with ListServer(by_second([number % 10 for number in range(4000)])) as server:
        with Client("sk_test_dense", base_url=server.url) as client:
            seen: list[ScanProgress] = []
            found = ids(
                client.invoice_payments.scan(
                    created={"gte": BASE, "lt": BASE + 1000}, rate_limit=16, progress=seen.append
                )
            )
        assert sorted(found) == sorted(server.ids)
        most = max(progress.workers for progress in seen)
        assert most > 3, "more than this rate requires"
        assert seen[-1].workers < most
        assert server.requests < 40 + 20


def test_a_fixed_number_of_workers_is_kept():
    with ListServer(by_second([number % 10 for number in range(4000)])) as server:
        with Client("sk_test_dense", base_url=server.url) as client:
            seen: list[ScanProgress] = []
            options: Any = {"created": {"gte": BASE, "lt": BASE + 1000}, "rate_limit": 2000}
            found = ids(client.invoice_payments.scan(workers=3, progress=seen.append, **options))
        assert sorted(found) == sorted(server.ids)
        assert {progress.workers for progress in seen} == {3}
