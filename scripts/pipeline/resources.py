"""Resources: group the operations into classes, and name those and their methods.

A tag of the document names the resource, and `x-method` the method. What has neither is named
after its path, as Stripe's own libraries name it: `GET /v1/coupons` is `coupons.list`.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable

from .documents import Document, Schema, documentation, referenced_schema
from .errors import PipelineError
from .naming import TAKEN_BY_CLIENTS, TAKEN_BY_METHODS, TAKEN_BY_RESOURCES, check_wire_name
from .text import Text
from .views import Method, Operation, Resource

METHOD = "x-method"
EXAMPLE = "x-example"

_VERSION = re.compile(r"v\d+")
# The end of the path of an operation on a whole collection, which names no resource of its own.
_OF_COLLECTION = re.compile(r"search|create_\w+")


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
        tag = str(next(iter(raw.get("tags", [])), _resource_name(operation.path)))
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
        method = _method(name, operation, _raw(document, operation))
        if method.name in methods:
            raise PipelineError(
                _place(operation),
                f"its method would be called {name}.{method.name}, as that of "
                f"{_place(methods[method.name].operation)}",
                f"Give it another `{METHOD}` or tag in spec/overlay.yaml",
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


def _method(resource: str, operation: Operation, raw: Schema) -> Method:
    where = _place(operation)
    name = str(raw.get(METHOD, "")) or _method_name(resource, operation, raw)
    name += "_" if keyword.iskeyword(name) else ""
    _check_name(name, TAKEN_BY_METHODS, where, f"`{METHOD}`")
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


def _resource_name(path: str) -> str:
    """What the path begins with: `invoices` of `/v1/invoices/{invoice}/lines`."""
    before, _ = _parts(path)
    return "_".join(word for word in before if not _OF_COLLECTION.fullmatch(word)) or "operations"


def _method_name(resource: str, operation: Operation, raw: Schema) -> str:
    """What it does, and to what, if that is not the resource's object but a part of it."""
    before, parts = _parts(operation.path)
    is_of_object = operation.path.endswith("}")
    if not is_of_object and not parts and before and _OF_COLLECTION.fullmatch(before[-1]):
        return before[-1]
    # `/invoices/{invoice}/pay` does something; `/accounts/{account}/persons` has persons in it.
    if (
        operation.method == "POST"
        and (parts and not is_of_object)
        and (not parts[-1].endswith("s") or _kind_of_answer(raw) == _singular(resource))
    ):
        return "_".join(parts)
    is_list = operation.answer.item is not None
    verb = {
        "GET": "list" if is_list else "retrieve",
        "POST": "update" if is_of_object else "create",
        "DELETE": "delete",
    }.get(operation.method, operation.method.lower())
    return "_".join([verb, *(parts if is_list else map(_singular, parts))])


def _parts(path: str) -> tuple[list[str], list[str]]:
    """The words of a path before its first parameter, and those after it."""
    words = [re.sub(r"[^A-Za-z0-9{}]", "_", word) for word in path.split("/") if word]
    words = words[1:] if _VERSION.fullmatch(words[0]) else words
    first = next((i for i, word in enumerate(words) if word.startswith("{")), len(words))
    return words[:first], [word for word in words[first:] if not word.startswith("{")]


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _kind_of_answer(raw: Schema) -> str:
    """What kind of object the response is, in the words of a path."""
    for media in raw["responses"]["200"]["content"].values():
        return str(referenced_schema(media["schema"])).replace(".", "_")
    return ""


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
