"""A numbered list as a chain of boxes: the name of each step, and the files that it is in.

The comment names what the list does not show: `<!-- steps: The life of a call | 6 to 4: retry -->`
has the title, and an arrow back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import SiteError
from .svg import WIDTH, figure, line, rect, text

_STEP = re.compile(r"^(\d+)\. \*\*(.+?)\*\* \((.+?)\)\.", re.MULTILINE | re.DOTALL)
_BACK = re.compile(r"(\d+) to (\d+): (.+)")

_HEIGHT = 40
_EACH = 58
_RIGHT = 340


def steps(name: str, words: str, _above: str, below: str) -> str:
    title, *backs = [part.strip() for part in words.split("|")]
    section = re.split(r"^#", below, maxsplit=1, flags=re.MULTILINE)[0]
    found = [
        (int(number), step, " ".join(files.replace("`", "").split()))
        for number, step, files in _STEP.findall(section)
    ]
    arrows = [match for back in backs if (match := _BACK.fullmatch(back))]
    numbers = {number for number, _, _ in found}
    if not found or not {int(match[side]) for match in arrows for side in (1, 2)} <= numbers:
        raise SiteError("docs", f"no list has the steps of {words!r}", "Correct the page")
    parts = [f"{number}. {step}, in {files}" for number, step, files in found]
    parts += [f"From {match[1]} back to {match[2]}: {match[3]}" for match in arrows]
    shapes = [shape for step in found for shape in _box(*step, last=step == found[-1])]
    for match in arrows:
        shapes += _back(int(match[1]), int(match[2]), match[3])
    return figure(name, title, f"{'; '.join(parts)}.", shapes, _EACH * len(found) - 8)


def _top(number: int) -> int:
    return (number - 1) * _EACH + 2


def _box(number: int, step: str, files: str, *, last: bool) -> Iterator[str]:
    top = _top(number)
    yield rect(1, top, _RIGHT, _HEIGHT, "box")
    yield text(12, top + 17, f"{number}. {step}")
    yield text(12, top + 32, files, small=True)
    if not last:
        yield from _arrow((_RIGHT / 2, top + _HEIGHT), (_RIGHT / 2, top + _EACH - 1))


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> Iterator[str]:
    """A line downwards with a head."""
    x, y = end
    yield line([start, end], "arrow")
    yield line([(x - 4, y - 5), end, (x + 4, y - 5)], "arrow")


def _back(first: int, last: int, words: str) -> Iterator[str]:
    bottom, top = _top(first) + _HEIGHT / 2, _top(last) + _HEIGHT / 2
    edge, side = _RIGHT + 1, _RIGHT + 26
    yield line([(edge, bottom), (side, bottom), (side, top), (edge + 1, top)], "arrow")
    yield line([(edge + 6, top - 4), (edge + 1, top), (edge + 6, top + 4)], "arrow")
    yield text(WIDTH, (top + bottom) / 2 + 4, words, end=True)
