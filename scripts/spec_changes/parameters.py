"""What a difference in a parameter means for those who pass it."""

from __future__ import annotations

from collections.abc import Iterator

from .api import Member
from .verdicts import Change, Effect, listed


def new_parameter(parameter: Member) -> Change:
    values = f", one of {listed(parameter.values)}" if parameter.values else ""
    text = f"new parameter: {parameter.words}{values}"
    if not parameter.required:
        return _change("parameter-added", parameter, Effect.ADDITIVE, text)
    text = f"{text}; it is required, so every call without it is refused"
    return _change("required-parameter-added", parameter, Effect.CALLERS, text)


def removed_parameter(parameter: Member) -> Change:
    text = "the parameter is gone; Stripe refuses requests that have it"
    return _change("parameter-removed", parameter, Effect.CALLERS, text)


def changed_parameter(old: Member, new: Member) -> Iterator[Change]:
    """What has changed about a parameter that both documents have."""
    if new.required and not old.required:
        text = "is required now, so calls without it are refused"
        yield _change("parameter-made-required", new, Effect.CALLERS, text)
    elif old.required and not new.required:
        yield _change("parameter-made-optional", new, Effect.ADDITIVE, "can be left out now")
    yield from _kinds(old, new)
    yield from _values(old, new)
    if old.place != new.place:
        text = f"is sent as {new.place}, was {old.place}"
        yield _change("parameter-moved", new, Effect.CALLERS, text)


def _change(kind: str, parameter: Member, effect: Effect, text: str) -> Change:
    return Change(kind, parameter.where, parameter.symbols, effect, text)


def _kinds(old: Member, new: Member) -> Iterator[Change]:
    before, after = {*old.kinds}, {*new.kinds}
    if before < after:
        limits = [
            f"; as `{kind}` only {listed(values)}"
            for kind in sorted(after - before)
            if (values := new.kinds[kind])
        ]
        text = f"takes {new.words} now, not only {old.words}{''.join(limits)}"
        yield _change("parameter-type-widened", new, Effect.ADDITIVE, text)
    elif after < before:
        text = f"takes only {new.words} now, was {old.words}"
        yield _change("parameter-type-narrowed", new, Effect.CALLERS, text)
    elif before != after:
        text = f"takes {new.words} now, was {old.words}"
        yield _change("parameter-type-changed", new, Effect.CALLERS, text)


def _values(old: Member, new: Member) -> Iterator[Change]:
    """What has changed about the values of each kind that was taken before and is taken now."""
    for kind in sorted(old.kinds.keys() & new.kinds.keys()):
        before, after = old.kinds[kind], new.kinds[kind]
        if before is not None and after is None:
            text = f"takes any `{kind}` now, was {listed(before)} only"
            yield _change("parameter-enum-removed", new, Effect.ADDITIVE, text)
        elif before is None and after is not None:
            text = f"takes only {listed(after)} as `{kind}` now, was any"
            yield _change("parameter-enum-added", new, Effect.CALLERS, text)
        elif before is not None and after is not None:
            if added := [value for value in after if value not in before]:
                text = f"takes {listed(added)} as `{kind}` as well now"
                yield _change("parameter-value-added", new, Effect.ADDITIVE, text)
            if removed := [value for value in before if value not in after]:
                text = f"does not take {listed(removed)} as `{kind}` any more"
                yield _change("parameter-value-removed", new, Effect.CALLERS, text)
