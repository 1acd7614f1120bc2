"""Bounds, defaults and deprecations, which the slice leaves out: what they mean for users.

They are read from both full documents, and together with the bounds of the overlay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pipeline.document.slicing import FACTS
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.openapi import MEMBERS, Document, Schema, is_mapping
from .api import Api, Member
from .verdicts import Change, Effect

UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "minLength", "minItems", "minProperties")
# A value that differs in one of these takes other values; whether fewer or more cannot be told.
EXACT = ("exclusiveMaximum", "exclusiveMinimum", "pattern", "multipleOf", "uniqueItems")
BOUNDS = (*UPPER, *LOWER, *EXACT)
# What is kept of a document when bounds are compared.
WITH_BOUNDS = (*FACTS, *BOUNDS, "default", "deprecated")

# For each kind of value, its bounds.
Bounds = dict[str, dict[str, Any]]


def bound_changes(old: Api, new: Api, old_overlaid: Api, new_overlaid: Api) -> Iterator[Change]:
    """What has changed about bounds, defaults and deprecations.

    Args:
        old: The old document, with its bounds and without corrections of ours.
        new: The same of the new document.
        old_overlaid: What the old slice says with the overlay.
        new_overlaid: What the new slice says with it.
    """
    for where, member in new.members.items():
        if (before := old.members.get(where)) is None:
            continue
        if member.deprecated != before.deprecated:
            yield _deprecated(member.deprecated, where, member.symbols)
        if member.is_parameter:
            ours = _bounds(old_overlaid.members.get(where))
            ours_now = _bounds(new_overlaid.members.get(where))
            yield from _parameter(
                member, _tighter(_bounds(before), ours), _tighter(_bounds(member), ours_now)
            )
        yield from _default(before, member)


def operation_changes(
    old: Document, new: Document, config: SliceConfig, symbols: Mapping[str, tuple[str, ...]]
) -> Iterator[Change]:
    """What full documents say of single operations, and the slice does not keep.

    `symbols` are the names of each operation in Python, by its JSONPath.
    """
    for method, path in config.operations:
        before, after = old["paths"].get(path, {}), new["paths"].get(path, {})
        where = f"$.paths[{path!r}].{method}"
        if method not in before or method not in after or where not in symbols:
            continue
        was, now = before[method], after[method]
        if bool(was.get("deprecated")) != bool(now.get("deprecated")):
            yield _deprecated(bool(now.get("deprecated")), where, symbols[where])
        if was.get("security") != now.get("security"):
            text = f"its authentication is {_shown(now.get('security'))}, "
            text += f"was {_shown(was.get('security'))}"
            where_at = f"{where}.security"
            yield Change("security-changed", where_at, symbols[where], Effect.CALLERS, text)


def _shown(value: object) -> str:
    return "that of the whole API" if value is None else f"`{value}`"


def _deprecated(is_now: bool, where: str, symbols: tuple[str, ...]) -> Change:
    if is_now:
        text, caution = "is deprecated by Stripe now", "Stripe may remove it in a later version"
        return Change("deprecated", where, symbols, Effect.DOCS, text, caution)
    text = "is not deprecated by Stripe any more"
    return Change("not-deprecated", where, symbols, Effect.DOCS, text)


def _default(old: Member, new: Member) -> Iterator[Change]:
    was, now = old.schema.get("default"), new.schema.get("default")
    if was == now:
        return
    if new.is_parameter and was is not None and now is not None:
        text = f"Stripe takes `{now}` now if it is left out, was `{was}`"
        yield Change("default-changed", new.where, new.symbols, Effect.READERS, text)
    else:
        text = f"its default is {_stated(now)} now, was {_stated(was)}"
        yield Change("default-changed", new.where, new.symbols, Effect.DOCS, text)


def _stated(value: object) -> str:
    return "not stated" if value is None else f"`{value}`"


def _parameter(parameter: Member, old: Bounds, new: Bounds) -> Iterator[Change]:
    for place in sorted(old.keys() & new.keys()):
        for key in sorted(old[place].keys() | new[place].keys()):
            was, now = old[place].get(key), new[place].get(key)
            if was == now:
                continue
            is_tighter = now is not None and (was is None or _tightest(key, was, now) != was)
            text = f"as {place}, its `{key}` is {_stated(now)} now, was {_stated(was)}"
            if is_tighter:
                text += "; Stripe refuses other values"
            name = "bound-tightened" if is_tighter else "bound-loosened"
            effect = Effect.CALLERS if is_tighter else Effect.ADDITIVE
            yield Change(name, parameter.where, parameter.symbols, effect, text)


def _bounds(member: Member | None) -> Bounds:
    return {} if member is None else dict(_bounds_in(member.schema, ""))


def _bounds_in(schema: Schema, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each kind of value what it is bounded by, but not for the fields of objects."""
    members = [member for key in MEMBERS for member in schema.get(key, [])]
    for member in members:
        yield from _bounds_in(member, prefix)
    if not members:
        place = f"{prefix}{schema.get('type', 'any value')}"
        yield place, {key: schema[key] for key in BOUNDS if schema.get(key) not in (None, False)}
        if is_mapping(items := schema.get("items")):
            yield from _bounds_in(items, f"{place} of ")


def _tighter(one: Bounds, other: Bounds) -> Bounds:
    """The bounds that hold where both do."""
    return {
        place: {
            **bounds,
            **{
                key: _tightest(key, bounds[key], value) if key in bounds else value
                for key, value in other.get(place, {}).items()
            },
        }
        for place, bounds in one.items()
    }


def _tightest(kind: str, one: Any, other: Any) -> Any:
    """The tighter of two bounds; the second, where that cannot be told."""
    try:
        if kind in UPPER:
            return min(one, other)
        return max(one, other) if kind in LOWER else other
    except TypeError:
        return other
