"""What users see of a document: classes, fields, parameters and operations, by their places.

Two documents are compared place by place, so a place that is in both is the same thing in both,
whatever it is called. `reading` makes this of the view that the templates see.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import define, field

from ..pipeline.document.overlay import step
from ..pipeline.openapi import Schema, is_list
from .annotations import kinds_in, values_in

# Where users find the object that reports a failure.
ERRORS = "StripeError.error"

# What stands for values that have no type of their own.
PLAIN_JSON = ("JSONObject", "JSONValue")


@define(frozen=True, slots=False)
class Member:
    """A field of an object that is read, or a parameter that is passed in.

    Attributes:
        where: Its JSONPath.
        holder: The JSONPath of the object or operation that it belongs to.
        name: Stripe's name.
        symbols: Its names in Python.
        annotation: Its type in Python, None apart.
        schema: What the document says of its values.
        description: Our prose about it.
        required: Whether it is always present, or has to be.
        nullable: Whether it may be null.
        accessors: The properties and methods that come with it.
        expanded: The classes that it can be expanded to.
        is_constant: Whether its value tells what kind the object is.
        is_unix_time: Whether its value is a point in time.
        place: For a parameter: `path`, `query` or `form`, and how it is written there.
        deprecated: Whether Stripe advises against it.
        is_envelope: Whether it belongs to what surrounds the objects of a list.
    """

    where: str
    holder: str
    name: str
    symbols: tuple[str, ...]
    annotation: str
    schema: Schema = field(eq=False)
    description: str
    required: bool
    nullable: bool = False
    accessors: tuple[str, ...] = ()
    expanded: tuple[str, ...] = ()
    is_constant: bool = False
    is_unix_time: bool = False
    place: str = ""
    deprecated: bool = False
    is_envelope: bool = False

    @property
    def is_parameter(self) -> bool:
        return bool(self.place)

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
        return " or ".join(f"`{kind}`" for kind in sorted(self.kinds, key=_rank))

    @property
    def values(self) -> tuple[str, ...]:
        """The known values of an enum, that of a list's items included."""
        return values_in(self.annotation)

    @property
    def targets(self) -> frozenset[str] | None:
        """What the field can be expanded to, by Stripe's names; None if it cannot be."""
        targets = self.schema.get("x-expandable")
        return frozenset(map(str, targets)) if is_list(targets) else None

    @property
    def is_cut(self) -> bool:
        """Whether what lies behind it is, in part, plain JSON."""
        return any(name in kind for name in PLAIN_JSON for kind in self.kinds)


@define(frozen=True)
class Holder:
    """A class or an operation.

    Attributes:
        where: Its JSONPath.
        title: The name of the class, or the method and path.
        symbols: Its names in Python.
        schema: What the document says of it.
        answers: For an operation, the type of the response for each status.
    """

    where: str
    title: str
    symbols: tuple[str, ...]
    schema: Schema = field(eq=False)
    answers: Mapping[str, str] = field(factory=dict[str, str])


@define(frozen=True)
class Api:
    """Everything that users see of a document; the keys are JSONPaths."""

    api_version: str
    base_url: str
    security: str
    classes: Mapping[str, Holder]
    operations: Mapping[str, Holder]
    members: Mapping[str, Member]


def is_within(where: str, outer: str) -> bool:
    """Whether one JSONPath is another, or leads to something inside of it."""
    return where == outer or where.startswith((f"{outer}.", f"{outer}["))


def field_path(schema: str, name: str) -> str:
    """The JSONPath of a field of a component."""
    return f"$.components.schemas{step(schema)}.properties{step(name)}"


def _rank(kind: str) -> tuple[bool, bool, str]:
    return kind in PLAIN_JSON, kind[:1].isupper(), kind
