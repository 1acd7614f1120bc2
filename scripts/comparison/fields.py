"""What a difference in a field means for those who read it.

Enums and unions are open in the client: a value or an object that Stripe adds arrives as a string
or as plain JSON. A required field that may not be null is insisted on; any other may be None.
"""

from __future__ import annotations

from collections.abc import Iterator

from .facts import Member
from .shapes import PLAIN_JSON
from .verdicts import Change, Effect

INSISTED_ON = (
    "objects {without} are refused, also those stored earlier or sent under an older "
    "`stripe_version`, and code that builds one has to pass it; relax it in spec/overlay.yaml if "
    "they have to stay readable"
)


def new_field(field: Member) -> Change:
    insisted_on = not field.may_be_none and not field.is_envelope
    caution = INSISTED_ON.format(without="without it") if insisted_on else ""
    text = f"new field: {_described(field)}"
    symbols = (*field.symbols, *accessors(field))
    return Change("field-added", field.where, symbols, Effect.ADDITIVE, text, caution)


def changed_field(old: Member, new: Member) -> Iterator[Change]:
    """What has changed about a field that both documents have."""
    yield from _kinds(old, new)
    yield from _values(old, new)
    yield from _presence(old, new)
    yield from _time(old, new)
    if old.schema.get("x-secret") != new.schema.get("x-secret"):
        text = (
            "is left out of `repr` now" if new.schema.get("x-secret") else "is shown by `repr` now"
        )
        yield _change("secret-changed", new, Effect.DOCS, text)


def accessors(field: Member) -> list[str]:
    """The properties and methods that come with a field."""
    symbol = field.symbols[0]
    return [
        *([f"{symbol}_datetime"] if _is_time(field) else []),
        *([f"{symbol}_id"] if field.shape.targets is not None else []),
        *([_expanded(field)] if field.shape.targets is not None and field.shape.classes else []),
    ]


def _expanded(field: Member) -> str:
    """The method that gives the object that a field has been expanded to."""
    name, _, attribute = field.symbols[0].rpartition(".")
    return f"{name}.expanded_{attribute}"


def _is_time(field: Member) -> bool:
    return field.schema.get("format") == "unix-time"


def _change(kind: str, field: Member, effect: Effect, text: str, caution: str = "") -> Change:
    return Change(kind, field.where, field.symbols, effect, text, caution)


def _described(field: Member) -> str:
    values = f", known values {_listed(field.shape.values)}" if field.shape.values else ""
    null = ", may be None" if field.may_be_none else ""
    return f"{field.shape.words}{values}{null}"


def _listed(values: tuple[str, ...] | list[str] | set[str] | frozenset[str]) -> str:
    ordered = values if isinstance(values, (tuple, list)) else sorted(values)
    return ", ".join(f"`{value}`" for value in ordered)


def _values_word(values: list[str]) -> str:
    return "value" if len(values) == 1 else "values"


def _kinds(old: Member, new: Member) -> Iterator[Change]:
    before, after = old.shape, new.shape
    if before.targets is not None and after.targets is not None:
        yield from _targets(old, new)
    elif after.targets is not None:
        text = f"can be expanded now: {after.words}, was {before.words}"
        symbols = (*new.symbols, *accessors(new))
        yield Change("expansion-added", new.where, symbols, Effect.READERS, text)
    elif before.targets is not None:
        text = f"cannot be expanded any more, so `expand` refuses it: {after.words}"
        symbols = (*new.symbols, *accessors(old))
        yield Change("expansion-removed", new.where, symbols, Effect.READERS, text)
    elif after.kinds < before.kinds:
        text = f"is always {after.words} now, was {before.words}"
        yield _change("type-narrowed", new, Effect.ADDITIVE, text)
    elif after.kinds != before.kinds:
        text = f"is {after.words} now, was {before.words}"
        yield _change("type-changed", new, Effect.READERS, text)


def _targets(old: Member, new: Member) -> Iterator[Change]:
    """Both can be expanded, though maybe to different objects."""
    before, after = old.shape, new.shape
    old_targets, new_targets = before.targets or frozenset(), after.targets or frozenset()
    if added := new_targets - old_targets:
        classes = after.classes - before.classes
        how = f" (as {' or '.join(sorted(classes))})" if classes else f" (as {PLAIN_JSON})"
        text = f"can be expanded to {_listed(added)} now{how}"
        caution = f"`{_expanded(new)}()` may return it as well" if classes else ""
        yield _change("expansion-target-added", new, Effect.ADDITIVE, text, caution)
    if removed := old_targets - new_targets:
        text = f"is never expanded to {_listed(removed)} any more"
        yield _change("expansion-target-removed", new, Effect.DOCS, text)
    if before.kinds - before.classes - {PLAIN_JSON} != after.kinds - after.classes - {PLAIN_JSON}:
        text = f"is {after.words} now, was {before.words}"
        yield _change("type-changed", new, Effect.READERS, text)
    elif old_targets == new_targets and before.kinds != after.kinds:
        text = f"what it expands to is read differently: {after.words}, was {before.words}"
        yield _change("type-changed", new, Effect.READERS, text)


def _values(old: Member, new: Member) -> Iterator[Change]:
    before, after = old.shape, new.shape
    if not before.values and not after.values:
        return
    if before.is_constant or after.is_constant:
        if before.values != after.values:
            text = f"is always {_listed(after.values)} now, was {_listed(before.values)}"
            yield _change("constant-changed", new, Effect.READERS, text)
        return
    added = [value for value in after.values if value not in before.values]
    removed = [value for value in before.values if value not in after.values]
    if not before.values:
        text = f"its known values are listed now: {_listed(added)}"
        yield _change("enum-added", new, Effect.ADDITIVE, text)
    elif not after.values:
        text = f"its known values are not listed any more: {_listed(removed)}"
        yield _change("enum-removed", new, Effect.DOCS, text)
    else:
        if added:
            text = f"new known {_values_word(added)} {_listed(added)}"
            yield _change("enum-value-added", new, Effect.ADDITIVE, text)
        if removed:
            text = f"known {_values_word(removed)} {_listed(removed)} gone; read as before if sent"
            yield _change("enum-value-removed", new, Effect.DOCS, text)


def _presence(old: Member, new: Member) -> Iterator[Change]:
    if not old.may_be_none and new.may_be_none:
        why = "null is allowed" if new.nullable else "it can be absent"
        kind = "null-allowed" if new.nullable else "made-optional"
        yield _change(kind, new, Effect.READERS, f"may be None now: {why}")
    elif old.may_be_none and not new.may_be_none:
        became = "null is no longer allowed" if old.nullable else "it is always there"
        without = "with null in it" if old.nullable else "without it"
        kind = "null-not-allowed" if old.nullable else "made-required"
        caution = INSISTED_ON.format(without=without)
        yield _change(kind, new, Effect.ADDITIVE, f"is never None now: {became}", caution)
    elif old.nullable != new.nullable:
        text = "null is allowed now" if new.nullable else "null is not allowed any more"
        kind = "null-allowed" if new.nullable else "null-not-allowed"
        yield _change(kind, new, Effect.DOCS, f"{text}; it may be None as before")
    elif old.required != new.required:
        text = "it is always there now" if new.required else "it may be absent now"
        kind = "made-required" if new.required else "made-optional"
        yield _change(kind, new, Effect.DOCS, f"{text}; it may be None as before")


def _time(old: Member, new: Member) -> Iterator[Change]:
    if _is_time(old) != _is_time(new):
        accessor = f"{new.symbols[0]}_datetime"
        symbols = (accessor, *new.symbols)
        if _is_time(new):
            text = "new: the field is a point in time"
            yield Change("time-added", new.where, symbols, Effect.ADDITIVE, text)
        else:
            text = "gone: the field is not a point in time any more"
            yield Change("time-removed", new.where, symbols, Effect.READERS, text)
    elif old.schema.get("format") != new.schema.get("format"):
        formats = [str(m.schema.get("format", "none")) for m in (old, new)]
        text = f"its format is {formats[1]}, was {formats[0]}"
        yield _change("format-changed", new, Effect.DOCS, text)
