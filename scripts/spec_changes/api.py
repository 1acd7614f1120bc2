"""What users see of a document: classes, operations, fields and parameters, by their places.

Two documents are compared place by place, so a place that is in both is the same thing in both,
whatever it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias

from attrs import define, field

from ..pipeline.document.overlay import step
from ..pipeline.openapi import Schema, is_list
from ..pipeline.view.types import CONSTANTS
from .annotations import kinds_in, values_in
from .schemas import EXPANDABLE

# The class that all lists share.
ENVELOPE = "ListObject"
# Where users find the object that reports a failure.
ERRORS = "StripeError.error"
# What stands for values that have no type of their own.
PLAIN_JSON = ("JSONObject", "JSONValue")

# Noun and JSONPath: a class and the field that holds its objects may have the same JSONPath.
Place: TypeAlias = tuple[str, str]
# Everything that users see of a document.
Api: TypeAlias = Mapping[Place, "Part"]


@define(frozen=True, slots=False)
class Part:
    """What has a place of its own.

    Attributes:
        noun: What it is: setting, operation, answer, class; or, as a `Member`, field or parameter.
        where: Its JSONPath.
        name: Stripe's name; of a class ours, of an operation the method and path, and of a setting
            the kind of its changes.
        symbols: Its names in Python, the most telling first.
        schema: What the document says of it, or of its values, with our prose.
        value: What a setting holds for the API as a whole; the type of an answer.
        stated: The same part in Stripe's full document, without corrections of ours.
    """

    noun: str
    where: str
    name: str
    symbols: tuple[str, ...]
    schema: Schema = field(eq=False)
    value: str = field(default="", kw_only=True)
    stated: Part | None = field(default=None, kw_only=True, eq=False)

    @property
    def place(self) -> Place:
        return self.noun, self.where

    @property
    def is_envelope(self) -> bool:
        """Whether it belongs to what surrounds the objects of a list."""
        return self.symbols[0].startswith(f"{ENVELOPE}.")

    @property
    def lacks_prose(self) -> bool:
        has_prose = self.noun not in {"setting", "answer"} and not self.is_envelope
        return has_prose and not self.schema.get("description")

    def states(self, key: str) -> object:
        """What Stripe says about it in addition to the facts of the slice."""
        return (self.stated or self).schema.get(key)


@define(frozen=True, slots=False)
class Member(Part):
    """A field of an object that is read, or a parameter.

    Attributes:
        holder: The JSONPath of the object or operation that it belongs to.
        annotation: Its type in Python, None apart.
        required: Whether it is always present, or has to be.
        nullable: Whether a field may be null.
        expanded: The classes that a field can be expanded to.
        sent_as: In which part of a request a parameter is sent, and how it is written.
    """

    holder: str
    annotation: str
    required: bool
    nullable: bool = False
    expanded: tuple[str, ...] = ()
    sent_as: str = ""

    @property
    def may_be_none(self) -> bool:
        return self.nullable or not self.required

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

    @property
    def is_constant(self) -> bool:
        """Whether its value tells what kind the object is."""
        return self.name in CONSTANTS and len(self.values) == 1

    @property
    def targets(self) -> tuple[str, ...] | None:
        """What it can be expanded to, by Stripe's names; None if it cannot be."""
        targets = self.schema.get(EXPANDABLE)
        return tuple(sorted(map(str, targets))) if is_list(targets) else None


def is_within(where: str, outer: str) -> bool:
    """Whether one JSONPath is another, or leads to something inside of it."""
    return where == outer or where.startswith((f"{outer}.", f"{outer}["))


def component(schema: str) -> str:
    """The JSONPath of a component."""
    return f"$.components.schemas{step(schema)}"
