"""Bounds, defaults and deprecations, which the slice leaves out: what they mean for users.

They are read from both full documents, and together with the bounds of the overlay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..pipeline.documents import MEMBERS, Document, Schema, is_mapping
from ..pipeline.slicing import FACTS, SliceConfig, cut_slice
from .api import Api, Member, Operation, Parameter, Part
from .sentences import change
from .verdicts import Change, Effect

UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "minLength", "minItems", "minProperties")
# A value that differs in one of these takes other values; whether fewer or more cannot be told.
EXACT = ("exclusiveMaximum", "exclusiveMinimum", "pattern", "multipleOf", "uniqueItems")
BOUNDS = (*UPPER, *LOWER, *EXACT)
STATED = ("default", "deprecated")

# By the kind of value and the name of the bound; None where there is none.
Bounds = dict[tuple[str, str], Any]


def slice_with_bounds(document: Document, config: SliceConfig) -> Document:
    """The slice of a full document, with what the slice in the repository leaves out."""
    cut = cut_slice(document, config, (*FACTS, *BOUNDS, *STATED)).document
    for path, methods in cut["paths"].items():
        for method, operation in methods.items():
            whole: Schema = document["paths"][path].get(method, {})
            operation |= {key: whole[key] for key in ("deprecated", "security") if key in whole}
    return cut


def bound_changes(old: Api, new: Api, old_overlaid: Api, new_overlaid: Api) -> Iterator[Change]:
    """What has changed about bounds, defaults and deprecations.

    Args:
        old: The old document, with its bounds and without corrections of ours.
        new: The same of the new document.
        old_overlaid: What the old slice says with the overlay.
        new_overlaid: What the new slice says with it.
    """
    for place in old.keys() & new.keys():
        was, now = old[place], new[place]
        if was.deprecated != now.deprecated:
            caution = "Stripe may remove it in a later version" if now.deprecated else ""
            yield change("deprecated" if now.deprecated else "not-deprecated", now, caution=caution)
        if isinstance(now, Operation):
            yield from _security(was, now)
        if isinstance(now, Member):
            yield from _default(was, now)
        if isinstance(now, Parameter):
            ours, ours_now = old_overlaid.get(place), new_overlaid.get(place)
            yield from _bounds(now, _tighter(was, ours), _tighter(now, ours_now))


def _security(old: Part, new: Part) -> Iterator[Change]:
    was, now = (
        f"`{part.schema['security']}`" if "security" in part.schema else "that of the whole API"
        for part in (old, new)
    )
    if was != now:
        where, sentence = f"{new.where}.security", "its authentication is {new}, was {old}"
        yield change("security-changed", new, where=where, sentence=sentence, old=was, new=now)


def _default(old: Part, new: Part) -> Iterator[Change]:
    was, now = old.schema.get("default"), new.schema.get("default")
    if was == now:
        return
    effect, sentence = Effect.DOCS, ""
    if isinstance(new, Parameter) and was is not None and now is not None:
        effect, sentence = Effect.READERS, "Stripe takes {new} now if it is left out, was {old}"
    yield change(
        "default-changed",
        new,
        effect=effect,
        sentence=sentence,
        old=_stated(was),
        new=_stated(now),
    )


def _bounds(parameter: Part, old: Bounds, new: Bounds) -> Iterator[Change]:
    for place, bound in sorted(old.keys() & new.keys()):
        was, now = old[place, bound], new[place, bound]
        if was != now:
            is_tighter = _tightest(bound, was, now) != was
            kind = "bound-tightened" if is_tighter else "bound-loosened"
            yield change(
                kind, parameter, place=place, bound=bound, old=_stated(was), new=_stated(now)
            )


def _stated(value: object) -> str:
    return "not stated" if value is None else f"`{value}`"


def _tighter(stripes: Part, ours: Part | None) -> Bounds:
    """The bounds that hold where Stripe's and those of the overlay do."""
    other = dict(_bounds_in(ours.schema)) if ours else {}
    return {
        (place, bound): _tightest(bound, value, other.get((place, bound)))
        for (place, bound), value in _bounds_in(stripes.schema)
    }


def _bounds_in(schema: Schema, prefix: str = "") -> Iterator[tuple[tuple[str, str], Any]]:
    """What each kind of value is bounded by, but not the fields of objects."""
    members = [member for key in MEMBERS for member in schema.get(key, [])]
    for member in members:
        yield from _bounds_in(member, prefix)
    if not members:
        place = f"{prefix}{schema.get('type', 'any value')}"
        yield from (((place, bound), schema.get(bound) or None) for bound in BOUNDS)
        if is_mapping(items := schema.get("items")):
            yield from _bounds_in(items, f"{place} of ")


def _tightest(bound: str, one: Any, other: Any) -> Any:
    """The tighter of two bounds; the second, where that cannot be told."""
    if one is None or other is None:
        return other if one is None else one
    try:
        if bound in UPPER:
            return min(one, other)
        return max(one, other) if bound in LOWER else other
    except TypeError:
        return other
