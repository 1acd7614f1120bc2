"""What users see of a document: classes, operations, fields and parameters, by their places.

Two documents are compared place by place, so a place that is in both is the same thing in both,
whatever it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, TypeAlias

from attrs import define, field

from ..pipeline.document.overlay import step
from ..pipeline.openapi import Schema, is_list
from ..pipeline.view.types import CONSTANTS
from .annotations import kinds_in, values_in
from .schemas import EXPANDABLE, Bounds, bounds_of, tightest
from .verdicts import listed

# The class that all lists share.
ENVELOPE = "ListObject"
# Where users find the object that reports a failure.
ERRORS = "StripeError.error"
# What stands for values that have no type of their own.
PLAIN_JSON = ("JSONObject", "JSONValue")

# A class and the field that holds its objects may have the same JSONPath.
Place: TypeAlias = tuple[type["Part"], str]
# Everything that users see of a document.
Api: TypeAlias = Mapping[Place, "Part"]


@define(frozen=True, slots=False)
class Part:
    """What has a place of its own.

    Attributes:
        where: Its JSONPath.
        name: Stripe's name; of a class ours, of an operation the method and path.
        symbols: Its names in Python, the most telling first.
        schema: What the document says of it, or of its values, with our prose.
        stated: The same part in Stripe's full document, without corrections of ours.
    """

    noun: ClassVar[str] = ""

    where: str
    name: str
    symbols: tuple[str, ...]
    schema: Schema = field(eq=False)
    stated: Part | None = field(default=None, kw_only=True, eq=False)

    @property
    def place(self) -> Place:
        return type(self), self.where

    @property
    def lacks_prose(self) -> bool:
        return not self.schema.get("description")

    def states(self, key: str) -> object:
        """What Stripe says about it in addition to the facts of the slice."""
        return (self.stated or self).schema.get(key)


@define(frozen=True, slots=False)
class Setting(Part):
    """What holds for the API as a whole; its name is the kind of a change."""

    value: str

    @property
    def kind(self) -> str:
        return self.name

    @property
    def lacks_prose(self) -> bool:
        return False


@define(frozen=True, slots=False)
class Answer(Setting):
    """What an operation returns with one status; the value is its type."""

    noun = "answer"

    @property
    def kind(self) -> str:
        return "answer-changed"


@define(frozen=True, slots=False)
class Class(Part):
    """A class of objects that are read."""

    noun = "class"


@define(frozen=True, slots=False)
class Operation(Part):
    """A method of the client."""

    noun = "operation"

    @property
    def authentication(self) -> str:
        own = self.states("security")
        return "that of the whole API" if own is None else f"`{own}`"


@define(frozen=True, slots=False)
class Member(Part):
    """A field or a parameter.

    Attributes:
        holder: The JSONPath of the object or operation that it belongs to.
        annotation: Its type in Python, None apart.
        required: Whether it is always present, or has to be.
    """

    holder: str
    annotation: str
    required: bool

    @cached_property
    def kinds(self) -> Mapping[str, tuple[str, ...] | None]:
        """The kinds of value, each with the values that it is limited to."""
        return kinds_in(self.annotation)

    @property
    def words(self) -> str:
        """The kinds as text, what stands for all others last."""

        def rank(kind: str) -> tuple[bool, bool, str]:
            return kind in PLAIN_JSON, kind[:1].isupper(), kind

        return " or ".join(f"`{kind}`" for kind in sorted(self.kinds, key=rank))

    @property
    def values(self) -> tuple[str, ...]:
        """The known values of an enum, that of a list's items included."""
        return values_in(self.annotation)


@define(frozen=True, slots=False)
class Parameter(Member):
    """A parameter; `sent_as` is in which part of a request it is sent, and how it is written."""

    noun = "parameter"

    sent_as: str

    @property
    def choices(self) -> str:
        return f", one of {listed(self.values)}" if self.values else ""

    @property
    def bounds(self) -> Bounds:
        """What limits its values: the tighter of what Stripe and what the overlay says."""
        ours = bounds_of(self.schema)
        if self.stated is None:
            return ours
        return {
            (kind, bound): tightest(bound, value, ours.get((kind, bound)))
            for (kind, bound), value in bounds_of(self.stated.schema).items()
        }


@define(frozen=True, slots=False)
class Field(Member):
    """A field of an object that is read; `expanded` are the classes that it can be expanded to."""

    noun = "field"

    nullable: bool
    expanded: tuple[str, ...] = ()

    @property
    def is_envelope(self) -> bool:
        """Whether it belongs to what surrounds the objects of a list."""
        return self.symbols[0].startswith(f"{ENVELOPE}.")

    @property
    def lacks_prose(self) -> bool:
        return super().lacks_prose and not self.is_envelope

    @property
    def may_be_none(self) -> bool:
        return self.nullable or not self.required

    @property
    def is_constant(self) -> bool:
        """Whether its value tells what kind the object is."""
        return self.name in CONSTANTS and len(self.values) == 1

    @property
    def format(self) -> str:
        return str(self.schema.get("format", "none"))

    @property
    def targets(self) -> tuple[str, ...] | None:
        """What the field can be expanded to, by Stripe's names; None if it cannot be."""
        targets = self.schema.get(EXPANDABLE)
        return tuple(sorted(map(str, targets))) if is_list(targets) else None

    @property
    def is_cut(self) -> bool:
        """Whether what lies behind it is, in part, plain JSON."""
        return any(name in kind for name in PLAIN_JSON for kind in self.kinds)

    @property
    def remarks(self) -> str:
        values = f", known values {listed(self.values)}" if self.values else ""
        return f"{values}{', may be None' if self.may_be_none else ''}"


def is_within(where: str, outer: str) -> bool:
    """Whether one JSONPath is another, or leads to something inside of it."""
    return where == outer or where.startswith((f"{outer}.", f"{outer}["))


def component(schema: str) -> str:
    """The JSONPath of a component."""
    return f"$.components.schemas{step(schema)}"
