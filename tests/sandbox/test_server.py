import contextlib
import gc
import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from stripe_invoice_payments.sandbox import Sandbox

LIST = "/v1/invoice_payments"


@pytest.fixture
def get(connect):
    """Gets something from some sandbox, on a connection of its own."""

    def get(sandbox: Sandbox, path: str = LIST, **params: str) -> dict[str, Any]:
        with connect(sandbox.base_url, sandbox.api_key) as client:
            response = client.get(path, params=params)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    return get


def open_files() -> set[Path]:
    files = set()
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed in the meantime
            files.add(link.readlink())
    return files


@pytest.mark.parametrize("payments", [0, 1, 5, 12, 13])
def test_small_sandboxes(get, payments):
    with Sandbox(payments=payments) as sandbox:
        page = get(sandbox, limit="100")
        assert (len(page["data"]), page["has_more"]) == (payments, False)
        for payment in page["data"]:
            mine = get(sandbox, invoice=payment["invoice"], limit="100")["data"]
            assert mine == [p for p in page["data"] if p["invoice"] == payment["invoice"]]
        assert len(get(sandbox, **{"created[gte]": "0"})["data"]) == min(payments, 10)


def test_a_million_payments(get):
    with Sandbox(payments=1_000_000) as sandbox:
        newest = get(sandbox, limit="100")
        assert newest["has_more"] is True
        oldest_second = str(1_735_689_600 + 360)
        oldest = get(sandbox, limit="100", **{"created[lt]": oldest_second})
        assert (len(oldest["data"]), oldest["has_more"]) == (12, False)
        last = get(sandbox, limit="100", starting_after=oldest["data"][-1]["id"])
        assert (last["data"], last["has_more"]) == ([], False)
        back = get(sandbox, limit="100", ending_before=oldest["data"][0]["id"])
        assert (len(back["data"]), back["has_more"]) == (100, True)


def test_two_at_once_do_not_share_anything(get):
    with Sandbox(seed=1) as one, Sandbox(seed=1) as same, Sandbox(seed=2) as other:
        assert len({one.base_url, same.base_url, other.base_url}) == 3
        assert get(one) == get(same) != get(other)


def test_requests_in_parallel(get, sandbox):
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(get(sandbox, limit="100"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [get(sandbox, limit="100")] * 8


def test_changes_while_requests_are_answered(get, stripe_sandbox):
    """Each answer shows the data at one moment, and no request is lost or counted twice."""
    wrong: list[object] = []
    started = threading.Barrier(5)

    def read() -> None:
        started.wait()
        for _ in range(30):
            page = get(stripe_sandbox, limit="100", created="5")
            created = [payment["id"] for payment in page["data"]]
            if len(set(created)) != len(created) or page["has_more"]:
                wrong.append(page)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    started.wait()
    made = [stripe_sandbox.create_invoice_payment(created=5) for _ in range(60)]
    for thread in threads:
        thread.join()
    assert wrong == []
    shown = [payment.to_dict() for payment in made]
    assert get(stripe_sandbox, limit="100", created="5")["data"] == shown[::-1]
    traffic = stripe_sandbox.traffic()
    assert (traffic.total, traffic.by_status) == (121, {200: 121})


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files through /proc")
def test_stopping_leaves_nothing_behind(connect):
    gc.collect()
    threads, files = threading.active_count(), open_files()
    sandbox = Sandbox()
    sandbox.start()
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    with (
        connect(sandbox.base_url, sandbox.api_key) as client,
        socket.create_connection((host, int(port))) as unfinished,
    ):
        unfinished.sendall(b"GET /v1/invoice_payments HTTP/1.1\r\nHost:")
        assert client.get(LIST).status_code == 200
        sandbox.stop()
        assert unfinished.recv(1) == b""
        with pytest.raises(httpx.ConnectError):
            client.get(LIST)
    sandbox.stop()
    gc.collect()
    assert threading.active_count() == threads
    assert open_files() - files == set()


def test_it_starts_again(get):
    sandbox = Sandbox()
    for _ in range(2):
        with sandbox:
            get(sandbox)
            with pytest.raises(RuntimeError, match="running already"):
                sandbox.start()
        with pytest.raises(RuntimeError, match="not running"):
            _ = sandbox.base_url


def test_a_port_in_use_is_an_os_error(sandbox):
    port = int(sandbox.base_url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=port).start()


def test_payments_cannot_be_negative():
    with pytest.raises(ValueError, match="-1"):
        Sandbox(payments=-1)


def test_answers_are_not_held_back(connect, sandbox):
    """Nagle's algorithm would add 40 ms to each answer of more than one segment."""
    with connect(sandbox.base_url, sandbox.api_key) as client:
        client.get(LIST)

        def seconds() -> float:
            started = time.perf_counter()
            client.get(LIST, params={"limit": "100"})
            return time.perf_counter() - started

        assert any(seconds() < 0.03 for _ in range(100))


def test_ipv6(get):
    if not socket.has_ipv6:
        pytest.skip("no IPv6")
    try:
        sandbox = Sandbox(host="::1")
        sandbox.start()
    except OSError:
        pytest.skip("no IPv6 loopback address")
    try:
        assert sandbox.base_url.startswith("http://[::1]:")
        get(sandbox)
    finally:
        sandbox.stop()
