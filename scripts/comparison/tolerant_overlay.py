"""Lay the overlay over a slice that it may not fit, and keep a record of what each action met."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import jsonpath
from attrs import define, evolve

from ..pipeline.documents import MEMBERS, Document, is_list, is_mapping
from ..pipeline.errors import PipelineError
from ..pipeline.overlay import LINE, apply_overlay, merge
from ..pipeline.overlay import label as where_is
from .facts import step

WHERE = "spec/overlay.yaml"
NO_DOCUMENT: Document = {"paths": {}, "components": {"schemas": {}}}

# What an update says that is prose or a name, and so no fact.
PROSE = ("description", "title", "externalDocs", "summary", "operationId", "tags")


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


@define(frozen=True)
class Application:
    """What an action has met.

    Attributes:
        action: The action.
        matches: The JSONPaths that its target selected; for an override, with what was there.
        absent: The fields that it describes and that are not there.
        aim: Its target with Stripe's new names, where it matched nothing without.
        problem: Why the pipeline refuses it, if it does.
    """

    action: Action
    matches: dict[str, Any]
    absent: tuple[str, ...]
    aim: str
    problem: str


def read_actions(overlay: dict[str, Any]) -> list[Action]:
    """Raises `PipelineError` if this is not an overlay, or an action is not formed as one."""
    apply_overlay(NO_DOCUMENT, {**overlay, "actions": []}, WHERE)
    return [
        _read_action(number, action) for number, action in enumerate(overlay["actions"], start=1)
    ]


def _read_action(number: int, action: object) -> Action:
    if (
        not is_mapping(action)
        or not isinstance(action.get("target"), str)
        or ("update" in action) == (action.get("remove") is True)
    ):
        raise PipelineError(
            where_is(WHERE, number, action),
            "it needs a `target`, and either `update` or `remove: true`",
            "Complete it",
        )
    reason = " ".join(str(action.get("description", "")).split())
    return Action(number, action["target"], reason, action.get("update"), action.get(LINE))


def names_only(actions: list[Action]) -> list[Action]:
    """The actions without what they change in facts: what is left are names and prose."""
    return [
        evolve(action, update=_without_facts(action.update))
        for action in actions
        if action.update is not None
    ]


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


def apply_what_fits(
    document: Document, actions: list[Action], new_name: Callable[[str], str] = str
) -> tuple[Document, list[Application]]:
    """A copy of `document` with every action applied as far as it matches something.

    `new_name` gives another target to an action whose own matches nothing.
    """
    root: dict[str, Any] = {"$": copy.deepcopy(document)}
    applied: list[Application] = []
    for action in actions:
        aim = action.target
        matches = _matches(aim, root["$"])
        if not matches and (renamed := new_name(aim)) != aim:
            aim, matches = renamed, _matches(renamed, root["$"])
        problem = "" if matches else _refusal(root["$"], aim)
        kept = copy.deepcopy if action.is_override else _nothing
        before = {_path(match): kept(match.value) for match in matches}
        absent: dict[str, None] = {}
        for match in reversed(matches):
            _apply(root, match, action.update, absent)
        applied.append(Application(action, before, tuple(absent), aim, problem))
    return root["$"], applied


def _nothing(_: Any) -> None:
    """What is kept of a value that only gets prose."""


@cache
def _compiled(target: str) -> jsonpath.JSONPath | jsonpath.CompoundJSONPath:
    return jsonpath.compile(target)


def _matches(target: str, document: Document) -> list[jsonpath.JSONPathMatch]:
    try:
        matches = list(_compiled(target).finditer(document))
    except jsonpath.JSONPathError:
        return []
    return [match for match in matches if is_mapping(match.value) or is_list(match.value)]


def _refusal(document: Document, target: str) -> str:
    """What the pipeline says of a target that selects nothing that can be overlaid."""
    action: dict[str, Any] = {"target": target, "update": {}}
    try:
        apply_overlay(document, {"overlay": "1.0.0", "actions": [action]}, WHERE)
    except PipelineError as error:
        return error.problem
    return ""


def _path(match: jsonpath.JSONPathMatch) -> str:
    return "$" + "".join(step(p) if isinstance(p, str) else f"[{p}]" for p in match.parts)


def _apply(
    root: dict[str, Any], match: jsonpath.JSONPathMatch, update: Any, absent: dict[str, None]
) -> None:
    *parents, key = ("$", *match.parts)
    holder: Any = root
    for part in parents:
        holder = holder[part]
    value = match.value
    if update is None and holder is root:
        raise PipelineError(WHERE, "an action removes the whole document", "Correct its target")
    if update is None:
        del holder[key]
    elif is_list(value):
        holder[key] = [*value, copy.deepcopy(update)]
    else:
        holder[key] = merge(value, _fitting(update, value, "", absent))


def _fitting(update: Any, value: Any, path: str, absent: dict[str, None]) -> Any:
    """`update` without prose for fields that `value` lacks, and without what it lists already."""
    if is_list(update) and is_list(value):
        return [item for item in update if item not in value]
    if not is_mapping(update) or not is_mapping(value):
        return update
    fitting: dict[str, Any] = {}
    for key, inner in update.items():
        if key == "properties" and is_mapping(inner):
            there = value.get("properties", {})
            kept: dict[str, Any] = {}
            for name, described in inner.items():
                if name in there or described.keys() & {"type", "$ref", *MEMBERS}:
                    kept[name] = _fitting(described, there.get(name), f"{path}{name}.", absent)
                else:
                    absent[f"{path}{name}"] = None
            fitting[key] = kept
        else:
            fitting[key] = _fitting(inner, value.get(key), path, absent)
    return fitting


def _without_facts(update: Any) -> Any:
    if not is_mapping(update):
        return update
    kept: dict[str, Any] = {}
    for key, value in update.items():
        if key in PROSE:
            kept[key] = value
        elif is_mapping(value):
            if key == "properties":
                kept[key] = {name: _without_facts(inner) for name, inner in value.items()}
            else:
                kept[key] = _without_facts(value)
    return kept
