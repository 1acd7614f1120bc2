"""Join: make the view of the API of the parser's names and of what the document says."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.parser.openapi import Endpoint

from .documents import Document, Schema, is_list, is_list_object, is_mapping, referenced_schema
from .errors import PipelineError
from .naming import TAKEN_BY_MODULES, attribute_name
from .parsing import ParsedDocument
from .types import OutputType, Types
from .views import ApiView, Field, Model, Operation, Parameter, ParameterObject

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def build_view(document: Document, parsed: ParsedDocument) -> ApiView:
    """Join the parser's names with what the document says."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    inputs = Types(schemas, parsed.class_name)
    outputs = Types(schemas, parsed.class_name)
    operations = [
        _operation(document["paths"], endpoint, inputs, outputs) for endpoint in parsed.endpoints
    ]
    for schema in schemas.values():
        outputs.output(schema)
    in_lists = _schemas_in_lists(document)
    prefixes = _expand_prefixes(schemas)
    models = [
        _model(name, schema, outputs, id(schema) in in_lists, prefixes.get(id(schema), ""))
        for name, schema in outputs.collected()
    ]
    objects = [_parameter_object(name, schema, inputs) for name, schema in inputs.collected()]
    objects += [operation.params for operation in operations]
    _refuse_clashes([*(model.name for model in models), *(given.name for given in objects)])
    servers = document.get("servers", [])
    return ApiView(
        api_version=document["info"]["version"],
        description=str(document["info"].get("description", "")),
        base_url=servers[0]["url"].rstrip("/") if servers else "",
        models=tuple(sorted(models, key=lambda model: model.name)),
        parameter_objects=tuple(objects),
        operations=tuple(operations),
    )


def _refuse_clashes(class_names: list[str]) -> None:
    counts = Counter([*class_names, *TAKEN_BY_MODULES])
    for name in class_names:
        if counts[name] > 1:
            raise PipelineError(
                f"class {name}",
                "there are two things of this name",
                "Give one another `title` in spec/overlay.yaml, or override it in "
                "spec/generator.yaml",
            )


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


def _model(name: str, schema: Schema, types: Types, comes_in_lists: bool, prefix: str) -> Model:
    required = set(schema.get("required", ()))
    fields = [
        Field(
            name=name,
            attribute=attribute_name(name),
            type=types.field(name, value),
            required=name in required,
            nullable=bool(value.get("nullable")),
            schema=value,
            prefix=prefix,
        )
        for name, value in schema["properties"].items()
    ]
    # What identifies an object comes first; the rest stays in alphabetical order.
    fields.sort(key=lambda field: (field.name != "id", field.name != "object", field.name))
    return Model(
        name=name,
        description=str(schema.get("description", "")),
        url=_documentation(schema),
        fields=tuple(fields),
        comes_in_lists=comes_in_lists,
    )


def _parameter_object(name: str, schema: Schema, types: Types) -> ParameterObject:
    required = set(schema.get("required", ()))
    return ParameterObject(
        name=name,
        description=str(schema.get("description", "")),
        parameters=tuple(
            _parameter(name, key, types.input(value, f"{name} {key}"), value, key in required)
            for key, value in sorted(schema["properties"].items())
        ),
        check=types.check(schema),
    )


def _parameter(
    holder: str, name: str, annotation: str, described: Schema, required: bool
) -> Parameter:
    if keyword.iskeyword(name) or not name.isidentifier():
        raise _unsupported(f"{holder} {name}", "a parameter whose name is no Python identifier")
    return Parameter(name, annotation, required, str(described.get("description", "")))


def _operation(
    paths: Mapping[str, Any], endpoint: Endpoint, inputs: Types, outputs: Types
) -> Operation:
    # The parser has renamed the placeholders of the path to Python identifiers.
    renamed = endpoint.path.get_untrusted_value()
    path = next(path for path in paths if _same_shape(path, renamed))
    raw: Schema = paths[path][endpoint.method]
    where = f"{endpoint.method.upper()} {path}"
    by_place: dict[str, list[Parameter]] = {"path": [], "query": []}
    for given in raw["parameters"]:
        place, name = given["in"], given["name"]
        if place not in by_place:
            raise _unsupported(where, f"parameters in a {place}")
        annotation = inputs.input(given["schema"], f"{where} {name}")
        required = bool(given.get("required"))
        by_place[place].append(_parameter(where, name, annotation, given, required))
    query = {p["name"]: p["schema"] for p in raw["parameters"] if p["in"] == "query"}
    needed = [p.name for p in by_place["query"] if p.required]
    form = _form_parameters(raw, inputs, where)
    if form is not None and by_place["query"]:
        raise _unsupported(where, "query parameters beside a form body")
    class_name = "".join(word.capitalize() for word in endpoint.name.split("_"))
    return Operation(
        name=str(endpoint.name),
        method=endpoint.method.upper(),
        path=path,
        path_parameters=tuple(sorted(by_place["path"], key=lambda p: path.index(f"{{{p.name}}}"))),
        params=ParameterObject(
            f"{class_name}Params",
            f"What `{endpoint.name}` can be called with.",
            tuple(by_place["query"]) if form is None else form.parameters,
            inputs.check_fields(query, needed) if form is None else form.check,
        ),
        sends_form=form is not None,
        answer=_answer(raw, outputs, where),
        summary=str(raw.get("summary", "")).rstrip("."),
        description=str(raw.get("description", "")),
        url=_documentation(raw),
    )


def _form_parameters(raw: Schema, inputs: Types, where: str) -> ParameterObject | None:
    """The fields of a form body; None if there is no body, or nothing in it."""
    content = raw.get("requestBody", {}).get("content", {})
    if not content:
        return None
    if list(content) != [FORM]:
        raise _unsupported(where, f"a body of type {', '.join(content)}; only forms are")
    schema = content[FORM]["schema"]
    if not is_mapping(schema.get("properties")):
        raise _unsupported(where, "a form body that is not an object with fields")
    if not schema["properties"]:
        return None
    return _parameter_object(where, schema, inputs)


def _answer(raw: Schema, outputs: Types, where: str) -> OutputType:
    """The type of the one successful answer."""
    successes = [status for status in raw["responses"] if status.startswith("2")]
    if successes != ["200"]:
        raise _unsupported(where, "anything but one successful answer, with status 200")
    content = raw["responses"]["200"]["content"]
    if list(content) != [JSON]:
        raise _unsupported(where, f"an answer of type {', '.join(content) or 'none'}")
    return outputs.output(content[JSON]["schema"])


def _documentation(described: Schema) -> str:
    return str(described.get("externalDocs", {}).get("url", ""))


def _same_shape(path: str, renamed: str) -> bool:
    """Whether two paths differ in nothing but the names of their placeholders."""
    ours, theirs = path.split("/"), renamed.split("/")
    return len(ours) == len(theirs) and all(
        a == b or (a.startswith("{") and b.startswith("{"))
        for a, b in zip(ours, theirs, strict=True)
    )


def _unsupported(where: str, what: str) -> PipelineError:
    return PipelineError(
        where, f"the templates do not support {what}", "Leave the operation out of the slice"
    )
