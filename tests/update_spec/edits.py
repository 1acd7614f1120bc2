"""Changes to a document of Stripe's, each as a function from one document to another.

The documents are large, so only what lies on the way to the edited place is copied.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Edit = Callable[[Document], Document]

LIST = ("paths", "/v1/invoice_payments", "get")
RETRIEVE = ("paths", "/v1/invoice_payments/{invoice_payment}", "get")


def at(*path: str | int, change: Callable[[Any], Any]) -> Edit:
    """Replace what is at `path` by what `change` makes of a copy of it."""

    def apply(node: Any, steps: tuple[str | int, ...]) -> Any:
        if not steps:
            return change(copy.deepcopy(node))
        copied = node.copy()
        copied[steps[0]] = apply(node[steps[0]], steps[1:])
        return copied

    return lambda document: apply(document, path)


def both(*edits: Edit) -> Edit:
    def apply(document: Document) -> Document:
        for edit in edits:
            document = edit(document)
        return document

    return apply


def unchanged(document: Document) -> Document:
    return document


def updated(**facts: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Set facts of a schema; None takes one away."""

    def change(schema: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**schema, **facts}.items() if value is not None}

    return change


def to(schema: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda _: schema


def schema(name: str, change: Callable[[Any], Any]) -> Edit:
    return at("components", "schemas", name, change=change)


def field(name: str, key: str, change: Callable[[Any], Any]) -> Edit:
    return at("components", "schemas", name, "properties", key, change=change)


def add_field(name: str, key: str, value: dict[str, Any], *, required: bool = False) -> Edit:
    def change(described: dict[str, Any]) -> dict[str, Any]:
        described["properties"][key] = value
        if required:
            described.setdefault("required", []).append(key)
        return described

    return schema(name, change)


def remove_field(name: str, key: str) -> Edit:
    def change(described: dict[str, Any]) -> dict[str, Any]:
        del described["properties"][key]
        described["required"] = [k for k in described.get("required", []) if k != key]
        return described

    return schema(name, change)


def rename_field(name: str, old: str, new: str) -> Edit:
    def change(described: dict[str, Any]) -> dict[str, Any]:
        described["properties"][new] = described["properties"].pop(old)
        described["required"] = [new if k == old else k for k in described.get("required", [])]
        return described

    return schema(name, change)


def require(name: str, key: str) -> Edit:
    return schema(name, lambda s: {**s, "required": [*s.get("required", []), key]})


def release(name: str, key: str) -> Edit:
    return schema(name, lambda s: {**s, "required": [k for k in s["required"] if k != key]})


def add_values(*values: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda described: {**described, "enum": [*described.get("enum", []), *values]}


def remove_values(*values: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda s: {**s, "enum": [value for value in s["enum"] if value not in values]}


def add_targets(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Make a field expandable to further schemas."""
    references = [{"$ref": f"#/components/schemas/{name}"} for name in names]

    def change(described: dict[str, Any]) -> dict[str, Any]:
        known = described.get("x-expansionResources", {}).get("oneOf", [])
        members = described.get("anyOf", [{"type": "string"}])
        rest = {key: value for key, value in described.items() if key not in {"type", "maxLength"}}
        targets = {"oneOf": [*known, *references]}
        return {**rest, "anyOf": [*members, *references], "x-expansionResources": targets}

    return change


def remove_target(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    reference = {"$ref": f"#/components/schemas/{name}"}

    def change(described: dict[str, Any]) -> dict[str, Any]:
        targets = described["x-expansionResources"]["oneOf"]
        described["anyOf"] = [m for m in described["anyOf"] if m != reference]
        described["x-expansionResources"]["oneOf"] = [m for m in targets if m != reference]
        return described

    return change


def parameter(name: str, change: Callable[[Any], Any], operation: tuple[str, ...] = LIST) -> Edit:
    """Edit a parameter as a whole."""
    return at(
        *operation,
        "parameters",
        change=lambda given: [change(p) if p["name"] == name else p for p in given],
    )


def parameter_schema(name: str, change: Callable[[Any], Any]) -> Edit:
    return parameter(name, lambda p: {**p, "schema": change(p["schema"])})


def add_parameter(name: str, value: dict[str, Any], *, required: bool = False) -> Edit:
    given = {"name": name, "in": "query", "required": required, "style": "form", "schema": value}
    return at(*LIST, "parameters", change=lambda parameters: [*parameters, given])


def remove_parameter(name: str) -> Edit:
    return at(*LIST, "parameters", change=lambda given: [p for p in given if p["name"] != name])


def envelope(change: Callable[[Any], Any]) -> Edit:
    """Edit what surrounds the objects of the list operation."""
    return at(*LIST, *("responses", "200", "content", "application/json", "schema"), change=change)


def without_field(schema: dict[str, Any], key: str) -> dict[str, Any]:
    properties = {name: value for name, value in schema["properties"].items() if name != key}
    required = [name for name in schema["required"] if name != key]
    return {**schema, "properties": properties, "required": required}


def with_field(schema: dict[str, Any], key: str, value: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "properties": {**schema["properties"], key: value}}


def remove_operation(path: str, method: str) -> Edit:
    return at("paths", path, change=lambda m: {k: v for k, v in m.items() if k != method})


def move_path(old: str, new: str) -> Edit:
    return at(
        "paths", change=lambda paths: {new if path == old else path: m for path, m in paths.items()}
    )


def rename_schema(old: str, new: str) -> Edit:
    """Give a schema another name, wherever it is spoken of."""
    before, after = f"#/components/schemas/{old}", f"#/components/schemas/{new}"

    def renamed(node: Any) -> Any:
        if isinstance(node, dict):
            changed = {key: renamed(value) for key, value in node.items()}
            return node if all(changed[k] is v for k, v in node.items()) else changed
        if isinstance(node, list):
            items = [renamed(item) for item in node]
            return node if all(a is b for a, b in zip(items, node, strict=True)) else items
        return after if node == before else node

    def edit(document: Document) -> Document:
        copied: Document = renamed(document)
        schemas = copied["components"]["schemas"]
        schemas = {new if name == old else name: value for name, value in schemas.items()}
        return {**copied, "components": {**copied["components"], "schemas": schemas}}

    return edit


def version(name: str) -> Edit:
    return at("info", "version", change=lambda _: name)


def new_prose(node: Any) -> Any:
    """Every description and summary in other words."""
    if isinstance(node, dict):
        return {
            key: "Other words." if _is_prose(key, value) else new_prose(value)
            for key, value in node.items()
        }
    return [new_prose(item) for item in node] if isinstance(node, list) else node


def _is_prose(key: str, value: Any) -> bool:
    return key in {"description", "summary"} and isinstance(value, str)


def reversed_keys(node: Any) -> Any:
    """Every object with its keys in the opposite order."""
    if isinstance(node, dict):
        return {key: reversed_keys(value) for key, value in reversed(node.items())}
    return [reversed_keys(item) for item in node] if isinstance(node, list) else node
