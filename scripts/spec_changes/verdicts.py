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
        return {Effect.ADDITIVE: Level.MINOR, Effect.DOCS: Level.PATCH}.get(self, Level.MAJOR)


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


def next_version(current: str, level: Level) -> str:
    """The version that follows `current`.

    Before 1.0 everything moves one place to the right: what breaks raises the middle number, all
    else the last one.
    """
    if level is Level.NONE:
        return current
    numbers = [int(part) for part in current.split(".")[:3]]
    place = Level.MAJOR - level if numbers[0] else min(Level.MAJOR - level + 1, 2)
    raised = [*numbers[:place], numbers[place] + 1, 0, 0]
    return ".".join(map(str, raised[:3]))


CALLERS, READERS, ADDITIVE, DOCS = Effect

# What the report says of every kind of change that users notice, by what it means for them. Where
# a kind has several effects, the first is the usual one, and `judging` decides for another. A
# sentence is read after the first symbol; `old` and `new` are the part that has changed.
SENTENCES: dict[Effect, dict[str, str]] = {
    CALLERS: {
        "base-url-changed": "requests go to {new.value}, and no longer to {old.value}",
        "security-changed": "authentication is {new.value}, and no longer {old.value}",
        "operation-removed": "the operation {old.name} is gone",
        "operation-renamed": "is called `{new.symbols[0]}` now",
        "required-parameter-added": (
            "new parameter: {new.words}{values}; it is required, so calls without it are refused"
        ),
        "parameter-removed": "the parameter is gone; Stripe refuses requests that have it",
        "parameter-made-required": "is required now, so calls without it are refused",
        "parameter-moved": "is sent as {new.sent_as}, was {old.sent_as}",
        "parameter-type-narrowed": "takes only {new.words} now, was {old.words}",
        "parameter-type-changed": "takes {new.words} now, was {old.words}",
        "parameter-enum-added": "takes only {values} as `{type}` now, was any",
        "parameter-value-removed": "does not take {values} as `{type}` any more",
        "bound-tightened": (
            "as {type}, its `{bound}` is {now} now, was {was}; Stripe refuses other values"
        ),
    },
    READERS: {
        "answer-removed": "{old.name} is not described any more",
        "answer-changed": "{new.name} is `{new.value}`, was `{old.value}`",
        "class-removed": "the class is gone",
        "class-renamed": "is called `{new.name}` now",
        "field-removed": (
            "the field is gone; if Stripe still sends it, it is in `additional_properties`"
        ),
        "type-changed": "is {new.words} now, was {old.words}",
        "time-removed": "gone: the field is not a point in time any more",
        "null-allowed": "may be None now: null is allowed now",
        "made-optional": "may be None now: it may be absent now",
        "constant-changed": "is always {now} now, was {was}",
        "default-changed": "Stripe takes {now} now if it is left out, was {was}",
        "expansion-added": "can be expanded now: {new.words}, was {old.words}",
        "expansion-removed": "cannot be expanded any more, so `expand` refuses it: {new.words}",
    },
    ADDITIVE: {
        "api-version": "is {new.value}, was {old.value}; every request asks for it by default",
        "operation-added": "new operation {new.name}",
        "answer-added": "{new.name} is described now",
        "class-added": "new class",
        "field-added": "new field: {new.words}{values}",
        "type-narrowed": "is always {new.words} now, was {old.words}",
        "time-added": "new: the field is a point in time",
        "null-not-allowed": "is never None now: null is not allowed any more",
        "made-required": "is never None now: it is always present now",
        "enum-added": "its known values are listed now: {values}",
        "enum-value-added": "new known {noun} {values}",
        "expansion-target-added": "can be expanded to {values} now (as {classes})",
        "parameter-added": "new parameter: {new.words}{values}",
        "parameter-made-optional": "can be left out now",
        "parameter-type-widened": "takes {new.words} now, not only {old.words}{limits}",
        "parameter-enum-removed": "takes any `{type}` now, was {values} only",
        "parameter-value-added": "takes {values} as `{type}` as well now",
        "bound-loosened": "as {type}, its `{bound}` is {now} now, was {was}",
    },
    DOCS: {
        "path-renamed": "Stripe serves it under {now} now, was {was}; the operation is the same",
        "schema-renamed": "Stripe calls the schema `{now}` now, was `{was}`; it is the same object",
        "format-changed": "its format is {now}, was {was}",
        "secret-changed": "is {shown} `repr` now",
        "enum-removed": "its known values are not listed any more: {values}",
        "enum-value-removed": "known {noun} {values} gone; read as before if sent",
        "expansion-target-removed": "is never expanded to {values} any more",
        "default-changed": "its default is {now} now, was {was}",
        "null-allowed": "null is allowed now; it may be None as before",
        "null-not-allowed": "null is not allowed any more; it may be None as before",
        "made-optional": "it may be absent now; it may be None as before",
        "made-required": "it is always present now; it may be None as before",
        "deprecated": "is deprecated by Stripe now",
        "not-deprecated": "is not deprecated by Stripe any more",
    },
}
