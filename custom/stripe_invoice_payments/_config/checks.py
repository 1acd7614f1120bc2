"""Validates the values of options, types included: not all callers use a type checker."""

from __future__ import annotations

import inspect
import math
import os
import re
import threading
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from ipaddress import IPv6Address, ip_address
from typing import Any, cast
from urllib.parse import urlsplit

from . import defaults as _defaults

# Headers that the client sets, and the option that sets each.
_OWN_HEADERS = {
    "authorization": "pass api_key= instead",
    "stripe-account": "pass stripe_account= instead",
    "stripe-context": "pass stripe_context= instead",
    "stripe-version": "pass stripe_version= instead",
    "user-agent": "pass app_info= to add to it",
    "content-length": "it follows from the request",
    "transfer-encoding": "it follows from the request",
}

# How other libraries spell an option, stripe-python above all, and how it is spelled here.
_HABITS = {
    "account": ("stripe_account",),
    "api_base": ("base_url",),
    "api_version": ("stripe_version",),
    "context": ("stripe_context",),
    "headers": ("extra_headers", "default_headers"),
    "max_network_retries": ("max_retries",),
    "retries": ("max_retries",),
    "version": ("stripe_version",),
}


def unknown_option(name: str, known: Iterable[str]) -> str:
    """The error message for an unknown option, with the closest known one."""
    options = sorted(known)
    near = meant(name, options)
    hint = f"did you mean {near!r}? " if near else ""
    return f"unknown option {name!r}; {hint}Options: {', '.join(options)}"


def meant(name: str, known: Iterable[str]) -> str | None:
    """The known option that `name` most likely stands for."""
    options = list(known)
    spellings = [spelling for spelling in _HABITS.get(name, ()) if spelling in options]
    return next(iter(spellings or get_close_matches(name, options, n=1, cutoff=0.8)), None)


def number(name: str, value: object) -> float:
    """`value`, if it is a number; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}: a number was expected, not {kind(value)}")
    return value


def finite(name: str, value: object) -> float:
    """`value`, if it is a finite number."""
    checked = number(name, value)
    if not math.isfinite(checked):
        raise ValueError(f"{name} must be finite, got {checked}")
    return checked


def timeout(value: object) -> float:
    """Seconds that something may take; waiting forever is not possible."""
    seconds = number("timeout", value)
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout must be greater than 0 and finite, got {seconds}")
    return seconds


def deadline(value: object) -> float | None:
    """Seconds that a call may take in all; None for no limit."""
    if value is None:
        return None
    seconds = number("deadline", value)
    if not 0 <= seconds <= threading.TIMEOUT_MAX:
        raise ValueError(f"deadline must be at least 0 and finite, got {seconds}")
    return seconds


def max_outage(value: object) -> float:
    """Seconds for which an outage may last; None for any time."""
    if value is None:
        return math.inf
    seconds = number("max_outage", value)
    if not seconds >= 0:
        raise ValueError(f"max_outage must be at least 0, got {seconds}")
    return seconds


def integer(name: str, value: object) -> int:
    """`value`, if it is a whole number; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: an integer was expected, not {kind(value)}")
    return value


def at_least_1(name: str, value: object) -> int:
    """A number of things of which there must be one."""
    count = integer(name, value)
    if count < 1:
        raise ValueError(f"{name} must be at least 1, got {count}")
    return count


def retries(value: object) -> int:
    """A number of retries."""
    count = integer("max_retries", value)
    if count < 0:
        raise ValueError(f"max_retries must be at least 0, got {count}")
    return count


def response_bytes(value: object) -> int:
    """How many bytes a response's body may have."""
    return at_least_1("max_response_bytes", value)


def flag(name: str, value: object) -> bool:
    """Yes or no; `"no"` would count as yes."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: a bool was expected, not {kind(value)}")
    return value


def path(name: str, value: object) -> str:
    """The text of a path."""
    got = kind(value)
    text = os.fspath(cast("os.PathLike[str]", value)) if isinstance(value, os.PathLike) else value
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a path, got {got}")
    if not text or "\0" in text:
        raise ValueError(f"{name} must be the path of a file or a directory, got {text!r:.200}")
    return text


def client(value: object, *, is_async: bool | None) -> None:
    """A client, or what a test has in its place; None: of either kind."""
    from .._client import AsyncClient, Client

    kinds = {Client: False, AsyncClient: True}
    is_other = any(isinstance(value, one) and kinds[one] is not is_async for one in kinds)
    if (is_other and is_async is not None) or not hasattr(value, "invoice_payments"):
        names = [one.__name__ for one in kinds if is_async in (None, kinds[one])]
        raise TypeError(f"client must be a {' or '.join(names)}, got {kind(value)}")


def hook(name: str, value: Any) -> Any:
    """Something to call with an event."""
    if value is None:
        return None
    calls = getattr(value, "__call__", None)  # noqa: B004 - of an object it may be an `async def`
    is_async = inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(calls)
    if not callable(value) or isinstance(value, type) or is_async:
        got = kind(cast("object", value))
        raise TypeError(f"{name} must be a plain function, for AsyncClient too, got {got}")
    return value


def version(value: object) -> str:
    """A value for `Stripe-Version`."""
    return header("Stripe-Version", value, "stripe_version")


def account(value: object) -> str | None:
    """A value for `Stripe-Account`; None to omit it."""
    return None if value is None else header("Stripe-Account", value, "stripe_account")


def context(value: object) -> str | None:
    """A value for `Stripe-Context`; None to omit it."""
    return None if value is None else header("Stripe-Context", value, "stripe_context")


def headers(name: str, values: object) -> dict[str, str]:
    """The caller's headers with names in lower case, since case makes no difference."""
    if not isinstance(values, Mapping):
        raise TypeError(f"{name}: a mapping was expected, not {kind(values)}")
    checked: dict[str, str] = {}
    for one, value in cast("Mapping[object, object]", values).items():
        if not isinstance(one, str) or not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", one):
            raise ValueError(f"header {one!r}: not a valid header name")
        if instead := _OWN_HEADERS.get(one.lower()):
            raise ValueError(f"header {one!r}: the client sets it; {instead}")
        checked[one.lower()] = header(one, value)
    return checked


def idempotency_key(value: object) -> str:
    """A key for one POST."""
    if not isinstance(value, str):
        raise TypeError(f"idempotency_key: a string was expected, not {kind(value)}")
    if not re.fullmatch(r"[!-~]{1,255}", value):
        raise ValueError(
            "idempotency_key must have 1 to 255 printable ASCII characters without spaces, "
            f"got {value[:40]!r}"
        )
    return value


def header(name: str, value: object, argument: str | None = None) -> str:
    """The value of a header. With a line break in it, it could smuggle in another header."""
    what = argument or f"header {name!r}"
    if not isinstance(value, str):
        raise TypeError(f"{what}: a string was expected, not {kind(value)}")
    if not re.fullmatch(r"[!-~]([ -~]*[!-~])?", value):
        raise ValueError(
            f"{what}: its value is empty, or has control or non-ASCII characters or "
            "spaces around it"
        )
    return value


def base_url(url: object) -> str:
    """The URL of the API: https:// or http://, and unambiguous."""
    if not isinstance(url, str):
        raise TypeError(f"base_url: a string was expected, not {kind(url)}")
    # Parsing drops line breaks and tabs, so they are looked for first.
    if not re.fullmatch(r"[!-~]+", url):
        raise ValueError("base_url: empty, or with spaces, control or non-ASCII characters")
    authority = re.match(r"[^/]*//([^/?#]*)", url)
    if (authority is not None and "@" in authority[1]) or "?" in url or "#" in url:
        raise ValueError("base_url: credentials, a query or a fragment do not belong in it")
    match = _BASE_URL.fullmatch(url)
    if match is None:
        raise ValueError(f"base_url must be an https:// URL with a host name, got {url!r}")
    if not _is_host(match["host"]):
        raise ValueError(f"base_url: {match['host']!r} is not a valid host, in {url!r}")
    if match["port"] is not None and not 0 < int(match["port"]) < 1 << 16:
        raise ValueError(f"base_url: the port must be from 1 to 65535, got {match['port']}")
    if {".", ".."} & set((match["path"] or "").split("/")):
        raise ValueError(f"base_url: its path must not contain '.' or '..', got {url!r}")
    return url.rstrip("/")


_BASE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^\[\]/]*\]|[^:/\[\]\\]+)(:(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?",
    re.IGNORECASE,
)


def _is_host(host: str) -> bool:
    """Whether it is an IP address in its usual form, or a name that is not taken for one."""
    try:
        if host.startswith("["):
            return IPv6Address(host[1:-1]).scope_id is None
        ip_address(host)
    except ValueError:
        labels = host.split(".")
        is_name = all(re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?", x) for x in labels)
        # `2130706433`, `0x7f.1` and `127.1` are ways to write 127.0.0.1, which not all agree on.
        return is_name and not re.fullmatch(r"[0-9]+|0[xX][0-9A-Fa-f]*", labels[-1])
    return True


def plain_http(url: str, *, is_sandbox_key: bool) -> None:
    """Refuse to send a secret over plain http to another machine.

    A key of the sandbox is no secret, and there may be a sandbox in another container.

    Raises:
        ValueError: The key would be sent unencrypted.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return
    if not is_sandbox_key:
        raise ValueError(
            f"base_url: {url!r} would send the secret key over plain http; use https:// (http:// "
            f"is for loopback addresses and the sandbox's keys, {_defaults.SANDBOX_KEY}...)"
        )


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine and nothing else."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # another name
        return False


def kind(value: object) -> str:
    """The type of a value, for error messages."""
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
