"""What users see of a document: classes, operations, fields and parameters, by their places.

Two documents are compared place by place, so a place that is in both is the same thing in both,
whatever it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeAlias

from attrs import define, field

from ..pipeline.documents import Schema, is_list
from ..pipeline.overlay import step
from ..pipeline.types import CONSTANTS
from .annotations import kinds_in, values_in
from .references import EXPANDABLE

# A class and the field that holds its objects may have the same JSONPath.
Place: TypeAlias = tuple[type["Part"], str]
# Everything that users see of a document.
Api: TypeAlias = Mapping[Place, "Part"]

# What stands for values that have no type of their own.
PLAIN_JSON = ("JSONObject", "JSONValue")


@define(frozen=True, kw_only=True, slots=False)
class Part:
    """What has a place of its own.

    Attributes:
        where: Its JSONPath.
        name: Stripe's name; of a class ours, of an operation the method and path.
        symbols: Its names in Python.
        schema: What the document says of it, or of its values.
        description: Our prose about it.
    """

    where: str
    name: str
    symbols: tuple[str, ...]
    schema: Schema = field(eq=False, factory=dict[str, Any])
    description: str = ""

    @property
    def place(self) -> Place:
        return type(self), self.where

    @property
    def deprecated(self) -> bool:
        return bool(self.schema.get("deprecated"))

    @property
    def needs_prose(self) -> bool:
        return True


@define(frozen=True, kw_only=True, slots=False)
class Setting(Part):
    """What holds for the API as a whole."""

    value: str

    @property
    def needs_prose(self) -> bool:
        return False


@define(frozen=True, kw_only=True, slots=False)
class Class(Part):
    """A class of objects that are read."""


@define(frozen=True, kw_only=True, slots=False)
class Operation(Part):
    """A method of the client; `responses` are the types of what it returns, by status."""

    responses: Mapping[str, str]


@define(frozen=True, kw_only=True, slots=False)
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
        return " or ".join(f"`{kind}`" for kind in sorted(self.kinds, key=_rank))

    @property
    def values(self) -> tuple[str, ...]:
        """The known values of an enum, that of a list's items included."""
        return values_in(self.annotation)


@define(frozen=True, kw_only=True, slots=False)
class Parameter(Member):
    """A parameter; `sent_as` is in which part of a request it is sent, and how it is written."""

    sent_as: str


@define(frozen=True, kw_only=True, slots=False)
class Field(Member):
    """A field of an object that is read.

    Attributes:
        nullable: Whether it may be null.
        accessors: The properties and methods that come with it.
        expanded: The classes that it can be expanded to.
        is_envelope: Whether it belongs to what surrounds the objects of a list.
    """

    nullable: bool
    accessors: tuple[str, ...] = ()
    expanded: tuple[str, ...] = ()
    is_envelope: bool = False

    @property
    def needs_prose(self) -> bool:
        return not self.is_envelope

    @property
    def may_be_none(self) -> bool:
        return self.nullable or not self.required

    @property
    def is_constant(self) -> bool:
        """Whether its value tells what kind the object is."""
        return self.name in CONSTANTS and len(self.values) == 1

    @property
    def targets(self) -> frozenset[str] | None:
        """What the field can be expanded to, by Stripe's names; None if it cannot be."""
        targets = self.schema.get(EXPANDABLE)
        return frozenset(map(str, targets)) if is_list(targets) else None

    @property
    def is_cut(self) -> bool:
        """Whether what lies behind it is, in part, plain JSON."""
        return any(name in kind for name in PLAIN_JSON for kind in self.kinds)


def is_within(where: str, outer: str) -> bool:
    """Whether one JSONPath is another, or leads to something inside of it."""
    return where == outer or where.startswith((f"{outer}.", f"{outer}["))


def component(schema: str) -> str:
    """The JSONPath of a component."""
    return f"$.components.schemas{step(schema)}"


def _rank(kind: str) -> tuple[bool, bool, str]:
    return kind in PLAIN_JSON, kind[:1].isupper(), kind
