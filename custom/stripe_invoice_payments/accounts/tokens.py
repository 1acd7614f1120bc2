"""What remains of the accounts, as the content of a checkpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from attrs import define, field

from .._scan.plan import Window
from .._scan.tokens import Origin, entries_of, fields_of, token_of, windows_of

# 10,000 accounts take about a megabyte.
MAX_SIZE = 1 << 28


@define(frozen=True, eq=False)
class AccountsPosition:
    """What remains of all accounts at one moment.

    Attributes:
        number: The number of this position within the scan. Later ones have higher numbers.
        identity: What selects the data.
        begun: What remains of each account that was begun; see `entry_of`.
        finished: The accounts of which nothing remains.
        is_end: Whether nothing remains, but for accounts that are missing.
        is_complete: Whether nothing remains at all.
    """

    number: int
    identity: Mapping[str, Any]
    begun: Sequence[str]
    finished: tuple[str, ...]
    is_end: bool
    is_complete: bool

    @property
    def left(self) -> tuple[tuple[int, int | None], ...]:
        """The stretch that remains in any account: the whole period, or none."""
        return () if self.is_complete else ((self.identity["start"], self.identity["end"]),)

    @property
    def token(self) -> str:
        """The position as text, without its number."""
        rest = token_of(self.identity, finished=self.finished)
        return f'{rest[:-1]},"accounts":{{{",".join(self.begun)}}}}}'


def entry_of(account: str, windows: Sequence[Window]) -> str:
    """The member of a token's JSON that says what remains of an account."""
    return json.dumps({account: entries_of(windows)}, separators=(",", ":"))[1:-1]


@define
class Begun:
    """What an earlier run has left.

    Attributes:
        accounts: What remains of the accounts that were begun. The others were not.
        finished: The accounts of which nothing remains.
    """

    accounts: dict[str, list[Window]] = field(factory=dict[str, list[Window]])
    finished: dict[str, None] = field(factory=dict[str, None])

    def __bool__(self) -> bool:
        return bool(self.accounts)


def read_begun(identity: Mapping[str, Any], content: bytes | str, origin: Origin) -> Begun:
    """What remains according to a checkpoint.

    Raises:
        ValueError: It is not a checkpoint of many accounts, or belongs to another scan.
    """
    fields = fields_of(identity, content, origin, MAX_SIZE)
    accounts, finished = fields.get("accounts"), fields.get("finished")
    if not isinstance(accounts, dict) or not isinstance(finished, list):
        raise origin.invalid("it is that of a single scan, or has no accounts")
    left = cast("dict[str, Any]", accounts)
    entries = cast("list[object]", finished)
    names = [name for name in entries if isinstance(name, str) and name not in left]
    if len(names) < len(entries):
        raise origin.invalid("its finished accounts are not names of their own")
    windows = {account: windows_of(some, origin) for account, some in left.items()}
    return Begun({name: some for name, some in windows.items() if some}, dict.fromkeys(names))
