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
    numbers = [int(part) for part in current.split(".")[:3]]
    if level is Level.NONE:
        return current
    place = Level.MAJOR - level
    if numbers[0] == 0:
        place = min(place + 1, 2)
    raised = [*numbers[:place], numbers[place] + 1, 0, 0]
    return ".".join(map(str, raised[:3]))


CALLERS, READERS, ADDITIVE, DOCS = Effect

# Every kind of change that users notice: what it means for them, and what the report says of it.
# A sentence is read after the first symbol; `old` and `new` are the part that has changed. Where an
# effect or a sentence depends on more than the kind, `judging` departs from these.
VERDICTS: dict[str, tuple[Effect, str]] = {
    # The API as a whole
    "api-version": (
        ADDITIVE,
        "is {new.value}, was {old.value}; every request asks for it by default",
    ),
    "base-url-changed": (CALLERS, "requests go to {new.value}, and no longer to {old.value}"),
    "security-changed": (CALLERS, "authentication is {new.value}, and no longer {old.value}"),
    "path-renamed": (
        DOCS,
        "Stripe serves it under {now} now, was {was}; the operation is the same",
    ),
    "schema-renamed": (
        DOCS,
        "Stripe calls the schema `{now}` now, was `{was}`; it is the same object",
    ),
    # Operations and what they return
    "operation-added": (ADDITIVE, "new operation {new.name}"),
    "operation-removed": (CALLERS, "the operation {old.name} is gone"),
    "operation-renamed": (CALLERS, "is called `{new.symbols[0]}` now"),
    "answer-added": (ADDITIVE, "{new.name} is described now"),
    "answer-removed": (READERS, "{old.name} is not described any more"),
    "answer-changed": (READERS, "{new.name} is `{new.value}`, was `{old.value}`"),
    # Classes and fields, for those who read them
    "class-added": (ADDITIVE, "new class"),
    "class-removed": (READERS, "the class is gone"),
    "class-renamed": (READERS, "is called `{new.name}` now"),
    "field-added": (ADDITIVE, "new field: {new.words}{new.remarks}"),
    "field-removed": (
        READERS,
        "the field is gone; if Stripe still sends it, it is in `additional_properties`",
    ),
    "type-changed": (READERS, "is {new.words} now, was {old.words}"),
    "type-narrowed": (ADDITIVE, "is always {new.words} now, was {old.words}"),
    "format-changed": (DOCS, "its format is {new.format}, was {old.format}"),
    "time-added": (ADDITIVE, "new: the field is a point in time"),
    "time-removed": (READERS, "gone: the field is not a point in time any more"),
    "secret-changed": (DOCS, "is {shown} `repr` now"),
    "null-allowed": (READERS, "null is allowed now"),
    "null-not-allowed": (ADDITIVE, "null is not allowed any more"),
    "made-optional": (READERS, "it may be absent now"),
    "made-required": (ADDITIVE, "it is always present now"),
    "constant-changed": (READERS, "is always {now} now, was {was}"),
    "enum-added": (ADDITIVE, "its known values are listed now: {values}"),
    "enum-removed": (DOCS, "its known values are not listed any more: {values}"),
    "enum-value-added": (ADDITIVE, "new known {noun} {values}"),
    "enum-value-removed": (DOCS, "known {noun} {values} gone; read as before if sent"),
    "expansion-added": (READERS, "can be expanded now: {new.words}, was {old.words}"),
    "expansion-removed": (
        READERS,
        "cannot be expanded any more, so `expand` refuses it: {new.words}",
    ),
    "expansion-target-added": (ADDITIVE, "can be expanded to {values} now (as {classes})"),
    "expansion-target-removed": (DOCS, "is never expanded to {values} any more"),
    # Parameters, for those who pass them
    "parameter-added": (ADDITIVE, "new parameter: {new.words}{new.choices}"),
    "required-parameter-added": (
        CALLERS,
        "new parameter: {new.words}{new.choices}; it is required, so calls without it are refused",
    ),
    "parameter-removed": (CALLERS, "the parameter is gone; Stripe refuses requests that have it"),
    "parameter-made-required": (CALLERS, "is required now, so calls without it are refused"),
    "parameter-made-optional": (ADDITIVE, "can be left out now"),
    "parameter-moved": (CALLERS, "is sent as {new.sent_as}, was {old.sent_as}"),
    "parameter-type-widened": (ADDITIVE, "takes {new.words} now, not only {old.words}{limits}"),
    "parameter-type-narrowed": (CALLERS, "takes only {new.words} now, was {old.words}"),
    "parameter-type-changed": (CALLERS, "takes {new.words} now, was {old.words}"),
    "parameter-enum-added": (CALLERS, "takes only {values} as `{kind}` now, was any"),
    "parameter-enum-removed": (ADDITIVE, "takes any `{kind}` now, was {values} only"),
    "parameter-value-added": (ADDITIVE, "takes {values} as `{kind}` as well now"),
    "parameter-value-removed": (CALLERS, "does not take {values} as `{kind}` any more"),
    "bound-tightened": (
        CALLERS,
        "as {kind}, its `{bound}` is {now} now, was {was}; Stripe refuses other values",
    ),
    "bound-loosened": (ADDITIVE, "as {kind}, its `{bound}` is {now} now, was {was}"),
    # Any of these
    "default-changed": (DOCS, "its default is {now} now, was {was}"),
    "deprecated": (DOCS, "is deprecated by Stripe now"),
    "not-deprecated": (DOCS, "is not deprecated by Stripe any more"),
}
