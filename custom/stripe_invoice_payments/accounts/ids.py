"""The accounts to read, as callers name them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, cast

from .._config import checks as _checks

CONNECTED: Final = "connected"
_ID = re.compile(r"acct_[\w/]+", re.ASCII)  # with slashes, an account below another one


def account_ids(accounts: object) -> list[str] | None:
    """The ids, each once; None for those that are connected to the platform.

    Args:
        accounts: Ids, the path of a file with an id on each line, or `"connected"`.

    Raises:
        TypeError: It is something else.
        ValueError: There is none, or one is not an id.
        OSError: The file cannot be read.
    """
    ids = _named(accounts)
    if ids is not None and not ids:
        # A platform without connected accounts is a fact, but whoever names some has at least one.
        raise ValueError("accounts must name at least one account, got none")
    return ids


def _named(accounts: object) -> list[str] | None:
    if isinstance(accounts, (str, os.PathLike)):
        if accounts == CONNECTED:
            return None
        path = Path(_checks.path("accounts", cast("object", accounts)))
        if path.name.startswith(("acct_", "rk_", "sk_")) and not path.exists():
            raise ValueError(  # without the value, which may be a key
                "accounts must be several ids, a file or 'connected', got one id or key; "
                "pass ids in a list"
            )
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise ValueError(f"accounts: {path} must be text in UTF-8 ({error})") from None
        except OSError as error:
            reason = f"accounts cannot be read: {error.strerror}"
            raise OSError(error.errno, reason, str(path)) from error
        return _distinct([line.strip() for line in lines if line.strip()])
    if not isinstance(accounts, Iterable):
        got = _checks.kind(accounts)
        raise TypeError(f"accounts must be ids, a file or 'connected', got {got}")
    return _distinct(cast("Iterable[object]", accounts))


def _distinct(ids: Iterable[object], name: str = "accounts") -> list[str]:
    distinct: dict[str, None] = {}
    for position, one in enumerate(ids, 1):
        if not isinstance(one, str):
            raise TypeError(f"{name}: a string was expected, not {_checks.kind(one)}")
        # What is not an id may be a key that was passed by mistake, so it is not shown.
        if not _ID.fullmatch(one):
            raise ValueError(f"{name} must be ids such as acct_123; number {position} is not")
        distinct[one] = None
    return list(distinct)


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
    given = cast("Mapping[object, object]", sizes)
    for account, size in zip(_distinct(given, "the keys of sizes"), given.values(), strict=True):
        checked[account] = number = _checks.integer(f"sizes[{account!r:.100}]", size)
        if number < 0:
            raise ValueError(f"sizes[{account!r:.100}] must be at least 0, got {number}")
    return checked
