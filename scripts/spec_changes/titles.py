"""Names for a document that is compared and not rendered, so that nothing in it stops us."""

from __future__ import annotations

import re

from ..pipeline.document.second_opinion import NamedOperation, ParsedDocument
from ..pipeline.openapi import Document, is_list, is_list_object, is_mapping

# Steps on the way to a schema that give it no name.
_NAMELESS = {"properties", "parameters", "schema", "responses", "content", "requestBody", "items"}


def named_by_title(document: Document) -> ParsedDocument:
    """What the parser makes of a document in which everything has a title, without its veto.

    For documents that are compared and not rendered.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()

    def name(node: object, *path: str) -> None:
        if is_mapping(node):
            if node.get("properties") and not is_list_object(node) and id(node) not in names:
                words = re.findall(r"[A-Za-z0-9]+", " ".join(path).replace("_", " "))
                title = str(node.get("title") or "".join(map(str.capitalize, words)))
                names[id(node)] = title if title not in taken else f"{title}{len(taken)}"
                taken.add(names[id(node)])
            for key, value in node.items():
                inside = path if key in _NAMELESS else (*path[-1:], key)
                name(value, *inside)
        elif is_list(node):
            for value in node:
                given = value.get("name") if is_mapping(value) else None
                name(value, *path, *([str(given)] if given else []))

    operations: list[NamedOperation] = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operations.append(NamedOperation(operation["operationId"], method, path))
            name(operation, str(operation["operationId"]))
    for key, schema in document["components"]["schemas"].items():
        name(schema, key)
    return ParsedDocument(tuple(operations), names)
