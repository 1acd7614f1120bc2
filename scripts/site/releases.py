"""What each release changes for its users' code, from the changelog and the news in changes/.

That is what is marked as breaking there, and what is deprecated. `make update-spec` marks what a
new document breaks, in the news that it proposes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_PLACE = "<!-- changes for your code -->"
_BREAKING = "**Breaking:** "
_VERSION = "Stripe's API version "
_NEXT = "The next release"

_RELEASE = re.compile(r"^## \[(.+?)\](?: - (.+))?\n((?:(?!## ).*\n?)*)", re.MULTILINE)
_SECTION = re.compile(r"^### (\w+)\n((?:(?!### ).*\n?)*)", re.MULTILINE)
_ITEM = re.compile(r"^- (.*(?:\n(?:  .*|(?=\n  )))*)", re.MULTILINE)


def with_releases(text: str, root: Path) -> str:
    """The text of a page with that list where it belongs."""
    return text.replace(_PLACE, "\n\n".join(_releases(root))) if _PLACE in text else text


def _releases(root: Path) -> Iterator[str]:
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    for name, date, body in _RELEASE.findall(changelog):
        items = [
            (section, item) for section, part in _SECTION.findall(body) for item in _items(part)
        ]
        is_next = name == "Unreleased"
        if is_next:
            items += [(kind.title(), item) for kind, item in _news(root / "changes")]
        if not items:
            continue
        yield f"### {_NEXT if is_next else f'{name}, {date}'}"
        concerns = [line for section, item in items if (line := _line(section, item))]
        yield "\n".join(f"- {line}" for line in concerns or ["Nothing: your code works as before."])


def _items(section: str) -> list[str]:
    return [" ".join(item.split()) for item in _ITEM.findall(section)]


def _news(directory: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(directory.glob("*.*.md")):
        yield path.name.split(".")[1], " ".join(path.read_text("utf-8").split())


def _line(section: str, item: str) -> str:
    """What the list says of an item; empty if it concerns nobody's code."""
    if item.startswith(_BREAKING):
        return item.removeprefix(_BREAKING)
    if section == "Deprecated":
        return f"Deprecated: {item}"
    return item if item.startswith(_VERSION) else ""
