"""Parameters: the `TypedDict`s of what operations can be called with, and their checks."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Iterator

from attrs import define

from ..document.conventions import is_range
from ..naming.identifiers import TAKEN_BY_PARAMETERS, check_wire_name, class_name
from ..naming.operation_names import singular
from ..openapi import FORM, Document, Schema, is_mapping
from .text import Text, description_of, paragraphs, section
from .types import Types, unsupported

_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


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
        entries = [f"{p.name}: {p.description.raw}" for p in self.parameters if p.description]
        return paragraphs(self.description, section("Attributes", entries))


def build_object(name: str, schema: Schema, types: Types) -> ParameterObject:
    """The class of an object within parameters, which has this `schema`."""
    required = set(schema.get("required", ()))
    parameters = tuple(
        _parameter(name, key, value, types, required=key in required)
        for key, value in sorted(schema["properties"].items())
    )
    _refuse_hidden(parameters, name)
    return ParameterObject(name, description_of(schema), parameters, types.check(schema))


def build_parameters(raw: Schema, place: str, types: Types, where: str) -> list[Parameter]:
    """The parameters of an operation that are in its path, or in its query."""
    return [
        _parameter(where, given["name"], given, types, required=bool(given.get("required")))
        for given in raw["parameters"]
        if given["in"] == place
    ]


def build_params(
    raw: Schema, form: Schema | None, function: str, types: Types, where: str
) -> ParameterObject:
    """The class of what an operation is called with: its query, or the fields of its form."""
    query = build_parameters(raw, "query", types, where)
    _refuse_hidden(query, where)
    schemas = {parameter.name: parameter.schema["schema"] for parameter in query}
    check = types.check_fields(schemas, [p.name for p in query if p.required])
    if form is not None:
        if query:
            raise unsupported(where, "query parameters in addition to a form body")
        fields = build_object(where, form, types)
        query, check = list(fields.parameters), fields.check
    description = Text(f"What `{function}` can be called with.")
    return ParameterObject(class_name(function, "params"), description, tuple(query), check)


def _parameter(
    holder: str, name: str, described: Schema, types: Types, *, required: bool
) -> Parameter:
    where = f"{holder} {name}"
    check_wire_name(name, "parameter", where)
    if keyword.iskeyword(name) or not name.isidentifier() or name.startswith("__"):
        raise unsupported(where, "a parameter whose name is no Python identifier")
    annotation = types.input(described.get("schema", described), where)
    return Parameter(name, annotation, required, description_of(described), described)


def _refuse_hidden(parameters: Iterable[Parameter], where: str) -> None:
    """In a class with a parameter called `object`, that word is no type any more."""
    annotations = " ".join(given.annotation for given in parameters)
    used = set(re.findall(r"\w+", _QUOTED.sub("", annotations)))
    for given in parameters:
        if given.name in used or given.name in TAKEN_BY_PARAMETERS:
            raise unsupported(
                f"{where} {given.name}", f"a parameter that hides Python's own {given.name!r}"
            )


def form_of(raw: Schema, where: str) -> Schema | None:
    """The schema of a form body; None if there is no body, or nothing in it."""
    content = raw.get("requestBody", {}).get("content", {})
    if not content:
        return None
    if list(content) != [FORM]:
        raise unsupported(where, f"a body of type {', '.join(content)}; only forms are")
    schema: Schema = content[FORM]["schema"]
    if not is_mapping(schema.get("properties")):
        raise unsupported(where, "a form body that is not an object with fields")
    return schema if schema["properties"] else None


def check_parameters(document: Document) -> None:
    """Check all parameters before the parser does, which refuses some for other reasons.

    Raises:
        PipelineError: one is sent in a way that the templates do not have.
    """
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for given in operation.get("parameters", []):
                _check_parameter(given, f"{method.upper()} {path}")


def _check_parameter(parameter: Schema, where: str) -> None:
    """Arrays and objects are sent in brackets, which OpenAPI calls `deepObject`."""
    place, name, schema = parameter["in"], parameter["name"], parameter["schema"]
    if place not in ("path", "query"):
        raise unsupported(where, f"parameters in a {place}")
    where = f"{where} {name}"
    style = parameter.get("style", "simple" if place == "path" else "form")
    if place == "path" and style != "simple":
        raise unsupported(where, f"a path parameter of the style {style!r}")
    if place == "query" and style not in ("deepObject", "form"):
        raise unsupported(where, f"a parameter of the style {style!r}")
    kinds = {schema.get("type"), *(member.get("type") for member in schema.get("anyOf", []))}
    if style == "form" and kinds & {"array", "object"}:
        written = f"{name}=a&{name}=b" if parameter.get("explode", True) else f"{name}=a,b"
        raise unsupported(
            where, f"an array or object of the style 'form', sent as {written}; only 'deepObject'"
        )


def parameter_classes(
    document: Document, otherwise: Callable[[Schema], str]
) -> Callable[[Schema], str]:
    """Names the classes of the objects within parameters, by operation and path in plain words.

    The range of one parameter is the same in all operations, and has one class. `otherwise` names
    the objects that are components.
    """
    names: dict[int, str] = {}
    for item in document["paths"].values():
        for operation in item.values():
            for path, schema in _objects_in_parameters(operation):
                words = (path[-1], "filter") if is_range(schema) else path
                names[id(schema)] = str(schema.get("title") or class_name(*words))
    return lambda schema: names.get(id(schema)) or otherwise(schema)


def _objects_in_parameters(operation: Schema) -> Iterator[tuple[tuple[str, ...], Schema]]:
    params = f"{operation['operationId']}_params"
    for given in operation.get("parameters", []):
        yield from _objects(given["schema"], (params, given["name"]))
    for media in operation.get("requestBody", {}).get("content", {}).values():
        for name, value in media["schema"].get("properties", {}).items():
            yield from _objects(value, (params, name))


def _objects(schema: Schema, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """The objects in `schema` with their paths.

    What is in a list is named in the singular, and the objects of a union are numbered.
    """
    if schema.get("properties"):
        yield path, schema
    for name, value in schema.get("properties", {}).items():
        yield from _objects(value, (*path, name))
    members: list[Schema] = schema.get("anyOf", [])
    objects = [member for member in members if member.get("properties")]
    for member in members:
        number = objects.index(member) + 1 if member in objects else 1
        yield from _objects(member, path if number == 1 else (*path, str(number)))
    for key in ("items", "additionalProperties"):
        if is_mapping(schema.get(key)):
            yield from _objects(schema[key], (*path[:-1], singular(path[-1])))
