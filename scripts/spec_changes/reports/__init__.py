"""Everything that a report says, before it is written in one form or another."""

from __future__ import annotations

from attrs import define

from ...pipeline.inputs.lock import Source
from ..compare import Comparison
from ..python_api import PythonApi
from ..verdicts import Change, Effect, Finding, Level, Outcome, listed, next_version, outcome_of
from .changelog import entry

BEFORE_1_0 = (
    "before 1.0, what breaks raises the middle number and all else the last one; from 1.0 on, "
    "Semantic Versioning as it stands"
)
OWN_CONSTANT = "Stripe's API version is the constant `API_VERSION`, apart from the package's own"


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
    def verdicts_disagree(self) -> bool:
        return self.python_api is not None and self.python_api.level != self.schema_level

    @property
    def outcome(self) -> Outcome:
        return Outcome.FAILED if self.error else outcome_of(self.level)

    @property
    def next_version(self) -> str:
        return next_version(self.version, self.level)

    @property
    def changelog(self) -> dict[str, list[str]]:
        """The proposed entry, by section."""
        return entry(self.changes)

    def findings(self, *, blocking: bool) -> list[Finding]:
        findings = self.comparison.findings if self.comparison else ()
        return [finding for finding in findings if finding.blocking is blocking]

    def disagreement(self) -> str:
        """What to think of it if the verdicts differ."""
        assert self.python_api is not None  # noqa: S101 - narrows the type
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


def headline(report: Report) -> str:
    """The result in one line."""
    if report.error:
        return "Failed: nothing was changed."
    if report.outcome is Outcome.NOTHING_NEW:
        return "Nothing new for users of this package."
    word = "Breaking" if report.outcome is Outcome.BREAKING else "Compatible"
    versions = f"{report.version} -> {report.next_version}"
    return f"{word}: {report.level.word} change; proposed version: {versions}."


def counts(report: Report) -> list[tuple[Effect, int]]:
    return [(effect, sum(c.effect is effect for c in report.changes)) for effect in Effect]
