"""Read an API out of a document, through the view that the templates see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from openapi_python_client.config import Config

from ..pipeline.document.conventions import method_name
from ..pipeline.document.dialect import plain_document
from ..pipeline.document.overlay import step
from ..pipeline.document.second_opinion import ParsedDocument, vet
from ..pipeline.errors import PipelineError
from ..pipeline.openapi import (
    FORM,
    JSON,
    MEMBERS,
    Document,
    Schema,
    is_list,
    is_list_object,
    is_mapping,
)
from ..pipeline.view.api import ApiView, build_view
from ..pipeline.view.models import Model
from ..pipeline.view.operations import Operation
from ..pipeline.view.parameters import Parameter
from ..pipeline.view.text import Text
from ..pipeline.view.types import Types
from .api import ERRORS, Api, Holder, Member, is_within
from .references import references
from .titles import named_by_title

# The key of an operation as the document has it, in what is shown of it.
AS_SENT = "x-as-sent"


def read_api(document: Document, parser: Config | None = None) -> Api:
    """The API that an overlaid document describes; without a parser, classes bear their titles.

    Raises:
        PipelineError: there is no view of it.
    """
    document = _presentable(plain_document(document))
    names = _names(document, parser)
    view = build_view(document, names)
    reader = _Reader(document, view, names)
    reader.read()
    return Api(
        api_version=view.api_version,
        base_url=view.base_url.raw,
        security=_security(document),
        classes={holder.where: holder for holder in reader.classes},
        operations={holder.where: holder for holder in reader.operations},
        members={member.where: member for member in reader.members},
    )


def _names(document: Document, parser: Config | None) -> ParsedDocument:
    try:
        return vet(document, parser) if parser else named_by_title(document)
    except PipelineError:  # rendering will say so; the titles are nearly always the names
        return named_by_title(document)


def _presentable(document: Document) -> Document:
    """`document` with what the templates refuse to send or read as the next thing that they take.

    It is compared all the same; that it cannot be rendered is said by rendering it.
    """
    paths = {
        path: {method: _presentable_operation(operation) for method, operation in methods.items()}
        for path, methods in document["paths"].items()
    }
    return {**document, "paths": paths}


def _presentable_operation(raw: Schema) -> Schema:
    parameters = [
        given if given["in"] == "path" else {**given, "in": "query", "style": "deepObject"}
        for given in raw["parameters"]
    ]
    success: Schema = raw["responses"].get("200", {})
    if JSON not in success.get("content", {}):
        success = {**success, "content": {JSON: {"schema": {}}}}
    form = raw.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
    without_body = {key: value for key, value in raw.items() if key != "requestBody"}
    has_query = any(given["in"] == "query" for given in parameters)
    return {
        **(raw if form.get("properties") and not has_query else without_body),
        "parameters": parameters,
        "responses": {**raw["responses"], "200": success},
        AS_SENT: raw,
    }


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


def _places(node: object, where: str = "$") -> Iterator[tuple[int, str]]:
    """The JSONPath of everything in a document, by `id`; none depends on an order of keys."""
    if is_mapping(node):
        yield id(node), where
        for key, value in node.items():
            if key in MEMBERS and is_list(value):
                kinds = [member.get("type") for member in value]
                for number, member in enumerate(value):
                    is_unique = kinds.count(kinds[number]) == 1
                    choice = f"?@.type=={kinds[number]!r}" if is_unique else str(number)
                    yield from _places(member, f"{where}.{key}[{choice}]")
            elif key != AS_SENT:
                yield from _places(value, f"{where}{step(key)}")
    elif is_list(node):
        for number, item in enumerate(node):
            name = item.get("name") if is_mapping(item) else None
            yield from _places(item, f"{where}[{f'?@.name=={name!r}' if name else number}]")


class _Reader:
    def __init__(self, document: Document, view: ApiView, names: ParsedDocument) -> None:
        self.document = document
        self.view = view
        self.where = dict(_places(document))
        self.types = Types(document["components"]["schemas"], names.class_name)
        self.objects = {given.name: given for given in view.parameter_objects}
        self.failures = _of_failures(document)
        self.classes: list[Holder] = []
        self.operations: list[Holder] = []
        self.members: list[Member] = []

    def read(self) -> None:
        for operation in self.view.operations:
            self._operation(operation)
        for model in self.view.models:
            self._model(model)

    def _model(self, model: Model) -> None:
        where = self.where[id(model.schema)]
        self.classes.append(Holder(where, model.name, (model.name,), model.schema))
        of_failure = any(is_within(where, failure) for failure in self.failures)
        for given in model.fields:
            symbol = f"{model.name}.{given.attribute}"
            self.members.append(
                Member(
                    where=(place := self.where[id(given.schema)]),
                    holder=where,
                    name=given.name.raw,
                    symbols=(symbol, ERRORS) if of_failure else (symbol,),
                    annotation=given.type.annotation,
                    schema=given.schema,
                    description=given.description.raw,
                    required=given.required,
                    nullable=given.nullable,
                    accessors=tuple(f"{model.name}.{name}" for name in given.accessors),
                    expanded=given.type.expanded,
                    is_constant=given.constant is not None,
                    is_unix_time=given.is_unix_time,
                    deprecated=bool(given.schema.get("deprecated")),
                )
            )
            self._envelope(place, given.schema, symbol)

    def _envelope(self, where: str, schema: Schema, holder: str) -> None:
        """What surrounds the objects of a list; all lists share one class for it."""
        for name, value in schema["properties"].items() if is_list_object(schema) else ():
            self.members.append(
                Member(
                    where=f"{where}.properties{step(name)}",
                    holder=where,
                    name=name,
                    symbols=(f"ListObject.{name}", holder),
                    annotation=self.types.field(name, value).annotation,
                    schema=value,
                    description="",
                    required=name in schema.get("required", ()),
                    nullable=self.types.is_nullable(value),
                    is_constant="enum" in value,
                    is_envelope=True,
                )
            )

    def _operation(self, operation: Operation) -> None:
        raw, where = operation.schema[AS_SENT], self.where[id(operation.schema)]
        symbols = (_client_method(raw), f"operations.{operation.name}")
        answers: dict[str, str] = {}
        for status, answer in raw["responses"].items():
            if JSON in (content := answer.get("content", {})):
                schema = content[JSON]["schema"]
                answers[status] = self.types.output(schema).annotation
                spot = f"{where}.responses[{status!r}].content[{JSON!r}].schema"
                self._envelope(spot, schema, symbols[0])
        title = f"{operation.method} {operation.path}"
        self.operations.append(Holder(where, title, symbols, raw, answers))
        places = {
            given["name"]: " ".join(str(given[k]) for k in ("in", "style", "explode") if k in given)
            for given in raw["parameters"]
        }
        for given in operation.path_parameters:
            self._parameter(where, given, (f"{symbols[0]}({given.name})",), places[given.name])
        if not operation.sends_form:
            for given in operation.params.parameters:
                named = (f"{operation.params.name}.{given.name}", symbols[0])
                self._parameter(where, given, named, places[given.name])
        form = raw.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
        fields = operation.params.parameters if operation.sends_form else self._fields(form)
        spot = f"{where}.requestBody.content[{FORM!r}].schema"
        self._parameter_object(spot, operation.params.name, fields, symbols[0], "form")

    def _fields(self, form: Schema) -> Iterator[Parameter]:
        """The fields of a form that is sent with a query, which no template has."""
        for name, value in form.get("properties", {}).items():
            described = Text(str(value.get("description", "")))
            required = name in form.get("required", ())
            yield Parameter(name, self.types.input(value, name), required, described, value)

    def _parameter_object(
        self, where: str, name: str, fields: Iterable[Parameter], method: str, place: str
    ) -> None:
        for given in fields:
            self._parameter(where, given, (f"{name}.{given.name}", method), place)

    def _parameter(
        self, holder: str, given: Parameter, symbols: tuple[str, ...], place: str
    ) -> None:
        """A parameter, and those of the objects that it takes."""
        is_nested = "in" not in given.schema
        schema = given.schema if is_nested else given.schema["schema"]
        inside = step("properties") + step(given.name)
        where = f"{holder}{inside}" if is_nested else self.where[id(given.schema)]
        self.members.append(
            Member(
                where=where,
                holder=holder,
                name=given.name,
                symbols=symbols,
                annotation=given.annotation,
                schema=schema,
                description=given.description.raw,
                required=given.required,
                place=place,
                deprecated=bool(schema.get("deprecated") or given.schema.get("deprecated")),
            )
        )
        for inner in _objects_in(schema):
            for name in re.findall(r"\w+", given.annotation):
                fields = self.objects[name].parameters if name in self.objects else ()
                if {field.name for field in fields} == inner["properties"].keys():
                    self._parameter_object(self.where[id(inner)], name, fields, symbols[-1], place)


def _objects_in(schema: Schema) -> Iterator[Schema]:
    """The objects that are written out in the schema of a parameter, but not what is in them."""
    if schema.get("properties"):
        yield schema
        return
    inner = [member for key in MEMBERS for member in schema.get(key, [])]
    inner += [
        schema[key] for key in ("items", "additionalProperties") if is_mapping(schema.get(key))
    ]
    for part in inner:
        yield from _objects_in(part)


def _of_failures(document: Document) -> list[str]:
    """Where the objects are that report a failure: the envelope, and what it holds."""
    components: dict[str, Schema] = document["components"]["schemas"]
    envelopes = {
        name
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if not status.startswith("2")
        for name in references(answer)
    }
    names = envelopes | {*references([components[name] for name in envelopes])}
    return [f"$.components.schemas{step(name)}" for name in names]


def _client_method(operation: Schema) -> str:
    """How users call an operation."""
    return f"Client.{operation['tags'][0]}.{method_name(operation)}"
