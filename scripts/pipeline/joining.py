"""Join: make the view of the API of the parser's names and of what the document says."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .conventions import MONEY, UNIX_TIME, conventional_money, parameter_classes
from .documents import (
    Document,
    Schema,
    documentation,
    is_list,
    is_list_object,
    is_mapping,
    referenced_schema,
)
from .errors import PipelineError
from .naming import (
    TAKEN,
    TAKEN_BY_OPERATIONS,
    TAKEN_BY_PARAMETERS,
    attribute_name,
    check_class_name,
    check_wire_name,
    class_name,
    is_attribute,
    local_names,
)
from .resources import build_resources
from .text import Text
from .types import CONSTANTS, CURRENCY, OutputType, Types
from .vetting import NamedOperation, ParsedDocument
from .views import ApiView, Field, Model, Operation, Parameter, ParameterObject, paragraphs

# Literal words, and parameters that are a whole segment each.
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+|/\{[A-Za-z0-9_]+\})+", re.ASCII)

_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def build_view(document: Document, parsed: ParsedDocument) -> ApiView:
    """Join the parser's names with what the document says."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    inputs = Types(schemas, parameter_classes(document, parsed.class_name))
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
    classes = [*(model.name for model in models), *(given.name for given in objects)]
    _refuse_clashes(classes, operations)
    for model in models:
        _refuse_clashes_within(model, classes)
    return ApiView(
        api_version=_api_version(document["info"]["version"]),
        description=Text(str(document["info"].get("description", ""))),
        base_url=Text(_base_url(document.get("servers", []))),
        models=tuple(sorted(models, key=lambda model: model.name)),
        parameter_objects=tuple(objects),
        operations=tuple(operations),
        resources=build_resources(document, operations, classes),
    )


def _api_version(version: str) -> str:
    """It stands in comments and docstrings too, and so has to be one word."""
    if not re.fullmatch(r"[A-Za-z0-9._+-]{1,100}", version, re.ASCII):
        raise PipelineError(
            "info.version", f"{version[:100]!r} is no version", "Take the document that Stripe has"
        )
    return version


def _base_url(servers: list[Schema]) -> str:
    """The address of the first server, if there is one."""
    if not servers:
        return ""
    url: str = servers[0]["url"]
    if not re.fullmatch(r"https?://[A-Za-z0-9.:-]+[A-Za-z0-9._~/-]*", url, re.ASCII):
        raise PipelineError(
            "servers.0.url", f"{url[:200]!r} is no address", "Take the document that Stripe has"
        )
    return url.rstrip("/")


def _refuse_clashes(class_names: list[str], operations: list[Operation]) -> None:
    counts = Counter(class_names)
    for name in class_names:
        check_class_name(name)
        if counts[name] > 1:
            raise PipelineError(
                f"class {name}",
                "there are two things of this name",
                "Give one another `title` in spec/overlay.yaml, or override it in "
                "spec/generator.yaml",
            )
    found: dict[str, Operation] = {}
    for operation in operations:
        where = f"{operation.method} {operation.path}"
        if operation.name in found or operation.name in TAKEN_BY_OPERATIONS:
            other = found.get(operation.name)
            raise PipelineError(
                where,
                f"its function would be called {operation.name!r}, as "
                + (f"that of {other.method} {other.path}" if other else "something else is"),
                "Give it another `operationId` in spec/overlay.yaml",
            )
        found[operation.name] = operation


def _refuse_clashes_within(model: Model, class_names: list[str]) -> None:
    """Nothing in a class may have the name of something else in it, or that its body looks up.

    An accessor gives way to a field of the same name; two accessors cannot.
    """
    accessors: dict[str, Field] = {}
    for field in model.fields:
        if field.attribute in class_names:
            raise PipelineError(
                f"class {model.name}",
                f"its property {field.name.raw!r} has the name of a class",
                "Give the class another `title` in spec/overlay.yaml",
            )
        for accessor in field.accessors:
            if accessor in accessors:
                raise PipelineError(
                    f"class {model.name}",
                    f"{field.name.raw!r} and {accessors[accessor].name.raw!r} both give it a "
                    f"{accessor!r}",
                    "Leave one of them out of the slice, or remove it through spec/overlay.yaml",
                )
            accessors[accessor] = field


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
                description=Text(str(value.get("description", ""))),
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
    source = f"Source: {url}" if (url := documentation(schema)) else ""
    return Model(
        name=name,
        docstring=paragraphs(str(schema.get("description", "")), source),
        fields=tuple(fields),
        comes_in_lists=comes_in_lists,
        schema=schema,
    )


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


def _parameter_object(name: str, schema: Schema, types: Types) -> ParameterObject:
    required = set(schema.get("required", ()))
    parameters = tuple(
        _parameter(name, key, types.input(value, f"{name} {key}"), value, key in required)
        for key, value in sorted(schema["properties"].items())
    )
    _refuse_hidden(parameters, name)
    return ParameterObject(
        name=name,
        description=Text(str(schema.get("description", ""))),
        parameters=parameters,
        check=types.check(schema),
    )


def _refuse_hidden(parameters: Iterable[Parameter], where: str) -> None:
    """In a class with a parameter called `object`, that word is no type any more."""
    annotations = " ".join(given.annotation for given in parameters)
    used = set(re.findall(r"\w+", _QUOTED.sub("", annotations)))
    for given in parameters:
        if given.name in used or given.name in TAKEN_BY_PARAMETERS:
            raise _unsupported(
                f"{where} {given.name}", f"a parameter that hides Python's own {given.name!r}"
            )


def _parameter(
    holder: str, name: str, annotation: str, described: Schema, required: bool
) -> Parameter:
    where = f"{holder} {name}"
    check_wire_name(name, "parameter", where)
    if keyword.iskeyword(name) or not name.isidentifier() or name.startswith("__"):
        raise _unsupported(where, "a parameter whose name is no Python identifier")
    description = Text(str(described.get("description", "")))
    return Parameter(name, annotation, required, description, described)


def _operation(
    paths: Mapping[str, Any], endpoint: NamedOperation, inputs: Types, outputs: Types
) -> Operation:
    # The parser has renamed the placeholders of the path to Python identifiers.
    renamed = endpoint.path
    path, *others = (path for path in paths if _same_shape(path, renamed))
    raw: Schema = paths[path][endpoint.method]
    where = f"{endpoint.method.upper()} {path}"
    if not _PATH.fullmatch(path):
        raise _unsupported(where, "a path of anything but plain words and whole `{parameters}`")
    if others:
        raise _unsupported(where, f"a path that only names tell from {others[0]}")
    by_place: dict[str, list[Parameter]] = {"path": [], "query": []}
    for given in raw["parameters"]:
        place, name = given["in"], given["name"]
        _check_parameter(given, where)
        annotation = inputs.input(given["schema"], f"{where} {name}")
        required = bool(given.get("required"))
        by_place[place].append(_parameter(where, name, annotation, given, required))
    query = {p["name"]: p["schema"] for p in raw["parameters"] if p["in"] == "query"}
    for parameter in by_place["path"]:
        if parameter.name in {*TAKEN_BY_OPERATIONS, endpoint.name}:
            raise _unsupported(where, f"a path parameter of the name {parameter.name!r}")
    _refuse_hidden(by_place["query"], where)
    needed = [p.name for p in by_place["query"] if p.required]
    form = _form_parameters(raw, inputs, where)
    if form is not None and by_place["query"]:
        raise _unsupported(where, "query parameters beside a form body")
    params = class_name(str(endpoint.name), "params")
    return Operation(
        name=str(endpoint.name),
        method=endpoint.method.upper(),
        path=path,
        path_parameters=tuple(sorted(by_place["path"], key=lambda p: path.index(f"{{{p.name}}}"))),
        params=ParameterObject(
            params,
            Text(f"What `{endpoint.name}` can be called with."),
            tuple(by_place["query"]) if form is None else form.parameters,
            inputs.check_fields(query, needed) if form is None else form.check,
        ),
        sends_form=form is not None,
        answer=_answer(raw, outputs, where),
        docstring=_operation_docstring(raw, where, by_place["path"], params),
        schema=raw,
    )


def _operation_docstring(raw: Schema, where: str, path: list[Parameter], params: str) -> Text:
    arguments = [
        *((parameter.name, parameter.description.raw) for parameter in path),
        ("params", f"See `{params}`."),
    ]
    url = documentation(raw)
    return paragraphs(
        f"{str(raw.get('summary', '')).rstrip('.') or where}.",
        str(raw.get("description", "")),
        "\n".join(["Args:", *(f"    {name}: {text}" for name, text in arguments)]),
        "\n".join(
            [
                "Raises:",
                "    TypeError: A parameter is unknown or of a type that cannot be sent.",
                "    ValueError: A parameter is of the right type but invalid.",
            ]
        ),
        f"Source: {url}" if url else "",
    )


def check_parameters(document: Document) -> None:
    """Look at all parameters before the parser does, which refuses some for other reasons.

    Raises:
        PipelineError: one is sent in a way that the templates do not have.
    """
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for given in operation.get("parameters", []):
                _check_parameter(given, f"{method.upper()} {path}")


def _check_parameter(parameter: Schema, where: str) -> None:
    """Arrays and objects are sent in brackets, which OpenAPI calls `deepObject`."""
    if parameter["in"] not in ("path", "query"):
        raise _unsupported(where, f"parameters in a {parameter['in']}")
    where = f"{where} {parameter['name']}"
    in_path = parameter["in"] == "path"
    style = parameter.get("style", "simple" if in_path else "form")
    if in_path:
        if style != "simple":
            raise _unsupported(where, f"a path parameter of the style {style!r}")
        return
    schema = parameter["schema"]
    kinds = {schema.get("type"), *(member.get("type") for member in schema.get("anyOf", []))}
    if style not in ("deepObject", "form"):
        raise _unsupported(where, f"a parameter of the style {style!r}")
    if style == "form" and kinds & {"array", "object"}:
        written = f"{parameter['name']}=a,b"
        if parameter.get("explode", True):
            written = f"{parameter['name']}=a&{parameter['name']}=b"
        raise _unsupported(
            where, f"an array or object of the style 'form', sent as {written}; only 'deepObject'"
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
