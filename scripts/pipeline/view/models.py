"""Models: the classes of the objects that Stripe returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import define

from ..document.conventions import MONEY, UNIX_TIME, conventional_money
from ..errors import PipelineError
from ..naming.identifiers import TAKEN, attribute_name, is_attribute, local_names
from ..openapi import (
    Document,
    Schema,
    is_list,
    is_list_object,
    is_mapping,
    referenced_schema,
)
from .text import Text, description_of, paragraphs, source_of
from .types import CONSTANTS, CURRENCY, OutputType, Types

# What a model that comes in lists may have for its reader to be written out field by field.
MAX_UNROLLED_FIELDS = 20


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
        money: What the class calls it as money; None if it is no amount.
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
    money: str | None
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
        """What it adds to the class in addition to its attribute."""
        return [
            *([f"{self.attribute}_datetime"] if self.is_unix_time else []),
            *([f"{self.attribute}_id"] if self.is_expandable else []),
            *([f"expanded_{self.attribute}"] if self.type.expanded else []),
            *([self.money] if self.money else []),
        ]


@define(frozen=True, repr=False)
class Model:
    """One class of `models.py`."""

    name: str
    fields: tuple[Field, ...]
    comes_in_lists: bool
    schema: Schema

    @property
    def docstring(self) -> Text:
        return paragraphs(description_of(self.schema), source_of(self.schema))

    @property
    def has_unrolled_reader(self) -> bool:
        return self.comes_in_lists and len(self.fields) <= MAX_UNROLLED_FIELDS

    @property
    def parts(self) -> list[str]:
        """The classes of the objects that every object of this one holds."""
        return [f.type.annotation for f in self.fields if f.type.is_model and not f.may_be_none]

    @property
    def currency(self) -> Field:
        """The currency of its amounts, if there are any."""
        return next(field for field in self.fields if field.attribute == "currency")

    @property
    def alternatives(self) -> list[Field]:
        """The fields of which `type` names the one that holds an object, if it names such.

        Stripe adds kinds before their fields, so a kind may have none.
        """
        if self.has("id"):
            return []
        types = (field.schema for field in self.fields if field.name.raw == "type")
        kinds = {kind for schema in types for kind in schema.get("enum", ())}
        return [field for field in self.fields if field.is_expandable and field.name.raw in kinds]

    def has(self, name: str) -> bool:
        return any(field.attribute == name for field in self.fields)


def build_models(document: Document, types: Types) -> list[Model]:
    """The classes of all components of `document`, and of the objects in them and in `types`."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    for schema in schemas.values():
        types.output(schema)
    in_lists = _schemas_in_lists(document)
    prefixes = _expand_prefixes(schemas)
    return [
        _model(name, schema, types, id(schema) in in_lists, prefixes.get(id(schema), ""))
        for name, schema in types.collected()
    ]


def _model(name: str, schema: Schema, types: Types, comes_in_lists: bool, prefix: str) -> Model:
    required = set(schema.get("required", ()))
    locals_of = local_names(map(attribute_name, schema["properties"]))
    fields: list[Field] = []
    # What identifies an object comes first; the rest stays in alphabetical order.
    for key in sorted(schema["properties"], key=lambda key: (key != "id", key != "object", key)):
        value = schema["properties"][key]
        attribute = attribute_name(key)
        nullable = types.is_nullable(value)
        constant = _constant(key, value)
        is_text = value.get("type") == "string" and key in required and not nullable
        few_values = "enum" in value or value.get("format") == CURRENCY
        fields.append(
            Field(
                name=Text(key),
                attribute=attribute,
                local=locals_of[attribute],
                type=types.field(key, value),
                required=key in required,
                nullable=nullable,
                description=description_of(value),
                expand_path=Text(prefix + key),
                is_unix_time=value.get("format") == UNIX_TIME,
                is_expandable="x-expandable" in value,
                constant=constant,
                is_interned=is_text and few_values and constant is None,
                is_secret=bool(value.get("x-secret")),
                money=_money(name, key, schema["properties"]),
                schema=value,
            )
        )
    return Model(name, tuple(fields), comes_in_lists, schema)


def _money(holder: str, name: str, properties: Mapping[str, Schema]) -> str | None:
    """What a class calls an amount as money; None if that is none, or a field has the name.

    The overlay can name it, `x-money: total_money`, also where no convention does, or refuse it.
    """
    schema = properties[name]
    given = schema.get(MONEY)
    if given is False:
        return None
    is_amount = schema.get("type") == "integer" and _is_text(properties.get("currency"))
    attributes = {attribute_name(key) for key in properties}
    if given is None:
        chosen = conventional_money(name) if is_amount else None
        if chosen is None or chosen in attributes:
            return None
    else:
        chosen = str(given)
    if not is_amount:
        problem = "is no amount in the class's own `currency`"
    elif chosen in TAKEN or not is_attribute(chosen):
        problem = f"would become the property {chosen!r}, a name that Python or all models use"
    elif chosen in attributes:
        problem = f"would become the property {chosen!r}, which is a field"
    else:
        return chosen
    raise PipelineError(
        f"class {holder}",
        f"its amount {name!r} {problem}",
        f"Give it another name with `{MONEY}` in spec/overlay.yaml, or none with `{MONEY}: false`",
    )


def _is_text(schema: Schema | None) -> bool:
    return schema is not None and schema.get("type") == "string"


def _constant(name: str, schema: Schema) -> Text | None:
    """The one text that the document allows in what tells the kind of an object."""
    values: list[object] = schema.get("enum", []) if name in CONSTANTS else []
    return Text(values[0]) if len(values) == 1 and isinstance(values[0], str) else None


def _schemas_in_lists(document: Document) -> set[int]:
    """The objects that come in hundreds to a page, list items and what is in each, by `id`."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    found: set[str] = set()
    waiting = [name for name in map(referenced_schema, _list_items(document)) if name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            properties = schemas[name].get("properties", {}).values()
            waiting += [inner for inner in map(referenced_schema, properties) if inner]
    return {id(schemas[name]) for name in found}


def _list_items(node: object) -> Iterator[Schema]:
    if is_mapping(node):
        if is_list_object(node):
            yield node["properties"]["data"]["items"]
        for value in node.values():
            yield from _list_items(value)
    elif is_list(node):
        for value in node:
            yield from _list_items(value)


def _expand_prefixes(schemas: Mapping[str, Schema]) -> dict[int, str]:
    """For each part of a resource, by `id`, how `expand` gets to it: `payment.`, for example.

    A part of several resources, or of one in several places, is left out.
    """
    places: dict[str, set[str]] = {}
    for schema in schemas.values():
        for name, value in schema.get("properties", {}).items():
            if (part := referenced_schema(value)) is not None:
                places.setdefault(part, set()).add(f"{name}." if "x-resourceId" in schema else "")
    return {id(schemas[part]): min(found) for part, found in places.items() if len(found) == 1}
