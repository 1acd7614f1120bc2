"""The accounts to read, as callers name them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from .._config import checks as _checks

CONNECTED: Final = "connected"


def account_ids(accounts: object) -> list[str] | None:
    """The ids, each once; None for those that are connected to the platform.

    Args:
        accounts: Ids, the path of a file with an id on each line, or `"connected"`.

    Raises:
        TypeError: It is something else.
        ValueError: One is not an id.
        OSError: The file cannot be read.
    """
    if isinstance(accounts, (str, os.PathLike)):
        if accounts == CONNECTED:
            return None
        path = Path(cast("str | os.PathLike[str]", accounts))
        if path.name.startswith("acct_") and not path.exists():
            raise ValueError(
                "accounts must be several ids, a file or 'connected', got one id; pass it in a list"
            )
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise ValueError(f"accounts: {path} must be text in UTF-8 ({error})") from None
        return _distinct([line.strip() for line in lines if line.strip()])
    if not isinstance(accounts, Iterable):
        got = _checks.kind(accounts)
        raise TypeError(f"accounts must be ids, a file or 'connected', got {got}")
    return _distinct(list(cast("Iterable[object]", accounts)))


def _distinct(ids: list[Any]) -> list[str]:
    for position, one in enumerate(ids, 1):
        if not isinstance(one, str):
            raise TypeError(f"accounts: a string was expected, not {_checks.kind(one)}")
        # What is not an id may be a key that was passed by mistake, so it is not shown.
        if not one.startswith("acct_") or not one.isascii() or any(c <= " " for c in one):
            raise ValueError(f"accounts must be ids such as acct_123; number {position} is not")
    return list(dict.fromkeys(ids))


def checked_sizes(sizes: object) -> Mapping[str, int]:
    """How many payments each account has, as far as the caller knows.

    Raises:
        TypeError: It is not a mapping from ids to integers.
        ValueError: A number is negative.
    """
    if sizes is None:
        return {}
    if not isinstance(sizes, Mapping):
        raise TypeError(f"sizes: a mapping was expected, not {_checks.kind(sizes)}")
    checked: dict[str, int] = {}
    for account, size in cast("Mapping[Any, object]", sizes).items():
        checked[account] = number = _checks.integer(f"sizes[{account!r:.100}]", size)
        if number < 0:
            raise ValueError(f"sizes[{account!r:.100}] must be at least 0, got {number}")
    return checked
