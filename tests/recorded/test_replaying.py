"""A replay is exactly what was recorded, or it fails: nothing more, nothing less, no network."""

from __future__ import annotations

import asyncio
import socket
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import anyio
import httpx
import pytest
from attrs import evolve
from vcr.errors import CannotOverwriteExistingCassetteException

from scripts.cassettes import tape
from scripts.cassettes.document import Cassette, Interaction, Recorded, split_uri
from scripts.cassettes.driving import drive, drive_async
from scripts.cassettes.network import NetworkBlockedError, blocked
from scripts.cassettes.scenario import Scenario
from scripts.cassettes.scenarios import SCENARIOS
from scripts.cassettes.studio import play
from scripts.cassettes.tape import ReplayError, replaying
from stripe_invoice_payments import AsyncClient, Client

from .support import CLIENTS, DIRECTORY, cassette_of

both_clients = pytest.mark.parametrize("client_class", CLIENTS)

LISTED = "list/filters_with_cursor"
"""One request with many parameters."""


def calls(*steps: Callable[[Any, Any], Any]) -> Scenario:
    """A scenario of these calls, one after the other."""

    def run(client, known):
        for step in steps:
            yield step(client, known)

    return Scenario(run)


def listing(**changes: Any) -> Callable[[Any, Any], Any]:
    """The recorded list, but for these parameters and options."""
    return lambda client, known: client.invoice_payments.list(**{**known["params"], **changes})


# --- Requests that are not recorded ---


@both_clients
@pytest.mark.parametrize(
    "changes",
    [
        {"limit": 3},
        {"limit": None},
        {"status": None},
        {"status": "Paid"},
        {"status": ""},
        {"payment": {"type": "payment_record"}},
        {"created": 1},
        {"starting_after": "inpay_other"},
        {"expand": ["data.invoice"]},
        {"invoice": ""},
        {"stripe_version": "2025-01-27.acacia"},
        {"stripe_account": "acct_scrubbed1"},
    ],
    ids=str,
)
def test_a_request_that_differs_is_refused(client_class, changes):
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(calls(listing(**changes)), cassette_of(LISTED), client_class)


@both_clients
def test_the_other_account_or_none_is_refused(client_class):
    for account in ("acct_scrubbed2", None):
        with pytest.raises(CannotOverwriteExistingCassetteException):
            play(
                calls(listing(stripe_account=account)),
                cassette_of("accounts/one_list_for_it"),
                client_class,
            )


@both_clients
@pytest.mark.parametrize(
    "url",
    [
        "http://api.stripe.com",
        "https://api.stripe.com:444",
        "https://api.stripe.example",
        "https://api.stripe.com/v2",
    ],
)
def test_a_request_to_another_place_is_refused(client_class, url):
    def step(client, known):
        elsewhere = client.with_options(base_url=url)
        return elsewhere.invoice_payments.list(**known["params"])

    if url.startswith("http:"):  # not even the client goes there
        with pytest.raises(ValueError, match="plain http"):
            play(calls(step), cassette_of(LISTED), client_class)
    else:
        with pytest.raises(CannotOverwriteExistingCassetteException):
            play(calls(step), cassette_of(LISTED), client_class)


def ask(cassette: Cassette, method: str, uri: str, content: bytes | None = None) -> None:
    """One request over httpx, with the right headers."""
    headers = dict(cassette.interactions[0].request_headers)
    with replaying(cassette), httpx.Client(headers=headers) as client:
        client.request(method, uri, content=content)


@pytest.mark.parametrize(("method", "content"), [("POST", None), ("GET", b"{}")])
def test_another_method_or_a_body_is_refused(method, content):
    cassette = cassette_of(LISTED)
    uri = cassette.interactions[0].uri
    ask(cassette, "GET", uri)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        ask(cassette, method, uri, content)


ATTACH = "https://api.stripe.com/v1/invoices/in_1/attach_payment"


@pytest.fixture
def attached() -> Cassette:
    """A cassette with a form."""
    form = [("payment_intent", "pi_1"), ("expand[]", "payments"), ("expand[]", "customer")]
    recorded = Recorded("nobody", "2026-01-01T00:00:00Z", "2026-01-01")
    return Cassette(recorded, {}, [Interaction("POST", ATTACH, [], {}, 200, {}, "{}", form)])


@pytest.mark.parametrize(
    "content",
    [
        b"payment_intent=pi_1&expand[]=payments&expand[]=customer",
        b"expand%5B%5D=customer&payment_intent=pi%5F1&expand[]=payments",
    ],
)
def test_a_form_is_the_same_in_any_order_and_spelling(attached, content):
    send_form(attached, content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"payment_intent=pi_2&expand[]=payments&expand[]=customer",
        b"payment_intent=pi_1&expand[]=payments",
        b"payment_intent=pi_1&expand[]=payments&expand[]=customer&payment_record=",
    ],
)
def test_another_form_is_refused(attached, content):
    with pytest.raises(CannotOverwriteExistingCassetteException):
        send_form(attached, content)


def test_a_form_that_does_not_say_so_is_refused(attached):
    with pytest.raises(CannotOverwriteExistingCassetteException):
        ask(attached, "POST", ATTACH, b"payment_intent=pi_1&expand[]=payments&expand[]=customer")


def send_form(cassette: Cassette, content: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with replaying(cassette), httpx.Client(headers=headers) as client:
        client.post(ATTACH, content=content)


@both_clients
def test_what_was_recorded_once_is_answered_once(client_class):
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(calls(listing(), listing()), cassette_of(LISTED), client_class)


@both_clients
def test_a_request_over_another_library_is_refused_as_well(client_class):
    def step(client, known):
        return urllib.request.urlopen("https://api.stripe.com/v1/invoice_payments")

    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(calls(step), cassette_of(LISTED), client_class)


# --- The query ---


def send(query: str, recorded: str) -> None:
    """Ask with one query where another is recorded."""
    url = "https://api.stripe.com/v1/invoice_payments"
    cassette = cassette_of(LISTED)
    interaction = evolve(cassette.interactions[0], query=split_uri(f"{url}?{recorded}")[1])
    ask(evolve(cassette, interactions=[interaction]), "GET", f"{url}?{query}")


@pytest.mark.parametrize(
    ("query", "recorded"),
    [
        ("limit=1&status=paid", "status=paid&limit=1"),
        ("created%5Bgt%5D=1", "created[gt]=1"),
        ("expand[]=a&expand[]=b", "expand[]=b&expand[]=a"),
        ("invoice=in%201", "invoice=in+1"),
    ],
)
def test_a_query_matches_that_means_the_same(query, recorded):
    send(query, recorded)


@pytest.mark.parametrize(
    ("query", "recorded"),
    [
        ("limit=1&limit=2", "limit=2&limit=1"),
        ("limit=1&limit=1", "limit=1"),
        ("status=", ""),
        ("status", ""),
        ("expand[]=a", "expand[]=a&expand[]=a"),
        ("expand[]=a", "expand=a"),
        ("invoice=in%2B1", "invoice=in+1"),
    ],
)
def test_a_query_does_not_match_that_means_something_else(query, recorded):
    with pytest.raises(CannotOverwriteExistingCassetteException):
        send(query, recorded)


# --- Recordings that are not asked for ---


@both_clients
def test_a_recording_that_is_not_asked_for_fails_the_replay(client_class):
    scenario = calls(listing())
    with pytest.raises(ReplayError, match=r"not asked for: .*starting_after"):
        play(scenario, cassette_of("paging/forward"), client_class)


@both_clients
def test_so_does_a_scenario_that_asks_for_nothing(client_class):
    with pytest.raises(ReplayError, match="not asked for"):
        play(calls(), cassette_of(LISTED), client_class)


@both_clients
def test_so_does_another_order(client_class):
    cassette = cassette_of("paging/forward_pages")
    first, *others = cassette.interactions
    with pytest.raises(ReplayError, match="another order"):
        play(
            SCENARIOS["paging/forward_pages"],
            evolve(cassette, interactions=[*others, first]),
            client_class,
        )


# --- Nothing is ever written ---


def snapshot() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in DIRECTORY.rglob("*.json")}


def test_a_replay_that_fails_changes_no_cassette():
    before = snapshot()
    for scenario in (calls(), calls(listing(limit=3))):
        with pytest.raises((ReplayError, CannotOverwriteExistingCassetteException)):
            play(scenario, cassette_of(LISTED), Client)
    assert snapshot() == before


def test_unused_recordings_cannot_be_dropped(monkeypatch):
    """VCR.py would drop them, and write the file without its filters, even in a mere replay."""
    vcr = tape.VCR
    monkeypatch.setattr(
        tape, "VCR", lambda **options: vcr(**{**options, "drop_unused_requests": True})
    )
    monkeypatch.setattr(tape, "_check_complete", lambda *_: None)
    original = httpx.HTTPTransport.handle_request
    with pytest.raises(ReplayError, match="about to write"):
        play(calls(), cassette_of(LISTED), Client)
    assert httpx.HTTPTransport.handle_request is original


# --- No network ---


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine on which connections are welcome, for all to see."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def connect_in_a_thread(address):
    with ThreadPoolExecutor() as executor:
        executor.submit(socket.create_connection, address).result().close()


async def open_stream(address):
    _, writer = await asyncio.open_connection(*address)
    writer.close()
    await writer.wait_closed()


async def connect_socket_of_the_loop(address):
    with socket.socket() as plain:
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, address)


async def connect_over_anyio(address):
    try:
        await (await anyio.connect_tcp(*address)).aclose()
    except Exception as error:  # noqa: BLE001 - anyio groups what it raises
        (cause,) = getattr(error, "exceptions", [error])
        raise cause from None


def connect_ex(address):
    with socket.socket() as plain:
        assert plain.connect_ex(address) == 0


async def look_up_in_a_loop():
    await asyncio.get_running_loop().getaddrinfo("localhost", 80)


def send_a_packet():
    with socket.socket(type=socket.SOCK_DGRAM) as plain:
        plain.sendto(b"", ("127.0.0.1", 9))


WAYS_OUT = {
    "socket": lambda address: socket.create_connection(address).close(),
    "connect_ex": connect_ex,
    "thread": connect_in_a_thread,
    "asyncio stream": lambda address: asyncio.run(open_stream(address)),
    "asyncio socket": lambda address: asyncio.run(connect_socket_of_the_loop(address)),
    "anyio": lambda address: anyio.run(connect_over_anyio, address),
}
every_way_out = pytest.mark.parametrize("way_out", WAYS_OUT.values(), ids=WAYS_OUT)


@every_way_out
def test_without_a_replay_there_is_a_way_out(listener, way_out):
    way_out(listener.getsockname())
    listener.accept()[0].close()


@every_way_out
def test_in_a_replay_there_is_none(listener, way_out):
    with pytest.raises(NetworkBlockedError), replaying(cassette_of(LISTED)):
        way_out(listener.getsockname())
    with pytest.raises(BlockingIOError):  # nobody came
        listener.accept()


@pytest.mark.parametrize(
    "look_up",
    [
        lambda: socket.getaddrinfo("localhost", 80),
        lambda: socket.gethostbyname("localhost"),
        lambda: asyncio.run(look_up_in_a_loop()),
        send_a_packet,
    ],
)
def test_nor_are_names_looked_up_or_packets_sent(look_up):
    with pytest.raises(NetworkBlockedError), blocked():
        look_up()


def test_an_attempt_that_was_hushed_up_fails_the_replay_at_its_end():
    def hush_up(client, known):
        with suppress(NetworkBlockedError):
            socket.create_connection(("127.0.0.1", 9))
        return client.invoice_payments.list(**known["params"])

    with pytest.raises(NetworkBlockedError, match="was tried"):
        play(calls(hush_up), cassette_of(LISTED), Client)


def test_the_network_is_back_afterwards(listener):
    with blocked():
        pass
    socket.create_connection(listener.getsockname()).close()


# --- HTTP libraries that VCR.py does not know ---


@both_clients
def test_were_httpx_unknown_no_request_would_get_through(client_class, monkeypatch):
    vcr = tape.VCR
    monkeypatch.setattr(
        tape, "VCR", lambda **options: vcr(**options, skip_patchers=["httpx", "httpx2"])
    )
    with pytest.raises(NetworkBlockedError):
        play(calls(listing()), cassette_of(LISTED), client_class)


class Unknown:
    """An HTTP client like httpx's, on sockets of its own."""

    def build_request(self, method, url, **_):
        return httpx.Request(method, url)

    def send(self, request, **_):
        with socket.create_connection((request.url.host, 443)):
            return httpx.Response(500)


class UnknownAsync(Unknown):
    async def send(self, request, **_):
        await asyncio.open_connection(request.url.host, 443)
        return httpx.Response(500)


class Native(Unknown):
    """One that goes past Python's sockets: what it does cannot be seen at all."""

    def send(self, request, **_):
        (interaction,) = cassette_of(LISTED).interactions
        return httpx.Response(200, content=interaction.body)


class NativeAsync(Native):
    async def send(self, request, **_):
        return super().send(request)


def play_over(library: Any, cassette: Cassette) -> None:
    """Play the recorded list with a client on another HTTP library."""

    async def with_async_client():
        async with AsyncClient("sk_test_replay", http_client=library()) as client:
            await drive_async(scenario.run(client, cassette.known))

    scenario = calls(listing())
    with replaying(cassette):
        if issubclass(library, (UnknownAsync, NativeAsync)):
            asyncio.run(with_async_client())
        else:
            with Client("sk_test_replay", http_client=library()) as client:
                drive(scenario.run(client, cassette.known))


@pytest.mark.parametrize("library", [Unknown, UnknownAsync])
def test_an_unknown_http_library_is_stopped(library):
    with pytest.raises(NetworkBlockedError):
        play_over(library, cassette_of(LISTED))


@pytest.mark.parametrize("library", [Native, NativeAsync])
def test_an_unknown_http_library_without_sockets_is_noticed(library):
    with pytest.raises(ReplayError, match="not asked for"):
        play_over(library, cassette_of(LISTED))
