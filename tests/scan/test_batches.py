"""`scan_batches`: what a batch has, what its token covers, and what a commit does, when."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from stripe_invoice_payments import AsyncClient, Client, ScanBatch, ScanError

from .batches import FAST, KEY, PERIOD, Api, Batches, connected, ids
from .server import BASE, ListServer, by_second

CLIENTS = pytest.mark.parametrize("client_class", [Client, AsyncClient])


@pytest.fixture(scope="module")
def server():
    with ListServer(by_second([second // 3 for second in range(900)])) as server:
        yield server


@pytest.fixture
async def api(client_class, server):
    async with connected(client_class, server) as api:
        yield api


@pytest.fixture
def path(tmp_path):
    return tmp_path / "payments.scan"


# --- What a batch has -----------------------------------------------------------------------------


@CLIENTS
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("size", [1, 7, 100, 250, 899, 900, 901])
async def test_batches_are_full_but_for_the_last(api, server, size, ordered):
    batches = await api.all(batch_size=size, ordered=ordered)
    assert sorted(ids(*batches)) == sorted(server.ids)
    if ordered:
        assert ids(*batches) == server.ids
    *full, last = batches
    assert {len(batch.payments) for batch in full} <= {size}
    assert len(last.payments) <= size
    assert [batch.is_last for batch in batches] == [False] * len(full) + [True]


@CLIENTS
async def test_two_thousand_payments_are_the_default(client_class):
    with ListServer(by_second(list(range(2500)))) as server:
        async with connected(client_class, server) as api:
            batches = await api.all()
    assert [len(batch.payments) for batch in batches] == [2000, 500]


@CLIENTS
async def test_a_period_without_payments_has_one_empty_batch(api):
    (batch,) = await api.all(created={"gte": 5, "lt": 5000})
    assert batch.payments == ()
    assert batch.is_last
    assert repr(batch) == "<ScanBatch of 0 payments>"


def test_a_batch_is_what_it_was(server):
    """Nothing of it changes when the scan goes on, as a writer in another thread relies on."""
    with Client(KEY, base_url=server.url) as client:
        with client.invoice_payments.scan_batches(batch_size=100, **FAST) as scan:
            first = next(scan)
            token = first.token
            for _ in scan:
                pass
            assert first.token == token
            with pytest.raises(AttributeError):
                first.payments = ()  # type: ignore[misc]


# --- What a token covers --------------------------------------------------------------------------


@CLIENTS
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("size", [1, 99, 100, 101, 350])
async def test_a_resumed_scan_yields_exactly_the_rest(api, server, ordered, size):
    async with api.scanning(batch_size=size, ordered=ordered) as scan:
        batches = [await scan.next(), await scan.next()]
        # Until the workers are as far ahead as they may be.
        await asyncio.sleep(0.1)
        batches += await scan.rest() if size == 350 else [await scan.next()]
    for number, batch in enumerate(batches[:3], 1):
        rest = await api.all(resume_from=batch.token)
        assert sorted(ids(*batches[:number], *rest)) == sorted(server.ids)


@CLIENTS
async def test_a_token_survives_json_and_the_order_may_change(api, server):
    async with api.scanning(batch_size=130) as scan:
        first = await scan.next()
    token = json.loads(json.dumps({"token": first.token}))["token"]
    rest = await api.all(resume_from=token, ordered=True, workers=1, batch_size=40)
    assert sorted(ids(first, *rest)) == sorted(server.ids)
    created = [payment.created for batch in rest for payment in batch.payments]
    assert created == sorted(created, reverse=True)


@CLIENTS
async def test_a_failed_scan_resumes_behind_its_last_batch(client_class):
    def break_down(_page: Any, _query: Any, number: int) -> int | None:
        return 400 if number == 4 else None

    with ListServer(by_second(list(range(900))), break_down) as server:
        async with connected(client_class, server) as api:
            async with api.scanning(workers=1, batch_size=250) as scan:
                first = await scan.next()
                with pytest.raises(ScanError):
                    await scan.next()
                assert await scan.next_or_none() is None
            rest = await api.all(resume_from=first.token)
    assert sorted(ids(first, *rest)) == sorted(server.ids)


@CLIENTS
async def test_a_finished_scan_yields_and_requests_nothing(api, server, caplog):
    *_, last = await api.all(batch_size=300)
    before = server.requests
    assert await api.all(resume_from=last.token) == []
    assert server.requests == before
    assert caplog.messages == [
        "resume_from: this scan was finished; to scan anew, leave it out",
    ]


@pytest.mark.parametrize("workers", [1, 4, 16])
@pytest.mark.parametrize("ordered", [False, True])
def test_a_token_is_small(workers, ordered):
    with ListServer(by_second(list(range(4000)))) as server:
        with Client(KEY, base_url=server.url) as client:
            options: Any = {**FAST, "workers": workers, "ordered": ordered, "batch_size": 500}
            batches = list(client.invoice_payments.scan_batches(**options))
    assert max(len(batch.token) for batch in batches) < 350 + 70 * (1 if ordered else workers)


STEPS = st.lists(
    st.tuples(
        st.integers(1, 12),  # batches before the crash
        st.sets(st.integers(0, 11)),  # those after which everything so far is stored
        st.sampled_from([1, 30, 99, 100, 101, 250]),
        st.integers(1, 5),
        st.booleans(),
        st.sampled_from([Client, AsyncClient]),
    ),
    max_size=4,
)


@given(
    seconds=st.lists(st.integers(0, 40), max_size=400)
    | st.integers(0, 600).map(lambda count: list(range(count))),
    runs=STEPS,
    has_file=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_whatever_is_stored_and_when_it_crashes_nothing_is_lost_or_repeated(
    seconds, runs, has_file, tmp_path_factory
):
    path = tmp_path_factory.mktemp("scan") / "payments.scan" if has_file else None
    token = asyncio.run(store_with_crashes(seconds, runs, path))
    assert json.loads(token)["windows"] == []
    assert path is None or path.read_text() == token


async def store_with_crashes(seconds: list[int], runs: list[Any], path: Path | None) -> str:
    """With a token in the consumer's store, or with commits, of earlier batches too."""
    stored: list[str] = []
    token: str | None = None
    with ListServer(by_second(seconds)) as server:
        for crash, stores, size, workers, ordered, client_class in [
            *runs,
            (1 << 30, range(1 << 30), 70, 3, False, Client),
        ]:
            options: Any = {"batch_size": size, "workers": workers, "ordered": ordered}
            async with connected(client_class, server) as api:
                batches: list[ScanBatch] = []
                are_stored = 0
                async with api.scanning(
                    resume_from=None if path else token, checkpoint=path, **options
                ) as scan:
                    for number in range(crash):
                        if (batch := await scan.next_or_none()) is None:
                            break
                        batches.append(batch)
                        if number in stores:  # the consumer's transaction
                            stored += ids(*batches[are_stored:])
                            are_stored = len(batches)
                            batch.commit()
                            batches[number // 2].commit()
                            token = batch.token
        assert sorted(stored) == sorted(server.ids)
    assert token is not None
    return token


# --- What a commit does ---------------------------------------------------------------------------


async def three(api: Api, **options: Any) -> tuple[Batches, list[ScanBatch]]:
    """A scan, and its first batches."""
    scan = api.scan(batch_size=150, **options)
    return scan, [await scan.next() for _ in range(3)]


# Which of the batches are committed, in this order, and which of them the file then has.
COMMITS: Any = {
    (0,): 0,
    (0, 1, 2): 2,
    (2,): 2,  # without those before it
    (0, 2): 2,
    (2, 0): 2,  # an older one after it
    (2, 0, 1): 2,
    (1, 1): 1,
    (1, 0, 2, 1): 2,
}


@CLIENTS
@pytest.mark.parametrize("order", COMMITS, ids=str)
@pytest.mark.parametrize("ordered", [False, True])
async def test_a_file_has_the_latest_batch_that_was_committed(api, server, path, order, ordered):
    scan, batches = await three(api, checkpoint=path, ordered=ordered)
    assert not path.exists()
    for number in order:
        batches[number].commit()
    await scan.close()
    latest = COMMITS[order]
    assert path.read_text() == batches[latest].token
    rest = await api.all(checkpoint=path)
    assert sorted(ids(*batches[: latest + 1], *rest)) == sorted(server.ids)


@CLIENTS
async def test_nothing_is_recorded_without_a_commit(api, path):
    scan, _ = await three(api, checkpoint=path)
    await scan.close()
    assert list(path.parent.iterdir()) == []


@CLIENTS
async def test_a_commit_without_a_file_does_nothing(api):
    scan, (first, *_) = await three(api)
    first.commit()
    await scan.close()
    first.commit()


@CLIENTS
async def test_after_the_loop_a_batch_can_be_committed(api, path, caplog):
    async with api.scanning(checkpoint=path, batch_size=400) as scan:
        *_, last = await scan.rest()
        last.commit()
    assert json.loads(path.read_text())["windows"] == []
    assert caplog.messages == []


@CLIENTS
async def test_an_end_that_is_not_committed_is_logged(api, path, caplog):
    async with api.scanning(checkpoint=path, batch_size=400) as scan:
        first, *_ = await scan.rest()
        first.commit()
    (message,) = caplog.messages
    assert "the scan finished, but its end was not committed" in message


@CLIENTS
async def test_after_an_error_a_batch_can_be_committed(client_class, path):
    def break_down(_page: Any, _query: Any, number: int) -> int | None:
        return 400 if number == 4 else None

    with ListServer(by_second(list(range(900))), break_down) as server:
        async with connected(client_class, server) as api:
            async with api.scanning(workers=1, batch_size=250, checkpoint=path) as scan:
                first = await scan.next()
                with pytest.raises(ScanError) as caught:
                    await scan.next()
                assert caught.value.checkpoint == str(path)
                first.commit()
            rest = await api.all(checkpoint=path)
    assert sorted(ids(first, *rest)) == sorted(server.ids)


@CLIENTS
async def test_a_closed_scan_commits_nothing(api, server, path):
    scan, batches = await three(api, checkpoint=path)
    batches[0].commit()
    await scan.close()
    with pytest.raises(RuntimeError, match="this scan is closed, so nothing can be committed"):
        batches[1].commit()
    with pytest.raises(RuntimeError, match="this scan was closed before its end"):
        await scan.next()
    assert path.read_text() == batches[0].token
    # Its token is as good as ever.
    rest = await api.all(resume_from=batches[2].token)
    assert sorted(ids(*batches, *rest)) == sorted(server.ids)


def test_a_batch_keeps_the_file_when_the_scan_is_dropped(server, path):
    """As in `for batch in client.invoice_payments.scan_batches(...)`, where nothing else does."""
    with Client(KEY, base_url=server.url) as client:
        options: Any = {**FAST, "checkpoint": path, "batch_size": 150}
        for batch in client.invoice_payments.scan_batches(**options):
            if batch.payments:
                break
        gc.collect()
        with pytest.raises(ValueError, match="another scan is using it"):
            client.invoice_payments.scan_batches(**options)
        batch.commit()
        token = batch.token
        del batch
        gc.collect()
        client.invoice_payments.scan_batches(**options).close()
    assert path.read_text() == token
    assert list(path.parent.iterdir()) == [path]


@CLIENTS
async def test_autocommit_records_a_batch_once_the_next_is_wanted(api, path):
    async with api.scanning(checkpoint=path, autocommit=True, batch_size=400) as scan:
        first = await scan.next()
        assert not path.exists()
        await scan.next()
        assert path.read_text() == first.token
        *_, last = await scan.rest()
        assert path.read_text() == last.token
    assert json.loads(last.token)["windows"] == []


async def test_other_threads_may_commit(server, path):
    for client_class in (Client, AsyncClient):
        path.unlink(missing_ok=True)
        async with connected(client_class, server) as api:
            async with api.scanning(checkpoint=path, batch_size=10) as scan:
                batches = [await scan.next() for _ in range(20)]
                await asyncio.gather(*(asyncio.to_thread(batch.commit) for batch in batches))
                assert path.read_text() == batches[-1].token


def test_a_commit_counts_once_the_file_and_its_folder_are_on_the_disk(server, path, monkeypatch):
    synced: list[tuple[str, str | None]] = []
    fsync = os.fsync

    def record(descriptor: int) -> None:
        fsync(descriptor)
        target = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        synced.append((target, path.read_text() if path.exists() else None))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("descriptors cannot be named here")
    with Client(KEY, base_url=server.url) as client:
        with client.invoice_payments.scan_batches(checkpoint=path, **FAST) as scan:
            batch = next(scan)
            monkeypatch.setattr(os, "fsync", record)
            batch.commit()
            assert synced == [
                (str(path.with_name(".payments.scan.new")), None),
                (str(path.parent), batch.token),
            ]


@CLIENTS
async def test_a_commit_that_failed_can_be_repeated(api, path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    scan, (first, second, _) = await three(api, checkpoint=path)
    first.commit()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            second.commit()
    assert path.read_text() == first.token
    second.commit()
    assert path.read_text() == second.token
    await scan.close()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_commits_nothing(server, path):
    with Client(KEY, base_url=server.url) as client:
        with client.invoice_payments.scan_batches(checkpoint=path, **FAST) as scan:
            batch = next(scan)
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    batch.commit()
                except RuntimeError as error:
                    os.write(writing, str(error).encode())
                os._exit(0)
            os.waitpid(child, 0)
            assert b"belongs to the process that started it" in os.read(reading, 4096)
            assert not path.exists()
    os.close(reading)
    os.close(writing)


# --- What a token belongs to ----------------------------------------------------------------------


@CLIENTS
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"status": "paid"}, "filters"),
        ({"expand": ["data.invoice"]}, "filters"),
        ({"created": {"gte": BASE, "lt": BASE + 1}}, "end"),
        ({"created": None}, "start"),
        ({"stripe_account": "acct_B"}, "stripe_account"),
        ({"stripe_context": "acct_C"}, "stripe_context"),
        ({"extra_headers": {"X-Tenant": "B"}}, "headers"),
    ],
)
async def test_a_token_of_another_scan_is_refused(api, server, change, name):
    ours: Any = {"extra_headers": {"X-Tenant": "A"}}
    async with api.scanning(**ours) as scan:
        first = await scan.next()
    before = server.requests
    with pytest.raises(
        ValueError, match=rf"^resume_from: it belongs to another scan: .*\b{name} was "
    ):
        api.scan(resume_from=first.token, **(ours | change))
    assert server.requests == before
    await api.scan(resume_from=first.token, **ours).close()


@CLIENTS
async def test_a_token_of_the_other_mode_is_refused(client_class, server):
    async with connected(client_class, server) as api, api.scanning() as scan:
        first = await scan.next()
    async with connected(client_class, server, api_key="sk_live_batches") as other:
        with pytest.raises(ValueError, match="mode was 'test', now it is 'live'"):
            other.scan(resume_from=first.token)
    async with connected(client_class, server, api_key="rk_test_another") as other:
        await other.scan(resume_from=first.token).close()


def test_a_token_has_no_secret(server):
    secret = "gateway-secret-4711"
    with Client(KEY, base_url=server.url, default_headers={"X-Gateway-Token": secret}) as client:
        with client.invoice_payments.scan_batches(**FAST) as scan:
            token = next(scan).token
    assert secret not in token
    assert KEY not in token


@CLIENTS
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"resume_from": b"{}"}, TypeError, "resume_from: a string was expected, not bytes"),
        ({"resume_from": ""}, ValueError, r"resume_from: not a token \("),
        ({"resume_from": "{}"}, ValueError, r"resume_from: not a token \(it has no version\)"),
        ({"resume_from": "[" * 90_000}, ValueError, r"resume_from: not a token \("),
        ({"resume_from": " " * 2_000_000}, ValueError, r"not a token \(too large\)"),
        ({"resume_from": '{"version": 1}'}, ValueError, "format of another release"),
        ({"resume_from": "{}", "checkpoint": "a.scan"}, ValueError, "so pass only one"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"batch_size": 2.5}, TypeError, "batch_size: an integer was expected, not float"),
        ({"batch_size": None}, TypeError, "batch_size: an integer was expected, not NoneType"),
        ({"limit": 10}, TypeError, "limit: a scan reads whole pages"),
        ({"resume": "{}"}, TypeError, "unknown parameter 'resume'"),
    ],
)
async def test_what_is_invalid_is_refused_at_once(api, options, error, message):
    with pytest.raises(error, match=message):
        api.scan(**options)


def test_a_scan_of_payments_has_no_batches(server):
    with Client(KEY, base_url=server.url) as client:
        scan: Any = client.invoice_payments.scan
        for name in ("batch_size", "resume_from"):
            with pytest.raises(TypeError, match=f"unknown parameter '{name}'"):
                scan(**{name: None})


# --- Leaving it -----------------------------------------------------------------------------------


@CLIENTS
async def test_a_loop_that_is_left_stops_the_workers(api, server):
    async with api.scanning(batch_size=1) as scan:
        await scan.next()
    await asyncio.sleep(0.05)
    before = server.requests
    await asyncio.sleep(0.2)
    assert server.requests == before


def test_workers_need_not_wait_for_a_batch_to_be_full():
    """What a batch has taken makes room for more pages, however large the batch is."""
    with ListServer(by_second(list(range(5000)))) as server:
        with Client(KEY, base_url=server.url) as client:
            started = time.monotonic()
            with client.invoice_payments.scan_batches(
                created=PERIOD, workers=1, rate_limit=5000, batch_size=4000
            ) as scan:
                assert [len(batch.payments) for batch in scan] == [4000, 1000]
            assert time.monotonic() - started < 60
