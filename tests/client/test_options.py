"""The options of a client, of a copy and of a call: what they do, and what is refused."""

from __future__ import annotations

import functools
import sys
import threading
from typing import Any

import pytest

from stripe_invoice_payments import (
    API_VERSION,
    AppInfo,
    AsyncClient,
    AuthenticationError,
    Client,
    Timeout,
    __version__,
)

from .helpers import KEY, FakeApi, SyncApi, payment, reply

ANSWER = reply(payment(1))


@pytest.fixture(params=[Client, AsyncClient])
def client_class(request: pytest.FixtureRequest) -> Any:
    return request.param


# --- The key ------------------------------------------------------------------------------------


async def test_the_key_is_sent_as_a_bearer_token(connect):
    source = FakeApi(ANSWER)
    await connect(source).retrieve()
    assert source.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_key_may_come_from_the_environment(client_class, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_fromtheenvironment")
    assert client_class()._settings.api_key.reveal() == "sk_test_fromtheenvironment"
    assert client_class("sk_test_given")._settings.api_key.reveal() == "sk_test_given"


@pytest.mark.parametrize("key", ["", None])
def test_without_a_key_there_is_no_client(client_class, key):
    with pytest.raises(AuthenticationError, match="STRIPE_API_KEY"):
        client_class(key)


@pytest.mark.parametrize("key", ["pk_test_abc", "pk_live_abc"])
def test_a_publishable_key_is_none_for_the_api(client_class, key):
    with pytest.raises(AuthenticationError, match="publishable"):
        client_class(key)


@pytest.mark.parametrize(
    "key",
    [
        "sk_test_a\n",
        "\nsk_test_a",
        "sk_test_a\r\nX-Evil: 1",
        "sk test",
        " ",
        "sk_\x00",
        "sk_é",
        "\t",
    ],
)
def test_a_key_with_characters_that_no_key_has(client_class, key):
    with pytest.raises(ValueError, match="api_key") as caught:
        client_class(key)
    assert key.strip() == "" or key.strip() not in str(caught.value)


@pytest.mark.parametrize("key", [b"sk_test_a", 5, True, ["sk_test_a"]])
def test_a_key_is_a_string(client_class, key):
    with pytest.raises(TypeError, match="api_key: a string was expected"):
        client_class(key)


@pytest.mark.parametrize("prefix", ["sk_test_", "sk_live_", "rk_test_", "rk_live_"])
def test_a_key_is_shown_by_its_kind_only(client_class, prefix):
    assert f"api_key='{prefix}***'" in repr(client_class(f"{prefix}abc"))


@pytest.mark.parametrize("key", ["abc", "abc_def_ghi", "sk_abc", "sk_test", "sk_other_abc"])
def test_a_key_of_no_known_kind_is_not_shown_at_all(key):
    assert "api_key='***'" in repr(Client(key))


# --- Values that cannot be meant ----------------------------------------------------------------


def plain(event: object) -> None: ...


async def asynchronous(event: object) -> None: ...


class AsyncHook:
    def __repr__(self) -> str:
        return "AsyncHook()"

    async def __call__(self, event: object) -> None: ...


def said(value: object) -> str:
    """The name of a row: its option, and what was given for it."""
    if not isinstance(value, dict):
        return ""
    return " ".join(
        f"{name}={getattr(given, '__name__', given)!r}" for name, given in value.items()
    )


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"timeout": 0}, ValueError, "timeout must be greater than 0 and finite, got 0"),
    ({"timeout": -1}, ValueError, "timeout"),
    ({"timeout": float("nan")}, ValueError, "timeout"),
    ({"timeout": float("inf")}, ValueError, "timeout"),
    ({"timeout": 1e300}, ValueError, "timeout"),
    ({"timeout": None}, TypeError, "timeout: a number was expected, not NoneType"),
    ({"timeout": "5"}, TypeError, "timeout"),
    ({"timeout": True}, TypeError, "timeout"),
    ({"timeout": Timeout}, TypeError, "timeout: a number was expected, not the class Timeout"),
    ({"timeout": (1, 2)}, TypeError, "timeout"),
    ({"max_retries": -1}, ValueError, "max_retries must be at least 0, got -1"),
    ({"max_response_bytes": 0}, ValueError, "max_response_bytes must be at least 1, got 0"),
    ({"max_response_bytes": 1e9}, TypeError, "max_response_bytes: an integer was expected"),
    ({"max_response_bytes": None}, TypeError, "max_response_bytes"),
    ({"max_retries": 1.5}, TypeError, "max_retries: an integer was expected, not float"),
    ({"max_retries": True}, TypeError, "max_retries"),
    ({"max_retries": None}, TypeError, "max_retries"),
    ({"deadline": -1}, ValueError, "deadline"),
    ({"deadline": float("nan")}, ValueError, "deadline"),
    ({"deadline": float("inf")}, ValueError, "deadline"),
    ({"deadline": "1"}, TypeError, "deadline: a number was expected, not str"),
    ({"deadline": False}, TypeError, "deadline"),
    ({"retry_rate_limited": "no"}, TypeError, "retry_rate_limited: a bool was expected, not str"),
    ({"retry_rate_limited": 1}, TypeError, "retry_rate_limited"),
    ({"stripe_account": ""}, ValueError, "stripe_account"),
    ({"stripe_account": "acct_1\r\nX: y"}, ValueError, "stripe_account"),
    ({"stripe_account": 1}, TypeError, "stripe_account"),
    ({"stripe_context": ""}, ValueError, "stripe_context"),
    ({"stripe_context": "acct_1\r\nX: y"}, ValueError, "stripe_context"),
    ({"stripe_context": 1}, TypeError, "stripe_context"),
    ({"stripe_account": "acct_1", "stripe_context": "acct_2"}, ValueError, "cannot be combined"),
    ({"stripe_version": ""}, ValueError, "stripe_version"),
    ({"stripe_version": "2026\n"}, ValueError, "stripe_version"),
    ({"stripe_version": None}, TypeError, "stripe_version"),
    ({"default_headers": None}, TypeError, "headers: a mapping was expected"),
    ({"default_headers": [("a", "b")]}, TypeError, "headers: a mapping was expected"),
    ({"default_headers": {"X-A": "b\r\nX-Evil: 1"}}, ValueError, "X-A"),
    ({"default_headers": {"X-A": "b\x00"}}, ValueError, "X-A"),
    ({"default_headers": {"X-A": "bö"}}, ValueError, "X-A"),
    ({"default_headers": {"X-A": " b"}}, ValueError, "X-A"),
    ({"default_headers": {"X-A": ""}}, ValueError, "X-A"),
    ({"default_headers": {"X-A": 5}}, TypeError, "X-A"),
    ({"default_headers": {"X A": "b"}}, ValueError, "not a valid header name"),
    ({"default_headers": {"X:A": "b"}}, ValueError, "not a valid header name"),
    ({"default_headers": {"X-A\r\nX-Evil": "b"}}, ValueError, "not a valid header name"),
    ({"default_headers": {"": "b"}}, ValueError, "not a valid header name"),
    ({"default_headers": {5: "b"}}, ValueError, "not a valid header name"),
    ({"default_headers": {"authorization": "Bearer x"}}, ValueError, "pass api_key= instead"),
    ({"default_headers": {"Stripe-Account": "a"}}, ValueError, "pass stripe_account= instead"),
    ({"default_headers": {"Stripe-context": "a"}}, ValueError, "pass stripe_context= instead"),
    ({"default_headers": {"STRIPE-VERSION": "a"}}, ValueError, "pass stripe_version= instead"),
    ({"default_headers": {"User-Agent": "a"}}, ValueError, "pass app_info= to add to it"),
    ({"default_headers": {"Content-Length": "5"}}, ValueError, "follows from the request"),
    ({"default_headers": {"Transfer-Encoding": "chunked"}}, ValueError, "follows from the request"),
    ({"app_info": "me"}, TypeError, "app_info: an AppInfo was expected"),
    ({"app_info": AppInfo}, TypeError, "an AppInfo was expected, not the class AppInfo"),
    ({"app_info": AppInfo(5)}, TypeError, "app_info: name must be a string, not int"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    ({"app_info": AppInfo("a\nb")}, ValueError, "User-Agent"),
    ({"on_request": "print"}, TypeError, "on_request must be a plain function"),
    ({"on_response": asynchronous}, TypeError, "on_response must be a plain function"),
    ({"on_response": AsyncHook()}, TypeError, "on_response must be a plain function"),
    ({"on_response": Client}, TypeError, "on_response must be .*, got the class Client"),
    ({"on_retry": 5}, TypeError, "on_retry must be a plain function"),
    ({"apikey": "sk_test_x"}, TypeError, "unknown option 'apikey'; did you mean 'api_key'"),
    ({"tiemout": 5}, TypeError, "did you mean 'timeout'\\? Options: api_key, app_info"),
    ({"max_network_retries": 5}, TypeError, "did you mean 'max_retries'"),
    ({"api_version": "x"}, TypeError, "did you mean 'stripe_version'"),
    ({"colour": "x"}, TypeError, "unknown option 'colour'; Options: api_key,"),
    ({"headers": {}}, TypeError, "unknown option 'headers'; did you mean 'default_headers'"),
    ({"extra_headers": {}}, TypeError, "unknown option 'extra_headers'"),
]


@pytest.mark.parametrize(("options", "error", "message"), REFUSED, ids=said)
def test_what_cannot_be_meant_is_refused_for_clients_and_copies(
    client_class, options, error, message
):
    with pytest.raises(error, match=message):
        client_class(KEY, **options)
    with pytest.raises(error, match=message):
        client_class(KEY).with_options(**options)


PER_CALL = {
    "timeout",
    "max_retries",
    "max_response_bytes",
    "deadline",
    "stripe_account",
    "stripe_context",
    "stripe_version",
}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [row for row in REFUSED if row[0].keys() <= PER_CALL]
    + [
        ({"extra_headers": row[0]["default_headers"]}, *row[1:])
        for row in REFUSED
        if "default_headers" in row[0] and row[0]["default_headers"]
    ],
    ids=said,
)
async def test_what_cannot_be_meant_is_refused_for_calls(connect, options, error, message):
    source = FakeApi(ANSWER)
    api = connect(source)
    for call in (api.retrieve, api.list, api.invoice):
        with pytest.raises(error, match=message):
            await call(**options)
    assert source.requests == []


@pytest.mark.parametrize("option", ["timeout", "deadline"])
async def test_the_longest_time_that_python_can_wait_is_accepted(connect, option):
    longest = {option: threading.TIMEOUT_MAX}
    assert (await connect(ANSWER, **longest).retrieve(**longest)).id == "inpay_1"


async def test_an_unknown_argument_of_a_call(connect):
    source = FakeApi(ANSWER)
    api = connect(source)
    for call in (api.retrieve, api.list, api.invoice):
        with pytest.raises(TypeError, match="unknown parameter 'colour'"):
            await call(colour="red")
    assert source.requests == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_network_retries": 3}, "did you mean 'max_retries'"),
        ({"api_version": "x"}, "did you mean 'stripe_version'"),
        ({"account": "acct_1"}, "did you mean 'stripe_account'"),
        ({"headers": {}}, "did you mean 'extra_headers'"),
        ({"tiemout": 3}, r"did you mean 'timeout'\? Parameters: .*expand.* Options: deadline, "),
        ({"idempotencykey": "x"}, "did you mean 'idempotency_key'"),
        ({"api_key": KEY}, r"with_options\(api_key=\.\.\.\)"),
        ({"apikey": KEY}, r"with_options\(api_key=\.\.\.\)"),
        ({"base_url": "x"}, r"with_options\(base_url=\.\.\.\)"),
    ],
    ids=str,
)
async def test_habits_from_other_libraries_get_a_hint(connect, arguments, message):
    source = FakeApi(ANSWER)
    api = connect(source)
    for call in (api.retrieve, api.list, api.invoice):
        with pytest.raises(TypeError, match=message) as caught:
            await call(**arguments)
        assert KEY not in str(caught.value)
    assert source.requests == []


@pytest.mark.parametrize(
    "id", ["", " ", ".", "..", "a/b", "../x", "a\nb", "a\x00", "\u202e", None, 5, True, b"x"]
)
async def test_an_id_that_is_none(connect, id):
    source = FakeApi(ANSWER)
    api = connect(source)
    for call in (api.retrieve, api.invoice):
        with pytest.raises((ValueError, TypeError)):
            await call(id)
    assert source.requests == []


def test_a_timeout_is_checked_when_it_is_made():
    with pytest.raises(ValueError, match="timeout"):
        Timeout(connect=0)
    with pytest.raises(TypeError, match="timeout"):
        Timeout(read="5")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


# --- Where the key may go -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://api.stripe.com",
        "https://gateway.example:8443/stripe",
        "http://localhost:12111",
        "http://LOCALHOST",
        "http://127.0.0.1:8080",
        "http://127.9.9.9",
        "http://[::1]:8080",
        "HTTPS://gateway_1.example",
        "https://10.0.0.1",
    ],
)
def test_where_the_key_may_go(client_class, url):
    client_class(KEY, base_url=url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://api.stripe.com", "over plain http"),
        ("http://localhost.evil.example", "over plain http"),
        ("http://127.0.0.1.evil.example", "over plain http"),
        ("http://127.evil.example", "over plain http"),
        ("http://0.0.0.0", "over plain http"),
        ("http://[::]", "over plain http"),
        ("http://10.0.0.1", "over plain http"),
        ("http://[::ffff:10.0.0.1]", "over plain http"),
        ("http://1270.0.1", "not a valid host"),
        ("http:api.stripe.com", "must be an https"),
        ("ftp://api.stripe.com", "must be an https"),
        ("file:///etc/passwd", "must be an https"),
        ("api.stripe.com", "must be an https"),
        ("https://", "must be an https"),
        ("https:///v1", "must be an https"),
        ("//api.stripe.com", "must be an https"),
        ("https://api.stripe.com:0", "the port must be from 1 to 65535, got 0"),
        ("https://api.stripe.com:99999", "the port must be"),
        ("https://api.stripe.com:x", "must be an https"),
        ("https://api.stripe.com:", "must be an https"),
        ("https://api.stripe.com:80:80", "must be an https"),
        ("http://[::1].evil.example", "must be an https"),
        ("http://[::1]evil.example", "must be an https"),
        ("http://evil.example[::1]", "must be an https"),
        ("http://[::1", "must be an https"),
        ("http://::1", "must be an https"),
        ("https://[v1.x]", "not a valid host"),
        ("https://[localhost]", "not a valid host"),
        ("https://[127.0.0.1]", "not a valid host"),
        ("http://[::1%25eth0]", "not a valid host"),
        ("http://2130706433", "not a valid host"),
        ("https://2130706433", "not a valid host"),
        ("http://0x7f000001", "not a valid host"),
        ("http://127.1", "not a valid host"),
        ("http://0177.0.0.1", "not a valid host"),
        ("https://api.stripe.com.", "not a valid host"),
        ("http://localhost.", "not a valid host"),
        ("https://.stripe.com", "not a valid host"),
        ("https://api..stripe.com", "not a valid host"),
        ("https://%6cocalhost", "not a valid host"),
        ("https://api.stripe.com\\evil.example", "must be an https"),
        ("https:\\\\api.stripe.com", "must be an https"),
        ("https://api.stripe.com/a/../b", "must not contain"),
        ("https://api.stripe.com/.", "must not contain"),
        ("http://localhost:80@evil.example", "credentials"),
        ("https://user:password@api.stripe.com", "credentials"),
        ("https://:password@api.stripe.com", "credentials"),
        ("https://localhost@evil.example", "credentials"),
        ("https://evil.example\\@api.stripe.com", "credentials"),
        ("https://api.stripe.com?x=1", "query"),
        ("https://api.stripe.com?", "query"),
        ("https://api.stripe.com#x", "fragment"),
        ("https://api.stripe.com\n", "control"),
        ("https://api.stri\npe.com", "control"),
        ("https://api.stripe.com/a b", "spaces"),
        ("https://ápi.stripe.com", "non-ASCII"),
        ("", "empty"),
    ],
)
def test_where_the_key_may_not_go(client_class, url, message):
    with pytest.raises(ValueError, match=message) as caught:
        client_class(KEY, base_url=url)
    assert "password" not in str(caught.value)
    with pytest.raises(ValueError, match=message):
        client_class(KEY).with_options(base_url=url)


IN_A_CONTAINER = "http://sandbox:8421"


def test_a_sandbox_in_another_container_takes_its_own_keys_only(client_class):
    ours = client_class("sk_test_sandbox_1", base_url=IN_A_CONTAINER)
    plain = "would send the secret key over plain http"
    for key in (KEY, "sk_live_1", "rk_test_1", "sk_test_sand", "xsk_test_sandbox"):
        with pytest.raises(ValueError, match=plain):
            client_class(key, base_url=IN_A_CONTAINER)
        # In whatever order the two come together.
        with pytest.raises(ValueError, match=plain):
            ours.with_options(api_key=key)
        with pytest.raises(ValueError, match=plain):
            client_class(key).with_options(base_url=IN_A_CONTAINER)
        moved = ours.with_options(api_key=key, base_url="https://api.stripe.com")
        with pytest.raises(ValueError, match=plain):
            moved.with_options(base_url=IN_A_CONTAINER)
    client_class(KEY).with_options(api_key="sk_test_sandbox", base_url=IN_A_CONTAINER)


def test_a_base_url_is_a_string(client_class):
    with pytest.raises(TypeError, match="base_url: a string was expected, not int"):
        client_class(KEY, base_url=5)


async def test_a_base_url_may_have_a_path_and_a_slash_at_its_end(connect):
    source = FakeApi(ANSWER)
    await connect(source, base_url="https://gateway.example/stripe/").retrieve()
    assert (
        str(source.requests[0].url) == "https://gateway.example/stripe/v1/invoice_payments/inpay_1"
    )


# --- What is sent -------------------------------------------------------------------------------


async def test_the_headers_of_a_request(connect):
    source = FakeApi(ANSWER)
    await connect(source).retrieve()
    headers = dict(source.requests[0].headers)
    python = ".".join(map(str, sys.version_info[:3]))
    assert headers.pop("user-agent").startswith(
        f"stripe-invoice-payments/{__version__} python/{python} httpx/"
    )
    assert headers.pop("accept-encoding")
    assert headers == {
        "accept": "application/json",
        "authorization": f"Bearer {KEY}",
        "connection": "keep-alive",
        "host": "api.stripe.com",
        "stripe-version": API_VERSION,
    }
    assert source.requests[0].content == b""


@pytest.mark.parametrize(
    ("app_info", "end"),
    [
        (AppInfo("shop"), " shop"),
        (AppInfo("shop", version="1.2"), " shop/1.2"),
        (AppInfo("shop", url="https://shop.example"), " shop (https://shop.example)"),
        (AppInfo("shop", "1.2", "https://shop.example"), " shop/1.2 (https://shop.example)"),
    ],
)
async def test_a_program_can_introduce_itself(connect, app_info, end):
    source = FakeApi(ANSWER)
    await connect(source, app_info=app_info).retrieve()
    assert source.requests[0].headers["user-agent"].endswith(end)


async def test_headers_of_a_call_go_beside_those_of_the_client(connect):
    source = FakeApi(ANSWER)
    api = connect(source, default_headers={"X-Team": "billing", "X-Trace": "0"})
    await api.retrieve(extra_headers={"x-trace": "1", "X-Job": "nightly"})
    await api.retrieve()
    first, second = (request.headers for request in source.requests)
    assert (first["x-team"], first["x-trace"], first["x-job"]) == ("billing", "1", "nightly")
    assert first.get_list("x-trace") == ["1"]  # however it is spelt, it is one header
    assert (second["x-team"], second["x-trace"], "x-job" in second) == ("billing", "0", False)


async def test_the_usual_headers_can_be_replaced(connect):
    source = FakeApi(ANSWER)
    await connect(source, default_headers={"ACCEPT": "application/json; q=1"}).retrieve()
    assert source.requests[0].headers.get_list("accept") == ["application/json; q=1"]


OPTION_EFFECTS: list[tuple[str, Any, Any]] = [
    ("stripe_account", "acct_1", lambda request: request.headers.get("stripe-account")),
    ("stripe_context", "ctx/acct_1", lambda request: request.headers.get("stripe-context")),
    ("stripe_version", "2020-01-01", lambda request: request.headers["stripe-version"]),
    ("timeout", 7, lambda request: request.extensions["timeout"]["read"]),
]


@pytest.mark.parametrize(("option", "value", "effect"), OPTION_EFFECTS)
async def test_an_option_of_a_client_a_copy_and_a_call(connect, option, value, effect):
    source = FakeApi(ANSWER)
    api = connect(source)
    await api.retrieve()
    usual = effect(source.requests[-1])
    assert usual != value

    await api.retrieve(**{option: value})
    assert effect(source.requests[-1]) == value
    await api.retrieve()
    assert effect(source.requests[-1]) == usual

    original = api.client
    api.client = original.with_options(**{option: value})
    await api.retrieve()
    assert effect(source.requests[-1]) == value
    api.client = original
    await api.retrieve()
    assert effect(source.requests[-1]) == usual

    other = connect(source, **{option: value})
    await other.retrieve()
    assert effect(source.requests[-1]) == value


async def test_the_account_of_a_client_can_be_left_out_of_a_call(connect):
    source = FakeApi(ANSWER)
    await connect(source, stripe_account="acct_1").retrieve(stripe_account=None)
    assert "stripe-account" not in source.requests[0].headers


async def test_an_account_replaces_a_context_and_the_reverse(connect):
    source = FakeApi(ANSWER)

    async def sent(api: Any, **options: Any) -> tuple[Any, Any]:
        await api.retrieve(**options)
        headers = source.requests[-1].headers
        return headers.get("stripe-account"), headers.get("stripe-context")

    of_account = connect(source, stripe_account="acct_1")
    assert await sent(of_account, stripe_context="ctx") == (None, "ctx")
    assert await sent(of_account, stripe_context=None) == ("acct_1", None)
    of_context = connect(source, stripe_context="ctx")
    assert await sent(of_context, stripe_account="acct_2") == ("acct_2", None)
    assert await sent(of_context, stripe_account=None) == (None, "ctx")
    assert await sent(of_context, stripe_account="acct_2", stripe_context=None) == ("acct_2", None)
    assert "stripe_context='ctx'" in repr(of_context.client)
    of_context.client = of_context.client.with_options(stripe_account="acct_3")
    assert await sent(of_context) == ("acct_3", None)


async def test_one_number_is_the_time_for_each_step(connect):
    source = FakeApi(ANSWER)
    api = connect(source)
    await api.retrieve()
    await api.retrieve(timeout=3)
    await api.retrieve(timeout=Timeout(connect=1, read=9))
    assert [request.extensions["timeout"] for request in source.requests] == [
        {"connect": 5, "read": 80, "write": 80, "pool": 80},
        {"connect": 3, "read": 3, "write": 3, "pool": 3},
        {"connect": 1, "read": 9, "write": 9, "pool": 9},
    ]


# --- Copies -------------------------------------------------------------------------------------


async def test_a_copy_differs_in_what_was_given_and_in_nothing_else(connect):
    source = FakeApi(ANSWER)
    api = connect(
        source,
        stripe_account="acct_1",
        timeout=7,
        max_retries=4,
        deadline=30,
        rate_limit=1000,
        default_headers={"X-Team": "billing"},
        app_info=AppInfo("shop"),
        on_request=plain,
    )
    before = api.client._settings
    copy = api.client.with_options(api_key="sk_test_other", stripe_account=None)
    assert api.client._settings is before
    changed = {
        name
        for name in before.__slots__
        if not name.startswith("__") and getattr(before, name) != getattr(copy._settings, name)
    }
    assert changed == {"api_key", "stripe_account"}


async def test_default_headers_of_a_copy_replace_those_of_the_original(connect):
    source = FakeApi(ANSWER)
    api = connect(source, default_headers={"X-Team": "billing"})
    original = api.client
    api.client = original.with_options(default_headers={"X-Job": "nightly"})
    await api.retrieve()
    api.client = api.client.with_options(default_headers={})
    await api.retrieve()
    api.client = original
    await api.retrieve()
    sent = [
        {name: value for name, value in request.headers.items() if name.startswith("x-")}
        for request in source.requests
    ]
    assert sent == [{"x-job": "nightly"}, {}, {"x-team": "billing"}]


async def test_changing_what_was_passed_in_does_not_change_the_client(connect):
    source = FakeApi(ANSWER)
    headers = {"X-Team": "billing"}
    api = connect(source, default_headers=headers)
    headers["X-Team"] = "other"
    headers["X-Evil"] = "1\r\n"
    await api.retrieve()
    assert source.requests[0].headers["x-team"] == "billing"
    assert "x-evil" not in source.requests[0].headers


async def test_a_copy_for_another_place_and_another_key(connect):
    source = FakeApi(ANSWER)
    api = connect(source)
    api.client = api.client.with_options(
        api_key="sk_test_other", base_url="https://gateway.example"
    )
    await api.retrieve()
    assert source.requests[0].url.host == "gateway.example"
    assert source.requests[0].headers["authorization"] == "Bearer sk_test_other"


async def test_a_copy_with_another_http_client(connect, api_class):
    first, second = FakeApi(ANSWER), FakeApi(ANSWER)
    api, other = connect(first), connect(second)
    api.client = api.client.with_options(http_client=other.http)
    await api.retrieve()
    assert (len(first.requests), len(second.requests)) == (0, 1)


def test_nothing_given_is_a_copy_all_the_same(client_class):
    client = client_class(KEY)
    copy = client.with_options()
    assert copy is not client
    assert copy._settings == client._settings


# --- As values ----------------------------------------------------------------------------------


def test_a_client_says_what_it_is_without_the_key(client_class):
    client = client_class(KEY, stripe_account="acct_1", default_headers={"X-Secret": "s3cret"})
    name = client_class.__name__
    assert repr(client) == (
        f"{name}(api_key='sk_test_***', base_url='https://api.stripe.com', stripe_account='acct_1')"
    )


def test_settings_show_the_kind_of_the_key_and_the_names_of_headers_only():
    text = repr(Client(KEY, default_headers={"X-Secret": "s3cret", "X-Team": "s3cret"})._settings)
    assert "api_key=ApiKey('sk_test_***')" in text
    assert "headers=<x-secret, x-team>" in text
    assert "s3cret" not in text


@pytest.mark.parametrize(
    "hook",
    [plain, functools.partial(plain), print, [].append],
    ids=["def", "partial", "C", "method"],
)
def test_a_hook_is_anything_that_can_be_called(client_class, hook):
    client_class(KEY, on_request=hook, on_response=hook, on_retry=None)


def test_resources_are_made_once():
    client = SyncApi(FakeApi(ANSWER)).client
    assert client.invoice_payments is client.invoice_payments
    assert client.invoices is client.invoices
