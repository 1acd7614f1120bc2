"""Draws tables in plain text. Nothing is ever cut off: an id that is not whole is of no use."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

from .messages import screen_width

_GAP = "  "
# With fewer columns, a block of lines for each row says more.
_FEWEST = 3


def draw(
    fields: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> Iterator[str]:
    """The lines of a table; if it is wider than the terminal, a block of lines for each row.

    Args:
        fields: The names of the columns.
        cells: The text of each row's cells.
        numeric: Which columns have their text at the right.
    """
    if not cells:
        return
    widths = _widths(fields, cells)
    if _total(widths) > screen_width():
        yield from _blocks(fields, cells)
        return
    yield bold(_line(fields, widths, numeric))
    for row in cells:
        yield _line(row, widths, numeric)


def fitting(fields: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """How many of the columns fit the terminal: all, or as many as at least make sense."""
    widths = _widths(fields, cells)
    for number in range(len(fields), _FEWEST - 1, -1):
        if _total(widths[:number]) <= screen_width():
            return number
    return len(fields)


def width(text: str) -> int:
    """How many columns of a terminal a text fills."""
    if text.isascii():
        return len(text)
    return sum(
        0 if category(char) in {"Mn", "Me", "Cf"} else 2 if east_asian_width(char) in "WF" else 1
        for char in text
    )


def bold(text: str) -> str:
    """`text` in bold, where stdout shows that."""
    if os.environ.get("NO_COLOR"):
        return text
    is_able = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return f"\x1b[1m{text}\x1b[0m" if is_able or os.environ.get("FORCE_COLOR") else text


def _widths(fields: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width, column)) for column in zip(fields, *cells, strict=True)]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded: list[str] = []
    for text, wanted, is_number in zip(cells, widths, numeric, strict=True):
        blank = " " * (wanted - width(text))
        padded.append(blank + text if is_number else text + blank)
    return _GAP.join(padded).rstrip()


def _blocks(fields: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    longest = max(map(len, fields))
    for number, row in enumerate(cells):
        if number:
            yield ""
        for name, text in zip(fields, row, strict=True):
            yield f"{bold(name)}{' ' * (longest - len(name))}{_GAP}{text}".rstrip()
