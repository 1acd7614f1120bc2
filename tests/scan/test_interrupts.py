"""What an interrupt, a finalizer or another thread may come between, and must not break."""

from __future__ import annotations

import gc
import random
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from stripe_invoice_payments import APIError, Client, ScanError
from stripe_invoice_payments._locks import ForkSafeLock, Lock
from stripe_invoice_payments._pages import guards as _page_checks
from stripe_invoice_payments._scan import state
from stripe_invoice_payments._stopping import Bell
from stripe_invoice_payments.sandbox import Sandbox

from .server import BASE, ListServer, by_second

KEY = "sk_test_interrupts"
PERIOD: Any = {"gte": BASE, "lt": BASE + 3000}


@contextmanager
def restless_threads():
    """Threads take turns as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def in_threads(work, count=3):
    """Repeats `work` in some threads for as long as the block runs."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            work()

    threads = [threading.Thread(target=repeat, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def readers() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "stripe-scan"]


def ended(seconds: float) -> bool:
    """Whether all readers end within this time."""
    end = time.monotonic() + seconds
    while readers() and time.monotonic() < end:
        time.sleep(0.01)
    return not readers()


def hold(lock: Lock | ForkSafeLock) -> None:
    with lock:
        pass


def hold_if_free(lock: Lock) -> None:
    lock.run_if_free(bool)


def is_free(lock: Lock | ForkSafeLock) -> bool:
    """Whether another thread gets it."""

    thread = threading.Thread(target=hold, args=[lock], daemon=True)
    thread.start()
    thread.join(10)
    return not thread.is_alive()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs an interval timer")
@pytest.mark.parametrize(
    ("make", "use"),
    [
        (Lock, hold),
        (Lock, hold_if_free),
        (ForkSafeLock, hold),
        (lambda: Lock(threading.RLock()), hold),
    ],
)
def test_an_interrupt_leaves_no_lock_locked(make, use):
    """Readers would wait for it forever, and closing for the readers."""
    lock = make()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for seed in range(500):
            with suppress(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, 1e-5 + random.Random(seed).random() / 5000)
                while True:
                    use(lock)
            assert is_free(lock)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_no_sleeper_is_forgotten_while_others_ring():
    bell = Bell()
    with restless_threads(), in_threads(bell.ring):
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            sleeper = bell.sleeper()
            bell.ring()
            assert sleeper.is_awake


def test_a_client_is_closed_while_other_threads_start_scans():
    client = Client(KEY, base_url="http://127.0.0.1:9", max_retries=0)
    client.close()

    def start() -> None:
        with suppress(RuntimeError):  # this client is closed
            next(client.invoice_payments.scan(workers=1))

    with restless_threads(), in_threads(start):
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            client.close()


@pytest.mark.parametrize("workers", [1, 4])
def test_a_scan_that_is_dropped_in_its_own_reader_ends(monkeypatch, workers):
    """The collector may run there, while that thread holds what the others wait for."""
    collecting = threading.Event()
    check_order = _page_checks.check_order

    def check(*arguments: Any) -> None:
        check_order(*arguments)
        if collecting.is_set():
            gc.collect()

    monkeypatch.setattr(state, "check_order", check)
    gc.disable()
    try:
        with ListServer(by_second(list(range(3000))), spoil=lambda *_: time.sleep(0.05)) as server:
            with Client(KEY, base_url=server.url) as client:
                cycle: list[Any] = []
                cycle += (
                    cycle,
                    client.invoice_payments.scan(created=PERIOD, workers=workers, rate_limit=2000),
                )
                next(cycle[1])
                collecting.set()
                del cycle
                assert ended(10)
    finally:
        gc.enable()


def test_dropping_a_scan_waits_for_nothing_and_sends_nothing_more():
    """Ctrl-C during a wait in a finalizer would be lost."""
    silence = threading.Event()

    def spoil(_page: Any, _query: Any, number: int) -> None:
        if number > 1:
            silence.wait(20)

    with ListServer(by_second(list(range(3000))), spoil) as server:
        with Client(KEY, base_url=server.url, timeout=30) as client:
            scan = client.invoice_payments.scan(workers=1)
            next(scan)
            while server.requests < 2:
                time.sleep(0.01)
            started = time.monotonic()
            del scan
            assert time.monotonic() - started < 5
            requests = server.requests
            silence.set()
            assert ended(10)
            assert server.requests == requests


@pytest.mark.parametrize(("options", "max_outage"), [({"max_outage": 60}, 60), ({}, 300)])
def test_an_outage_ends_where_retries_do_not_wait(options, max_outage):
    """As if they had waited: the sandbox's clients do not, and would go on at full speed."""
    with Sandbox(payments=100) as sandbox:
        sandbox.add_fault("server_error")
        started = time.monotonic()
        reports: list[float] = []
        with sandbox.client(rate_limit=1000, max_retries=0) as client:
            with pytest.raises(ScanError) as caught:
                list(
                    client.invoice_payments.scan(
                        workers=1,
                        **options,
                        progress=lambda progress: reports.append(progress.failing_for),
                    )
                )
        assert isinstance(caught.value, APIError)
        assert time.monotonic() - started < 30
        # The delays grow to 8 seconds, of which half is left to chance.
        assert max_outage / 8 < sandbox.traffic().total < max_outage / 4 + 10
        assert reports == sorted(reports)
