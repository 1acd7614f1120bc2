"""What a difference in a field means for those who read it.

Enums and unions are open in the client: a value or an object that Stripe adds arrives as a string
or as plain JSON. A required field that may not be null is insisted on; any other may be None.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .api import PLAIN_JSON, Member
from .verdicts import Change, Effect, listed

INSISTED_ON = (
    "objects {without} are refused, also those stored earlier or sent under an older "
    "`stripe_version`, and code that builds one has to pass it; relax it in spec/overlay.yaml if "
    "they have to stay readable"
)
AS_BEFORE = "it may be None as before"


def new_field(field: Member) -> Change:
    insisted_on = not field.may_be_none and not field.is_envelope
    caution = INSISTED_ON.format(without="without it") if insisted_on else ""
    values = f", known values {listed(field.values)}" if field.values else ""
    null = ", may be None" if field.may_be_none else ""
    text = f"new field: {field.words}{values}{null}"
    symbols = (*field.symbols, *field.accessors)
    return Change("field-added", field.where, symbols, Effect.ADDITIVE, text, caution)


def removed_field(field: Member) -> Change:
    text = "the field is gone; if Stripe still sends it, it is in `additional_properties`"
    if field.is_envelope:
        text = f"`{field.name}` is gone, without which the client refuses every page"
    symbols = (*field.symbols, *field.accessors)
    return Change("field-removed", field.where, symbols, Effect.READERS, text)


def changed_field(old: Member, new: Member) -> Iterator[Change]:
    """What has changed about a field that both documents have."""
    yield from _kinds(old, new)
    yield from _values(old, new)
    yield from _presence(old, new)
    yield from _time(old, new)
    secret = new.schema.get("x-secret")
    if old.schema.get("x-secret") != secret:
        text = "is left out of `repr` now" if secret else "is shown by `repr` now"
        yield _change("secret-changed", new, Effect.DOCS, text)


def _change(kind: str, field: Member, effect: Effect, text: str, caution: str = "") -> Change:
    return Change(kind, field.where, field.symbols, effect, text, caution)


def _kinds(old: Member, new: Member) -> Iterator[Change]:
    before, after = {*old.kinds}, {*new.kinds}
    if old.targets is not None and new.targets is not None:
        yield from _targets(old, new, old.targets, new.targets)
    elif new.targets is not None:
        text = f"can be expanded now: {new.words}, was {old.words}"
        symbols = (*new.symbols, *new.accessors)
        yield Change("expansion-added", new.where, symbols, Effect.READERS, text)
    elif old.targets is not None:
        text = f"cannot be expanded any more, so `expand` refuses it: {new.words}"
        symbols = (*new.symbols, *old.accessors)
        yield Change("expansion-removed", new.where, symbols, Effect.READERS, text)
    elif after < before:
        text = f"is always {new.words} now, was {old.words}"
        yield _change("type-narrowed", new, Effect.ADDITIVE, text)
    elif after != before:
        yield _type_changed(old, new)


def _type_changed(old: Member, new: Member) -> Change:
    text = f"is {new.words} now, was {old.words}"
    return _change("type-changed", new, Effect.READERS, text)


def _targets(
    old: Member, new: Member, before: Collection[str], after: Collection[str]
) -> Iterator[Change]:
    """Both can be expanded, though maybe to different objects."""
    if added := sorted({*after} - {*before}):
        classes = [name for name in new.expanded if name not in old.expanded]
        text = (
            f"can be expanded to {listed(added)} now (as {' or '.join(classes or ['plain JSON'])})"
        )
        name, _, attribute = new.symbols[0].rpartition(".")
        caution = f"`{name}.expanded_{attribute}()` may return it as well" if classes else ""
        yield _change("expansion-target-added", new, Effect.ADDITIVE, text, caution)
    if removed := sorted({*before} - {*after}):
        text = f"is never expanded to {listed(removed)} any more"
        yield _change("expansion-target-removed", new, Effect.DOCS, text)
    ids = [{*field.kinds} - {*field.expanded, *PLAIN_JSON} for field in (old, new)]
    if ids[0] != ids[1]:
        yield _type_changed(old, new)
    elif {*before} == {*after} and {*old.kinds} != {*new.kinds}:
        text = f"what it expands to is read differently: {new.words}, was {old.words}"
        yield _change("type-changed", new, Effect.READERS, text)


def _values(old: Member, new: Member) -> Iterator[Change]:
    before, after = old.values, new.values
    added = [value for value in after if value not in before]
    removed = [value for value in before if value not in after]
    if old.is_constant or new.is_constant:
        if before != after:
            text = f"is always {listed(after)} now, was {listed(before)}"
            yield _change("constant-changed", new, Effect.READERS, text)
    elif added and not before:
        text = f"its known values are listed now: {listed(added)}"
        yield _change("enum-added", new, Effect.ADDITIVE, text)
    elif removed and not after:
        text = f"its known values are not listed any more: {listed(removed)}"
        yield _change("enum-removed", new, Effect.DOCS, text)
    else:
        if added:
            text = f"new known {_noun(added)} {listed(added)}"
            yield _change("enum-value-added", new, Effect.ADDITIVE, text)
        if removed:
            text = f"known {_noun(removed)} {listed(removed)} gone; read as before if sent"
            yield _change("enum-value-removed", new, Effect.DOCS, text)


def _noun(values: list[str]) -> str:
    return "value" if len(values) == 1 else "values"


def _presence(old: Member, new: Member) -> Iterator[Change]:
    if old.nullable != new.nullable:
        kind = "null-allowed" if new.nullable else "null-not-allowed"
        text = "null is allowed now" if new.nullable else "null is not allowed any more"
        without = "with null in it"
    elif old.required != new.required:
        kind = "made-required" if new.required else "made-optional"
        text = "it is always present now" if new.required else "it may be absent now"
        without = "without it"
    else:
        return
    if old.may_be_none == new.may_be_none:
        yield _change(kind, new, Effect.DOCS, f"{text}; {AS_BEFORE}")
    elif new.may_be_none:
        yield _change(kind, new, Effect.READERS, f"may be None now: {text}")
    else:
        caution = INSISTED_ON.format(without=without)
        yield _change(kind, new, Effect.ADDITIVE, f"is never None now: {text}", caution)


def _time(old: Member, new: Member) -> Iterator[Change]:
    formats = [str(field.schema.get("format", "none")) for field in (old, new)]
    symbols = (f"{new.symbols[0]}_datetime", *new.symbols)
    if new.is_unix_time and not old.is_unix_time:
        text = "new: the field is a point in time"
        yield Change("time-added", new.where, symbols, Effect.ADDITIVE, text)
    elif old.is_unix_time and not new.is_unix_time:
        text = "gone: the field is not a point in time any more"
        yield Change("time-removed", new.where, symbols, Effect.READERS, text)
    elif formats[0] != formats[1]:
        text = f"its format is {formats[1]}, was {formats[0]}"
        yield _change("format-changed", new, Effect.DOCS, text)
