"""Resources: the operations as methods, grouped into a class for each tag.

The slice names the tag and the method (`document/conventions.py`); the overlay can give others.
"""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterable

from attrs import define

from ..document.conventions import method_name
from ..errors import PipelineError
from ..naming.identifiers import (
    TAKEN_BY_CLIENTS,
    TAKEN_BY_METHODS,
    TAKEN_BY_RESOURCES,
    check_wire_name,
    class_name,
    not_a_keyword,
)
from ..openapi import Document, Schema
from .operations import Operation
from .text import Text, description_of, paragraphs, section, source_of

EXAMPLE = "x-example"


@define(frozen=True, repr=False)
class Method:
    """One method of a resource: an operation, carried out by an engine."""

    name: str
    operation: Operation

    @property
    def arguments(self) -> str:
        """The class of its keyword arguments."""
        return f"{self.operation.params.name.removesuffix('Params')}Arguments"

    def returns(self, prefix: str) -> str:
        """What it returns; `prefix` tells the kinds of clients apart."""
        answer = self.operation.answer
        return f"{prefix}Page[{answer.item}]" if answer.item else answer.annotation

    @property
    def docstring(self) -> Text:
        operation = self.operation
        example = str(operation.schema.get(EXAMPLE, "")).splitlines()
        see = f"**arguments: See `{operation.params.name}` and `RequestOptions`."
        raises = [
            "TypeError: An argument is unknown or of the wrong type.",
            "ValueError: An argument is of the right type but invalid.",
            "StripeError: The API reports a failure, or cannot be reached.",
        ]
        return paragraphs(
            f"{operation.summary}.",
            description_of(operation.schema),
            section("Example", example),
            section("Args", [*operation.described_path_parameters, see]),
            section("Raises", raises),
            source_of(operation.schema),
        )

    def short_docstring(self, resource: Resource) -> Text:
        """For the client whose methods do the same as these."""
        return Text(f"{self.operation.summary}; see `{resource.class_name}.{self.name}`.")


@define(frozen=True, repr=False)
class Resource:
    """A group of operations: one attribute of a client."""

    name: str
    class_name: str
    tag: Schema
    methods: tuple[Method, ...]

    @property
    def description(self) -> Text:
        default = f"Operations on {self.name.replace('_', ' ')}."
        return Text(description_of(self.tag).raw or default)

    @property
    def docstring(self) -> Text:
        return paragraphs(self.description, source_of(self.tag))


def build_resources(
    document: Document, operations: Iterable[Operation], classes: Iterable[str]
) -> tuple[Resource, ...]:
    """The operations as methods of resources, in the order of their names.

    Args:
        document: The document, for what it says of its tags.
        operations: Its operations.
        classes: The names of all other classes, with which the module shares its names.

    Raises:
        PipelineError: Two things would have one name, or one that something else has.
    """
    described = {str(tag["name"]): tag for tag in document.get("tags", [])}
    groups: dict[str, list[Operation]] = {}
    tags: dict[str, Schema] = {}
    for operation in operations:
        tag = str(operation.schema["tags"][0])
        name = tag.replace("-", "_").replace(" ", "_").lower()
        _check_name(name, TAKEN_BY_CLIENTS, operation.place, "tag")
        groups.setdefault(name, []).append(operation)
        tags[name] = described.get(tag, {})
    taken = {*classes, *TAKEN_BY_RESOURCES}
    return tuple(
        Resource(name, _class_name(name, taken), tags[name], _methods(name, groups[name]))
        for name in sorted(groups)
    )


def _class_name(name: str, taken: set[str]) -> str:
    ours = class_name(name)
    derived = ("", "WithRawResponse")
    if taken & {f"{prefix}{ours}{end}" for prefix in ("", "Async") for end in derived}:
        ours += "Resource"  # `balance` has operations, and is an object as well
    return ours


def _methods(resource: str, operations: list[Operation]) -> tuple[Method, ...]:
    methods: dict[str, Method] = {}
    for operation in operations:
        method = _method(operation)
        if method.name in methods:
            raise PipelineError(
                operation.place,
                f"its method would be called {resource}.{method.name}, as that of "
                f"{methods[method.name].operation.place}",
                "Give it another `x-method` or tag in spec/overlay.yaml",
            )
        methods[method.name] = method
    return tuple(methods[name] for name in sorted(methods))


def _method(operation: Operation) -> Method:
    name = not_a_keyword(method_name(operation.schema))
    _check_name(name, TAKEN_BY_METHODS, operation.place, "`x-method`")
    names = Counter(
        [
            *("self", "arguments", "options"),
            *(parameter.name for parameter in operation.path_parameters),
            *(given.name for given in operation.params.parameters if given.name != "options"),
        ]
    )
    if twice := [name for name, count in names.items() if count > 1]:
        raise PipelineError(
            operation.place,
            f"its method would take two things called {min(twice)!r}",
            "Leave the operation out of the slice",
        )
    return Method(name, operation)


def _check_name(name: str, taken: set[str], where: str, what: str) -> None:
    check_wire_name(name, "name", where)
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in taken:
        raise PipelineError(
            where,
            f"{name!r} cannot be the name of an attribute here",
            f"Give it another {what} in spec/overlay.yaml",
        )
