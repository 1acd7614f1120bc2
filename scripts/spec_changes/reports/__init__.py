"""What a report says, before it is written in one form or another; the entry for the changelog."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from attrs import define

from ...pipeline.inputs.lock import Source
from ..compare import Comparison
from ..python_api import PythonApi
from ..verdicts import Change, Effect, Finding, Level, Outcome, listed, next_version

SECTIONS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


@define(frozen=True)
class Report:
    """One run of the command.

    Attributes:
        source: What was asked for, and the sha256 of what it turned out to be.
        version: The version of this package.
        comparison: What the new document means; None if it could not be compared.
        python_api: How the rendered package differs; None if `python_problem` is in the way.
        neighbours_known: Whether the full document of the old slice was at hand.
        notes: What the reader should know about how this was compared.
        error: Why nothing was changed, where that has failed.
        written: What has been replaced in the repository.
    """

    source: Source
    version: str
    old_source: Source | None = None
    comparison: Comparison | None = None
    python_api: PythonApi | None = None
    python_problem: str = ""
    neighbours_known: bool = False
    hand_written: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    written: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.comparison.changes if self.comparison else ()

    @property
    def schema_level(self) -> Level:
        """What the schemas call for."""
        return max((change.effect.level for change in self.changes), default=Level.NONE)

    @property
    def level(self) -> Level:
        """What both verdicts together call for."""
        return max(self.schema_level, self.python_api.level if self.python_api else Level.NONE)

    @property
    def outcome(self) -> Outcome:
        if self.error:
            return Outcome.FAILED
        outcomes = {Level.NONE: Outcome.NOTHING_NEW, Level.MAJOR: Outcome.BREAKING}
        return outcomes.get(self.level, Outcome.ADDITIVE)

    @property
    def next_version(self) -> str:
        return next_version(self.version, self.level)

    @property
    def changelog(self) -> dict[str, list[str]]:
        """The proposed entry, by section."""
        return entry(self.changes)

    @property
    def headline(self) -> str:
        """The result in one line."""
        if self.error:
            return "Failed: nothing was changed."
        if self.outcome is Outcome.NOTHING_NEW:
            return "Nothing new for users of this package."
        word = "Breaking" if self.outcome is Outcome.BREAKING else "Compatible"
        versions = f"{self.version} -> {self.next_version}"
        return f"{word}: {self.level.word} change; proposed version: {versions}."

    @property
    def disagreement(self) -> str:
        """What to think of it if the verdicts differ; nothing if they do not."""
        if self.python_api is None or self.python_api.level is self.schema_level:
            return ""
        if self.schema_level > self.python_api.level:
            return (
                "the schemas say more than the package shows: look at what happens at run time, "
                "which neither names nor annotations tell"
            )
        found = [c.symbol for c in self.python_api.changes if c.level is self.python_api.level]
        return (
            f"the package says more than the schemas: look at "
            f"{listed(found[:5]) or 'the files that differ'}; templates or overlay may have been "
            "edited since it was last rendered"
        )


def entry(changes: Iterable[Change]) -> dict[str, list[str]]:
    """The lines to add, by section of the changelog."""
    lines: dict[str, list[str]] = {}
    for change in changes:
        if change.kind not in {"schema-renamed", "path-renamed"}:
            lines.setdefault(_section(change), []).append(_line(change))
    return {section: lines[section] for section in SECTIONS if section in lines}


def entry_text(sections: dict[str, list[str]]) -> str:
    """The entry as it reads in the changelog."""
    bullet = textwrap.TextWrapper(
        118,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n\n".join(
        "\n".join([f"### {section}\n", *map(bullet.fill, lines)])
        for section, lines in sections.items()
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
