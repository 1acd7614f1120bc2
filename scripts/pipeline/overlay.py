"""Overlay: lay our names, prose and corrections over the slice (OpenAPI Overlay 1.0)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonpath
import yaml

from .documents import MEMBERS, Document, Schema, is_list, is_list_object, is_mapping, read_yaml
from .errors import PipelineError

# Where an action tells on which line it begins; an extension, as the specification allows them.
LINE = "x-line"


def read_overlay(path: Path) -> dict[str, Any]:
    """The overlay in a file; its actions know their lines.

    Raises:
        PipelineError: it cannot be read, or is no YAML.
    """
    return _with_lines(read_yaml(path), path.read_text("utf-8"))


def _with_lines(overlay: dict[str, Any], text: str) -> dict[str, Any]:
    """`overlay`, read from `text`; its actions know their lines."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    nodes = {key.value: node for key, node in root.value} if root is not None else {}
    actions = overlay.get("actions")
    if not is_list(actions) or "actions" not in nodes:
        return overlay
    located = [
        {**action, LINE: node.start_mark.line + 1} if is_mapping(action) else action
        for action, node in zip(actions, nodes["actions"].value, strict=True)
    ]
    return {**overlay, "actions": located}


def apply_overlay(document: Document, overlay: dict[str, Any], where: str) -> Document:
    """A copy of `document` with every action of `overlay` applied, in order.

    The specification lets an action that matches nothing pass in silence; here it is an error,
    and so is prose for a field that the document does not have: both mean that Stripe has
    changed something that we describe.
    """
    if overlay.get("overlay") != "1.0.0" or not is_list(overlay.get("actions")):
        raise PipelineError(where, "this is not an Overlay 1.0.0 document", "Restore it from git")
    known = {path for path, _ in _walk_schemas(document)}
    overlaid = copy.deepcopy(document)
    for number, action in enumerate(overlay["actions"], start=1):
        overlaid = _apply_action(overlaid, action, label(where, number, action))
    gone = [
        path
        for path, schema in _walk_schemas(overlaid)
        if path not in known and not schema.keys() & {"type", "$ref", *MEMBERS}
    ]
    if gone:
        raise PipelineError(
            where,
            f"it describes what the slice does not have: {', '.join(gone)}",
            "Delete the descriptions, or correct the names",
        )
    return overlaid


def label(where: str, number: int, action: object) -> str:
    """What an action is called in messages: its file, its line if that is known, its number."""
    line = action.get(LINE) if is_mapping(action) else None
    return f"{where}{f':{line}' if line else ''}, action {number}"


def _apply_action(document: Document, action: object, where: str) -> Document:
    if (
        not is_mapping(action)
        or not isinstance(action.get("target"), str)
        or ("update" in action) == (action.get("remove") is True)
    ):
        raise PipelineError(
            where, "it needs a `target`, and either `update` or `remove: true`", "Complete it"
        )
    root: dict[str, Any] = {"$": document}
    matches = _matches(action["target"], document, where)
    for match in reversed(matches):  # from behind, so that removing does not shift what follows
        *parents, key = ("$", *match.parts)
        holder: Any = root
        for part in parents:
            holder = holder[part]
        if "update" not in action:
            del holder[key]
        elif is_list(match.value):
            holder[key] = [*match.value, copy.deepcopy(action["update"])]
        else:
            holder[key] = merge(match.value, action["update"])
    overlaid = root.get("$")
    if not is_mapping(overlaid):
        raise PipelineError(where, "it leaves nothing of the document", "Correct the target")
    return overlaid


def _matches(target: str, document: Document, where: str) -> list[jsonpath.JSONPathMatch]:
    try:
        matches = list(jsonpath.finditer(target, document))
    except jsonpath.JSONPathError as error:
        problem = f"{target!r} is not a JSONPath ({str(error).splitlines()[0]})"
        raise PipelineError(where, problem, "Correct the target") from error
    if not matches:
        raise PipelineError(
            where,
            f"{target!r} matches nothing in the slice",
            "Correct the target, or delete the action if Stripe has removed what it spoke of",
        )
    if not all(is_mapping(match.value) or is_list(match.value) for match in matches):
        raise PipelineError(
            where,
            f"{target!r} selects a plain value; only objects and arrays can be targets",
            "Select what holds it",
        )
    return matches


def merge(value: Any, update: Any) -> Any:
    """`update` laid over `value`: objects merge in depth, lists grow, anything else gives way."""
    if is_mapping(value) and is_mapping(update):
        merged = {key: merge(value[key], new) for key, new in update.items() if key in value}
        return {**value, **copy.deepcopy(update), **merged}
    if is_list(value) and is_list(update):
        return [*value, *copy.deepcopy(update)]
    return copy.deepcopy(update)


def undescribed(document: Document) -> list[str]:
    """Where the overlay has no prose yet: models, fields, operations and parameters."""
    named = [*_walk_schemas(document), *_walk_operations(document)]
    return sorted(path for path, described in named if not described.get("description"))


def _walk_schemas(document: Document) -> Iterator[tuple[str, Schema]]:
    """Every schema that has a name, with that name: components, their fields, and parameters'."""
    for name, schema in document["components"]["schemas"].items():
        yield name, schema
        yield from _walk_properties(schema, name)
    for path, described in _walk_operations(document):
        yield from _walk_properties(described.get("schema", described), path)


def _walk_operations(document: Document) -> Iterator[tuple[str, Schema]]:
    """Every operation and every parameter, form fields included, with its name."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            yield name, operation
            for parameter in operation.get("parameters", []):
                yield f"{name} {parameter['name']}", parameter
            for media in operation.get("requestBody", {}).get("content", {}).values():
                for field, schema in media["schema"].get("properties", {}).items():
                    yield f"{name} {field}", schema


def _walk_properties(schema: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    if is_list_object(schema):  # described once, by the class that all lists share
        return
    for name, value in schema.get("properties", {}).items():
        yield f"{path}.{name}", value
        yield from _walk_properties(value, f"{path}.{name}")
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if is_mapping(schema.get(key)):
            yield from _walk_properties(schema[key], f"{path}{mark}")
    for member in schema.get("anyOf", []):
        yield from _walk_properties(member, path)
