"""Does the overlay still say what it was written to say?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jsonpath
from attrs import evolve

from ..pipeline.document.overlay import (
    LISTED_ALREADY,
    Action,
    Application,
    Overlaid,
    facts_in,
)
from ..pipeline.openapi import Document, is_list, is_mapping
from .api import Api
from .renames import UpstreamNames
from .schemas import BOUNDS
from .verdicts import Finding

LONGEST_QUOTE = 300

# What surrounds the facts of a schema: names, and what has lines of its own in the report.
SURROUNDINGS = (
    *("title", "x-resourceId", "properties", "required", "description", "anyOf", "items"),
    *(*BOUNDS, "default", "deprecated"),
)


def findings(
    overlaid: Overlaid,
    names: UpstreamNames,
    before: Sequence[Application],
    after: Sequence[Application],
) -> Iterator[Finding]:
    """What the overlay, which is on the new slice, says that it should not say any more.

    `before` and `after` are what each action meets in the old document and in the new one.
    """
    yield from _renamed_targets(overlaid.applied, names)
    for problem in overlaid.problems:
        if problem.kind != LISTED_ALREADY:  # the contradictions tell more about that
            yield Finding.of(problem)
    for then, now in zip(before, after, strict=True):
        if now.action.is_override:
            for path, was, value in _pairs(then.matches, now.matches):
                yield from _contradictions(now.action, path, was, value)
    yield from _unmet_requirements(overlaid.document)
    yield from unreasoned(application.action for application in overlaid.applied)


def _renamed_targets(applied: Sequence[Application], names: UpstreamNames) -> Iterator[Finding]:
    """The actions whose targets use a name that Stripe has given up, by name."""
    moved = [one for one in applied if one.aim != one.action.target]
    for old, new in [*names.schemas.items(), *names.paths.items()]:
        if numbers := [one.action.place for one in moved if new in one.aim]:
            one_or_more = ("action", "names", "its"), ("actions", "name", "their")
            noun, verb, whose = one_or_more[len(numbers) > 1]
            text = f"{verb} `{old}` in {whose} target, which Stripe calls `{new}` now"
            subject = f"{noun} {', '.join(numbers)}"
            yield Finding("renamed-target", subject, text, "Write the new name", blocking=True)


def unreasoned(actions: Iterable[Action]) -> Iterator[Finding]:
    """Overrides that do not say why they are there."""
    for action in actions:
        if action.is_override and not action.reason:
            text = "changes facts and gives no reason"
            yield Finding("no-reason", action.label, text, "Write its `description`")


def _unmet_requirements(document: Document) -> Iterator[Finding]:
    """Objects that require what they do not have."""
    for name, schema in document["components"]["schemas"].items():
        for required in schema.get("required", []):
            if required not in schema.get("properties", {}):
                text = f"requires `{required}`, which it does not have any more"
                remedy = "Correct the action that requires it"
                yield Finding("contradiction", f"schema {name}", text, remedy)


def undescribed(old: Api, new: Api, document: Document) -> Iterator[Finding]:
    """What has no prose of ours yet, with what the full new `document` says of it."""
    for place, part in new.items():
        if part.lacks_prose:
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
        yield from zip(after, before.values(), after.values(), strict=True)
    else:
        yield from ((path, before[path], after[path]) for path in after if path in before)


def _contradictions(action: Action, path: str, was: Any, value: Any) -> Iterator[Finding]:
    """Where upstream has changed what an override corrects, removes or adds."""

    def contradiction(text: str, remedy: str, **facts: Any) -> Finding:
        return Finding("contradiction", action.label, text, remedy, action.reason, **facts)

    if action.update is None:
        # A list that is removed, such as `required`, changes with every field; its reason holds.
        if is_mapping(value) and was != value:
            text = f"removes something else than it did: {path} has changed upstream"
            yield contradiction(text, "Check that its reason still holds")
        return
    ours = dict(facts_in(action.update))
    for steps, fact in ours.items():
        theirs = _at(value, steps)
        doubled = is_list(theirs) and is_list(fact) and any(item in theirs for item in fact)
        if theirs is None or (theirs == _at(was, steps) and not doubled):
            continue
        place = f"`{'.'.join(steps)}`" + (f" of {path}" if path != action.target else "")
        remedy = f"Delete action {action.number}"
        if _same(theirs, fact):
            text = f"is needless, as upstream now says the same itself: {place} is {_shown(theirs)}"
            needless = contradiction(text, remedy, blocking=doubled)
            yield evolve(needless, kind="redundant-override")
        else:
            text = f"says that {place} is {_shown(fact)}; upstream now says {_shown(theirs)}"
            remedy += ", or correct it and its reason"
            if doubled:
                remedy += "; an update appends to lists, so what upstream lists cannot stay in it"
            yield contradiction(text, remedy, blocking=doubled)
    # The schema that an override corrects may not be the one that it was written for.
    if is_mapping(was) and is_mapping(value):
        keys = (was.keys() | value.keys()) - {steps[0] for steps in ours} - {*SURROUNDINGS}
        changed = [key for key in sorted(keys) if was.get(key) != value.get(key)]
        facts = ", ".join(
            f"`{key}` was {_shown(was.get(key))} and is {_shown(value.get(key))}" for key in changed
        )
        if changed:
            text = f"what it corrects has changed upstream: {path}: {facts}"
            yield contradiction(text, "Check that it still fits")


def _at(value: Any, steps: tuple[str, ...]) -> Any:
    for key in steps:
        value = value.get(key) if is_mapping(value) else None
    return value


def _same(theirs: Any, ours: Any) -> bool:
    if is_list(theirs) and is_list(ours):
        return sorted(map(str, theirs)) == sorted(map(str, ours))
    return bool(theirs == ours)


def _shown(value: Any) -> str:
    if value is None:
        return "not there"
    return ", ".join(f"`{item}`" for item in value) if is_list(value) else f"`{value}`"
