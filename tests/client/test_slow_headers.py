"""A call's deadline holds while headers arrive slowly, each read within its timeout."""

from __future__ import annotations

import asyncio
import gc
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from stripe_invoice_payments import APITimeoutError, AsyncClient, Client
from stripe_invoice_payments._http.own_client import open_client

from .helpers import KEY, payment
from .wire import Exchange, WireServer, answering, response

CERTIFICATE = Path(__file__).with_name("localhost.pem")
DEADLINE = 0.6
# Long after the deadline, and before the servers give up.
TOO_LATE = 10.0
PIECES = 300  # one each 50 ms


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """Ends the servers' scripts."""
    event = threading.Event()
    yield event
    event.set()


def repeated(piece: bytes, stop: threading.Event) -> Callable[[Exchange], None]:
    """The script of a server that sends a piece every 50 ms."""

    def script(exchange: Exchange) -> None:
        for _ in range(PIECES):
            if stop.wait(0.05):
                return
            exchange.send(piece)

    return script


def one_by_one(stop: threading.Event) -> Callable[[Exchange], None]:
    """The script of a server that sends headers byte by byte."""

    def script(exchange: Exchange) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Padding: ".ljust(PIECES, b"x"):
            if stop.wait(0.05):
                return
            exchange.send(bytes([byte]))

    return script


def silence(stop: threading.Event) -> Callable[[Exchange], None]:
    """The script of a server that sends nothing."""

    def script(exchange: Exchange) -> None:
        stop.wait(TOO_LATE * 1.5)

    return script


SCRIPTS: dict[str, Callable[[threading.Event], Callable[[Exchange], None]]] = {
    "interim responses": lambda stop: repeated(b"HTTP/1.1 102 Processing\r\n\r\n", stop),
    "a byte at a time": one_by_one,
    "silence": silence,
}


async def fails_in_time(kind: type[Any], url: str) -> None:
    started = time.monotonic()
    with pytest.raises(APITimeoutError, match="deadline"):
        if kind is Client:
            with Client(KEY, base_url=url, deadline=DEADLINE, max_retries=3) as client:
                client.invoice_payments.retrieve("inpay_1")
        else:
            async with AsyncClient(KEY, base_url=url, deadline=DEADLINE, max_retries=3) as client:
                await client.invoice_payments.retrieve("inpay_1")
    assert DEADLINE * 0.9 < time.monotonic() - started < TOO_LATE


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("script", SCRIPTS)
async def test_slow_headers(kind, script, stop):
    with WireServer(SCRIPTS[script](stop)) as server:
        await fails_in_time(kind, server.url)
        assert server.connections == 1  # a retry would come after the deadline
        stop.set()


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("script", ["interim responses", "a byte at a time"])
async def test_slow_headers_over_tls(kind, script, stop, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with WireServer(SCRIPTS[script](stop), tls=context) as server:
        await fails_in_time(kind, f"https://localhost:{server.port}")
        assert len(server.heads) == 1  # the handshake had succeeded
        stop.set()


# httpcore leaves the socket of a handshake that is cancelled to the garbage collector, and Python
# 3.12 refers to it until the event loop is closed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_handshake_that_never_ends(kind, stop):
    """The server takes the ClientHello for the start of a request, and waits for more."""
    with WireServer(SCRIPTS["silence"](stop)) as server:
        asyncio.run(fails_in_time(kind, f"https://127.0.0.1:{server.port}"))
        gc.collect()
        stop.set()


def test_the_connection_after_a_missed_deadline_is_a_new_one(stop):
    """What still arrives belongs to nobody, least of all to the next call."""
    late = response(payment(1))

    def script(exchange: Exchange) -> None:
        stop.wait(DEADLINE * 2)
        exchange.send(late)

    with WireServer(script, answering(payment(2))) as server:
        with Client(KEY, base_url=server.url) as client:
            with pytest.raises(APITimeoutError):
                client.invoice_payments.retrieve("inpay_1", deadline=DEADLINE, max_retries=0)
            assert client.invoice_payments.retrieve("inpay_2").id == "inpay_2"
        assert server.connections == 2
        stop.set()


def test_a_deadline_ends_with_its_call():
    """The next call on the same connection, without a deadline, is not limited."""

    def slow(exchange: Exchange) -> None:
        time.sleep(DEADLINE * 1.5)
        exchange.answer(payment(2))

    with WireServer(answering(payment(1)), slow) as server:
        with Client(KEY, base_url=server.url) as client:
            client.invoice_payments.retrieve("inpay_1", deadline=DEADLINE)
            assert client.invoice_payments.retrieve("inpay_2").id == "inpay_2"
        assert server.connections == 1


@pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:9"])
def test_httpx_still_has_what_deadlines_rely_on(proxy, monkeypatch):
    """`make_punctual` sets private attributes of httpx and httpcore: if this fails, adapt it."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    if proxy is not None:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
    client: Any = open_client("https://api.stripe.com")
    assert isinstance(client._transport, httpx.HTTPTransport)
    pool: Any = client._transport._pool
    assert isinstance(pool, httpcore.HTTPProxy if proxy else httpcore.ConnectionPool)
    assert type(pool._network_backend).__name__ == "_PunctualBackend"
    client.close()
