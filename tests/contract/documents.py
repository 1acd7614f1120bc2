"""The slice with our overlay on it, as the pipeline renders it, and its operations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import define, field

from scripts.pipeline.document.conventions import method_name
from scripts.pipeline.openapi import Document, Schema
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.pipeline.run import committed_slice, overlaid_document


@define(frozen=True, eq=False)
class Operation:
    """One operation of the document, and the method of a client that calls it."""

    id: str
    http_method: str
    path: str
    resource: str
    method: str
    in_path: tuple[str, ...]
    parameters: dict[str, Schema] = field(repr=False)
    """Those in the query and in the form."""

    result: Schema = field(repr=False)

    def __str__(self) -> str:
        return f"{self.resource}.{self.method}"


@cache
def overlaid_slice() -> Document:
    return overlaid_document(THIS_REPOSITORY, committed_slice(THIS_REPOSITORY)[0])


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation; a client has it under its tag."""
    return tuple(_operations(overlaid_slice()))


def _operations(document: Document) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for http_method, operation in methods.items():
            parameters: list[dict[str, Any]] = operation["parameters"]
            yield Operation(
                id=operation["operationId"],
                http_method=http_method.upper(),
                path=path,
                resource=operation["tags"][0],
                method=method_name(operation),
                in_path=tuple(p["name"] for p in parameters if p["in"] == "path"),
                parameters={
                    **{p["name"]: p["schema"] for p in parameters if p["in"] == "query"},
                    **_form(operation),
                },
                result=operation["responses"]["200"]["content"]["application/json"]["schema"],
            )


def _form(operation: dict[str, Any]) -> dict[str, Schema]:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    return {
        name: schema
        for media in content.values()
        for name, schema in media["schema"]["properties"].items()
    }
