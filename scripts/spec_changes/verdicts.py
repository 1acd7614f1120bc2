"""How bad a change is, and for whom; which version number that calls for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum

from attrs import define

from ..pipeline.errors import MisfitError


class Level(IntEnum):
    """Which part of the version number a change calls for, by Semantic Versioning."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Effect(Enum):
    """What a change means for users, worst first."""

    CALLERS = "breaking for callers"
    READERS = "breaking for readers"
    ADDITIVE = "additive"
    DOCS = "docs"

    @property
    def level(self) -> Level:
        if self is Effect.ADDITIVE:
            return Level.MINOR
        return Level.PATCH if self is Effect.DOCS else Level.MAJOR


class Outcome(Enum):
    """How an update has ended."""

    NOTHING_NEW = "nothing new"
    ADDITIVE = "additive"
    BREAKING = "breaking"
    FAILED = "failed"

    @property
    def exit_code(self) -> int:
        return {"nothing new": 0, "additive": 10, "breaking": 20, "failed": 2}[self.value]


@define(frozen=True)
class Change:
    """One difference between two documents, in users' terms.

    Attributes:
        kind: A word for programs, such as `field-removed`.
        where: Its JSONPath in the slice, fit to be a target of an overlay action.
        symbols: The names in Python that it touches, the most telling first.
        effect: What it means for users.
        text: What has happened, in plain words, to be read after the first symbol.
        caution: What somebody should look at although the effect itself is harmless.
    """

    kind: str
    where: str
    symbols: tuple[str, ...]
    effect: Effect
    text: str
    caution: str = ""


@define(frozen=True)
class Finding:
    """Something about `spec/` that a maintainer should know.

    Attributes:
        kind: A word for programs, such as `stale-action`.
        subject: What it is about: an action, a symbol, a schema.
        text: What is the matter, to be read after the subject.
        remedy: What to do about it.
        reason: What the overlay gives as its reason for the override in question.
        upstream: What Stripe's document says of it, for whoever writes our prose.
        blocking: Whether the slice cannot be taken over until it is settled.
    """

    kind: str
    subject: str
    text: str
    remedy: str = ""
    reason: str = ""
    upstream: str = ""
    blocking: bool = False

    @classmethod
    def of(cls, problem: MisfitError) -> Finding:
        """What has to be settled before the pipeline goes on."""
        subject, text, remedy = problem.subject, problem.text, problem.remedy
        return cls(problem.kind, subject, text, remedy, problem.reason, blocking=True)


def listed(names: Iterable[object]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def outcome_of(level: Level) -> Outcome:
    if level is Level.NONE:
        return Outcome.NOTHING_NEW
    return Outcome.BREAKING if level is Level.MAJOR else Outcome.ADDITIVE


def next_version(current: str, level: Level) -> str:
    """The version that follows `current`.

    Before 1.0 everything moves one place to the right: what breaks raises the middle number, all
    else the last one.
    """
    major, minor, patch = (int(part) for part in current.split(".")[:3])
    if level is Level.NONE:
        return current
    if major == 0:
        return f"0.{minor + 1}.0" if level is Level.MAJOR else f"0.{minor}.{patch + 1}"
    if level is Level.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if level is Level.MINOR else f"{major}.{minor}.{patch + 1}"
