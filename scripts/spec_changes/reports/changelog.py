"""The CHANGELOG entry that a comparison calls for, and the news fragments that make it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from ..verdicts import Change, Effect, Level

SECTIONS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
WIDTH = 118


def entry(changes: Iterable[Change]) -> dict[str, list[str]]:
    """The lines to add, by section of the changelog."""
    lines: dict[str, list[str]] = {}
    for change in changes:
        if change.kind not in {"schema-renamed", "path-renamed"}:
            lines.setdefault(_section(change), []).append(_line(change))
    return {section: lines[section] for section in SECTIONS if section in lines}


def entry_text(sections: dict[str, list[str]]) -> str:
    """The entry as it reads in the changelog."""
    return "\n\n".join(
        f"### {section}\n\n" + "\n".join(map(_bullet, lines)) for section, lines in sections.items()
    )


def fragments(sections: dict[str, list[str]], version: str) -> dict[str, str]:
    """The entry as news fragments, by the names under which towncrier finds them."""
    stem = "+" + re.sub(r"[^0-9A-Za-z]+", "-", version)  # the document's word: never a path
    return {
        f"{stem}.{section.lower()}.{number}.md": f"{line}\n"
        for section, lines in sections.items()
        for number, line in enumerate(lines, 1)
    }


def _section(change: Change) -> str:
    if change.kind == "deprecated":
        return "Deprecated"
    if change.kind.endswith("-removed") and change.effect is not Effect.DOCS:
        return "Removed"
    is_new = change.kind.endswith("-added") and change.effect is Effect.ADDITIVE
    return "Added" if is_new else "Changed"


def _line(change: Change) -> str:
    if change.kind == "api-version":
        return f"Stripe's API version {change.text}."
    mark = "**Breaking:** " if change.effect.level is Level.MAJOR else ""
    return f"{mark}`{change.symbols[0]}`: {change.text}."


def _bullet(line: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
