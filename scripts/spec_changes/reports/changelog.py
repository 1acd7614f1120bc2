"""The CHANGELOG entry that a comparison calls for, and its place in the file."""

from __future__ import annotations

import re
import textwrap

from ...pipeline.errors import PipelineError
from ..verdicts import Change, Effect

SECTIONS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
UNRELEASED = "## [Unreleased]"
WIDTH = 118


def entry(changes: list[Change]) -> dict[str, list[str]]:
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


def with_entry(changelog: str, sections: dict[str, list[str]], where: str) -> str:
    """`changelog` with the entry among what is not released yet.

    Raises:
        PipelineError: it has no place for that.
    """
    start = changelog.find(UNRELEASED)
    if start < 0:
        raise PipelineError(where, f"it has no section `{UNRELEASED}`", "Add one at its top")
    start += len(UNRELEASED)
    following = re.search(r"^(## |\[)", changelog[start:], re.MULTILINE)
    end = start + following.start() if following else len(changelog)
    block = _parsed(changelog[start:end])
    for section, lines in sections.items():
        block[section] = [*block.get(section, []), *map(_bullet, lines)]
    texts = [
        f"### {section}\n\n" + "\n".join(block[section]) for section in _ordered(block) if section
    ]
    intro = "\n".join(block.get("", []))
    body = "\n\n".join(text for text in (intro, *texts) if text)
    rest = changelog[end:]
    return f"{changelog[:start]}\n\n{body}\n" + (f"\n{rest}" if rest else "")


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
    is_breaking = change.effect in {Effect.CALLERS, Effect.READERS}
    mark = "**Breaking:** " if is_breaking else ""
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


def _parsed(block: str) -> dict[str, list[str]]:
    """The sections of the unreleased part, each as the lines below its heading."""
    sections: dict[str, list[str]] = {"": []}
    name = ""
    for line in block.strip().splitlines():
        if line.startswith("### "):
            name = line.removeprefix("### ").strip()
            sections.setdefault(name, [])
        else:
            sections[name].append(line)
    return {key: _without_blank_edges(lines) for key, lines in sections.items()}


def _without_blank_edges(lines: list[str]) -> list[str]:
    return "\n".join(lines).strip("\n").splitlines()


def _ordered(block: dict[str, list[str]]) -> list[str]:
    known = [section for section in SECTIONS if section in block]
    return [*known, *(section for section in block if section not in SECTIONS)]
