"""Overlay: lay our names, prose and corrections over the slice (OpenAPI Overlay 1.0).

What does not fit the document does not end the work: it comes back as problems, with the document
as far as the overlay fits it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonpath
import yaml
from attrs import define

from ..errors import MisfitError, PipelineError
from ..inputs.parsing import read_yaml
from ..openapi import MEMBERS, Document, Schema, is_list, is_list_object, is_mapping

WHERE = "spec/overlay.yaml"

# What an update says that is prose or a name, and so no fact.
PROSE = ("description", "title", "externalDocs", "summary", "operationId", "tags")

# The kind of problem that an update lists what the document lists itself.
LISTED_ALREADY = "listed-already"

# What holds schemas by name: describing a name in it that is missing adds no schema.
_HOLDERS = ("properties", "schemas")


@define(frozen=True)
class Action:
    """One action of the overlay.

    Attributes:
        number: Its number, from 1.
        target: Its target, as written.
        reason: What it gives as its reason.
        update: What it lays over its target; None if it removes it.
        line: Where it begins in its file, if that is known.
    """

    number: int
    target: str
    reason: str
    update: Any
    line: int | None = None

    @property
    def place(self) -> str:
        """Its number, and where to find it."""
        return f"{self.number}{f' on line {self.line}' if self.line else ''}"

    @property
    def label(self) -> str:
        return f"action {self.place} ({self.target})"

    @property
    def is_override(self) -> bool:
        """Whether it changes facts, and not only names and prose."""
        return self.update is None or any(True for _ in facts_in(self.update))

    def misfit(self, kind: str, text: str, remedy: str) -> MisfitError:
        reason = self.reason if self.is_override else ""
        return MisfitError(kind, WHERE, self.label, text, remedy=remedy, reason=reason)


@define(frozen=True)
class Application:
    """What an action has met.

    Attributes:
        action: The action.
        aim: Its target, as it was looked for.
        matches: The JSONPaths that the target selected; for an override, with what was there.
        problems: Why the action does not fit.
    """

    action: Action
    aim: str
    matches: Mapping[str, Any]
    problems: tuple[MisfitError, ...]


@define(frozen=True)
class Overlaid:
    """A document with an overlay on it, as far as that fits.

    Attributes:
        document: The document.
        applied: What each action has met.
    """

    document: Document
    applied: tuple[Application, ...]

    @property
    def problems(self) -> list[MisfitError]:
        return [problem for application in self.applied for problem in application.problems]

    def fitting(self) -> Document:
        """The document.

        Raises:
            MisfitError: an action does not fit it.
        """
        for problem in self.problems:
            raise problem
        return self.document


def read_overlay(path: Path) -> list[Action]:
    """The actions of the overlay in a file.

    Raises:
        PipelineError: it cannot be read, or is no overlay.
    """
    content = read_yaml(path)
    root: Any = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    nodes = {key.value: node for key, node in root.value} if root is not None else {}
    actions: list[Any] = nodes["actions"].value if is_list(content.get("actions")) else []
    return read_actions(content, [node.start_mark.line + 1 for node in actions])


def read_actions(overlay: Mapping[str, Any], lines: list[int] | None = None) -> list[Action]:
    """The actions of an overlay; `lines` tells where in its file each of them begins.

    Raises:
        PipelineError: it is no overlay, or an action is not formed as one.
    """
    actions = overlay.get("actions")
    if overlay.get("overlay") != "1.0.0" or not is_list(actions):
        raise PipelineError(WHERE, "this is not an Overlay 1.0.0 document", "Restore it from git")
    return [
        _read_action(number, action, lines[number - 1] if lines else None)
        for number, action in enumerate(actions, start=1)
    ]


def _read_action(number: int, action: object, line: int | None) -> Action:
    if (
        not is_mapping(action)
        or not isinstance(action.get("target"), str)
        or ("update" in action) == (action.get("remove") is True)
    ):
        raise PipelineError(
            f"{WHERE}{f':{line}' if line else ''}",
            f"action {number} needs a `target`, and either `update` or `remove: true`",
            "Complete it",
        )
    reason = " ".join(str(action.get("description", "")).split())
    return Action(number, action["target"], reason, action.get("update"), line)


def facts_in(update: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The facts of an update: the steps to each, and what it is."""
    if is_mapping(update):
        for key, value in update.items():
            if key == "properties" and is_mapping(value):
                for name, inner in value.items():
                    for steps, fact in facts_in(inner):
                        yield (key, name, *steps), fact
            elif is_mapping(value) and key not in PROSE:
                for steps, fact in facts_in(value):
                    yield (key, *steps), fact
            elif key not in PROSE:
                yield (key,), value


def apply_overlay(
    document: Document, actions: list[Action], new_name: Callable[[str], str] = str
) -> Overlaid:
    """A copy of `document` with every action applied, in order, as far as it fits.

    The specification lets an action that matches nothing pass in silence; here it is a problem,
    and so is prose for a field that the document does not have: both mean that Stripe has changed
    something that we describe. `new_name` gives another target to an action whose own matches
    nothing.
    """
    root: dict[str, Any] = {"$": copy.deepcopy(document)}
    applied = [_apply_action(root, action, new_name) for action in actions]
    return Overlaid(root["$"], tuple(applied))


def _apply_action(
    root: dict[str, Any], action: Action, new_name: Callable[[str], str]
) -> Application:
    document, aim = root["$"], action.target
    matches, problem = _matches(aim, document)
    if not matches and (renamed := new_name(aim)) != aim:
        aim = renamed
        matches, problem = _matches(aim, document)
    if problem:
        remedy = "Delete it, or correct its target if Stripe has moved what it speaks of"
        return Application(action, aim, {}, (action.misfit("stale-action", problem, remedy),))
    before = {
        _path(match): copy.deepcopy(match.value) if action.is_override else None
        for match in matches
    }
    problems: dict[str, MisfitError] = {}
    for match in reversed(matches):  # from behind, so that removing does not shift what follows
        _apply(root, match, action, problems)
    if not is_mapping(root.get("$")):
        problem = f"{action.label} leaves nothing of the document"
        raise PipelineError(WHERE, problem, "Correct the target")
    return Application(action, aim, before, tuple(problems.values()))


@cache
def _compiled(target: str) -> jsonpath.JSONPath | jsonpath.CompoundJSONPath:
    return jsonpath.compile(target)


def _matches(target: str, document: Document) -> tuple[list[jsonpath.JSONPathMatch], str]:
    """What a target selects, or why it cannot be used."""
    try:
        matches = list(_compiled(target).finditer(document))
    except jsonpath.JSONPathError as error:
        return [], f"is not a JSONPath ({str(error).splitlines()[0]})"
    if not matches:
        return [], "matches nothing in the slice"
    if not all(is_mapping(match.value) or is_list(match.value) for match in matches):
        return [], "selects a plain value; only objects and arrays can be targets"
    return matches, ""


def step(name: str) -> str:
    """`name` as the next step of a JSONPath."""
    return f".{name}" if name.isidentifier() else f"[{name!r}]"


def _path(match: jsonpath.JSONPathMatch) -> str:
    return "$" + "".join(step(p) if isinstance(p, str) else f"[{p}]" for p in match.parts)


def _apply(
    root: dict[str, Any],
    match: jsonpath.JSONPathMatch,
    action: Action,
    problems: dict[str, MisfitError],
) -> None:
    steps: list[Any] = ["$", *match.parts]
    *parents, key = steps
    holder: Any = root
    for part in parents:
        holder = holder[part]
    if action.update is None:
        del holder[key]
    elif is_list(match.value):
        holder[key] = [*match.value, copy.deepcopy(action.update)]
    else:
        names = key in _HOLDERS and parents[-1] not in _HOLDERS
        holder[key] = merge(
            match.value, _fitting(action, action.update, match.value, "", problems, names=names)
        )


def _fitting(
    action: Action,
    update: Any,
    value: Any,
    path: str,
    problems: dict[str, MisfitError],
    *,
    names: bool,
) -> Any:
    """`update` without prose for schemas that `value` lacks, and without what it lists already.

    `path` leads from the target to `value`; `names` tells that its keys are names of schemas.
    """
    if is_list(update) and is_list(value):
        if doubled := [item for item in update if item in value]:
            text = f"lists {', '.join(map(repr, doubled))} where the document lists the same itself"
            problems[path] = action.misfit(LISTED_ALREADY, text, "Delete that from the action")
        return [item for item in update if item not in value]
    if not is_mapping(update) or not is_mapping(value):
        return update
    fitting: dict[str, Any] = {}
    for key, inner in update.items():
        holds = not names and key in _HOLDERS
        place = path if holds else f"{path}.{key}".removeprefix(".")
        if names and key not in value and not _is_schema(inner):
            text = f"describes `{place}`, which the slice does not have"
            remedy = "Delete that description, or move it to the field's new name"
            problems[place] = action.misfit("stale-prose", text, remedy)
        else:
            there = value.get(key, {} if holds else None)
            fitting[key] = _fitting(action, inner, there, place, problems, names=holds)
    return fitting


def _is_schema(update: object) -> bool:
    return is_mapping(update) and bool(update.keys() & {"type", "$ref", *MEMBERS})


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
