"""What a checkpoint knows, when it changes, and who may use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from stripe_invoice_payments import AsyncClient, Client, ScanError

from .server import BASE, ListServer, by_second

KEY = "sk_test_checkpoint"
PERIOD: Any = {"gte": BASE, "lt": BASE + 10_000}
FAST: Any = {"created": PERIOD, "rate_limit": 5000, "workers": 3}


@pytest.fixture(scope="module")
def server():
    with ListServer(by_second([second // 3 for second in range(900)])) as server:
        yield server


@pytest.fixture
def client(server):
    with Client(KEY, base_url=server.url) as client:
        yield client


@pytest.fixture
def path(tmp_path):
    return tmp_path / "payments.scan"


def ids(payments: Any) -> list[str]:
    return [payment.id for payment in payments]


# --- When it changes ----------------------------------------------------------------------------


def test_nothing_is_recorded_before_the_consumer_says_so(client, server, path, caplog):
    assert sorted(ids(client.invoice_payments.scan(checkpoint=path, **FAST))) == sorted(server.ids)
    assert list(path.parent.iterdir()) == []
    (message,) = caplog.messages
    assert message.startswith(
        f"checkpoint {path}: the scan finished, but its end was not committed"
    )


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("after", [1, 99, 100, 101, 350, 899, 900])
def test_a_commit_is_exact_to_the_payment(client, server, path, ordered, after):
    options: Any = {**FAST, "checkpoint": path, "ordered": ordered}
    with client.invoice_payments.scan(**options) as scan:
        found = [next(scan).id for _ in range(after)]
        scan.commit()
        unrecorded = [payment.id for _, payment in zip(range(30), scan, strict=False)]
    rest = ids(client.invoice_payments.scan(**options))
    assert sorted(found + rest) == sorted(server.ids)
    assert set(unrecorded) <= set(rest)


@given(moments=st.lists(st.integers(0, 260), max_size=6), ordered=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_after_any_commits_nothing_is_lost_or_repeated(
    client, server, tmp_path_factory, moments, ordered
):
    path = tmp_path_factory.mktemp("scan") / "scan"
    durable: list[str] = []
    for moment in [*moments, 1 << 30]:
        with client.invoice_payments.scan(checkpoint=path, ordered=ordered, **FAST) as scan:
            run: list[str] = []
            for payment in scan:
                run.append(payment.id)
                if len(run) >= moment:
                    break
            scan.commit()
            durable += run
    assert sorted(durable) == sorted(server.ids)


async def test_tasks_commit_alike(server, path):
    async with AsyncClient(KEY, base_url=server.url) as client:
        async with client.invoice_payments.scan(checkpoint=path, **FAST) as scan:
            found = [(await anext(scan)).id for _ in range(250)]
            scan.commit()
            await anext(scan)
        async with client.invoice_payments.scan(checkpoint=path, **FAST) as scan:
            found += [payment.id async for payment in scan]
            scan.commit()
        assert json.loads(path.read_text())["windows"] == []
    assert sorted(found) == sorted(server.ids)


def test_autocommit_records_a_page_once_the_next_payment_is_wanted(client, server, path):
    with client.invoice_payments.scan(
        checkpoint=path, autocommit=True, created=PERIOD, rate_limit=5000, workers=1
    ) as scan:
        found = [next(scan).id for _ in range(100)]
        assert not path.exists()
        next(scan)
        assert path.exists()
    found += ids(client.invoice_payments.scan(checkpoint=path, autocommit=True, **FAST))
    assert sorted(found) == sorted(server.ids)
    assert json.loads(path.read_text())["windows"] == []


def test_a_closed_scan_commits_nothing(client, path):
    scan = client.invoice_payments.scan(checkpoint=path, **FAST)
    next(scan)
    scan.close()
    with pytest.raises(RuntimeError, match="this scan is closed, so nothing can be committed"):
        scan.commit()
    with pytest.raises(RuntimeError, match="this scan was closed before its end"):
        list(scan)  # never a result that is silently cut short


def test_without_a_file_a_commit_does_nothing(client):
    with client.invoice_payments.scan(**FAST) as scan:
        next(scan)
        scan.commit()


def test_the_file_stays_small(client, path):
    with client.invoice_payments.scan(checkpoint=path, **(FAST | {"workers": 16})) as scan:
        for _ in range(450):
            next(scan)
        scan.commit()
    assert path.stat().st_size < 2500


def test_what_was_yielded_before_an_error_can_be_committed(path):
    def break_down(_page: Any, _query: Any, number: int) -> int | None:
        return 400 if number == 4 else None

    with ListServer(by_second(list(range(900))), break_down) as server:
        with Client(KEY, base_url=server.url) as client:
            found = []
            options: Any = {**FAST, "workers": 1, "checkpoint": path}
            with client.invoice_payments.scan(**options) as scan:
                with pytest.raises(ScanError):
                    for payment in scan:
                        found.append(payment.id)  # noqa: PERF401 - it has to keep what came before
                scan.commit()
            rest = ids(client.invoice_payments.scan(**options))
            assert len(rest) < 900
            assert set(found) | set(rest) == set(server.ids)


# --- What it belongs to -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"status": "paid"}, "filters"),
        ({"expand": ["data.invoice"]}, "filters"),
        ({"created": {"gte": BASE, "lt": BASE + 1}}, "end"),
        ({"created": None}, "start"),
        ({"stripe_account": "acct_B"}, "stripe_account"),
        ({"stripe_context": "acct_B"}, "stripe_context"),
        ({"extra_headers": {"X-Tenant": "B"}}, "headers"),
        ({"extra_headers": {}}, "headers"),
        ({"extra_headers": {"X-Tenant": "A", "X-Other": "1"}}, "headers"),
    ],
)
def test_a_checkpoint_of_another_scan_is_refused(client, path, change, name):
    ours: Any = {**FAST, "checkpoint": path, "extra_headers": {"X-Tenant": "A"}}
    with client.invoice_payments.scan(**ours) as scan:
        next(scan)
        scan.commit()
    with pytest.raises(ValueError, match=rf"it belongs to another scan: .*\b{name} was "):
        client.invoice_payments.scan(**(ours | {**change}))
    with client.invoice_payments.scan(**ours) as scan:
        assert next(scan)


@pytest.mark.parametrize(
    ("key", "url"), [("sk_live_checkpoint", ""), (KEY, "/v0"), ("rk_test_other", None)]
)
def test_key_and_address(client, server, path, key, url):
    with client.invoice_payments.scan(checkpoint=path, **FAST) as scan:
        scan.commit()
    with Client(key, base_url=server.url + (url or "")) as other:
        if url is None:  # another key of the same mode
            other.invoice_payments.scan(checkpoint=path, **FAST).close()
        else:
            with pytest.raises(ValueError, match="it belongs to another scan"):
                other.invoice_payments.scan(checkpoint=path, **FAST)


def test_headers_that_cannot_matter_do_not_and_others_are_hashed(server, path):
    secret = "gateway-secret-4711"
    with Client(KEY, base_url=server.url, default_headers={"X-Gateway-Token": secret}) as client:
        one: Any = {**FAST, "checkpoint": path, "extra_headers": {"traceparent": "00-1-1-01"}}
        with client.invoice_payments.scan(**one) as scan:
            scan.commit()
        client.invoice_payments.scan(checkpoint=path, **FAST).close()
        with pytest.raises(ValueError, match="another scan") as caught:
            client.invoice_payments.scan(
                **(one | {"extra_headers": {"x-gateway-token": "another-secret"}})
            )
    assert secret not in path.read_text() + str(caught.value)
    assert "another-secret" not in str(caught.value)


# --- What is no checkpoint ----------------------------------------------------------------------


def content(**changes: Any) -> str:
    query = {"filters": {}, "start": 0, "end": None, "base_url": "", "headers": {}}
    return json.dumps({"version": 2, "query": query, "windows": [], **changes})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not a checkpoint"),
        (b"[]", "it has no version"),
        (b"{}", "it has no version"),
        (b"null", "it has no version"),
        (b"\xff\xfe\x00", "not a checkpoint"),
        (b"[" * 200_000, "nested too deeply|not a checkpoint"),
        (b'{"version": 2, "query": ' + b"[" * 90_000, "nested too deeply|not a checkpoint"),
        (b"1" * 5000, "not a checkpoint"),
        (b" " * 2_000_000, "too large"),
        (b'{"version": 1, "query": {}, "windows": []}', r"format of another release \(1;"),
        (b'{"version": [2], "query": {}, "windows": []}', "format of another release"),
        (b'{"version": 2, "windows": []}', "it has no query"),
        (b'{"version": 2, "query": [], "windows": []}', "it has no query"),
        (b'{"version": 2, "query": {}, "windows": []}', "belongs to another scan"),
    ],
)
def test_what_is_no_checkpoint_is_refused_by_name(client, path, data, problem):
    path.write_bytes(data)
    with pytest.raises(ValueError, match=rf"checkpoint .*payments\.scan: .*({problem})"):
        client.invoice_payments.scan(checkpoint=path, **FAST)
    assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("windows", "problem"),
    [
        ({}, "windows is not a list"),
        (None, "windows is not a list"),
        ("", "windows is not a list"),
        ([{}], "is not a window"),
        ([[1, 2, None]], "is not a window"),
        ([[1, 2, 3, 2]], "is not a window"),
        ([["1", 2, None, 2]], "is not a window"),
        ([[True, 2, None, 2]], "is not a window"),
        ([[1.0, 2, None, 2]], "is not a window"),
        ([[5, 2, None, 2]], "is not a window"),
        ([[1, 5, "inpay_1", 9]], "is not a window"),
        ([[1, 5, None, 5], [4, 9, None, 9]], "overlap"),
        ([[1, 5, None, 5], [1, 5, None, 5]], "overlap"),
    ],
)
def test_windows_that_are_none_are_refused(client, path, windows, problem):
    with client.invoice_payments.scan(checkpoint=path, **FAST) as scan:
        scan.commit()
    path.write_text(json.dumps({**json.loads(path.read_text()), "windows": windows}))
    with pytest.raises(ValueError, match=rf"not a checkpoint \(.*{problem}"):
        client.invoice_payments.scan(checkpoint=path, **FAST)


# --- Where it is --------------------------------------------------------------------------------


def test_a_symbolic_link_is_followed(client, server, tmp_path):
    (tmp_path / "shared").mkdir()
    real, link = tmp_path / "shared" / "real.scan", tmp_path / "link.scan"
    link.symlink_to(real)
    with client.invoice_payments.scan(checkpoint=link, **FAST) as scan:
        found = [next(scan).id for _ in range(200)]
        scan.commit()
    assert link.is_symlink()
    found += ids(client.invoice_payments.scan(checkpoint=real, **FAST))
    assert sorted(found) == sorted(server.ids)


def test_a_relative_path_is_that_of_the_beginning(client, tmp_path, monkeypatch):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "first")
    with client.invoice_payments.scan(checkpoint="here.scan", **FAST) as scan:
        next(scan)
        monkeypatch.chdir(tmp_path / "second")
        scan.commit()
    assert [one.name for one in tmp_path.rglob("*.scan")] == ["here.scan"]
    assert (tmp_path / "first" / "here.scan").exists()


def test_a_folder_that_takes_no_file_is_refused_at_the_start(client, server, tmp_path):
    (tmp_path / "file").touch()
    before = server.requests
    for folder, error in (("missing", FileNotFoundError), ("file", NotADirectoryError)):
        with pytest.raises(error, match="the checkpoint cannot be written") as caught:
            client.invoice_payments.scan(checkpoint=tmp_path / folder / "a.scan", **FAST)
        assert caught.value.filename.endswith("a.scan")
    if os.geteuid() != 0:  # the administrator may write anywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(PermissionError, match="the checkpoint cannot be written"):
            client.invoice_payments.scan(checkpoint=tmp_path / "locked" / "a.scan", **FAST)
    with pytest.raises(ValueError, match="not a file"):
        client.invoice_payments.scan(checkpoint=tmp_path, **FAST)
    assert server.requests == before


def test_leftovers_of_a_killed_process_are_removed(client, path):
    for name in (".payments.scan.new", ".payments.scan.lock"):
        (path.parent / name).write_text("left")
    with client.invoice_payments.scan(checkpoint=path, **FAST) as scan:
        scan.commit()
    assert list(path.parent.iterdir()) == [path]


# --- Who may use it -----------------------------------------------------------------------------

HOLD = """
import sys
from stripe_invoice_payments import Client

with Client("sk_test_checkpoint", base_url=sys.argv[1]) as client:
    scan = client.invoice_payments.scan(
        checkpoint=sys.argv[2], created={"gte": int(sys.argv[3])}, workers=1, rate_limit=999
    )
    next(scan)
    print("holding", flush=True)
    sys.stdin.read()
"""


def test_another_scan_with_the_same_file_is_refused(client, path):
    with client.invoice_payments.scan(checkpoint=path, **FAST) as scan:
        next(scan)
        with pytest.raises(ValueError, match=r"payments\.scan: another scan is using it"):
            client.invoice_payments.scan(checkpoint=path, **FAST)
        scan.commit()
        with pytest.raises(ValueError, match="another scan is using it"):
            client.invoice_payments.scan(checkpoint=path, **FAST)
        client.invoice_payments.scan(checkpoint=path.with_name("other"), **FAST).close()
    client.invoice_payments.scan(checkpoint=path, **FAST).close()
    assert list(path.parent.iterdir()) == [path]


def test_another_process_is_refused_until_the_first_is_dead(client, server, path):
    arguments = [sys.executable, "-c", HOLD, server.url, str(path), str(BASE)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        options: Any = {"checkpoint": path, "created": {"gte": BASE}, "workers": 1}
        with pytest.raises(ValueError, match="another scan is using it"):
            client.invoice_payments.scan(**options)
        process.send_signal(signal.SIGKILL)
        process.wait()
    client.invoice_payments.scan(**options).close()
    assert list(path.parent.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_neither_reads_on_nor_keeps_the_file(client, path):
    scan = client.invoice_payments.scan(checkpoint=path, **FAST)
    next(scan)
    reading, writing = os.pipe()
    holding, release = os.pipe()
    child = os.fork()
    if child == 0:
        told = []
        for attempt in (lambda: next(scan), scan.commit):
            with pytest.raises(RuntimeError) as caught:
                attempt()
            told.append(str(caught.value))
        scan.close()
        os.write(writing, "\n".join(told).encode())
        os.close(release)
        os.read(holding, 1)
        os._exit(0)
    os.close(holding)
    told = os.read(reading, 4096).decode().splitlines()
    assert len(told) == 2
    assert all("belongs to the process that started it" in line for line in told)
    assert next(scan)
    scan.commit()
    scan.close()
    client.invoice_payments.scan(checkpoint=path, **FAST).close()  # while the child lives on
    os.close(release)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)


# --- When its object is gone --------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [list(range(900)), [s // 250 for s in range(900)]])
@pytest.mark.parametrize("after", [37, 100, 420])
def test_a_scan_goes_on_by_the_second_if_its_object_is_gone(path, seconds, after):
    with ListServer(by_second(seconds)) as server, Client(KEY, base_url=server.url) as client:
        options: Any = {**FAST, "checkpoint": path, "workers": 1}
        with client.invoice_payments.scan(**options) as scan:
            found = [next(scan) for _ in range(after)]
            scan.commit()
        gone = found[-1]
        server.payments = [one for one in server.payments if one["id"] != gone.id]
        rest = list(client.invoice_payments.scan(**options))
    seen, again = {p.id for p in found}, {p.id: p.created for p in rest}
    assert len(again) == len(rest)
    assert set(server.ids) <= seen | again.keys()
    assert {again[one] for one in seen & again.keys()} <= {gone.created}


@pytest.mark.parametrize("seconds", [list(range(900)), [s // 250 for s in range(900)], [7] * 900])
@pytest.mark.parametrize("when", [2, 3, 6])
@pytest.mark.parametrize("workers", [1, 3])
def test_an_object_that_disappears_in_mid_scan_costs_nothing(seconds, when, workers):
    def delete(page: Any, query: Any, number: int) -> int | None:
        if number < when or "starting_after" not in query or gone:
            return None
        gone.append(query["starting_after"])
        server.payments = [one for one in server.payments if one["id"] != gone[0]]
        page.update(server.page(query))
        return 400

    gone: list[str] = []
    server = ListServer(by_second(seconds), delete)
    everything = sorted(server.ids)
    with server, Client(KEY, base_url=server.url) as client:
        found = ids(client.invoice_payments.scan(**(FAST | {"workers": workers})))
    assert gone
    assert sorted(found) == everything


def test_a_cursor_that_is_never_accepted_ends_the_scan():
    def refuse(page: Any, query: Any, _number: int) -> int | None:
        if "starting_after" not in query:
            return None
        details = {"code": "resource_missing", "param": "starting_after", "message": "No such"}
        page["error"] = details
        return 400

    with ListServer(by_second([7] * 900), refuse) as server:
        with Client(KEY, base_url=server.url) as client, pytest.raises(ScanError, match="No such"):
            list(client.invoice_payments.scan(**FAST))
        assert server.requests < 20
