"""Read an API out of a document, by the names and types that the templates see."""

from __future__ import annotations

from collections.abc import Iterator

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
from ..pipeline.view.api import build_view
from ..pipeline.view.models import Model
from ..pipeline.view.operations import Operation as Function
from ..pipeline.view.parameters import parameter_classes
from ..pipeline.view.types import Types
from .api import (
    ENVELOPE,
    ERRORS,
    Answer,
    Api,
    Class,
    Field,
    Operation,
    Parameter,
    Part,
    Setting,
    component,
    is_within,
)
from .schemas import mentions, parts
from .titles import named_by_title


def read_api(document: Document, parser: Config | None = None) -> Api:
    """The API that an overlaid document describes; without a parser, classes bear their titles.

    Raises:
        PipelineError: there is no view of it.
    """
    document = plain_document(document)
    names = _names(document, parser)
    view = build_view(_presentable(document), names)
    reader = _Reader(document, names)
    found: list[Part] = [
        Setting("$.info.version", "api-version", ("API_VERSION",), {}, view.api_version),
        Setting("$.servers", "base-url-changed", ("BASE_URL",), {}, view.base_url.raw),
        Setting("$.security", "security-changed", ("Client",), {}, _security(document)),
        *(part for function in view.operations for part in reader.operation(function)),
        *(part for model in view.models for part in reader.model(model)),
    ]
    return {part.place: part for part in found}


def _names(document: Document, parser: Config | None) -> ParsedDocument:
    try:
        return vet(document, parser) if parser else named_by_title(document)
    except PipelineError:  # rendering will say so; the titles are nearly always the names
        return named_by_title(document)


def _presentable(document: Document) -> Document:
    """`document` with operations that take nothing and return JSON, which have a view in any case.

    What they take is compared all the same; that it cannot be rendered is said by rendering it.
    """

    def presentable(raw: Schema) -> Schema:
        success: Schema = raw["responses"].get("200", {})
        if JSON not in success.get("content", {}):
            success = {"content": {JSON: {"schema": {}}}}
        kept = {key: value for key, value in raw.items() if key != "requestBody"}
        return {**kept, "parameters": [], "responses": {"200": success}}

    paths = {
        path: {method: presentable(operation) for method, operation in methods.items()}
        for path, methods in document["paths"].items()
    }
    return {**document, "paths": paths}


def _security(document: Document) -> str:
    """What a request is authenticated by: the schemes that are asked for, written out."""

    def shown(name: str) -> str:
        scheme = document["components"].get("securitySchemes", {}).get(name, {})
        facts = (f"{key} {scheme[key]}" for key in sorted(scheme) if key != "bearerFormat")
        return f"`{name}` ({', '.join(facts)})"

    choices = [" and ".join(map(shown, sorted(choice))) for choice in document.get("security", [])]
    return " or ".join(sorted(choices)) or "none"


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
            else:
                yield from _places(value, f"{where}{step(key)}")
    elif is_list(node):
        for number, item in enumerate(node):
            name = item.get("name") if is_mapping(item) else None
            yield from _places(item, f"{where}[{f'?@.name=={name!r}' if name else number}]")


class _Reader:
    def __init__(self, document: Document, names: ParsedDocument) -> None:
        schemas: dict[str, Schema] = document["components"]["schemas"]
        self.paths = document["paths"]
        self.where = dict(_places(document))
        self.input_name = parameter_classes(document, names.class_name)
        self.inputs = Types(schemas, self.input_name)
        self.outputs = Types(schemas, names.class_name)
        self.failures = _of_failures(document)

    def model(self, model: Model) -> Iterator[Part]:
        where = self.where[id(model.schema)]
        yield Class(where, model.name, (model.name,), model.schema)
        of_failure = any(is_within(where, failure) for failure in self.failures)
        for given in model.fields:
            symbol = f"{model.name}.{given.attribute}"
            accessors = (f"{model.name}.{name}" for name in given.accessors)
            yield Field(
                self.where[id(given.schema)],
                given.name.raw,
                (symbol, *([ERRORS] if of_failure else []), *accessors),
                given.schema,
                holder=where,
                annotation=given.type.annotation,
                required=given.required,
                nullable=given.nullable,
                expanded=given.type.expanded,
            )
            yield from self._envelope(given.schema, symbol)

    def _envelope(self, schema: Schema, holder: str) -> Iterator[Part]:
        """What surrounds the objects of a list; all lists share one class for it."""
        for name, value in schema["properties"].items() if is_list_object(schema) else ():
            yield Field(
                self.where[id(value)],
                name,
                (f"{ENVELOPE}.{name}", holder),
                value,
                holder=self.where[id(schema)],
                annotation=self.outputs.field(name, value).annotation,
                required=name in schema.get("required", ()),
                nullable=self.outputs.is_nullable(value),
            )

    def operation(self, function: Function) -> Iterator[Part]:
        raw: Schema = self.paths[function.path][function.method.lower()]
        where, method = self.where[id(raw)], f"Client.{raw['tags'][0]}.{method_name(raw)}"
        symbols = (method, f"operations.{function.name}")
        yield Operation(where, f"{function.method} {function.path}", symbols, raw)
        for status, response in raw["responses"].items():
            if JSON in (content := response.get("content", {})):
                yield from self._answer(where, status, content[JSON]["schema"], symbols)
        params = function.params.name
        for given in raw["parameters"]:
            name = given["name"]
            in_path = given["in"] == "path"
            named = (f"{method}({name})",) if in_path else (f"{params}.{name}", method)
            sent_as = " ".join(
                str(given[key]) for key in ("in", "style", "explode") if key in given
            )
            required = bool(given.get("required"))
            yield from self._parameter(name, named, given, where, sent_as, required=required)
        form = raw.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
        yield from self._keys(params, method, form, "form")

    def _answer(
        self, operation: str, status: str, schema: Schema, symbols: tuple[str, ...]
    ) -> Iterator[Part]:
        where = f"{operation}.responses[{status!r}]"
        name = "any other response" if status == "default" else f"the response with status {status}"
        errors = () if status.startswith("2") else (ERRORS,)
        annotation = self.outputs.output(schema).annotation
        yield Answer(where, name, (*symbols, *errors), schema, annotation)
        yield from self._envelope(schema, symbols[0])

    def _keys(self, name: str, method: str, schema: Schema, sent_as: str) -> Iterator[Part]:
        """The keys of the `TypedDict` that an object is passed in as."""
        for key, value in schema.get("properties", {}).items():
            symbols, holder = (f"{name}.{key}", method), self.where[id(schema)]
            required = key in schema.get("required", ())
            yield from self._parameter(key, symbols, value, holder, sent_as, required=required)

    def _parameter(
        self,
        name: str,
        symbols: tuple[str, ...],
        given: Schema,
        holder: str,
        sent_as: str,
        *,
        required: bool,
    ) -> Iterator[Part]:
        """A parameter, and those of the objects that it takes."""
        schema: Schema = given.get("schema", given)
        said: Schema = {key: given[key] for key in ("description", "deprecated") if key in given}
        yield Parameter(
            self.where[id(given)],
            name,
            symbols,
            {**schema, **said},
            holder=holder,
            annotation=self.inputs.input(schema, name),
            required=required,
            sent_as=sent_as,
        )
        for inner in _objects_in(schema):
            yield from self._keys(self.input_name(inner), symbols[-1], inner, sent_as)


def _objects_in(schema: Schema) -> Iterator[Schema]:
    """The objects that are written out in the schema of a parameter, but not what is in them."""
    if schema.get("properties"):
        yield schema
    else:
        for part in parts(schema):
            yield from _objects_in(part)


def _of_failures(document: Document) -> list[str]:
    """Where the objects are that report a failure: the envelope, and what it holds."""
    components: dict[str, Schema] = document["components"]["schemas"]
    envelopes = {
        name
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        if not status.startswith("2")
        for name in mentions(response)
    }
    return [component(name) for name in envelopes | {*mentions([*map(components.get, envelopes)])}]
