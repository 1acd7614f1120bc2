"""A table's numbers as bars, read from the table that the page has.

The comment says what: `<!-- chart: time | Seconds for 30,000 payments -->` takes the column `time`
of the table above, and the title. A third part names the rows: those whose label has it, which is
then left out of the label. A fourth one names a scale's end, for shares of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import SiteError
from .svg import WIDTH, figure, line, rect, text

_ROW = 32
_TOP = 4
_ROOM = 62  # for the number at the end of the longest bar
_NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?")


def chart(name: str, words: str, above: str, _below: str) -> str:
    column, title, only, end = ([part.strip() for part in words.split("|")] + ["", "", ""])[:4]
    rows = list(_rows(column, only, above))
    if not rows:
        raise SiteError("docs", f"no table has rows for the chart {words!r}", "Correct the page")
    most = max([*(value for _, _, value in rows), float(end or 0)])
    description = "; ".join(f"{label}: {cell}" for label, cell, _ in rows)
    shapes = list(_bars(rows, most))
    return figure(name, title, f"{description}.", shapes, _TOP + _ROW * len(rows))


def _bars(rows: list[tuple[str, str, float]], most: float) -> Iterator[str]:
    for number, (label, cell, value) in enumerate(rows):
        top = _TOP + number * _ROW
        width = max(1.0, (WIDTH - _ROOM) * value / most)
        yield text(0, top + 12, label)
        yield rect(0, top + 16, width, 10, "ours" if _is_ours(label) else "muted")
        yield text(width + 5, top + 25, cell)
    bottom = _TOP + _ROW * len(rows)
    yield line([(0.5, _TOP + 14), (0.5, bottom)], "grid")


def _is_ours(label: str) -> bool:
    return not re.match(r"(stripe-python|dlt|Python's|httpx|orjson|msgspec)", label)


def _rows(column: str, only: str, above: str) -> Iterator[tuple[str, str, float]]:
    """The label, the cell and its number, of the rows of the last table above."""
    tables = re.findall(r"(?:^\|.*\n)+", above, re.MULTILINE)
    if not tables:
        return
    head, _, *lines = [_cells(row) for row in tables[-1].splitlines()]
    if column not in head:
        return
    index = head.index(column)
    labelled = 1 if head[0] == "target" and "what" in head else 0
    for cells in lines:
        label, cell = cells[labelled].replace("`", ""), cells[index]
        number = _NUMBER.match(cell)
        if number and only in label:
            yield label.replace(only, "").strip(" :,"), cell, float(number[0].replace(",", ""))


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
