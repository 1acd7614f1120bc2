"""Does the overlay still say what it was written to say?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jsonpath
from attrs import evolve

from ..pipeline.documents import Document, is_list, is_mapping
from ..pipeline.overlay import LISTED_ALREADY, PROSE, Action, Application, Overlaid, facts_in
from .api import Api
from .bounds import BOUNDS
from .renames import UpstreamNames
from .verdicts import Finding

LONGEST_QUOTE = 300

# What surrounds the facts of a schema: names, and what has lines of its own in the report.
SURROUNDINGS = (
    *("title", "x-resourceId", "properties", "required", "description", "anyOf", "items"),
    *(*BOUNDS, "default", "deprecated"),
)


def names_only(actions: list[Action]) -> list[Action]:
    """The actions without what they change in facts: what is left are names and prose."""
    return [
        evolve(action, update=_without_facts(action.update))
        for action in actions
        if action.update is not None
    ]


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


def findings(
    overlaid: Overlaid,
    names: UpstreamNames,
    before: Sequence[Application],
    after: Sequence[Application],
) -> Iterator[Finding]:
    """What the overlay says that it should not say any more.

    Args:
        overlaid: The new slice with the overlay.
        names: The names that Stripe has changed.
        before: What each action meets in the old document.
        after: What each action meets in the new one.
    """
    yield from _renamed_targets(overlaid.applied, names)
    for problem in overlaid.problems:
        if problem.kind != LISTED_ALREADY:  # the contradictions tell more about that
            yield Finding.of(problem)
    yield from _contradictions(before, after)
    yield from _unmet_requirements(overlaid.document)
    yield from unreasoned(application.action for application in overlaid.applied)


def _renamed_targets(applied: Sequence[Application], names: UpstreamNames) -> Iterator[Finding]:
    """The actions whose targets use a name that Stripe has given up, by name."""
    for old, new in [*names.schemas.items(), *names.paths.items()]:
        numbers = [
            application.action.place
            for application in applied
            if application.aim != application.action.target and new in application.aim
        ]
        if numbers:
            yield Finding(
                "renamed-target",
                f"{'actions' if len(numbers) > 1 else 'action'} {', '.join(numbers)}",
                f"name `{old}` in their target, which Stripe calls `{new}` now"
                if len(numbers) > 1
                else f"names `{old}` in its target, which Stripe calls `{new}` now",
                "Write the new name",
                blocking=True,
            )


def _contradictions(old: Sequence[Application], new: Sequence[Application]) -> Iterator[Finding]:
    """Where upstream has changed what an override corrects, removes or adds."""
    for before, after in zip(old, new, strict=True):
        action = after.action
        if not action.is_override:
            continue
        for path, was, value in _pairs(before.matches, after.matches):
            if action.update is None:
                yield from _removed_differs(action, path, was, value)
            else:
                yield from _now_said_upstream(action, path, was, value)
                yield from _changed_underneath(action, path, was, value)


def unreasoned(actions: Iterable[Action]) -> Iterator[Finding]:
    """Overrides that do not say why they are there."""
    for action in actions:
        if action.is_override and not action.reason:
            text = "changes facts and gives no reason"
            yield Finding("no-reason", action.label, text, "Write its `description`")


def _unmet_requirements(document: Document) -> Iterator[Finding]:
    """Objects that require what they do not have."""
    for name, schema in document["components"]["schemas"].items():
        properties = schema.get("properties", {})
        for required in schema.get("required", []):
            if required not in properties:
                yield Finding(
                    "contradiction",
                    f"schema {name}",
                    f"requires `{required}`, which it does not have any more",
                    "Correct the action that requires it",
                )


def undescribed(old: Api, new: Api, document: Document) -> Iterator[Finding]:
    """What has no prose of ours yet, with what the full new `document` says of it."""
    for place, part in new.items():
        if part.needs_prose and not part.description:
            is_new = "" if place in old else "new and "
            yield Finding(
                "undescribed",
                part.symbols[0],
                f"is {is_new}without prose: `{part.where}`",
                "Describe it in spec/overlay.yaml, then run `make regenerate`",
                upstream=_upstream_prose(document, part.where),
            )


def _upstream_prose(document: Document, where: str) -> str:
    """What a full document says of what is in this place, in short."""
    match = jsonpath.match(where, document)
    text = match.value.get("description") if match and is_mapping(match.value) else None
    plain = re.sub(r"<[^>]+>", "", " ".join(str(text or "").split())).replace("`", "'")
    return textwrap.shorten(plain, LONGEST_QUOTE, placeholder=" ...")


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """What a target has selected in both slices. Positions in lists may have shifted."""
    if len(before) == len(after):
        for path, was, value in zip(after, before.values(), after.values(), strict=True):
            yield path, was, value
    else:
        for path in after.keys() & before.keys():
            yield path, before[path], after[path]


def _removed_differs(action: Action, path: str, was: Any, value: Any) -> Iterator[Finding]:
    # A list that is removed, such as `required`, changes with every field; its reason still holds.
    if is_mapping(value) and was != value:
        yield Finding(
            "contradiction",
            action.label,
            f"removes something else than it did: {path} has changed upstream",
            "Check that its reason still holds",
            action.reason,
        )


def _now_said_upstream(action: Action, path: str, was: Any, value: Any) -> Iterator[Finding]:
    for steps, ours in facts_in(action.update):
        theirs = _at(value, steps)
        doubled = is_list(theirs) and is_list(ours) and any(item in theirs for item in ours)
        if theirs is None or (theirs == _at(was, steps) and not doubled):
            continue
        place = f"`{'.'.join(steps)}`" + (f" of {path}" if path != action.target else "")
        if _same(theirs, ours):
            text = f"is needless, as upstream now says the same itself: {place} is {_shown(theirs)}"
            remedy = f"Delete action {action.number}"
            yield Finding(
                "redundant-override", action.label, text, remedy, action.reason, blocking=doubled
            )
        else:
            text = f"says that {place} is {_shown(ours)}; upstream now says {_shown(theirs)}"
            remedy = f"Delete action {action.number}, or correct it and its reason"
            if doubled:
                remedy += "; an update appends to lists, so what upstream lists cannot stay in it"
            yield Finding(
                "contradiction", action.label, text, remedy, action.reason, blocking=doubled
            )


def _changed_underneath(action: Action, path: str, was: Any, value: Any) -> Iterator[Finding]:
    """The schema that an override corrects is not the one that it was written for."""
    if not is_mapping(was) or not is_mapping(value):
        return
    ours = {steps[0] for steps, _ in facts_in(action.update)}
    keys = (was.keys() | value.keys()) - ours - {*SURROUNDINGS}
    changed = [key for key in sorted(keys) if was.get(key) != value.get(key)]
    if changed:
        facts = ", ".join(
            f"`{key}` was {_shown(was.get(key))} and is {_shown(value.get(key))}" for key in changed
        )
        text = f"what it corrects has changed upstream: {path}: {facts}"
        remedy = "Check that it still fits"
        yield Finding("contradiction", action.label, text, remedy, action.reason)


def _at(value: Any, steps: tuple[str, ...]) -> Any:
    for key in steps:
        if not is_mapping(value):
            return None
        value = value.get(key)
    return value


def _same(theirs: Any, ours: Any) -> bool:
    if is_list(theirs) and is_list(ours):
        return sorted(map(str, theirs)) == sorted(map(str, ours))
    return bool(theirs == ours)


def _shown(value: Any) -> str:
    if value is None:
        return "not there"
    if is_list(value):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`"
