"""Neither the API key nor a webhook's secret is ever seen, whatever is looked at.

Everything is run with all loggers at DEBUG, and everything that a program could print, log, store
or report is searched: results and errors, their pickles, and tracebacks with their variables.
"""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import traceback
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from stripe_invoice_payments import AsyncClient, Client, StripeError, Webhook
from stripe_invoice_payments._config.secrets import ApiKey

from .helpers import KEY, FakeApi, FakeList, failure, listed, payment, reply
from .test_webhooks import ACCEPTED, BODY, REFUSED, SECRET
from .wire import Exchange, Script, WireServer, answering, response

SECRETS = [KEY, SECRET]


def parts(value: Any) -> Iterator[Any]:
    """A variable as error trackers record it, and more: items, and what our own objects hold.

    An `ApiKey` is left out, which holds the key so that nothing else has to.
    """
    pending, seen = [value], dict[int, Any]()
    while pending:
        part = pending.pop()
        if id(part) in seen or isinstance(part, ApiKey):
            continue
        seen[id(part)] = part  # kept, so that no other object gets the same id
        yield part
        if isinstance(part, Mapping):
            items = list(part.items())
            yield items  # httpx's headers hide the key in their own `repr`
            pending += items
        elif isinstance(part, (list, tuple, set, frozenset)):
            pending += part
        elif type(part).__module__.startswith("stripe_invoice_payments"):
            names = {*getattr(part, "__dict__", {}), *getattr(type(part), "__slots__", ())}
            names -= {"__weakref__"}
            pending += [getattr(part, name) for name in names if hasattr(part, name)]


class Searched(logging.Handler):
    """Looks for secrets in all that comes by."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts = 0

    def search(self, text: str | bytes) -> None:
        self.texts += 1
        for secret in SECRETS:
            found = secret in text if isinstance(text, str) else secret.encode() in text
            assert not found, text

    def emit(self, record: logging.LogRecord) -> None:
        self.search(logging.Formatter().format(record))
        self.search(repr(record.__dict__))

    def look_at(self, value: Any) -> None:
        """Everything that a program may do with a result."""
        self.search(str(value))
        self.search(repr(value))
        self.search(repr(getattr(value, "__dict__", None)))
        try:
            pickled = pickle.dumps(value)
            self.search(pickled)
            self.search(repr(pickle.loads(pickled)))
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            self.search(str(error))

    def look_at_error(self, error: BaseException) -> None:
        """Everything that a program may do with an error, and with those that led to it."""
        self.look_at(error)
        self.search("".join(traceback.format_exception(error)))
        with_variables = traceback.TracebackException.from_exception(error, capture_locals=True)
        self.search("".join(with_variables.format()))
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if Path(frame.f_code.co_filename).parent != Path(__file__).parent:
                for value in frame.f_locals.values():
                    for part in parts(value):
                        self.search(repr(part))
        for link in (error.__cause__, error.__context__):
            if link is not None:
                self.look_at_error(link)

    async def run(self, call: Callable[[], Any]) -> Any:
        """Call something, and look at what comes of it."""
        try:
            result = call()
            if isinstance(result, Awaitable):
                result = await result
        except (Exception, KeyboardInterrupt, asyncio.CancelledError) as error:  # noqa: BLE001 - any
            self.look_at_error(error)
            return error
        self.look_at(result)
        return result


@pytest.fixture
def searched(caplog: pytest.LogCaptureFixture) -> Any:
    handler = Searched()
    root = logging.getLogger()
    caplog.set_level(logging.DEBUG)
    for name in ("stripe_invoice_payments", "httpx", "httpcore", "asyncio", "hpack"):
        caplog.set_level(logging.DEBUG, name)
    root.addHandler(handler)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield handler
    root.removeHandler(handler)
    for warning in caught:
        handler.search(str(warning))
    assert handler.texts > 3


ECHO = f"You sent: Authorization: Bearer {KEY}"

ANSWERS: dict[str, list[Any]] = {
    "a payment": [reply(payment(1))],
    "an echo in the body of a failure": [reply(ECHO.encode(), 502)],
    "an echo in the message": [failure(400, message=ECHO, code=KEY, param=KEY, doc_url=KEY)],
    "an echo in a header of a failure": [failure(400, message="No.", headers={"x_echo": ECHO})],
    "an echo as the id of the request": [failure(400, headers={"request_id": KEY})],
    "an echo as the place to go to": [reply(b"", 302, location=f"https://evil.example/?{KEY}")],
    "an echo in a success": [reply({**payment(1), "echo": ECHO})],
    "an echo in a header of a success": [reply(payment(1), x_echo=ECHO, request_id=KEY)],
    "an echo instead of JSON": [reply(ECHO.encode())],
    "an echo in a payment that lacks its fields": [reply({"id": KEY, "echo": ECHO})],
    "an echo in the url of a list": [reply(listed(2, 1, has_more=True, url=f"//x/{KEY}"))],
    "an echo after retries": [failure(503, message=ECHO), failure(409, message=ECHO)],
    "an echo in an exception": [httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'")],
    "an echo in an OSError": [OSError(5, ECHO)],
    "an echo in a time-out": [httpx.ReadTimeout(ECHO)],
    "no answer": [httpx.ReadError("x")],
    "pages": [reply(listed(4, 3, has_more=True)), reply(listed(2, 1))],
    "pages that go in a circle": [reply(listed(4, 3, has_more=True))],
    "an invoice": [
        reply({"id": "in_1", "object": "invoice", "payments": listed(2, 1, has_more=True)})
    ],
}


@pytest.mark.parametrize("what", ANSWERS)
async def test_no_secret_in_whatever_comes_of_a_call(connect, at_once, searched, what):
    def fail(event: object) -> None:
        raise LookupError("a hook of somebody's")

    for hook in (None, fail, searched.look_at):
        options = {"on_request": hook, "on_response": hook, "on_retry": hook, "rate_limit": 10_000}
        api = connect(FakeApi(*ANSWERS[what]), **options)

        async def items(prefetch: bool, api=api) -> list[Any]:
            return [one async for one in api.items(await api.list(), prefetch=prefetch)]

        for call in (
            api.retrieve,
            api.list,
            api.invoice,
            api.raw_retrieve,
            api.raw_list,
            lambda items=items: items(False),
            lambda items=items: items(True),
            lambda api=api: api.list(limit=3, stripe_account="acct_1", deadline=5),
            lambda api=api: api.list(deadline=0),
            lambda api=api: api.list(starting_after="a", ending_before="b"),
            lambda api=api: api.retrieve(".."),
        ):
            await searched.run(call)


async def test_an_error_with_an_echo_is_as_useful_as_without(connect, at_once):
    api = connect(failure(400, message=ECHO, headers={"x_echo": ECHO}))
    with pytest.raises(StripeError) as caught:
        await api.retrieve()
    error = caught.value
    assert error.message == "You sent: Authorization: Bearer sk_test_***"
    assert error.headers["x-echo"] == "You sent: Authorization: Bearer sk_test_***"
    assert json.loads(error.http_body or "") == error.json_body


async def test_a_cause_with_an_echo_is_left_out_and_any_other_is_not(connect):
    api = connect(httpx.ReadError(ECHO), httpx.ReadError("unplugged"), max_retries=0)
    for expected in (None, httpx.ReadError):
        with pytest.raises(StripeError) as caught:
            await api.retrieve()
        assert (type(caught.value.__cause__) is expected) or (
            expected is None and caught.value.__cause__ is None
        )


def broken_off(data: bytes) -> Script:
    """The script of an answer that breaks off."""

    def script(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.reset()

    return script


WIRE: dict[str, Script] = {
    "an answer": answering(payment(1)),
    "a failure": answering({"error": {"message": ECHO}}, 400),
    "no answer": broken_off(b""),
    "half an answer": broken_off(response(ECHO.encode())[:-9]),
    "no HTTP": broken_off(ECHO.encode() + b"\r\n"),
    "broken gzip": answering(ECHO.encode(), content_encoding="gzip"),
}


@pytest.mark.parametrize("what", WIRE)
async def test_no_secret_in_what_the_libraries_below_say(searched, at_once, what):
    with WireServer(WIRE[what]) as server:
        with Client(KEY, base_url=server.url) as client:
            await searched.run(lambda: client.invoice_payments.retrieve("inpay_1"))
            await searched.run(lambda: client.invoice_payments.retrieve("x", deadline=0.001))
        async with AsyncClient(KEY, base_url=server.url) as client:
            await searched.run(lambda: client.invoice_payments.retrieve("inpay_1"))
            await searched.run(lambda: client.invoice_payments.retrieve("x", deadline=0.001))
        assert KEY in server.heads[0]  # the test does see what there is to see


async def test_no_secret_if_the_http_client_cannot_send_the_request(searched):
    # h11 refuses such a header when it has the key's right beside it, among its variables.
    with WireServer(answering(payment(1))) as server:
        with httpx.Client(headers={"X-Broken": "a\r\nb"}) as http:
            client = Client(KEY, base_url=server.url, http_client=http, max_retries=0)
            error = await searched.run(lambda: client.invoice_payments.retrieve("inpay_1"))
        assert isinstance(error, StripeError)
        assert isinstance(error.__cause__, httpx.LocalProtocolError)
        assert await searched.run(lambda: client.invoice_payments.retrieve("inpay_1"))


async def test_no_secret_when_a_call_is_cancelled(searched):
    release = asyncio.Event()

    async def never(request: httpx.Request) -> httpx.Response:
        await release.wait()
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(never)) as http:
        client = AsyncClient(KEY, http_client=http)
        error = await searched.run(
            lambda: asyncio.wait_for(client.invoice_payments.retrieve("inpay_1"), 0.05)
        )
        assert isinstance(error, asyncio.TimeoutError)


async def test_no_secret_when_the_program_is_interrupted(connect, searched):
    def interrupt(*_: object) -> Any:
        raise KeyboardInterrupt

    for api in (
        connect(reply(payment(1)), on_request=interrupt),
        connect(interrupt),
    ):
        assert type(await searched.run(api.retrieve)) is KeyboardInterrupt


MISTAKES: dict[str, Callable[[Any], Any]] = {
    "a line break behind the key": lambda kind: kind(f"{KEY}\n"),
    "spaces around the key": lambda kind: kind(f" {KEY} "),
    "no text": lambda kind: kind(KEY.encode()),
    "a list of keys": lambda kind: kind([KEY]),
    "a misspelt key": lambda kind: kind(apikey=KEY),
    "a misspelt key beside a right one": lambda kind: kind(KEY, api_keys=KEY),
    "an option that cannot be meant": lambda kind: kind(KEY, timeout=-1),
    "an option of the wrong type": lambda kind: kind(KEY, max_retries="2"),
    "plain http": lambda kind: kind(KEY, base_url="http://api.stripe.com"),
    "a broken http client": lambda kind: kind(KEY, http_client=object()),
    "a broken key for a copy": lambda kind: kind("sk_test_x").with_options(api_key=f"{KEY}\n"),
    "a broken option for a copy": lambda kind: kind(KEY).with_options(api_key=KEY, timeout=0),
    "a misspelt key for a copy": lambda kind: kind(KEY).with_options(apikey=KEY),
    "pickling a client": lambda kind: pickle.dumps(kind(KEY)),
    "pickling a resource": lambda kind: pickle.dumps(kind(KEY).invoice_payments),
    "a client": lambda kind: kind(KEY),
    "its parts": lambda kind: [
        kind(KEY).__dict__,
        kind(KEY)._settings,
        kind(KEY).invoice_payments.with_raw_response.__dict__,
        ApiKey(KEY),
    ],
}


CALLED_WITH_A_KEY: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "api_key": ((), {"api_key": KEY}),
    "api_key beside others": ((), {"api_key": KEY, "limit": 3, "deadline": 5}),
    "misspelt": ((), {"apikey": KEY}),
    "another name": ((), {"secret": KEY}),
    "options of stripe-python": ((), {"options": {"api_key": KEY}}),
    "positional options": (({}, {"api_key": KEY}), {}),
    "a positional key": ((KEY,), {}),
}


@pytest.mark.parametrize("what", CALLED_WITH_A_KEY)
async def test_no_secret_when_a_call_is_given_a_key(connect, searched, what):
    api = connect(reply(payment(1)))
    payments, invoices = api.client.invoice_payments, api.client.invoices
    for method, ids in (
        (payments.list, ()),
        (payments.scan, ()),
        (payments.retrieve, ("inpay_1",)),
        (payments.with_raw_response.list, ()),
        (payments.with_raw_response.retrieve, ("inpay_1",)),
        (invoices.retrieve, ("in_1",)),
        (invoices.with_raw_response.retrieve, ("in_1",)),
    ):
        error = await searched.run(
            # The key is in no variable of the test's either.
            lambda method=method, ids=ids: method(
                *ids, *CALLED_WITH_A_KEY[what][0], **CALLED_WITH_A_KEY[what][1]
            )
        )
        assert type(error) is TypeError


class Careless:
    """An HTTP client that keeps the headers in a variable, as many do, when it raises something."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def build_request(self, *_: object, headers: Any, **__: object) -> Any:
        plain = dict(headers)
        raise self.error from ValueError(f"{len(plain)} headers")

    def send(self, *_: object, **__: object) -> Any:
        raise AssertionError


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    "error", [TypeError, KeyboardInterrupt, asyncio.CancelledError, RuntimeError]
)
async def test_no_secret_in_the_variables_of_a_callers_http_client(searched, kind, error):
    raised = error("x")
    client = kind(KEY, http_client=Careless(raised), max_retries=0)
    found = await searched.run(client.invoice_payments.list)
    assert (found.__cause__ if error is RuntimeError else found) is raised


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("what", ["a long id", "params of the HTTP client", "an error in a hook"])
async def test_no_secret_if_there_is_no_response(searched, kind, what):
    def fail(_: object) -> None:
        raise TypeError("mine")

    async def fail_later(_: object) -> None:
        fail(_)

    is_async = kind is AsyncClient
    every: dict[str, dict[str, Any]] = {
        "a long id": {},
        "params of the HTTP client": {"params": {"a": "b"}},
        "an error in a hook": {"event_hooks": {"request": [fail_later if is_async else fail]}},
    }
    options = every[what]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=payment(1)))
    http: Any = (httpx.AsyncClient if is_async else httpx.Client)(transport=transport, **options)
    client = kind(KEY, http_client=http, max_retries=0)
    arguments = {"invoice": "x" * 70_000} if what == "a long id" else {}
    error = await searched.run(lambda: client.invoice_payments.list(**arguments))
    assert isinstance(error, (StripeError, ValueError, TypeError))
    await http.aclose() if is_async else http.close()


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("mistake", MISTAKES)
async def test_no_secret_in_what_is_said_of_a_mistake(searched, kind, mistake):
    for _ in range(4):
        await searched.run(lambda: MISTAKES[mistake](kind))


async def test_no_secret_of_the_environment(searched, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", f"{KEY}\n")
    for kind in (Client, AsyncClient):
        assert type(await searched.run(kind)) is ValueError
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    await searched.run(Client)
    await searched.run(lambda: Client(timeout=-1))


async def test_no_secret_in_webhooks(searched):
    construct: Any = Webhook.construct_event
    sign: Any = Webhook.generate_test_header
    headers = [*ACCEPTED.values(), *(header for header, _ in REFUSED.values())]
    for header in headers:
        await searched.run(lambda header=header: construct(BODY, header, SECRET))
    for payload in (b"{}", b"<html>", {"id": "evt_1"}, "\udcff"):
        await searched.run(lambda payload=payload: sign(payload, SECRET))
        await searched.run(lambda payload=payload: construct(payload, headers[0], SECRET))
        await searched.run(lambda p=payload: construct(p, sign(p, SECRET), SECRET))
    # Secrets that cannot be used are still nobody's business.
    await searched.run(lambda: construct(b"", "", f"{SECRET}\n"))
    await searched.run(lambda: construct(b"", "", SECRET.encode()))
    await searched.run(lambda: construct(b"", "", [SECRET]))
    await searched.run(lambda: sign(b"", f"{SECRET}\n"))
    await searched.run(lambda: sign(b"", [SECRET]))


async def test_no_secret_in_the_warning_about_a_client_left_open(searched):
    with WireServer(answering(payment(1))) as server:
        client: Any = Client(KEY, base_url=server.url)
        client.invoice_payments.retrieve("inpay_1")
        del client
        client = AsyncClient(KEY, base_url=server.url)
        await client.invoice_payments.retrieve("inpay_1")
        del client
        await asyncio.sleep(0.02)


async def test_no_secret_in_a_page(connect, searched):
    page = await connect(FakeList(3)).list(limit=2)
    for value in (page, page.data, page.to_dict(), page._query, page._fetch):
        searched.look_at(value)
