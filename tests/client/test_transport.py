"""The way to the network: whose connections are used, who closes them, and where the key goes."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import os
import pickle
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stripe_invoice_payments import APIConnectionError, APIError, AsyncClient, Client

from .helpers import KEY, FakeApi, listed, payment, reply, until
from .wire import Exchange, WireServer, answering

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer(answering(payment(1))) as running:
        yield running


# --- Somebody else's HTTP client ----------------------------------------------------------------


async def test_a_given_client_is_used_and_left_open(api_class):
    source = FakeApi(reply(payment(1)))
    api = api_class(source)
    await api.retrieve()
    if api.kind == "Client":
        api.client.close()
    else:
        await api.client.aclose()
    assert len(source.requests) == 1
    assert not api.http.is_closed
    with pytest.raises(RuntimeError, match="this client is closed"):
        await api.retrieve()
    await api.close()


@pytest.mark.parametrize(
    "settings",
    [
        {"base_url": "https://evil.example/x/"},
        {"auth": ("user", "password")},
        {"headers": {"Authorization": "Bearer mine", "User-Agent": "mine", "Stripe-Version": "1"}},
        {"follow_redirects": True},
        {"timeout": 0.001},
        {"headers": {"Accept": "text/html", "Stripe-Version": "2000-01-01"}},
    ],
    ids=str,
)
async def test_settings_of_a_given_client_do_not_change_the_request(api_class, settings):
    source = FakeApi(reply(payment(1)))
    plain, special = api_class(source), api_class(source)
    kind = type(special.http)
    special.http = kind(transport=httpx.MockTransport(source), **settings)
    special.client = type(special.client)(KEY, http_client=special.http)
    await plain.retrieve()
    await special.retrieve()
    expected, sent = source.requests
    assert (sent.method, sent.url, sent.headers) == (
        expected.method,
        expected.url,
        expected.headers,
    )
    assert sent.extensions["timeout"] == expected.extensions["timeout"]
    await plain.close()
    await special.close()


async def test_headers_and_cookies_that_a_given_client_adds_are_sent(api_class):
    source = FakeApi(reply(payment(1)))
    api = api_class(source)
    api.http.headers["X-Gateway"] = "1"
    api.http.cookies.set("session", "abc")
    await api.retrieve()
    assert source.requests[0].headers["x-gateway"] == "1"
    assert source.requests[0].headers["cookie"] == "session=abc"
    await api.close()


async def test_parameters_of_a_given_client_would_replace_the_filters(api_class):
    source = FakeApi(reply(listed()))
    api = api_class(source)
    api.http.params = {"tenant": "1"}
    with pytest.raises(ValueError, match="`params` of its own"):
        await api.list(status="paid")
    with pytest.raises(ValueError, match="`params` of its own"):
        await api.list()
    assert source.requests == []
    await api.close()


async def test_hooks_of_a_given_client_are_called_and_their_errors_are_chained(api_class):
    source = FakeApi(reply(payment(1)))
    api = api_class(source)
    seen: list[Any] = []
    if api.kind == "Client":
        api.http.event_hooks = {"request": [seen.append], "response": [seen.append]}
    else:

        async def note(event: Any) -> None:
            seen.append(event)

        api.http.event_hooks = {"request": [note], "response": [note]}
    await api.retrieve()
    assert [type(event) for event in seen] == [httpx.Request, httpx.Response]

    mine = LookupError("mine")

    def fail(event: Any) -> None:
        raise mine

    for name in ("request", "response"):
        api.http.event_hooks = {name: [fail]}
        with pytest.raises(APIConnectionError, match="HTTP client failed: LookupError: mine") as e:
            await api.retrieve()
        assert e.value.__cause__ is mine
    await api.close()


class FakeResponse:
    """The least that an answer has to have."""

    status_code = 200
    headers = {"Request-Id": "req_1"}  # noqa: RUF012 - a fake

    def __init__(self) -> None:
        self.closed = 0

    def iter_bytes(self) -> Iterator[bytes]:
        body = json.dumps(payment(1)).encode()
        yield body[:10]
        yield body[10:]

    async def aiter_bytes(self) -> Any:
        for chunk in self.iter_bytes():
            yield chunk

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


class FakeClient:
    """The least that an HTTP client has to have."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.response = FakeResponse()

    def build_request(
        self, method: str, url: str, *, headers: Any, content: Any, timeout: Any
    ) -> Any:
        self.calls.append((method, url, dict(headers), content, timeout))
        return "the request"

    def send(self, request: Any, *, stream: bool, follow_redirects: bool, auth: None) -> Any:
        assert (request, stream, follow_redirects, auth) == ("the request", True, False, None)
        return self.response


class FakeAsyncClient(FakeClient):
    async def send(self, request: Any, *, stream: bool, follow_redirects: bool, auth: None) -> Any:
        return super().send(request, stream=stream, follow_redirects=follow_redirects, auth=auth)


def check_fake(fake: FakeClient, raw: Any) -> None:
    ((method, url, headers, content, timeout),) = fake.calls
    assert (method, url) == ("GET", "https://api.stripe.com/v1/invoice_payments/inpay_1")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert " other" in headers["user-agent"]
    assert content is None
    assert timeout == (5, 80, 80, 80)  # connect, read, write, pool
    assert (raw.request_id, raw.parse().id) == ("req_1", "inpay_1")
    assert fake.response.closed == 1


def test_anything_with_the_same_calls_will_do():
    fake = FakeClient()
    with Client(KEY, http_client=fake) as client:
        check_fake(fake, client.invoice_payments.with_raw_response.retrieve("inpay_1"))


async def test_anything_asynchronous_with_the_same_calls_will_do():
    fake = FakeAsyncClient()
    async with AsyncClient(KEY, http_client=fake) as client:
        check_fake(fake, await client.invoice_payments.with_raw_response.retrieve("inpay_1"))


async def test_the_other_kind_of_client_is_refused():
    with pytest.raises(TypeError, match="http_client must be synchronous"):
        Client(KEY, http_client=httpx.AsyncClient())  # type: ignore[arg-type]
    with httpx.Client() as http:
        with pytest.raises(TypeError, match="http_client must be asynchronous"):
            AsyncClient(KEY, http_client=http)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="http_client must be asynchronous"):
            AsyncClient(KEY).with_options(http_client=http)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [httpx.Client, httpx.AsyncClient, FakeClient])
def test_a_class_is_no_http_client(given):
    for kind in (Client, AsyncClient):
        with pytest.raises(TypeError, match="must be an instance, got the class"):
            kind(KEY, http_client=given)
        with pytest.raises(TypeError, match="must be an instance, got the class"):
            kind(KEY).with_options(http_client=given)


@pytest.mark.parametrize("given", ["https://proxy.example", 5, object()])
def test_what_is_no_http_client_is_refused(given):
    with pytest.raises(TypeError, match="http_client must have a method build_request"):
        Client(KEY, http_client=given)
    with pytest.raises(TypeError, match="http_client must have a method build_request"):
        AsyncClient(KEY, http_client=given)


async def test_a_fake_that_raises_is_an_error_of_the_connection(connect):
    api = connect(OSError("unplugged"), max_retries=0)
    with pytest.raises(APIConnectionError, match=r"no response from api\.stripe\.com: unplugged"):
        await api.retrieve()


def test_the_user_agent_names_the_library_that_sends():
    class Custom(httpx.Client):
        """A subclass of somebody's own."""

    source = FakeApi(reply(payment(1)))
    with Custom(transport=httpx.MockTransport(source)) as http:
        Client(KEY, http_client=http).invoice_payments.retrieve("inpay_1")
    assert f" httpx/{httpx.__version__}" in source.requests[0].headers["user-agent"]


# --- Where the key goes -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize(
    "location", ["https://evil.example/", "/v1/other", "http://api.stripe.com/"]
)
async def test_no_redirect_is_followed(connect, status, eager, location):
    source = FakeApi(reply(b"", status, location=location))
    api = connect(source)
    api.http.follow_redirects = eager
    with pytest.raises(APIError, match="redirect, which is not followed"):
        await api.retrieve()
    assert len(source.requests) == 1


async def run(kind: type, call: Any, **options: Any) -> Any:
    """Call with a client that has connections of its own."""
    if kind is Client:
        with Client(KEY, **options) as client:
            return call(client)
    async with AsyncClient(KEY, **options) as client:
        return await call(client)


def retrieve(client: Any) -> Any:
    return client.invoice_payments.retrieve("inpay_1")


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_no_redirect_is_followed_on_the_wire(kind):
    with WireServer(answering(b"", 302, location="/elsewhere"), answering(payment(1))) as server:
        with pytest.raises(APIError, match="redirect, which is not followed"):
            await run(kind, retrieve, base_url=server.url)
        assert len(server.heads) == 1


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_a_proxy_of_the_environment_does_not_get_what_is_for_this_machine(
    kind, server, monkeypatch
):
    with WireServer(answering({}, 403)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert (await run(kind, retrieve, base_url=server.url)).id == "inpay_1"
        assert proxy.heads == []


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_a_proxy_of_the_environment_gets_a_tunnel_but_no_key(kind, monkeypatch):
    with WireServer(answering({}, 403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(APIConnectionError, match="403"):
            await run(kind, retrieve, max_retries=0)
        (head,) = proxy.heads
        assert head.startswith("CONNECT api.stripe.com:443 ")
        assert KEY not in head


@pytest.mark.parametrize("given", ["mounts", "proxy"])
def test_a_proxy_of_a_given_client_is_used(given):
    with WireServer(answering({}, 403)) as proxy:
        options: dict[str, Any] = {"proxy": proxy.url}
        if given == "mounts":
            options = {"mounts": {"https://": httpx.HTTPTransport(proxy=proxy.url)}}
        with httpx.Client(**options) as http:
            client = Client(KEY, http_client=http, max_retries=0)
            with pytest.raises(APIConnectionError, match="403"):
                client.invoice_payments.retrieve("inpay_1")
        assert proxy.heads[0].startswith("CONNECT api.stripe.com:443 ")


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_cookies_are_not_kept(kind):
    script = answering(payment(1), set_cookie="session=abc; Path=/")

    async def twice_async(client: Any) -> None:
        await retrieve(client)
        await retrieve(client.with_options(api_key="sk_test_other"))

    def twice(client: Any) -> None:
        retrieve(client)
        retrieve(client.with_options(api_key="sk_test_other"))

    with WireServer(script) as server:
        await run(kind, twice if kind is Client else twice_async, base_url=server.url)
        assert len(server.heads) == 2
        assert not any("cookie" in head.lower() for head in server.heads)


def test_a_netrc_file_is_not_read(server, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with Client(KEY, base_url=server.url) as client:
        retrieve(client)
    assert f"Authorization: Bearer {KEY}" in server.heads[0]


# --- Connections --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_one_connection_serves_one_call_after_the_other(kind, server):
    async def many_async(client: Any) -> None:
        for _ in range(5):
            await retrieve(client)
            await retrieve(client.with_options(timeout=3))

    def many(client: Any) -> None:
        for _ in range(5):
            retrieve(client)
            retrieve(client.with_options(timeout=3))

    await run(kind, many if kind is Client else many_async, base_url=server.url)
    assert (server.connections, len(server.heads)) == (1, 10)


def test_no_connection_before_the_first_call():
    with Client(KEY) as client:
        assert client._transport._own == {}


def test_many_threads_share_a_client():
    barrier = threading.Barrier(32)
    results: list[str] = []

    def answer(exchange: Exchange) -> None:
        exchange.answer(payment(int(exchange.target.rpartition("_")[2])))

    with WireServer(answer) as server, Client(KEY, base_url=server.url) as client:

        def work(number: int) -> None:
            barrier.wait(10)
            for step in range(10):
                wanted = f"inpay_{number * 100 + step}"
                assert client.invoice_payments.retrieve(wanted).id == wanted
                results.append(wanted)

        threads = [threading.Thread(target=work, args=[number]) for number in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(results)) == 320
        assert server.connections <= 32


async def test_many_tasks_share_a_client():
    def answer(exchange: Exchange) -> None:
        exchange.answer(payment(int(exchange.target.rpartition("_")[2])))

    with WireServer(answer) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            found = await asyncio.gather(
                *(client.invoice_payments.retrieve(f"inpay_{number}") for number in range(200))
            )
        assert [one.id for one in found] == [f"inpay_{number}" for number in range(200)]
        assert server.connections <= 64


async def test_a_cancelled_call_leaves_the_others_alone():
    release = threading.Event()

    def hold(exchange: Exchange) -> None:
        release.wait(10)
        exchange.answer(payment(1))

    with WireServer(hold, answering(payment(2))) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            held = asyncio.create_task(client.invoice_payments.retrieve("inpay_1"))
            await until(lambda: server.heads)
            held.cancel()
            with pytest.raises(asyncio.CancelledError):
                await held
            assert (await client.invoice_payments.retrieve("inpay_2")).id == "inpay_2"
            release.set()


# --- Closing ------------------------------------------------------------------------------------


def test_after_closing_nothing_goes(server):
    client = Client(KEY, base_url=server.url)
    derived = client.with_options(timeout=3)
    retrieve(client)
    client.close()
    client.close()
    for closed in (client, derived):
        with pytest.raises(RuntimeError, match="this client is closed"):
            retrieve(closed)


async def test_after_closing_nothing_goes_async(server):
    client = AsyncClient(KEY, base_url=server.url)
    derived = client.with_options(timeout=3)
    await retrieve(client)
    await client.aclose()
    await client.aclose()
    for closed in (client, derived):
        with pytest.raises(RuntimeError, match="this client is closed"):
            await retrieve(closed)


def test_closing_a_copy_closes_nothing(server):
    with Client(KEY, base_url=server.url) as client:
        with client.with_options(timeout=3) as derived:
            retrieve(derived)
        retrieve(client)
        retrieve(derived)
    assert server.connections == 1


async def test_closing_a_copy_closes_nothing_async(server):
    async with AsyncClient(KEY, base_url=server.url) as client:
        async with client.with_options(timeout=3) as derived:
            await retrieve(derived)
        await retrieve(client)
        await retrieve(derived)
    assert server.connections == 1


def test_a_page_of_a_closed_client_can_be_read_but_not_left():
    with WireServer(answering(listed(2, 1, has_more=True))) as server:
        with Client(KEY, base_url=server.url) as client:
            page = client.invoice_payments.list()
        assert len(page) == 2
        with pytest.raises(RuntimeError, match="this client is closed"):
            page.next_page()


def caught_when_forgotten(client: Any) -> list[warnings.WarningMessage]:
    """The warnings when nobody refers to the only client in the list any more."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client.clear()
        gc.collect()
    return caught


def test_a_client_left_open_warns_once(server):
    client = Client(KEY, base_url=server.url)
    derived = client.with_options(timeout=3)
    retrieve(derived)
    clients = [client, derived]
    del client, derived
    (warning,) = caught_when_forgotten(clients)
    assert warning.category is ResourceWarning
    assert str(warning.message) == "a Client was left open; close it, or use it in a `with` block"
    assert KEY not in repr(warning)


async def test_an_async_client_left_open_warns_once(server):
    clients = [AsyncClient(KEY, base_url=server.url)]
    await retrieve(clients[0])
    caught = caught_when_forgotten(clients)
    await asyncio.sleep(0.05)  # its connections are closed in the meantime
    (warning,) = caught
    assert warning.category is ResourceWarning
    assert "an AsyncClient was left open" in str(warning.message)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_a_client_that_never_called_has_nothing_to_close(kind):
    assert caught_when_forgotten([kind(KEY)]) == []


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_a_closed_client_does_not_warn(kind, server):
    clients = [kind(KEY, base_url=server.url)]
    if kind is Client:
        with clients[0]:
            retrieve(clients[0])
    else:
        async with clients[0]:
            await retrieve(clients[0])
    assert caught_when_forgotten(clients) == []


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_client_is_neither_pickled_nor_copied(kind, duplicate):
    client = kind(KEY)
    with pytest.raises(TypeError, match="holds a secret key and open connections"):
        duplicate(client)
    for part in (client.invoice_payments, client.invoices, client._settings):
        with pytest.raises(TypeError, match="an API key is not pickled or copied"):
            pickle.dumps(part)


# --- Event loops --------------------------------------------------------------------------------


def test_an_async_client_works_in_one_event_loop_after_the_other(server):
    client = AsyncClient(KEY, base_url=server.url)

    async def work() -> Any:
        await retrieve(client)
        return (await retrieve(client)).id

    assert [asyncio.run(work()) for _ in range(3)] == ["inpay_1"] * 3
    assert server.connections == 3  # each loop has its own, and closes it when it ends
    assert len(client._transport._own) == 1
    assert caught_when_forgotten([client]) == []


def test_a_loop_that_ends_closes_the_connections_made_in_it(server):
    client = AsyncClient(KEY, base_url=server.url)
    asyncio.run(retrieve_once(client))
    ((_, pool),) = client._transport._own.items()
    assert pool.is_closed


async def retrieve_once(client: AsyncClient) -> None:
    await client.invoice_payments.retrieve("inpay_1")


def test_an_async_client_works_in_two_event_loops_at_the_same_time(server):
    client = AsyncClient(KEY, base_url=server.url)
    barrier = threading.Barrier(2)
    found: list[str] = []

    async def work() -> None:
        for _ in range(5):
            barrier.wait(10)
            found.append((await retrieve(client)).id)

    threads = [threading.Thread(target=asyncio.run, args=[work()]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["inpay_1"] * 10


def test_closing_from_another_loop_closes_the_connections_of_both(server):
    client = AsyncClient(KEY, base_url=server.url)
    opened, closed = threading.Event(), threading.Event()
    clients: list[Any] = []

    async def first_loop() -> None:
        await retrieve(client)
        clients.extend(pool.client for pool in client._transport._own.values())
        opened.set()
        await until(closed.is_set)
        await asyncio.sleep(0.05)
        assert all(http.is_closed for http in clients)

    async def second_loop() -> None:
        opened.wait(10)
        await retrieve(client)
        await client.aclose()
        closed.set()
        with pytest.raises(RuntimeError, match="this client is closed"):
            await retrieve(client)

    errors: list[BaseException] = []

    def run_first() -> None:
        try:
            asyncio.run(first_loop())
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    thread = threading.Thread(target=run_first)
    thread.start()
    asyncio.run(second_loop())
    thread.join()
    assert errors == []


def test_closing_in_a_new_loop_what_an_old_one_has_opened(server):
    client = AsyncClient(KEY, base_url=server.url)
    asyncio.run(retrieve_once(client))
    asyncio.run(client.aclose())
    assert caught_when_forgotten([client]) == []


def test_a_loop_that_is_closed_without_ceremony_is_forgotten(server):
    client = AsyncClient(KEY, base_url=server.url)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(retrieve_once(client))
    (pool,) = client._transport._own.values()
    loop.run_until_complete(pool.client.aclose())  # else the sockets themselves complain
    loop.close()
    asyncio.run(retrieve_once(client))
    assert loop not in {of for of, _ in client._transport._own}


def test_a_loop_that_goes_on_after_its_generators_were_closed(server):
    client = AsyncClient(KEY, base_url=server.url)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(retrieve_once(client))
    loop.run_until_complete(loop.shutdown_asyncgens())
    with pytest.warns(ResourceWarning, match="after loop.shutdown_asyncgens"):  # asyncio's own
        loop.run_until_complete(retrieve_once(client))
    loop.run_until_complete(client.aclose())
    loop.close()
    assert server.connections == 2


# --- Programs of their own ----------------------------------------------------------------------


def program(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program in which every warning is shown."""
    return subprocess.run(
        [sys.executable, "-W", "always", "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "STRIPE_API_KEY": KEY},
    )


END_OF_PROGRAM = """
import asyncio, sys
from stripe_invoice_payments import AsyncClient, Client

client = Client(base_url=sys.argv[1])
client.invoice_payments.retrieve("inpay_1")
async_client = AsyncClient(base_url=sys.argv[1])

async def main():
    print((await async_client.invoice_payments.retrieve("inpay_1")).id)

asyncio.run(main())
asyncio.run(main())
"""


def test_a_program_may_end_without_closing(server):
    done = program(END_OF_PROGRAM, server.url)
    assert (done.stdout, done.stderr, done.returncode) == ("inpay_1\ninpay_1\n", "", 0)


FORK = """
import os, sys, threading
from stripe_invoice_payments import Client

client = Client(base_url=sys.argv[1], rate_limit=1000)
id = lambda: client.invoice_payments.retrieve("inpay_1").id

print(id(), flush=True)
children = []
for _ in range(4):
    child = os.fork()
    if not child:
        try:
            assert [id() for _ in range(5)] == ["inpay_1"] * 5
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    children.append(child)
    assert id() == "inpay_1"
print([os.waitpid(child, 0)[1] for child in children], flush=True)
print(id())
client.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_client_works_in_a_process_and_in_its_children(server):
    done = program(FORK, server.url)
    assert (done.stdout, done.stderr) == ("inpay_1\n[0, 0, 0, 0]\ninpay_1\n", "")
    # One for the parent and one for each child: none is shared, and none is lost.
    assert server.connections == 5
    assert len(server.heads) == 1 + 4 * 5 + 4 + 1


FORK_WITH_THREADS = """
import os, sys, threading, warnings
from stripe_invoice_payments import Client

warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 advises against what this tests
client = Client(base_url=sys.argv[1], rate_limit=100000)
stop = threading.Event()

def work():
    while not stop.is_set():
        client.invoice_payments.retrieve("inpay_1")

# Python's own import locks do not survive a fork: what loads at first use is loaded now.
client.invoice_payments.retrieve("inpay_1")
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
codes = []
for _ in range(8):
    child = os.fork()
    if not child:
        ok = client.invoice_payments.retrieve("inpay_1").id == "inpay_1"
        os._exit(0 if ok else 1)
    codes.append(os.waitpid(child, 0)[1])
stop.set()
for thread in threads:
    thread.join()
client.close()
print(sum(codes))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_threads_are_at_work_leaves_no_lock_locked(server):
    done = program(FORK_WITH_THREADS, server.url)
    assert (done.stdout, done.stderr) == ("0\n", "")


ASYNC_FORK = """
import asyncio, os, sys
from stripe_invoice_payments import AsyncClient

client = AsyncClient(base_url=sys.argv[1])

async def main():
    return (await client.invoice_payments.retrieve("inpay_1")).id

print(asyncio.run(main()), flush=True)
child = os.fork()
if not child:
    print(asyncio.run(main()), flush=True)
    os._exit(0)
print(os.waitpid(child, 0)[1], asyncio.run(main()))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_an_async_client_works_in_a_child(server):
    done = program(ASYNC_FORK, server.url)
    assert (done.stdout, done.stderr) == ("inpay_1\ninpay_1\n0 inpay_1\n", "")
