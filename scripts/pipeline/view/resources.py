"""Resources: group the operations into classes, one for each tag.

The slice names the tag and the method (`conventions.py`); the overlay can give others.
"""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterable

from ..errors import PipelineError
from ..inputs.parsing import Document, Schema, documentation
from ..naming.identifiers import (
    TAKEN_BY_CLIENTS,
    TAKEN_BY_METHODS,
    TAKEN_BY_RESOURCES,
    check_wire_name,
    method_name,
)
from .models import Method, Operation, Resource
from .text import Text

EXAMPLE = "x-example"


def build_resources(
    document: Document, operations: Iterable[Operation], classes: Iterable[str]
) -> tuple[Resource, ...]:
    """The operations as methods of resources, in the order of their names.

    Args:
        document: The document, for what it says of its tags and operations.
        operations: Its operations.
        classes: The names of all other classes, with which the module shares its names.

    Raises:
        PipelineError: Two things would have one name, or one that something else has.
    """
    described = {str(tag["name"]): tag for tag in document.get("tags", [])}
    groups: dict[str, list[Operation]] = {}
    tags: dict[str, str] = {}
    for operation in operations:
        raw = _raw(document, operation)
        tag = str(raw["tags"][0])
        name = tag.replace("-", "_").replace(" ", "_").lower()
        _check_name(name, TAKEN_BY_CLIENTS, _place(operation), "tag")
        groups.setdefault(name, []).append(operation)
        tags[name] = tag
    taken = {*classes, *TAKEN_BY_RESOURCES}
    return tuple(
        _resource(name, groups[name], described.get(tags[name], {}), document, taken)
        for name in sorted(groups)
    )


def _resource(
    name: str, operations: list[Operation], tag: Schema, document: Document, taken: set[str]
) -> Resource:
    class_name = "".join(word.capitalize() for word in name.split("_"))
    derived = ("", "WithRawResponse")
    if taken & {f"{prefix}{class_name}{end}" for prefix in ("", "Async") for end in derived}:
        class_name += "Resource"  # `balance` has operations, and is an object as well
    methods: dict[str, Method] = {}
    for operation in operations:
        method = _method(operation, _raw(document, operation))
        if method.name in methods:
            raise PipelineError(
                _place(operation),
                f"its method would be called {name}.{method.name}, as that of "
                f"{_place(methods[method.name].operation)}",
                "Give it another `x-method` or tag in spec/overlay.yaml",
            )
        methods[method.name] = method
    description = str(tag.get("description", "")) or f"Operations on {name.replace('_', ' ')}."
    return Resource(
        name=name,
        class_name=class_name,
        description=Text(description),
        source=Text(documentation(tag)),
        methods=tuple(methods[name] for name in sorted(methods)),
    )


def _method(operation: Operation, raw: Schema) -> Method:
    where = _place(operation)
    name = method_name(raw)
    name += "_" if keyword.iskeyword(name) else ""
    _check_name(name, TAKEN_BY_METHODS, where, "`x-method`")
    names = Counter(
        [
            *("self", "arguments", "options"),
            *(parameter.name for parameter in operation.path_parameters),
            *(given.name for given in operation.params.parameters if given.name != "options"),
        ]
    )
    if twice := [name for name, count in names.items() if count > 1]:
        raise PipelineError(
            where,
            f"its method would take two things called {min(twice)!r}",
            "Leave the operation out of the slice",
        )
    return Method(
        name=name,
        operation=operation,
        summary=Text(str(raw.get("summary", "")).rstrip(".") or where),
        description=Text(str(raw.get("description", ""))),
        example=Text(str(raw.get(EXAMPLE, ""))),
        source=Text(documentation(raw)),
    )


def _check_name(name: str, taken: set[str], where: str, what: str) -> None:
    check_wire_name(name, "name", where)
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in taken:
        raise PipelineError(
            where,
            f"{name!r} cannot be the name of an attribute here",
            f"Give it another {what} in spec/overlay.yaml",
        )


def _raw(document: Document, operation: Operation) -> Schema:
    raw: Schema = document["paths"][operation.path][operation.method.lower()]
    return raw


def _place(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"
