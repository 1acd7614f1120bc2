"""What a document says, flattened: each class, field, parameter and operation by its JSONPath."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from attrs import define

from ..pipeline.documents import (
    MEMBERS,
    Document,
    Schema,
    is_list,
    is_list_object,
    is_mapping,
)
from ..pipeline.joining import FORM, JSON
from ..pipeline.naming import attribute_name
from ..pipeline.overlay import step
from .references import references
from .shapes import Shape, ShapeReader


@define(frozen=True)
class Member:
    """A field of an object that is read, or a parameter that is passed in.

    Attributes:
        where: Its JSONPath.
        holder: The JSONPath of the object or operation that it belongs to.
        name: Stripe's name.
        symbols: Its names in Python.
        is_parameter: Whether callers pass it in.
        schema: What the document says of its values, references not followed.
        description: Our prose about it.
        required: Whether it is always there, or has to be.
        nullable: Whether it may be null.
        shape: The values that it can have.
        is_unix_time: Whether the values are points in time.
        place: For a parameter: `path`, `query` or `form`, and how it is written there.
        deprecated: Whether Stripe advises against it.
        is_envelope: Whether it belongs to what surrounds the objects of a list.
    """

    where: str
    holder: str
    name: str
    symbols: tuple[str, ...]
    is_parameter: bool
    schema: Schema
    description: str
    required: bool
    nullable: bool
    shape: Shape
    is_unix_time: bool
    place: str = ""
    deprecated: bool = False
    is_envelope: bool = False

    @property
    def may_be_none(self) -> bool:
        return self.nullable or not self.required


@define(frozen=True)
class ClassFact:
    """An object that has a class.

    Attributes:
        where: Its JSONPath.
        name: The name of the class.
        is_error: Whether it comes in no answer but those that report a failure.
        schema: What the document says of it.
    """

    where: str
    name: str
    is_error: bool
    schema: Schema


@define(frozen=True)
class Operation:
    """A method of the client.

    Attributes:
        where: Its JSONPath.
        title: Its method and path.
        symbols: Its names in Python.
        answers: For each status the shape of the answer.
        schema: What the document says of it.
    """

    where: str
    title: str
    symbols: tuple[str, ...]
    answers: Mapping[str, Shape]
    schema: Schema


@define(frozen=True)
class ApiFacts:
    """Everything that a document says of what users see; the keys are JSONPaths."""

    api_version: str
    base_url: str
    security: str
    classes: Mapping[str, ClassFact]
    members: Mapping[str, Member]
    operations: Mapping[str, Operation]


ClassNames = Callable[[Schema], str]

# Where users find the object that reports a failure.
ERRORS = "StripeError.error"


def read_facts(document: Document, class_name: ClassNames) -> ApiFacts:
    """The facts of an overlaid document whose objects are called what `class_name` says."""
    reader = _FactsReader(document, class_name)
    reader.read()
    servers = document.get("servers", [])
    return ApiFacts(
        api_version=document["info"]["version"],
        base_url=servers[0]["url"] if servers else "",
        security=_security(document),
        classes={fact.where: fact for fact in reader.classes},
        members={member.where: member for member in reader.members},
        operations={operation.where: operation for operation in reader.operations},
    )


def _security(document: Document) -> str:
    """What a request is authenticated by: the schemes that are asked for, written out."""
    schemes = document["components"].get("securitySchemes", {})
    choices = [
        " and ".join(_scheme(name, schemes.get(name, {})) for name in sorted(choice))
        for choice in document.get("security", [])
    ]
    return " or ".join(sorted(choices)) or "none"


def _scheme(name: str, scheme: Schema) -> str:
    facts = ", ".join(f"{key} {scheme[key]}" for key in sorted(scheme) if key != "bearerFormat")
    return f"`{name}` ({facts})"


def field_path(schema: str, field: str) -> str:
    """The JSONPath of a field of a component."""
    return f"$.components.schemas{step(schema)}.properties{step(field)}"


class _FactsReader:
    def __init__(self, document: Document, class_name: ClassNames) -> None:
        self.document = document
        self.components: dict[str, Schema] = document["components"]["schemas"]
        self.shapes = ShapeReader(self.components, class_name)
        self.class_name = class_name
        self.classes: list[ClassFact] = []
        self.members: list[Member] = []
        self.operations: list[Operation] = []

    def read(self) -> None:
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                self._operation(path, method, operation)
        errors = self._error_components()
        for name, schema in self.components.items():
            where = f"$.components.schemas{step(name)}"
            for place, inner in _inline_objects(where, schema):
                self._class(place, inner, is_error=name in errors)

    def _error_components(self) -> set[str]:
        """The components of a failure: the envelope, and the object in it."""
        envelopes = {
            name
            for methods in self.document["paths"].values()
            for operation in methods.values()
            for status, answer in operation["responses"].items()
            if not status.startswith("2")
            for name in references(answer)
        }
        return envelopes | {*references([self.components[name] for name in envelopes])}

    def _class(self, where: str, schema: Schema, *, is_error: bool) -> None:
        """An object that is read, and the objects within it that have no name of their own."""
        name = self.class_name(schema)
        self.classes.append(ClassFact(where, name, is_error, schema))
        required = schema.get("required", ())
        for key, value in schema["properties"].items():
            place = f"{where}.properties{step(key)}"
            symbols = (f"{name}.{attribute_name(key)}", *([ERRORS] if is_error else []))
            self._member(
                place,
                holder=where,
                name=key,
                symbols=symbols,
                schema=value,
                required=key in required,
            )
            self._envelope(place, value, symbols[0])
            for inner_place, inner in _inline_objects(place, value):
                self._class(inner_place, inner, is_error=is_error)

    def _member(
        self,
        where: str,
        *,
        holder: str,
        name: str,
        symbols: tuple[str, ...],
        schema: Schema,
        required: bool,
        place: str = "",
        described: Schema | None = None,
        is_envelope: bool = False,
    ) -> None:
        self.members.append(
            Member(
                where=where,
                holder=holder,
                name=name,
                symbols=symbols,
                is_parameter=bool(place),
                schema=schema,
                description=str((described or schema).get("description", "")),
                required=required,
                nullable=bool(schema.get("nullable")),
                shape=self.shapes.read(name, schema),
                is_unix_time=self.shapes.is_unix_time(schema),
                place=place,
                deprecated=bool(schema.get("deprecated") or (described or {}).get("deprecated")),
                is_envelope=is_envelope,
            )
        )

    def _envelope(self, where: str, schema: Schema, holder: str) -> None:
        """What surrounds the objects of a list; all lists share one class for it."""
        if is_list_object(schema):
            required = schema.get("required", ())
            for key, value in schema["properties"].items():
                self._member(
                    f"{where}.properties{step(key)}",
                    holder=where,
                    name=key,
                    symbols=(f"ListObject.{key}", holder),
                    schema=value,
                    required=key in required,
                    is_envelope=True,
                )

    def _operation(self, path: str, method: str, operation: Schema) -> None:
        where = f"$.paths[{path!r}].{method}"
        function = str(operation["operationId"])
        symbols = (_client_method(function, operation), f"operations.{function}")
        answers = {
            status: self.shapes.read("", content[JSON]["schema"])
            for status, answer in operation["responses"].items()
            if JSON in (content := answer.get("content", {}))
        }
        for status, answer in operation["responses"].items():
            if JSON in (content := answer.get("content", {})):
                spot = f"{where}.responses[{status!r}].content[{JSON!r}].schema"
                self._envelope(spot, content[JSON]["schema"], symbols[0])
        title = f"{method.upper()} {path}"
        self.operations.append(Operation(where, title, symbols, answers, operation))
        params = "".join(word.capitalize() for word in function.split("_")) + "Params"
        for given in operation.get("parameters", []):
            self._parameter(where, given, params, symbols[0])
        form = operation.get("requestBody", {}).get("content", {}).get(FORM)
        if form is not None and form["schema"].get("properties"):
            spot = f"{where}.requestBody.content[{FORM!r}].schema"
            self._parameter_object(spot, form["schema"], params, symbols[0], "form")

    def _parameter(self, operation: str, given: Schema, params: str, method: str) -> None:
        name = given["name"]
        where = f"{operation}.parameters[?@.name=={name!r}]"
        is_in_path = given["in"] == "path"
        symbols = (f"{method}({name})",) if is_in_path else (f"{params}.{name}", method)
        place = " ".join(str(given[key]) for key in ("in", "style", "explode") if key in given)
        required, schema = bool(given.get("required")), given["schema"]
        self._member(
            where,
            holder=operation,
            name=name,
            symbols=symbols,
            schema=schema,
            required=required,
            place=place,
            described=given,
        )
        for spot, inner in _inline_objects(f"{where}.schema", schema):
            self._parameter_object(spot, inner, self.class_name(inner), method, given["in"])

    def _parameter_object(
        self, where: str, schema: Schema, name: str, method: str, place: str
    ) -> None:
        """An object that is passed in: each of its fields is a parameter."""
        required = schema.get("required", ())
        for key, value in schema["properties"].items():
            spot = f"{where}.properties{step(key)}"
            symbols = (f"{name}.{key}", method)
            self._member(
                spot,
                holder=where,
                name=key,
                symbols=symbols,
                schema=value,
                required=key in required,
                place=place,
            )
            for inner_spot, inner in _inline_objects(spot, value):
                self._parameter_object(inner_spot, inner, self.class_name(inner), method, place)


def _inline_objects(where: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The objects in `schema` that are written out in it, with their JSONPaths."""
    if is_list_object(schema) or "$ref" in schema:
        return
    if schema.get("properties"):
        yield where, schema
        return
    for key in MEMBERS:
        types = [member.get("type") for member in schema.get(key, [])]
        for number, member in enumerate(schema.get(key, [])):
            is_unique = types.count(types[number]) == 1
            choice = f"?@.type=={types[number]!r}" if is_unique else str(number)
            yield from _inline_objects(f"{where}.{key}[{choice}]", member)
    for key in ("items", "additionalProperties"):
        if is_mapping(schema.get(key)):
            yield from _inline_objects(f"{where}.{key}", schema[key])


def _client_method(function: str, operation: Schema) -> str:
    """How users call an operation: its first tag holds the methods, its first word is the verb."""
    tags = operation.get("tags", [])
    if not is_list(tags) or not tags or "_" not in function:
        return f"operations.{function}"
    return f"Client.{tags[0]}.{function.partition('_')[0]}"
