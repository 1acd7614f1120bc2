"""The options of the data source. Spark passes all of them as text, with names in lower case."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Literal

from attrs import define

from .._config import checks as _checks, defaults as _defaults
from .._pages.period import FOREVER
from ..accounts.ids import CONNECTED

STATUSES = ("open", "paid", "canceled")
_SECRET = re.compile(r"\b(?:[sr]k_(?:test|live)|whsec)_")
_KEY_NAMES = ("api_key", "apikey", "key", "secret", "stripe_api_key")
_BOUNDS = ("created.gte", "created.gt", "created.lte", "created.lt")


@define(frozen=True, kw_only=True)
class Options:
    """What to read, and how. Pickled with each reader, so no part of it is a secret.

    Attributes:
        accounts: The path of a file with an id on each line, ids with commas in between, or
            `connected`.
        start: The first second of the period, in Unix seconds.
        end: The one after its last.
        status: The status of all payments; None for any.
        invoice: The invoice of all payments; None for any.
        account_rate: Requests per second for each account, in all tasks together.
        platform_rate: Requests per second for all accounts, in all tasks together; None for the
            default of the key's mode.
        slots: How many tasks run at once; None if Spark's settings say so.
        sizes: A file with the number of payments of each account; None if they are unknown.
        on_error: Whether an account that cannot be read fails the job, or becomes a row.
        api_key_file: The file with the key, on the driver and on each executor.
        api_key_command: The command that prints the key.
        base_url: The URL of the API.
        stripe_version: The API version to request.
        max_outage: Seconds for which a request is retried during an outage.
        look_back: For a stream: seconds before the watermark that are read again.
    """

    accounts: str
    start: int = 0
    end: int = FOREVER
    status: str | None = None
    invoice: str | None = None
    account_rate: float = _defaults.ACCOUNT_RATE
    platform_rate: float | None = None
    slots: int | None = None
    sizes: str | None = None
    on_error: Literal["raise", "report"] = "raise"
    api_key_file: str | None = None
    api_key_command: str | None = None
    base_url: str = _defaults.BASE_URL
    stripe_version: str = _defaults.API_VERSION
    max_outage: float = _defaults.SCAN_MAX_OUTAGE
    look_back: int = 60


def read_options(given: Mapping[str, str]) -> Options:
    """The options, checked.

    Raises:
        ValueError: One is unknown, missing or invalid.
    """
    for name, text in given.items():
        _refuse_secret(name.lower(), text)
    options = {name.lower(): text for name, text in given.items()}
    if unknown := options.keys() - KNOWN:
        raise ValueError(_checks.unknown_option(min(unknown), KNOWN))
    if "accounts" not in options:
        raise ValueError(
            "accounts is required: the path of a file with an id on each line, ids with commas in "
            f"between, or {CONNECTED!r}"
        )
    bounds = {name: _moment(name, options.pop(name)) for name in _BOUNDS if name in options}
    start = max(bounds.get("created.gte", 0), bounds.get("created.gt", -1) + 1)
    end = min(bounds.get("created.lt", FOREVER), bounds.get("created.lte", FOREVER - 1) + 1)
    rest: dict[str, object] = {name: _READ[name](name, text) for name, text in options.items()}
    return Options(start=start, end=max(start, end), **rest)  # type: ignore[arg-type]


def _refuse_secret(name: str, text: str) -> None:
    if name in _KEY_NAMES or _SECRET.search(text):
        raise ValueError(
            f"the option {name!r} must not contain a secret, because Spark shows and stores "
            f"options; set the environment variable {_defaults.API_KEY_VARIABLE} on the driver and "
            "the executors, or use the option api_key_file or api_key_command"
        )


def _moment(name: str, text: str) -> int:
    """A moment in Unix seconds, from these or from ISO 8601. Without a zone, it is in UTC."""
    if re.fullmatch(r"\d{5,}", text):
        return int(text)
    try:
        moment = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text.strip()))
    except ValueError:
        raise ValueError(
            f"{name} must be a date such as 2025-01-31, a time such as 2025-01-31T12:00:00Z or "
            f"Unix seconds, got {text!r:.100}"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    if moment.microsecond:
        raise ValueError(f"{name} must be in whole seconds, got {text!r:.100}")
    return int(moment.timestamp())


def _text(name: str, text: str) -> str:
    if not text.strip():
        raise ValueError(f"{name} must not be empty")
    return text.strip()


def _one_of(*choices: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in choices:
            listed = ", ".join(map(repr, choices))
            raise ValueError(f"{name} must be one of {listed}, got {text!r:.100}")
        return text

    return read


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number, got {text!r:.100}") from None


def _rate(name: str, text: str) -> float:
    rate = _number(name, text)
    if not 0 < rate < math.inf:
        raise ValueError(f"{name} must be a positive, finite number, got {text!r:.100}")
    return rate


def _seconds(name: str, text: str) -> float:
    seconds = _number(name, text)
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{name} must be finite and at least 0, got {text!r:.100}")
    return seconds


def _whole_seconds(name: str, text: str) -> int:
    return math.ceil(_seconds(name, text))


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise ValueError(f"{name} must be an integer of at least 1, got {text!r:.100}")
    return int(text)


def _url(name: str, text: str) -> str:
    return _checks.base_url(_text(name, text))


_READ: Mapping[str, Callable[[str, str], object]] = {
    "accounts": _text,
    "status": _one_of(*STATUSES),
    "invoice": _text,
    "account_rate": _rate,
    "platform_rate": _rate,
    "slots": _count,
    "sizes": _text,
    "on_error": _one_of("raise", "report"),
    "api_key_file": _text,
    "api_key_command": _text,
    "base_url": _url,
    "stripe_version": _text,
    "max_outage": _seconds,
    "look_back": _whole_seconds,
}

KNOWN = frozenset({*_READ, *_BOUNDS})
"""The names of all options."""


def as_of(end: int, now: float | None = None) -> int:
    """The end of a period that all tasks agree on: what is created from now on is in none."""
    return min(end, int(time.time() if now is None else now))
