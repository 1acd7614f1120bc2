"""What the templates see: models, parameters and operations, with every decision already made."""

from __future__ import annotations

from attrs import define

from .columns import TableView
from .documents import Schema
from .text import Text, literal
from .types import OutputType

# What a model that comes in lists may have for its reader to be written out field by field.
MAX_UNROLLED_FIELDS = 20

# No class here has a `repr`: should a template print an object instead of its text, the rendering
# recognizes it by the one that Python gives to all objects.
#
# Whatever the document says is a `Text`. A `str` is Python: a name that was checked, or an
# expression made of names and literals. `schema` is what the document says, for those who compare
# two views.


@define(frozen=True, repr=False)
class Field:
    """One attribute of a model.

    Attributes:
        attribute: Its name in Python.
        local: Its name as a local variable of a reader.
        expand_path: What `expand` has to say for this field to hold an object.
        is_expandable: Whether the value is an id or the object behind it.
        constant: The one text that the document allows; None if there may be others.
        is_interned: Whether its values are few strings, the same in one object after the other.
    """

    name: Text
    attribute: str
    local: str
    type: OutputType
    required: bool
    nullable: bool
    description: Text
    expand_path: Text
    is_unix_time: bool
    is_expandable: bool
    constant: Text | None
    is_interned: bool
    is_secret: bool
    schema: Schema

    @property
    def is_renamed(self) -> bool:
        return self.name.raw != self.attribute

    @property
    def may_be_none(self) -> bool:
        return self.nullable or not self.required

    @property
    def annotation(self) -> str:
        return f"{self.type.annotation} | None" if self.may_be_none else self.type.annotation

    @property
    def always_sent(self) -> bool:
        """Whether every complete object has the key, if only with null."""
        return self.required or self.nullable

    @property
    def accessors(self) -> list[str]:
        """What it adds to the class beside its attribute."""
        return [
            *([f"{self.attribute}_datetime"] if self.is_unix_time else []),
            *([f"{self.attribute}_id"] if self.is_expandable else []),
            *([f"expanded_{self.attribute}"] if self.type.expanded else []),
        ]


@define(frozen=True, repr=False)
class Model:
    """One class of `models.py`."""

    name: str
    docstring: Text
    fields: tuple[Field, ...]
    comes_in_lists: bool
    schema: Schema

    @property
    def has_unrolled_reader(self) -> bool:
        return self.comes_in_lists and len(self.fields) <= MAX_UNROLLED_FIELDS

    @property
    def parts(self) -> list[str]:
        """The classes of the objects that every object of this one holds."""
        return [f.type.annotation for f in self.fields if f.type.is_model and not f.may_be_none]

    def has(self, name: str) -> bool:
        return any(field.attribute == name for field in self.fields)


@define(frozen=True, repr=False)
class Parameter:
    """One key of a `TypedDict` of parameters."""

    name: str
    annotation: str
    required: bool
    description: Text
    schema: Schema


@define(frozen=True, repr=False)
class ParameterObject:
    """One `TypedDict` of `params.py`, and the check of the same parameters."""

    name: str
    description: Text
    parameters: tuple[Parameter, ...]
    check: str

    @property
    def docstring(self) -> Text:
        """The description, with each parameter's: attributes of a class keep no docstrings."""
        entries = [
            f"    {parameter.name}: {parameter.description.raw}"
            for parameter in self.parameters
            if parameter.description
        ]
        attributes = "\n".join(["Attributes:", *entries]) if entries else ""
        return paragraphs(self.description.raw, attributes)


@define(frozen=True, repr=False)
class Operation:
    """One function of `operations.py`."""

    name: str
    method: str
    path: str
    path_parameters: tuple[Parameter, ...]
    params: ParameterObject
    sends_form: bool
    answer: OutputType
    docstring: Text
    schema: Schema

    @property
    def path_expression(self) -> str:
        """The path as a Python expression over the path parameters."""
        expression = self.path
        for parameter in self.path_parameters:
            segment = f"path_segment({literal(parameter.name)}, {parameter.name})"
            expression = expression.replace(f"{{{parameter.name}}}", f"{{{segment}}}")
        return f'f"{expression}"' if self.path_parameters else f'"{expression}"'


@define(frozen=True, repr=False)
class Method:
    """One method of a resource: an operation, carried out by an engine."""

    name: str
    operation: Operation
    summary: Text
    description: Text
    example: Text
    source: Text

    @property
    def arguments(self) -> str:
        """The class of its keyword arguments."""
        return f"{self.operation.params.name.removesuffix('Params')}Arguments"

    def returns(self, prefix: str) -> str:
        """What it returns; `prefix` tells the kinds of clients apart."""
        answer = self.operation.answer
        return f"{prefix}Page[{answer.item}]" if answer.item else answer.annotation

    @property
    def docstring(self) -> Text:
        parameters = self.operation.path_parameters
        arguments = [
            *(f"    {given.name}: {given.description.raw}".rstrip() for given in parameters),
            f"    **arguments: See `{self.operation.params.name}` and `RequestOptions`.",
        ]
        raises = [
            "    TypeError: An argument is unknown or of the wrong type.",
            "    ValueError: An argument is of the right type but invalid.",
            "    StripeError: The API reports a failure, or cannot be reached.",
        ]
        example = [f"    {line}".rstrip() for line in self.example.raw.splitlines()]
        return paragraphs(
            f"{self.summary.raw}.",
            self.description.raw,
            "\n".join(["Example:", *example]) if example else "",
            "\n".join(["Args:", *arguments]),
            "\n".join(["Raises:", *raises]),
            f"Source: {self.source.raw}" if self.source else "",
        )

    def short_docstring(self, resource: Resource) -> Text:
        """For the client whose methods do the same as these."""
        return Text(f"{self.summary.raw}; see `{resource.class_name}.{self.name}`.")


@define(frozen=True, repr=False)
class Resource:
    """A group of operations: one attribute of a client."""

    name: str
    class_name: str
    description: Text
    source: Text
    methods: tuple[Method, ...]

    @property
    def docstring(self) -> Text:
        source = f"Source: {self.source.raw}" if self.source else ""
        return paragraphs(self.description.raw, source)


def paragraphs(*texts: str) -> Text:
    """The texts that there are, with blank lines between them."""
    return Text("\n\n".join(text for text in texts if text))


@define(frozen=True, repr=False)
class ApiView:
    """The whole of what is rendered."""

    api_version: str
    description: Text
    base_url: Text
    models: tuple[Model, ...]
    parameter_objects: tuple[ParameterObject, ...]
    operations: tuple[Operation, ...]
    resources: tuple[Resource, ...]
    table: TableView | None = None

    @property
    def parts_in_lists(self) -> list[str]:
        """The classes that unrolled readers read within others."""
        unrolled = [model for model in self.models if model.has_unrolled_reader]
        return sorted({part for model in unrolled for part in model.parts})
