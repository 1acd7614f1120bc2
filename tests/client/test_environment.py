"""Proxies and certificates of the environment: a result, or an error that names the variable."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments import (
    APIConnectionError,
    AsyncClient,
    Client,
    StripeError,
    TLSError,
)
from stripe_invoice_payments._http.environment import is_bypassed, proxy_for

from .helpers import KEY, payment
from .test_connection_errors import CERTIFICATE, then_close
from .wire import Script, WireServer, answering

USER, PASSWORD = "tenant", "hunter2"


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


async def retrieve(kind: str, base_url: str) -> Any:
    """One call by the client's own HTTP client: its result or its error."""
    options: Any = {"base_url": base_url, "max_retries": 0, "timeout": 5}
    try:
        if kind == "sync":
            with Client(KEY, **options) as client:
                return client.invoice_payments.retrieve("inpay_1")
        async with AsyncClient(KEY, **options) as async_client:
            return await async_client.invoice_payments.retrieve("inpay_1")
    except StripeError as error:
        return error


@pytest.fixture(scope="module")
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


# --- NO_PROXY -----------------------------------------------------------------------------------

NAME, V4, V6 = "api.stripe.com", "10.1.2.3", "fe80::1"

BYPASSED: list[tuple[str, str]] = [
    (NAME, "*"),
    (NAME, "other.example, *"),
    (NAME, "api.stripe.com"),
    (NAME, "API.Stripe.COM"),
    (NAME, "stripe.com"),
    (NAME, ".stripe.com"),
    (NAME, "*.stripe.com"),
    (NAME, "stripe.com."),
    (NAME, "localhost,[::1] stripe.com"),
    (NAME, "stripe.com:443"),
    (NAME, "https://stripe.com"),
    (NAME, "all://stripe.com"),
    (NAME, "https://stripe.com:443"),
    (NAME, "fe80::/10,,[,],:,stripe.com"),
    (V4, "10.1.2.3"),
    (V4, "10.1.2.3:443"),
    (V4, "10.0.0.0/8"),
    (V4, "10.1.2.3/8"),
    (V4, "10.1.2.3/32"),
    (V4, "0.0.0.0/0"),
    (f"::ffff:{V4}", "10.0.0.0/8"),
    (V6, "fe80::1"),
    (V6, "FE80::1"),
    (V6, "[fe80::1]"),
    (V6, "[fe80::1]:443"),
    (V6, "fe80:0:0:0:0:0:0:1"),
    (V6, "fe80::/10"),
    (V6, "[fe80::]/10"),
    (V6, "[fe80::/10]"),
    (f"[{V6}]", "fe80::/10"),
]

NOT_BYPASSED: list[tuple[str, str]] = [
    (NAME, ""),
    (NAME, " , ,"),
    (NAME, "localhost,127.0.0.1,::1"),
    (NAME, "notstripe.com"),
    (NAME, "tripe.com"),
    (NAME, "api.stripe.com.evil.example"),
    (NAME, "stripe"),
    (NAME, "stripe.com:80"),
    (NAME, "http://stripe.com"),
    (NAME, "stripe.com:x"),
    (NAME, "10.0.0.0/8"),
    (NAME, "fe80::/10"),
    (NAME, "0.0.0.0/0"),
    (NAME, "."),
    (NAME, "*."),
    (NAME, "[stripe.com]"),
    (NAME, "https://"),
    (V4, "10.1.2.4"),
    (V4, "10.1.2.3:80"),
    (V4, "10.2.0.0/16"),
    (V4, "10.0.0.0/33"),
    (V4, "0.1.2.3"),
    (V6, "fe80::2"),
    (V6, "[fe80::1]:80"),
    (V6, "fc00::/7"),
    (V6, "::/129"),
    (V6, "[::1"),
]


@pytest.mark.parametrize(("host", "no_proxy"), BYPASSED)
def test_hosts_that_are_reached_directly(host, no_proxy):
    assert is_bypassed(host, 443, no_proxy)


@pytest.mark.parametrize(("host", "no_proxy"), NOT_BYPASSED)
def test_hosts_that_are_reached_through_the_proxy(host, no_proxy):
    assert not is_bypassed(host, 443, no_proxy)


# --- Which proxy --------------------------------------------------------------------------------

PROXIES: list[tuple[dict[str, str], str | None]] = [
    ({}, None),
    ({"HTTP_PROXY": "http://p.example:1"}, None),
    ({"HTTPS_PROXY": ""}, None),
    ({"HTTPS_PROXY": "http://p.example:1"}, "the proxy http://p.example:1 (HTTPS_PROXY)"),
    ({"https_proxy": "http://p.example:1"}, "the proxy http://p.example:1 (https_proxy)"),
    ({"HTTPS_PROXY": "p.example:1"}, "the proxy http://p.example:1 (HTTPS_PROXY)"),
    ({"HTTPS_PROXY": " p.example "}, "the proxy http://p.example (HTTPS_PROXY)"),
    ({"HTTPS_PROXY": "https://p.example/"}, "the proxy https://p.example (HTTPS_PROXY)"),
    ({"HTTPS_PROXY": "HTTP://[::1]:1"}, "the proxy http://[::1]:1 (HTTPS_PROXY)"),
    ({"ALL_PROXY": "http://p.example:1"}, "the proxy http://p.example:1 (ALL_PROXY)"),
    ({"all_proxy": "http://p.example:1"}, "the proxy http://p.example:1 (all_proxy)"),
    ({"ALL_PROXY": "http://a", "HTTPS_PROXY": "http://b"}, "the proxy http://b (HTTPS_PROXY)"),
    ({"https_proxy": "http://a", "HTTPS_PROXY": "http://b"}, "the proxy http://a (https_proxy)"),
    ({"HTTPS_PROXY": f"http://{USER}:{PASSWORD}@b:1"}, "the proxy http://b:1 (HTTPS_PROXY)"),
    ({"HTTPS_PROXY": "http://b", "NO_PROXY": "stripe.com"}, None),
    ({"HTTPS_PROXY": "http://b", "no_proxy": "stripe.com"}, None),
    ({"HTTPS_PROXY": "socks9://x", "NO_PROXY": "stripe.com"}, None),
    ({"HTTPS_PROXY": "http://b", "NO_PROXY": "fe80::/10"}, "the proxy http://b (HTTPS_PROXY)"),
]


@pytest.mark.parametrize(("environment", "expected"), PROXIES, ids=str)
def test_which_proxy_is_used(monkeypatch, environment, expected):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_for(NAME, 443)
    assert (None if proxy is None else str(proxy)) == expected
    assert PASSWORD not in repr(proxy)


# --- What cannot be used ------------------------------------------------------------------------

BROKEN: list[tuple[dict[str, str], type[StripeError], str]] = [
    *(
        ({name: value}, APIConnectionError, f"{name}.*{rule}")
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
        for value, rule in {
            "socks9://x": "scheme of a proxy must be one of http, .*, got 'socks9'",
            f"ftp://{USER}:{PASSWORD}@x": "scheme of a proxy must be one of http, .*, got 'ftp'",
            f"http://{USER}:{PASSWORD}@": "must be the URL of a proxy",
            "http://": "must be the URL of a proxy",
            "http://x:port": "must be the URL of a proxy",
            "http://x:99999": "must be the URL of a proxy",
            "http://x:0": "must be the URL of a proxy",
            "http://[::1": "must be the URL of a proxy",
            "http://[nowhere]:1": "must be the URL of a proxy",
            "http://a b": "must be the URL of a proxy",
            "http://x/path": "must be the URL of a proxy",
            "http://x?a=b": "must be the URL of a proxy",
            "http://ö": "must be the URL of a proxy",
            "://x": "scheme of a proxy must be one of",
            "socks5://x:1": "install httpx\\[socks\\]",
            "socks5h://x:1": "install httpx\\[socks\\]",
        }.items()
    ),
    ({"SSL_CERT_FILE": "/nowhere"}, TLSError, "SSL_CERT_FILE: cannot load '/nowhere'"),
    ({"SSL_CERT_FILE": str(Path(__file__).parent)}, TLSError, "SSL_CERT_FILE: cannot load"),
    ({"SSL_CERT_FILE": __file__}, TLSError, "SSL_CERT_FILE: cannot load"),
    ({"SSL_CERT_DIR": "/nowhere"}, TLSError, "SSL_CERT_DIR: '/nowhere' is not a directory"),
    ({"SSL_CERT_DIR": __file__}, TLSError, "SSL_CERT_DIR"),
]


@pytest.mark.parametrize(("environment", "error_class", "message"), BROKEN, ids=str)
async def test_a_variable_that_cannot_be_used_is_named(
    kind, monkeypatch, environment, error_class, message
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    error = await retrieve(kind, "https://127.0.0.1:9")
    assert isinstance(error, error_class), error
    assert not error.may_be_transient
    assert re.search(message, str(error)), error
    assert PASSWORD not in f"{error!r} {error.__cause__!r}"


@pytest.mark.parametrize(
    "environment",
    [
        {"NO_PROXY": "fe80::/10"},
        {"NO_PROXY": "localhost,[::1]"},
        {"NO_PROXY": "127.0.0.0/8,localhost", "HTTPS_PROXY": "socks9://x"},
        {"no_proxy": "[::1]:443,,*"},
        {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "localhost,127.0.0.1"},
        {"ALL_PROXY": ""},
    ],
    ids=str,
)
async def test_a_request_goes_through_in_spite_of_odd_variables(
    kind, monkeypatch, server_context, environment
):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with WireServer(answering(payment(1)), tls=server_context) as server:
        found = await retrieve(kind, server.url.replace("http://127.0.0.1", "https://localhost"))
        assert getattr(found, "id", found) in ("inpay_1", found)
        if isinstance(found, StripeError):
            found = await retrieve(kind, server.url.replace("http:", "https:"))
    assert found.id == "inpay_1"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_variables_of_other_libraries_have_no_effect(
    kind, monkeypatch, server_context, variable
):
    monkeypatch.setenv(variable, str(CERTIFICATE))
    with WireServer(answering(payment(1)), tls=server_context) as server:
        url = server.url.replace("http://127.0.0.1", "https://localhost")
        assert isinstance(await retrieve(kind, url), TLSError)


async def test_no_variable_matters_to_a_server_on_this_machine(kind, monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, "socks9://nowhere")
    with WireServer(answering(payment(1))) as server:
        assert (await retrieve(kind, server.url)).id == "inpay_1"


# --- A proxy that fails -------------------------------------------------------------------------


async def test_a_proxy_that_nobody_listens_at(kind, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://{USER}:{PASSWORD}@127.0.0.1:9")
    error = await retrieve(kind, "https://api.stripe.com")
    assert type(error) is APIConnectionError
    assert "the proxy http://127.0.0.1:9 (HTTPS_PROXY)" in str(error)
    assert "api.stripe.com" not in str(error)
    assert PASSWORD not in f"{error!r} {error.__cause__!r}"
    assert USER not in str(error)


REFUSALS: dict[str, Script] = {
    status: then_close(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
    for status in ("407 Authentication Required", "401 Unauthorized", "403 Forbidden", "502 Bad")
}


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_proxy_that_refuses_is_not_taken_for_stripe(kind, monkeypatch, status):
    with WireServer(REFUSALS[status]) as proxy:
        monkeypatch.setenv(
            "HTTPS_PROXY", proxy.url.replace("http://", f"http://{USER}:{PASSWORD}@")
        )
        error = await retrieve(kind, "https://api.stripe.com")
        assert type(error) is APIConnectionError
        assert error.http_status is None
        assert (
            f"the proxy {proxy.url} (HTTPS_PROXY) cannot connect to api.stripe.com: {status}"
            in str(error)
        )
        assert PASSWORD not in f"{error!r} {error.__cause__!r}"
        assert KEY not in "".join(proxy.heads)


async def test_a_proxy_that_breaks_off(kind, monkeypatch):
    with WireServer(then_close(b"")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        error = await retrieve(kind, "https://api.stripe.com")
        assert type(error) is APIConnectionError
        assert f"api.stripe.com through the proxy {proxy.url} (https_proxy)" in str(error)
