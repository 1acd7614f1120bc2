"""What the templates see: models, parameters and operations, with every decision already made."""

from __future__ import annotations

import builtins

from attrs import define

from .documents import Schema
from .types import CONSTANTS, CURRENCY, UNIX_TIME, OutputType

# Names that the readers in templates/model.jinja use themselves.
LOCALS_OF_READERS = ("cls", "data", "found", "raw", "self")

# What a model that comes in lists may have for its reader to be written out field by field.
MAX_UNROLLED_FIELDS = 20

# No class here has a `repr`: should a template print an object instead of its text, the rendering
# recognizes it by the one that Python gives to all objects.


@define(frozen=True, repr=False)
class Field:
    """One attribute of a model."""

    name: str
    attribute: str
    type: OutputType
    required: bool
    nullable: bool
    schema: Schema
    # What leads here from the object that is asked for, such as `payment.`.
    prefix: str = ""

    @property
    def expand_path(self) -> str:
        """What `expand` has to say for this field to hold an object."""
        return self.prefix + self.name

    @property
    def description(self) -> str:
        return str(self.schema.get("description", ""))

    @property
    def local(self) -> str:
        """The attribute's name as a local variable, where it must not hide a builtin."""
        hides = self.attribute in LOCALS_OF_READERS or hasattr(builtins, self.attribute)
        return f"{self.attribute}_" if hides else self.attribute

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
    def is_unix_time(self) -> bool:
        return self.schema.get("format") == UNIX_TIME

    @property
    def is_expandable(self) -> bool:
        """Whether the value is an id or the object behind it."""
        return "x-expandable" in self.schema

    @property
    def constant(self) -> str | None:
        """The one text that the document allows; None if there may be others."""
        values: list[object] = self.schema.get("enum", []) if self.name in CONSTANTS else []
        return values[0] if len(values) == 1 and isinstance(values[0], str) else None

    @property
    def is_interned(self) -> bool:
        """Whether its values are few strings, the same in one object after the other."""
        is_text = self.schema.get("type") == "string" and not self.may_be_none
        few = "enum" in self.schema or self.schema.get("format") == CURRENCY
        return is_text and few and self.constant is None

    @property
    def is_secret(self) -> bool:
        return bool(self.schema.get("x-secret"))


@define(frozen=True, repr=False)
class Model:
    """One class of `models.py`."""

    name: str
    description: str
    url: str
    fields: tuple[Field, ...]
    comes_in_lists: bool

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
    description: str


@define(frozen=True, repr=False)
class ParameterObject:
    """One `TypedDict` of `params.py`, and the check of the same parameters."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    check: str


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
    summary: str
    description: str
    url: str

    @property
    def path_expression(self) -> str:
        """The path as a Python expression over the path parameters."""
        expression = self.path
        for parameter in self.path_parameters:
            segment = f"path_segment('{parameter.name}', {parameter.name})"
            expression = expression.replace(f"{{{parameter.name}}}", f"{{{segment}}}")
        return f'f"{expression}"' if self.path_parameters else f'"{expression}"'

    @property
    def docstring(self) -> str:
        arguments = [
            *((parameter.name, parameter.description) for parameter in self.path_parameters),
            ("params", f"See `{self.params.name}`."),
        ]
        sections = [
            f"{self.summary or f'{self.method} {self.path}'}.",
            self.description,
            "\n".join(["Args:", *(f"    {name}: {text}" for name, text in arguments)]),
            "\n".join(
                [
                    "Raises:",
                    "    TypeError: A parameter is unknown or of a type that cannot be sent.",
                    "    ValueError: A parameter is of the right type but cannot be meant.",
                ]
            ),
            f"Source: {self.url}" if self.url else "",
        ]
        return "\n\n".join(section for section in sections if section)


@define(frozen=True, repr=False)
class ApiView:
    """The whole of what is rendered."""

    api_version: str
    description: str
    base_url: str
    models: tuple[Model, ...]
    parameter_objects: tuple[ParameterObject, ...]
    operations: tuple[Operation, ...]

    @property
    def parts_in_lists(self) -> list[str]:
        """The classes that unrolled readers read within others."""
        unrolled = [model for model in self.models if model.has_unrolled_reader]
        return sorted({part for model in unrolled for part in model.parts})
