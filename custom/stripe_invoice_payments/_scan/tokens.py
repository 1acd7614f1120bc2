"""The remaining work of a scan as text: a batch's token, and the content of a checkpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

from attrs import define

from .plan import Window

VERSION = 2
# A token of 64 workers has less than 5 kB; a text longer than this is something else.
MAX_SIZE = 1 << 20


@define(frozen=True, eq=False, kw_only=True)
class Position:
    """What remains of a scan at one moment.

    Attributes:
        number: The number of this position within the scan. Later ones have higher numbers.
        identity: What selects the data.
        windows: The windows that remain to be read, newest first. Nothing else refers to them.
    """

    number: int
    identity: Mapping[str, Any]
    windows: Sequence[Window]

    @property
    def is_end(self) -> bool:
        """Whether nothing remains."""
        return not self.windows

    @property
    def token(self) -> str:
        """The position as text, without its number."""
        return token_of(self.identity, windows=entries_of(self.windows))


def entries_of(windows: Sequence[Window]) -> list[Any]:
    """Windows as a token contains them."""
    return [[w.start, w.end, w.cursor, w.position] for w in windows]


def token_of(identity: Mapping[str, Any], **content: Any) -> str:
    """A token of this content."""
    return json.dumps({"version": VERSION, "query": identity, **content}, separators=(",", ":"))


@define(frozen=True)
class Origin:
    """Where a token comes from, for messages.

    Attributes:
        name: The name by which the caller knows it.
        kind: What it should be.
    """

    name: str
    kind: str

    def invalid(self, problem: str) -> ValueError:
        """The error for anything else in its place."""
        return ValueError(f"{self.name}: not a {self.kind} ({problem})")


def read_token(identity: Mapping[str, Any], token: str | bytes, origin: Origin) -> list[Window]:
    """The windows that remain according to a token, newest first.

    Raises:
        ValueError: It is not a token, or belongs to another scan or another release.
    """
    return windows_of(fields_of(identity, token, origin).get("windows"), origin)


def fields_of(
    identity: Mapping[str, Any], token: str | bytes, origin: Origin, max_size: int = MAX_SIZE
) -> dict[str, Any]:
    """The content of a token.

    Raises:
        ValueError: It is not a token, or belongs to another scan or another release.
    """
    if len(token) > max_size:
        raise origin.invalid("too large")
    try:
        content = json.loads(token)
    except (ValueError, RecursionError) as error:
        problem = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise origin.invalid(problem) from None
    if not isinstance(content, dict) or "version" not in content:
        raise origin.invalid("it has no version")
    fields = cast("dict[str, Any]", content)
    if fields["version"] != VERSION:
        raise ValueError(
            f"{origin.name}: it has the format of another release "
            f"({fields['version']!r:.20}; this one reads {VERSION}); finish the scan with that "
            "release, or start again without it"
        )
    _check_identity(fields.get("query"), identity, origin)
    return fields


def _check_identity(theirs: Any, ours: Mapping[str, Any], origin: Origin) -> None:
    if not isinstance(theirs, dict):
        raise origin.invalid("it has no query")
    theirs = cast("dict[str, Any]", theirs)
    names = sorted({*theirs, *ours})
    if different := [name for name in names if theirs.get(name) != ours.get(name)]:
        raise ValueError(
            f"{origin.name}: it belongs to another scan: "
            + "; ".join(
                f"{name} was {theirs.get(name)!r:.200}, now it is {ours.get(name)!r:.200}"
                for name in different
            )
            + f"; this scan needs a {origin.kind} of its own"
        )


def windows_of(entries: Any, origin: Origin) -> list[Window]:
    """The windows of a token, which are newest first.

    Raises:
        ValueError: They are not windows.
    """
    if not isinstance(entries, list):
        raise origin.invalid("windows is not a list")
    windows = [_window(entry, origin) for entry in entries]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - checked one by one
    if any(older.end > newer.start for newer, older in pairwise(windows)):
        raise origin.invalid("its windows overlap, or are not newest first")
    return windows


def _window(entry: Any, origin: Origin) -> Window:
    match entry:
        case [int(start), int(end), str() | None as cursor, int(position)] if (
            start <= position <= end and not any(isinstance(part, bool) for part in entry)
        ):
            return Window(start=start, end=end, cursor=cursor or None, position=position)
        case _:
            raise origin.invalid(f"{entry!r:.100} is not a window")
