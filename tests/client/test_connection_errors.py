"""What goes wrong on the wire: each fault has its error, with the cause chained."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import h11
import httpcore
import httpx
import pytest

from stripe_invoice_payments import (
    APIConnectionError,
    APITimeoutError,
    AsyncClient,
    AuthenticationError,
    Client,
    StripeError,
    Timeout,
    TLSError,
    UnexpectedResponseError,
)

from .helpers import KEY, FakeApi, failure, payment, reply, until
from .wire import Exchange, Script, WireServer, answering, response

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CERTIFICATE = Path(__file__).with_name("localhost.pem")


async def retrieve(kind: str, base_url: str, **options: Any) -> Any:
    """One call, by either client."""
    options = {"base_url": base_url, "max_retries": 0, "timeout": 5, **options}
    # Reading the certificates takes longer than most of these tests.
    http_options: Any = {} if base_url.startswith("https") else {"verify": NO_CERTIFICATES}
    if kind == "sync":
        with httpx.Client(**http_options) as http:
            client = Client(KEY, http_client=http, **options)
            return client.invoice_payments.retrieve("inpay_1")
    async with httpx.AsyncClient(**http_options) as async_http:
        async_client = AsyncClient(KEY, http_client=async_http, **options)
        return await async_client.invoice_payments.retrieve("inpay_1")


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


# --- Broken answers -----------------------------------------------------------------------------


def then_close(data: bytes) -> Script:
    def script(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.close()

    return script


def then_reset(data: bytes) -> Script:
    def script(exchange: Exchange) -> None:
        exchange.send(data)
        time.sleep(0.02)
        exchange.reset()

    return script


def then_silence(data: bytes) -> Script:
    def script(exchange: Exchange) -> None:
        exchange.send(data)
        time.sleep(0.3)

    return script


ANSWER = response(payment(1), content_type="application/json")
HEAD, _, BODY = ANSWER.partition(b"\r\n\r\n")
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
BROKEN = APIConnectionError
LATE = APITimeoutError

WIRE_FAULTS: dict[str, tuple[Script, type[StripeError]]] = {
    "closes without a word": (then_close(b""), BROKEN),
    "breaks off without a word": (then_reset(b""), BROKEN),
    "closes in the status line": (then_close(b"HTTP/1.1 20"), BROKEN),
    "closes in the headers": (then_close(HEAD[:30]), BROKEN),
    "closes before the body": (then_close(HEAD + b"\r\n\r\n"), BROKEN),
    "closes in the body": (then_close(ANSWER[:-20]), BROKEN),
    "breaks off in the body": (then_reset(ANSWER[:-20]), BROKEN),
    "closes in a chunk": (then_close(CHUNKED + b"ff\r\n{"), BROKEN),
    "closes between chunks": (then_close(CHUNKED + b"1\r\n{\r\n"), BROKEN),
    "a chunk of no size": (then_close(CHUNKED + b"zz\r\n{\r\n0\r\n\r\n"), BROKEN),
    "no HTTP at all": (then_close(b"SSH-2.0-OpenSSH_9.6\r\n"), BROKEN),
    "a status that is none": (then_close(b"HTTP/1.1 abc OK\r\n\r\n"), BROKEN),
    "a header without a colon": (then_close(b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n"), BROKEN),
    "a header with a control character": (then_close(b"HTTP/1.1 200 OK\r\na: \0\r\n\r\n"), BROKEN),
    "two lengths": (
        then_close(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}"),
        BROKEN,
    ),
    "a length that is none": (then_close(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"), BROKEN),
    "headers without end": (then_close(b"HTTP/1.1 200 OK\r\na: " + b"x" * 500_000), BROKEN),
    "silence": (then_silence(b""), LATE),
    "silence after the headers": (then_silence(HEAD + b"\r\n\r\n"), LATE),
    "silence in the body": (then_silence(ANSWER[:-20]), LATE),
    "a length that is too short": (
        then_close(HEAD.replace(str(len(BODY)).encode(), b"9") + b"\r\n\r\n" + BODY),
        UnexpectedResponseError,
    ),
    "an end of connection as the end of the body, too early": (
        then_close(b"HTTP/1.1 200 OK\r\n\r\n" + BODY[:-20]),
        UnexpectedResponseError,
    ),
    "broken gzip": (
        answering(b"this is not gzip", content_encoding="gzip", request_id="req_1"),
        UnexpectedResponseError,
    ),
    "broken gzip of a failure": (
        answering(b"this is not gzip", 503, content_encoding="gzip", request_id="req_1"),
        UnexpectedResponseError,
    ),
    "an encoding that nobody knows": (
        answering(b"\x28\xb5\x2f\xfd", content_encoding="x-unheard-of"),
        UnexpectedResponseError,
    ),
    "a switch to another protocol": (
        then_close(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"),
        BROKEN,
    ),
}


@pytest.mark.parametrize("fault", WIRE_FAULTS)
async def test_a_broken_answer_is_an_error_with_its_cause(kind, fault):
    script, error_class = WIRE_FAULTS[fault]
    with WireServer(script) as server:
        with pytest.raises(StripeError) as caught:
            await retrieve(kind, server.url, timeout=0.15)
    error = caught.value
    assert type(error) is error_class
    assert error.__cause__ is not None
    if isinstance(error, APIConnectionError):
        assert error.http_status is None
        assert "127.0.0.1" in str(error)
        assert (error.headers, error.http_body, error.json_body) == ({}, None, None)


@pytest.mark.parametrize(
    ("fault", "status"), [("broken gzip", 200), ("broken gzip of a failure", 503)]
)
async def test_an_undecodable_answer_keeps_what_came_before_its_body(kind, fault, status):
    with WireServer(WIRE_FAULTS[fault][0]) as server:
        with pytest.raises(
            UnexpectedResponseError, match="does not match its content encoding"
        ) as caught:
            await retrieve(kind, server.url)
    assert caught.value.http_status == status
    assert caught.value.request_id == "req_1"


@pytest.mark.parametrize(
    "script",
    [
        answering(payment(1)),
        then_close(b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER),
        then_close(b"HTTP/1.0 200 OK\r\n\r\n" + BODY),
        then_close(b"HTTP/1.1 200\r\n\r\n" + BODY),
        lambda exchange: [exchange.send(bytes([byte])) for byte in ANSWER],
    ],
    ids=["proper", "with a word before", "HTTP/1.0", "without a reason", "byte by byte"],
)
async def test_odd_answers_that_are_fine(kind, script):
    with WireServer(script) as server:
        assert (await retrieve(kind, server.url)).id == "inpay_1"


@pytest.mark.parametrize(
    "fault", [name for name, (_, error) in WIRE_FAULTS.items() if error is BROKEN]
)
async def test_a_broken_connection_is_worth_another_try(kind, fault, at_once):
    with WireServer(WIRE_FAULTS[fault][0], answering(payment(1))) as server:
        found = await retrieve(kind, server.url, max_retries=1, timeout=1)
        assert found.id == "inpay_1"
        assert len(server.heads) == 2


async def test_a_connection_that_the_server_has_closed_meanwhile(kind, at_once):
    def answer_and_close(exchange: Exchange) -> None:
        exchange.answer(payment(1))
        exchange.close()

    with WireServer(answer_and_close) as server:
        if kind == "sync":
            with Client(KEY, base_url=server.url) as client:
                for _ in range(3):
                    assert client.invoice_payments.retrieve("inpay_1").id == "inpay_1"
                    await asyncio.sleep(0.02)
        else:
            async with AsyncClient(KEY, base_url=server.url) as async_client:
                for _ in range(3):
                    assert (await async_client.invoice_payments.retrieve("inpay_1")).id == "inpay_1"
                    await asyncio.sleep(0.02)
        assert server.connections == 3


# --- No connection ------------------------------------------------------------------------------


async def test_nobody_listens(kind):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(APIConnectionError, match=r"no response from 127\.0\.0\.1") as caught:
        await retrieve(kind, f"http://127.0.0.1:{port}")
    assert type(caught.value) is APIConnectionError
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


async def test_no_such_host(kind):
    with pytest.raises(APIConnectionError, match=r"no response from nobody\.invalid"):
        await retrieve(kind, "https://nobody.invalid")


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port that answers no further connection, as a firewall would."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield listener.getsockname()[1]


async def test_a_connection_that_does_not_come_about(kind):
    with full_backlog() as port:
        with pytest.raises(APITimeoutError, match=r"no connection to 127\.0\.0\.1 within 0\.2 s"):
            await retrieve(kind, f"http://127.0.0.1:{port}", timeout=Timeout(connect=0.2, read=30))


async def test_a_pool_that_is_used_up(kind):
    release = threading.Event()

    def hold(exchange: Exchange) -> None:
        release.wait(5)
        exchange.answer(payment(1))

    limits = httpx.Limits(max_connections=1)
    with WireServer(hold) as server:
        if kind == "sync":
            with httpx.Client(limits=limits) as http:
                client = Client(KEY, base_url=server.url, http_client=http, max_retries=0)
                busy = threading.Thread(target=client.invoice_payments.retrieve, args=["inpay_1"])
                busy.start()
                await until(lambda: server.heads)
                with pytest.raises(APITimeoutError, match=r"became available within 0\.1 s"):
                    client.invoice_payments.retrieve("inpay_1", timeout=0.1)
                release.set()
                busy.join()
        else:
            async with httpx.AsyncClient(limits=limits) as async_http:
                async_client = AsyncClient(
                    KEY, base_url=server.url, http_client=async_http, max_retries=0
                )
                task = asyncio.create_task(async_client.invoice_payments.retrieve("inpay_1"))
                await until(lambda: server.heads)
                with pytest.raises(APITimeoutError, match=r"became available within 0\.1 s"):
                    await async_client.invoice_payments.retrieve("inpay_1", timeout=0.1)
                release.set()
                await task


# --- TLS ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_a_certificate_that_nobody_knows(kind, server_context):
    with WireServer(answering(payment(1)), tls=server_context) as server:
        with pytest.raises(
            TLSError, match=r"cannot establish a secure connection to localhost: .*self.signed"
        ):
            await retrieve(kind, f"https://localhost:{server.port}", max_retries=2)
        assert server.connections == 1  # no use to try again
        assert server.heads == []  # and the key was not sent


async def test_a_copy_for_https_of_a_client_for_this_machine(kind, server_context):
    """Certificates are not loaded for plain http, and are for the copy."""
    with (
        WireServer(answering(payment(1))) as plain,
        WireServer(answering(payment(1)), tls=server_context) as secure,
    ):
        url = f"https://localhost:{secure.port}"
        if kind == "sync":
            with Client(KEY, base_url=plain.url) as client:
                client.invoice_payments.retrieve("inpay_1")
                with pytest.raises(TLSError):
                    client.with_options(base_url=url).invoice_payments.retrieve("inpay_1")
        else:
            async with AsyncClient(KEY, base_url=plain.url) as client:
                await client.invoice_payments.retrieve("inpay_1")
                with pytest.raises(TLSError):
                    await client.with_options(base_url=url).invoice_payments.retrieve("inpay_1")
        assert (len(plain.heads), secure.heads) == (1, [])


async def test_a_certificate_of_another_host(kind, server_context, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with WireServer(answering(payment(1)), tls=server_context) as server:
        assert (await retrieve(kind, f"https://localhost:{server.port}")).id == "inpay_1"
        with pytest.raises(TLSError, match=r"cannot establish a secure connection to 127\.0\.0\.1"):
            await retrieve(kind, f"https://127.0.0.1:{server.port}", max_retries=2)
        assert len(server.heads) == 1


async def test_https_to_a_server_that_speaks_http(kind):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak_http() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        speaker = threading.Thread(target=speak_http)
        speaker.start()
        with pytest.raises(TLSError):
            await retrieve(kind, f"https://127.0.0.1:{listener.getsockname()[1]}", max_retries=2)
        speaker.join()


# --- Deadlines on the wire ----------------------------------------------------------------------


def drip(exchange: Exchange) -> None:
    """Send a byte now and then, each long before the read time-out."""
    exchange.send(HEAD + b"\r\n\r\n")
    for byte in BODY:
        exchange.send(bytes([byte]))
        time.sleep(0.02)


async def test_a_deadline_ends_an_answer_that_comes_in_drops(kind):
    with WireServer(drip) as server:
        started = time.monotonic()
        with pytest.raises(APITimeoutError, match="deadline left"):
            await retrieve(kind, server.url, deadline=0.3, max_retries=5)
        # The whole response would take more than 5 s.
        assert 0.25 < time.monotonic() - started < 4


async def test_a_deadline_ends_silence(kind):
    with WireServer(then_silence(b"")) as server:
        started = time.monotonic()
        with pytest.raises(APITimeoutError):
            await retrieve(kind, server.url, deadline=0.1, max_retries=5)
        assert time.monotonic() - started < 4  # a read time-out alone would take 5


# --- Whatever an HTTP client raises -------------------------------------------------------------


def in_turn(*links: BaseException) -> BaseException:
    """Each caused by the next."""
    for link, cause in pairwise(links):
        link.__cause__ = cause
    return links[0]


RAISED: dict[str, tuple[Callable[[], BaseException], type[BaseException]]] = {
    **{
        name: (partial(getattr(httpx, name), "x"), expected)
        for name, expected in {
            "TimeoutException": APITimeoutError,
            "ConnectTimeout": APITimeoutError,
            "ReadTimeout": APITimeoutError,
            "WriteTimeout": APITimeoutError,
            "PoolTimeout": APITimeoutError,
            "NetworkError": APIConnectionError,
            "ConnectError": APIConnectionError,
            "ReadError": APIConnectionError,
            "WriteError": APIConnectionError,
            "CloseError": APIConnectionError,
            "ProxyError": APIConnectionError,
            "UnsupportedProtocol": APIConnectionError,
            "ProtocolError": APIConnectionError,
            "LocalProtocolError": APIConnectionError,
            "RemoteProtocolError": APIConnectionError,
            "TransportError": APIConnectionError,
            "TooManyRedirects": APIConnectionError,
            "RequestError": APIConnectionError,
            "DecodingError": APIConnectionError,
        }.items()
    },
    "built-in TimeoutError": (TimeoutError, APITimeoutError),
    "socket.timeout": (lambda: socket.timeout("x"), APITimeoutError),  # noqa: UP041 - the alias
    "ConnectionResetError": (lambda: ConnectionResetError(104, "x"), APIConnectionError),
    "BrokenPipeError": (BrokenPipeError, APIConnectionError),
    "socket.gaierror": (lambda: socket.gaierror(-2, "x"), APIConnectionError),
    "OSError": (lambda: OSError("x"), APIConnectionError),
    "certificate": (lambda: ssl.SSLCertVerificationError(1, "x"), TLSError),
    "handshake": (lambda: ssl.SSLError(1, "x"), TLSError),
    "handshake below": (
        lambda: in_turn(httpx.ConnectError("x"), OSError("y"), ssl.SSLError(1, "z")),
        TLSError,
    ),
    "TLS ends early": (
        lambda: in_turn(httpx.ReadError("x"), ssl.SSLEOFError(8, "EOF")),
        APIConnectionError,
    ),
    "TLS is closed": (
        lambda: in_turn(httpx.ReadError("x"), ssl.SSLZeroReturnError(6, "closed")),
        APIConnectionError,
    ),
    "InvalidURL": (lambda: httpx.InvalidURL("x"), APIConnectionError),
    "CookieConflict": (lambda: httpx.CookieConflict("x"), APIConnectionError),
    "StreamConsumed": (httpx.StreamConsumed, APIConnectionError),
    "StreamClosed": (httpx.StreamClosed, APIConnectionError),
    "ResponseNotRead": (httpx.ResponseNotRead, APIConnectionError),
    "a closed client": (lambda: RuntimeError("has been closed"), APIConnectionError),
    **{
        f"{module.__name__}.{name}": (partial(getattr(module, name), "x"), APIConnectionError)
        for module, names in {
            httpcore: ("ConnectionNotAvailable", "UnsupportedProtocol", "NetworkError"),
            h11: ("LocalProtocolError", "RemoteProtocolError"),
        }.items()
        for name in names
    },
    "anyio.BrokenResourceError": (anyio.BrokenResourceError, APIConnectionError),
    "anyio.ClosedResourceError": (anyio.ClosedResourceError, APIConnectionError),
    "anyio.EndOfStream": (anyio.EndOfStream, APIConnectionError),
    "EOFError": (EOFError, APIConnectionError),
    "ValueError": (lambda: ValueError("x"), APIConnectionError),
    "KeyError": (lambda: KeyError("x"), APIConnectionError),
    "Exception": (lambda: Exception("x"), APIConnectionError),
    "TypeError": (lambda: TypeError("x"), TypeError),
    "AssertionError": (lambda: AssertionError("x"), AssertionError),
    "AttributeError": (lambda: AttributeError("x"), AttributeError),
    "NameError": (lambda: NameError("x"), NameError),
    "ImportError": (lambda: ImportError("x"), ImportError),
    "NotImplementedError": (lambda: NotImplementedError("x"), NotImplementedError),
}


@pytest.mark.parametrize("what", RAISED)
async def test_whatever_is_raised_has_one_meaning(connect, what):
    make, expected = RAISED[what]
    raised = make()

    def handler(request: httpx.Request) -> httpx.Response:
        raise raised

    api = connect(handler, max_retries=0)
    with pytest.raises(expected) as caught:
        await api.retrieve()
    assert type(caught.value) is expected
    if isinstance(caught.value, StripeError):
        assert caught.value.__cause__ is raised


@pytest.mark.parametrize(
    ("raised", "attempts"),
    [
        (httpx.ReadError("x"), 3),
        (httpx.ConnectTimeout("x"), 3),
        (httpx.RemoteProtocolError("x"), 3),
        (ssl.SSLCertVerificationError(1, "x"), 1),
        (KeyError("x"), 1),
        (RuntimeError("has been closed"), 1),
        (TypeError("x"), 1),
    ],
)
async def test_only_what_may_pass_is_tried_again(connect, at_once, raised, attempts):
    source = FakeApi(raised)
    with pytest.raises((StripeError, TypeError)):
        await connect(source, max_retries=2).retrieve()
    assert len(source.requests) == attempts


# --- Before any request -------------------------------------------------------------------------


async def test_an_answer_after_failures_is_an_answer(connect, at_once):
    api = connect(httpx.ReadError("x"), failure(500), reply(payment(1)))
    assert (await api.raw_retrieve()).attempts == 3


def test_an_error_without_an_answer_has_no_status():
    with pytest.raises(AuthenticationError) as caught:
        Client()
    assert caught.value.http_status is None
