"""The report, as Markdown that also reads well in a terminal."""

from __future__ import annotations

from attrs import define

from ..errors import visible
from .differences import Difference
from .wheels import DISTRIBUTION


@define(frozen=True)
class Report:
    """What the command found.

    Attributes:
        api_version: Ours.
        newest: The newest release of the package.
        newest_api_version: The API version which it pins.
        pinned: The newest release that pins ours; None where the newest one is not ahead of us.
        news: What has changed from that one to the newest.
        only_in_package: What the package has at both versions, and our slice has not.
        only_in_slice: What our slice has, and the package has at neither version: not compared.
    """

    api_version: str
    newest: str
    newest_api_version: str
    pinned: str | None = None
    news: tuple[Difference, ...] = ()
    only_in_package: tuple[str, ...] = ()
    only_in_slice: tuple[str, ...] = ()

    def __str__(self) -> str:
        paragraphs = [
            f"{DISTRIBUTION} {self.newest} pins the API version {self.newest_api_version}. "
            f"Ours is {self.api_version}"
            + (
                f", which {DISTRIBUTION} {self.pinned} pins." if self.pinned else ": nothing newer."
            ),
        ]
        if self.news:
            paragraphs += ["What is new there for our slice:", "\n".join(map(_line, self.news))]
        elif self.pinned:
            paragraphs += ["Nothing is new there for our slice."]
        if self.only_in_package:
            names = ", ".join(f"`{path}`" for path in self.only_in_package)
            paragraphs += [f"No news, since {self.pinned} has these as well: {names}."]
        if self.only_in_slice:
            names = ", ".join(f"`{path}`" for path in self.only_in_slice)
            paragraphs += [f"Not compared, since {self.pinned} lacks them: {names}."]
        return visible("\n\n".join(paragraphs))


def _line(difference: Difference) -> str:
    values = ", ".join(f"`{value}`" for value in difference.values)
    counted = f" ({len(difference.values)}): {values}" if values else ""
    return f"- `{difference.path}`: {difference.change}{counted}"
