"""The limits of arguments, and checks whose errors name the argument, the rule and the value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

from .facts import THREE_DECIMAL

MAX_PAYMENTS = 1_000_000_000
MAX_ACCOUNTS = 10_000
MAX_AMOUNT = 999_999_999_999
"""Stripe's amounts have up to twelve digits."""

MAX_SECOND = 253_402_300_799
"""The last second of the year 9999, and the last that a `datetime` can represent."""

MAX_SECONDS = 3600.0
"""The longest latency, jitter and slow fault."""

MAX_COUNT = 1_000_000_000
MAX_TEXT = 500
MAX_METADATA = 50
MAX_METADATA_KEY = 40
MAX_FAULTS = 1_000
MAX_CONTROL_BODY = 1 << 20


def check_integer(name: str, value: object, smallest: int, largest: int) -> int:
    """A whole number within these bounds."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {_shown(value)}")
    if not smallest <= value <= largest:
        raise ValueError(f"{name} must be from {smallest} to {largest}, got {_shown(value)}")
    return value


def check_seconds(name: str, value: object) -> float:
    """A duration in seconds."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, got {_shown(value)}")
    if not 0 <= value <= MAX_SECONDS:
        raise ValueError(f"{name} must be from 0 to {MAX_SECONDS:g} seconds, got {_shown(value)}")
    return value


def check_rate(name: str, value: object) -> None:
    """Requests a second, or None for any number."""
    if value is None:
        return
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number or None, got {_shown(value)}")
    if not 0 < value <= MAX_COUNT or math.isnan(value):
        raise ValueError(f"{name} must be above 0 and at most {MAX_COUNT}, got {_shown(value)}")


def check_amount(name: str, value: object, currency: str) -> int:
    """An amount in the minor unit of a currency."""
    amount = check_integer(name, value, 0, MAX_AMOUNT)
    if currency in THREE_DECIMAL and amount % 10:
        raise ValueError(f"{name} must end in 0 in {currency}, got {amount}")
    return amount


def check_text(name: str, value: object) -> str:
    """A text: not empty, not too long, and encodable as UTF-8."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {_shown(value)}")
    if not 0 < len(value) <= MAX_TEXT:
        raise ValueError(f"{name} must have 1 to {MAX_TEXT} characters, got {len(value)}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"{name} must be Unicode without lone surrogates, got {_shown(value)}")
    return value


def check_metadata(value: object) -> dict[str, str]:
    """Metadata within Stripe's limits."""
    if not isinstance(value, Mapping):
        raise TypeError(f"metadata must be a mapping of strings, got {_shown(value)}")
    given = cast("Mapping[object, object]", value)
    if len(given) > MAX_METADATA:
        raise ValueError(f"metadata must have at most {MAX_METADATA} keys, got {len(given)}")
    checked: dict[str, str] = {}
    for name, text in given.items():
        key = check_text("metadata: a key", name)
        if len(key) > MAX_METADATA_KEY:
            raise ValueError(
                f"metadata: a key must have at most {MAX_METADATA_KEY} characters, got {len(key)}"
            )
        checked[key] = check_text(f"metadata[{key!r}]", text)
    return checked


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # an integer with more digits than Python converts
        return "a number of very many digits"
    return text if len(text) <= 100 else f"{text[:100]}..."
