"""Read an API out of a document, by the names and types that the templates see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from openapi_python_client.config import Config

from ..pipeline.document.conventions import method_name
from ..pipeline.document.dialect import plain_document
from ..pipeline.document.second_opinion import NamedOperation, ParsedDocument, vet
from ..pipeline.errors import PipelineError
from ..pipeline.openapi import FORM, JSON, Document, Schema, is_list_object
from ..pipeline.view.api import build_view
from ..pipeline.view.models import Model
from ..pipeline.view.operations import Operation
from ..pipeline.view.parameters import parameter_classes
from ..pipeline.view.types import Types
from .api import ENVELOPE, ERRORS, Api, Member, Part, component, is_within
from .schemas import mentions, parts, places

# Steps on the way to a schema that give it no name.
_NAMELESS = {
    *("components", "schemas", "properties", "items"),
    *("paths", "parameters", "requestBody", "responses", "content", "schema"),
}


def read_api(document: Document, parser: Config | None = None) -> Api:
    """The API that an overlaid document describes; without a parser, classes bear their titles.

    Raises:
        PipelineError: there is no view of it.
    """
    document = plain_document(document)
    names = _names(document, parser)
    view = build_view(_presentable(document), names)
    reader = _Reader(document, names)
    setting = partial(Part, "setting", schema={})
    # The operations come first: their responses tell which objects report a failure.
    found = [
        setting("$.info.version", "api-version", ("API_VERSION",), value=view.api_version),
        setting("$.servers", "base-url-changed", ("BASE_URL",), value=view.base_url.raw),
        setting("$.security", "security-changed", ("Client",), value=_security(document)),
        *(part for function in view.operations for part in reader.operation(function)),
        *(part for model in view.models for part in reader.model(model)),
    ]
    return {part.place: part for part in found}


def _names(document: Document, parser: Config | None) -> ParsedDocument:
    try:
        return vet(document, parser) if parser else named_by_title(document)
    except PipelineError:  # rendering will say so; the titles are nearly always the names
        return named_by_title(document)


def named_by_title(document: Document) -> ParsedDocument:
    """What the parser makes of a document in which everything has a title, without its veto.

    Without a title, an object has the name of the last two steps to it.
    """
    names: dict[int, str] = {}
    for node, where in places({key: document[key] for key in ("paths", "components")}):
        if node.get("properties") and not is_list_object(node):
            steps = re.findall(r"[A-Za-z0-9_]+", re.sub(r"\[\?.*?\]|\[\d+\]", "", where))
            words = "_".join([step for step in steps if step not in _NAMELESS][-2:]).split("_")
            title = str(node.get("title") or "".join(map(str.capitalize, words)))
            names[id(node)] = f"{title}{len(names)}" if title in names.values() else title
    operations = (
        NamedOperation(operation["operationId"], method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return ParsedDocument(tuple(operations), names)


def _presentable(document: Document) -> Document:
    """`document` with operations that take nothing and return JSON, which have a view in any case.

    What they take is compared all the same; that it cannot be rendered is said by rendering it.
    """
    anything: Schema = {"content": {JSON: {"schema": {}}}}
    paths: dict[str, dict[str, Schema]] = {path: {} for path in document["paths"]}
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            found: Schema = raw["responses"].get("200", {})
            success = found if JSON in found.get("content", {}) else anything
            nothing: Schema = {"parameters": [], "requestBody": {}, "responses": {"200": success}}
            paths[path][method] = {**raw, **nothing}
    return {**document, "paths": paths}


def _security(document: Document) -> str:
    """What a request is authenticated by: the schemes that are asked for, written out."""
    schemes = document["components"].get("securitySchemes", {})

    def shown(name: str) -> str:
        facts = sorted(schemes.get(name, {}).items())
        words = (f"{key} {value}" for key, value in facts if key != "bearerFormat")
        return f"`{name}` ({', '.join(words)})"

    choices = [" and ".join(map(shown, sorted(choice))) for choice in document.get("security", [])]
    return " or ".join(sorted(choices)) or "none"


class _Reader:
    def __init__(self, document: Document, names: ParsedDocument) -> None:
        schemas: dict[str, Schema] = document["components"]["schemas"]
        self.schemas, self.paths = schemas, document["paths"]
        self.where = {id(node): where for node, where in places(document)}
        self.input_name = parameter_classes(document, names.class_name)
        self.inputs = Types(schemas, self.input_name)
        self.outputs = Types(schemas, names.class_name)
        # Where the objects are that report a failure: the envelopes, and what they hold.
        self.failures: list[str] = []

    def model(self, model: Model) -> Iterator[Part]:
        where = self.where[id(model.schema)]
        yield Part("class", where, model.name, (model.name,), model.schema)
        of_failure = any(is_within(where, failure) for failure in self.failures)
        for given in model.fields:
            first, *accessors = (
                f"{model.name}.{name}" for name in (given.attribute, *given.accessors)
            )
            yield Member(
                "field",
                self.where[id(given.schema)],
                given.name.raw,
                (first, *([ERRORS] if of_failure else []), *accessors),
                given.schema,
                holder=where,
                annotation=given.type.annotation,
                required=given.required,
                nullable=given.nullable,
                expanded=given.type.expanded,
            )
            yield from self._envelope(given.schema, first)

    def _envelope(self, schema: Schema, holder: str) -> Iterator[Part]:
        """What surrounds the objects of a list; all lists share one class for it."""
        for name, value in schema["properties"].items() if is_list_object(schema) else ():
            yield Member(
                "field",
                self.where[id(value)],
                name,
                (f"{ENVELOPE}.{name}", holder),
                value,
                holder=self.where[id(schema)],
                annotation=self.outputs.field(name, value).annotation,
                required=name in schema.get("required", ()),
                nullable=self.outputs.is_nullable(value),
            )

    def operation(self, function: Operation) -> Iterator[Part]:
        raw: Schema = self.paths[function.path][function.method.lower()]
        where, method = self.where[id(raw)], f"Client.{raw['tags'][0]}.{method_name(raw)}"
        symbols = (method, f"operations.{function.name}")
        yield Part("operation", where, function.place, symbols, raw)
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
            yield from self._parameter(
                name, named, given, where, sent_as, required=bool(given.get("required"))
            )
        form = raw.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
        yield from self._keys(params, method, form, "form")

    def _answer(
        self, operation: str, status: str, schema: Schema, symbols: tuple[str, ...]
    ) -> Iterator[Part]:
        where = f"{operation}.responses[{status!r}]"
        name = "any other response" if status == "default" else f"the response with status {status}"
        errors = () if status.startswith("2") else (ERRORS,)
        annotation = self.outputs.output(schema).annotation
        yield Part("answer", where, name, (*symbols, *errors), schema, value=annotation)
        for envelope in mentions(schema) if errors else ():
            held = mentions(self.schemas[envelope])
            self.failures += map(component, (envelope, *held))
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
        yield Member(
            "parameter",
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


def _objects_in(schema: Schema) -> list[Schema]:
    """The objects that are written out in the schema of a parameter, but not what is in them."""
    if schema.get("properties"):
        return [schema]
    return [inner for part in parts(schema) for inner in _objects_in(part)]
