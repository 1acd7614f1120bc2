"""Operations: the functions that make requests, one for each method and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import define

from ..document.second_opinion import NamedOperation
from ..naming.identifiers import TAKEN_BY_OPERATIONS
from ..openapi import JSON, Schema
from .parameters import (
    Parameter,
    ParameterObject,
    build_parameters,
    build_params,
    form_of,
)
from .text import Text, description_of, literal, paragraphs, section, source_of
from .types import OutputType, Types, unsupported

# Literal words, and parameters that are a whole segment each.
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+|/\{[A-Za-z0-9_]+\})+", re.ASCII)


@define(frozen=True, repr=False)
class Operation:
    """One function of `operations.py`."""

    name: str
    method: str
    path: str
    path_parameters: tuple[Parameter, ...]
    params: ParameterObject
    sends_form: bool
    answer: OutputType
    schema: Schema

    @property
    def place(self) -> str:
        """What it is called in messages, as in the document."""
        return f"{self.method} {self.path}"

    @property
    def path_expression(self) -> str:
        """The path as a Python expression over the path parameters."""
        expression = self.path
        for parameter in self.path_parameters:
            segment = f"path_segment({literal(parameter.name)}, {parameter.name})"
            expression = expression.replace(f"{{{parameter.name}}}", f"{{{segment}}}")
        return f'f"{expression}"' if self.path_parameters else f'"{expression}"'

    @property
    def summary(self) -> str:
        """One sentence, without its full stop."""
        return str(self.schema.get("summary", "")).rstrip(".") or self.place

    @property
    def described_path_parameters(self) -> list[str]:
        return [f"{given.name}: {given.description.raw}" for given in self.path_parameters]

    @property
    def docstring(self) -> Text:
        arguments = [*self.described_path_parameters, f"params: See `{self.params.name}`."]
        raises = [
            "TypeError: A parameter is unknown or of a type that cannot be sent.",
            "ValueError: A parameter is of the right type but invalid.",
        ]
        return paragraphs(
            f"{self.summary}.",
            description_of(self.schema),
            section("Args", arguments),
            section("Raises", raises),
            source_of(self.schema),
        )


def build_operation(
    paths: Mapping[str, Any], endpoint: NamedOperation, inputs: Types, outputs: Types
) -> Operation:
    """The function for an operation that the parser has named.

    Raises:
        PipelineError: the templates do not support such an operation.
    """
    # The parser has renamed the placeholders of the path to Python identifiers.
    path, *others = (path for path in paths if _same_shape(path, endpoint.path))
    raw: Schema = paths[path][endpoint.method]
    where = f"{endpoint.method.upper()} {path}"
    if not _PATH.fullmatch(path):
        raise unsupported(where, "a path of anything but plain words and whole `{parameters}`")
    if others:
        raise unsupported(where, f"a path that only names tell from {others[0]}")
    in_path = build_parameters(raw, "path", inputs, where)
    for parameter in in_path:
        if parameter.name in {*TAKEN_BY_OPERATIONS, endpoint.name}:
            raise unsupported(where, f"a path parameter of the name {parameter.name!r}")
    form = form_of(raw, where)
    return Operation(
        name=endpoint.name,
        method=endpoint.method.upper(),
        path=path,
        path_parameters=tuple(sorted(in_path, key=lambda p: path.index(f"{{{p.name}}}"))),
        params=build_params(raw, form, endpoint.name, inputs, where),
        sends_form=form is not None,
        answer=_answer(raw, outputs, where),
        schema=raw,
    )


def _answer(raw: Schema, outputs: Types, where: str) -> OutputType:
    """The type of the one successful answer."""
    successes = [status for status in raw["responses"] if status.startswith("2")]
    if successes != ["200"]:
        raise unsupported(where, "anything but one successful answer, with status 200")
    content = raw["responses"]["200"]["content"]
    if list(content) != [JSON]:
        raise unsupported(where, f"an answer of type {', '.join(content) or 'none'}")
    return outputs.output(content[JSON]["schema"])


def _same_shape(path: str, renamed: str) -> bool:
    """Whether two paths differ in nothing but the names of their placeholders."""
    ours, theirs = path.split("/"), renamed.split("/")
    return len(ours) == len(theirs) and all(
        a == b or (a.startswith("{") and b.startswith("{"))
        for a, b in zip(ours, theirs, strict=True)
    )
