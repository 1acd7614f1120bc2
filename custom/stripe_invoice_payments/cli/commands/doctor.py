"""Check what every other command depends on: versions, the key, the network and the clock."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..access import open_client
from ..arguments import add_common
from ..exits import Exit, code_of
from ..keys import find_key
from ..output import Output
from ..rows import Row

if TYPE_CHECKING:
    from ... import Client, RawResponse

_FIELDS = ("check", "result", "detail")
_EXTRAS = ("orjson", "duckdb", "pyarrow", "rich", "starlette", "uvicorn")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
# With a clock that is off by more, the signatures of webhooks are refused.
_MAX_SKEW = 300
# Charges are only retrieved. That of a key without the permission is refused, not missing.
_NO_CHARGE = "ch_inpay_doctor"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    nothing = "the checks have neither amounts nor dates"
    add_common(parser, without={"amounts": nothing, "tz": nothing})


def run(options: argparse.Namespace) -> int:
    output = Output(options)
    codes: list[Exit] = [Exit.OK]
    output.stream(_checks(options, codes), _FIELDS)
    return max(codes)


def _checks(options: argparse.Namespace, codes: list[Exit]) -> Iterator[Row]:
    """The checks. The exit codes of those that failed are added to `codes`."""
    yield from _versions()
    yield from _environment()
    check = "key"
    try:
        if not options.sandbox:
            yield _row(check, "ok", _key(options))
        check = "client"
        with open_client(options) as client:
            yield from _requests(client, codes)
    except Exception as error:
        code = code_of(error)
        if code is None:
            raise
        codes.append(code)
        yield _row(check, "failed", str(error))


def _versions() -> Iterator[Row]:
    import ssl
    from importlib.metadata import PackageNotFoundError, version

    from ... import API_VERSION, __version__

    yield _row("inpay", "ok", f"{__version__}, API version {API_VERSION}")
    yield _row("python", "ok", f"{sys.version.split()[0]}, {ssl.OPENSSL_VERSION}")
    yield _row("httpx", "ok", version("httpx"))

    def described(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return f"no {name}"

    yield _row("extras", "ok", ", ".join(map(described, _EXTRAS)))


def _environment() -> Iterator[Row]:
    for check, names in (("proxy", _PROXIES), ("certificates", _CERTIFICATES)):
        given = [
            f"{name}={_without_password(os.environ[name])}"
            for each in names
            for name in (each, each.lower())
            if os.environ.get(name)
        ]
        yield _row(check, "ok", " ".join(given) or "none in the environment")


def _without_password(value: str) -> str:
    scheme, separator, rest = value.rpartition("://")
    return f"{scheme}{separator}***@{rest.rpartition('@')[2]}" if "@" in rest else value


def _key(options: argparse.Namespace) -> str:
    """What can be said about the key: its last four characters are what the dashboard shows."""
    key, source = find_key(options)
    kind = "restricted" if key.reveal().startswith("rk_") else "secret"
    last = key.reveal()[-4:] if len(key.reveal()) > 20 else "****"
    return f"{kind} key, {key.mode or 'unknown'} mode, ends in {last}, from {source}"


def _requests(client: Client, codes: list[Exit]) -> Iterator[Row]:
    """One request for each permission that commands need."""
    from ..._errors import PermissionError

    payments = _attempt(lambda: client.invoice_payments.with_raw_response.list(limit=1))
    yield _outcome("request", "invoice_payments?limit=1", payments, codes)
    if not isinstance(payments, Exception):
        yield _clock(payments, codes)
    elif not isinstance(payments, PermissionError):
        return  # the others would fail for the same reason
    permissions: dict[str, tuple[str, Callable[[], Any]]] = {
        "invoices": (
            "invoices?limit=1",
            lambda: client.invoices.with_raw_response.list(limit=1),
        ),
        "charges": (
            f"charges/{_NO_CHARGE}",
            lambda: client.charges.with_raw_response.retrieve(_NO_CHARGE),
        ),
        "accounts": (
            "accounts?limit=1",
            lambda: client.accounts.with_raw_response.list(limit=1),
        ),
    }
    for name, (path, call) in permissions.items():
        yield _outcome(f"may read {name}", path, _attempt(call), [])


def _attempt(call: Callable[[], RawResponse[Any]]) -> RawResponse[Any] | Exception:
    try:
        response = call()
        response.parse()
    except Exception as error:
        if code_of(error) is None:
            raise
        return error
    return response


def _outcome(
    check: str, path: str, response: RawResponse[Any] | Exception, codes: list[Exit]
) -> Row:
    requested = f"GET /v1/{path}: "
    if not isinstance(response, Exception):
        milliseconds = round(response.elapsed * 1000)
        found = f"{response.status} in {milliseconds} ms, {response.request_id}"
        return _row(check, "ok", requested + found)
    code = code_of(response)
    if code is Exit.NOT_FOUND:  # the key may ask for it
        return _row(check, "ok", f"{requested}there is none, as expected")
    codes.append(code or Exit.BUG)
    return _row(check, "failed", f"{requested}{response}")


def _clock(response: RawResponse[Any], codes: list[Exit]) -> Row:
    import time
    from email.utils import parsedate_to_datetime

    try:
        skew = time.time() - parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return _row("clock", "ok", "the response has no date to compare with")
    if abs(skew) > _MAX_SKEW:
        codes.append(Exit.DIFFERENCES)
    result = "ok" if abs(skew) <= _MAX_SKEW else "failed"
    return _row("clock", result, f"{skew:+.0f} s from the server's")


def _row(check: str, result: str, detail: str) -> Row:
    return {"check": check, "result": result, "detail": detail}
