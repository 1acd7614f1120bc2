"""What an option's value has to be. Not all callers type-check, so the types are looked at too."""

from __future__ import annotations

import inspect
import math
import re
import threading
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlsplit

# Headers that the client sets, and how to tell it what to put there.
_OWN_HEADERS = {
    "authorization": "pass api_key= instead",
    "stripe-account": "pass stripe_account= instead",
    "stripe-version": "pass stripe_version= instead",
    "user-agent": "pass app_info= to add to it",
    "content-length": "it follows from the request",
    "transfer-encoding": "it follows from the request",
}


def number(name: str, value: object) -> float:
    """`value`, if it is a number; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}: a number was expected, not {_kind(value)}")
    return value


def timeout(value: object) -> float:
    """Seconds that something may take; there is no way to wait for ever."""
    seconds = number("timeout", value)
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout: {seconds} s is not a time to wait")
    return seconds


def deadline(value: object) -> float | None:
    """Seconds that a call may take in all; None for no limit."""
    if value is None:
        return None
    seconds = number("deadline", value)
    if not 0 <= seconds <= threading.TIMEOUT_MAX:
        raise ValueError(f"deadline: {seconds} s is not a time to wait")
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
        raise TypeError(f"{name}: an integer was expected, not {_kind(value)}")
    return value


def retries(value: object) -> int:
    """A number of retries."""
    count = integer("max_retries", value)
    if count < 0:
        raise ValueError(f"max_retries: {count} is less than none")
    return count


def flag(name: str, value: object) -> bool:
    """Yes or no; `"no"` would count as yes."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: a bool was expected, not {_kind(value)}")
    return value


def hook(value: Any) -> Any:
    """Something to call with an event."""
    if value is not None and (not callable(value) or inspect.iscoroutinefunction(value)):
        raise TypeError("a hook is a plain function, for AsyncClient too: nobody would await it")
    return value


def version(value: object) -> str:
    """What `Stripe-Version` can be."""
    return header("Stripe-Version", value)


def account(value: object) -> str | None:
    """What `Stripe-Account` can be; None to leave it out."""
    return None if value is None else header("Stripe-Account", value)


def headers(values: object) -> dict[str, str]:
    """Headers of the caller's, with their names in lower case: two spellings are one header."""
    if not isinstance(values, Mapping):
        raise TypeError(f"headers: a mapping was expected, not {_kind(values)}")
    checked: dict[str, str] = {}
    for name, value in cast("Mapping[object, object]", values).items():
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name):
            raise ValueError(f"header {name!r}: this is not the name of a header")
        if instead := _OWN_HEADERS.get(name.lower()):
            raise ValueError(f"header {name!r}: the client sets it; {instead}")
        checked[name.lower()] = header(name, value)
    return checked


def header(name: str, value: object) -> str:
    """The value of a header. With a line break in it, it could smuggle in another header."""
    if not isinstance(value, str):
        raise TypeError(f"header {name!r}: a string was expected, not {_kind(value)}")
    if not re.fullmatch(r"[!-~]([ -~]*[!-~])?", value):
        raise ValueError(
            f"header {name!r}: its value is empty, or has control or non-ASCII characters or "
            "spaces around it"
        )
    return value


def base_url(url: object) -> str:
    """Where the key may be sent: over https, or not beyond this machine."""
    if not isinstance(url, str):
        raise TypeError(f"base_url: a string was expected, not {_kind(url)}")
    # Parsing drops line breaks and tabs, so they are looked for first.
    if not re.fullmatch(r"[!-~]+", url):
        raise ValueError("base_url: empty, or with spaces, control or non-ASCII characters")
    parts = urlsplit(url)
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise ValueError("base_url: credentials, a query or a fragment do not belong in it")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.port == 0:
        raise ValueError(f"base_url: {url!r} is not an https:// URL")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(
            f"base_url: {url!r} would send the secret key over plain http; use https:// (http:// "
            "is for loopback addresses only)"
        )
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine and nothing else."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # another name
        return False


def _kind(value: object) -> str:
    return type(value).__name__
