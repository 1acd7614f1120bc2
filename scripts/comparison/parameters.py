"""What a difference in a parameter means for those who pass it."""

from __future__ import annotations

from collections.abc import Iterator

from .facts import Member
from .verdicts import Change, Effect


def new_parameter(parameter: Member) -> Change:
    shape = parameter.shape
    values = f", one of {_listed(shape.values)}" if shape.is_closed else ""
    text = f"new parameter: {shape.words}{values}"
    if not parameter.required:
        return _change("parameter-added", parameter, Effect.ADDITIVE, text)
    text = f"{text}; it is required, so every call without it is refused"
    return _change("required-parameter-added", parameter, Effect.CALLERS, text)


def changed_parameter(old: Member, new: Member) -> Iterator[Change]:
    """What has changed about a parameter that both documents have."""
    yield from _required(old, new)
    yield from _kinds(old, new)
    yield from _values(old, new)
    if old.place != new.place:
        text = f"is sent as {new.place}, was {old.place}"
        yield _change("parameter-moved", new, Effect.CALLERS, text)


def _change(kind: str, parameter: Member, effect: Effect, text: str) -> Change:
    return Change(kind, parameter.where, parameter.symbols, effect, text)


def _listed(values: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _required(old: Member, new: Member) -> Iterator[Change]:
    if new.required and not old.required:
        text = "is required now, so calls without it are refused"
        yield _change("parameter-made-required", new, Effect.CALLERS, text)
    elif old.required and not new.required:
        text = "can be left out now"
        yield _change("parameter-made-optional", new, Effect.ADDITIVE, text)


def _kinds(old: Member, new: Member) -> Iterator[Change]:
    before, after = old.shape, new.shape
    if before.kinds < after.kinds:
        limits = [
            f"; as {kind} only {_listed(after.choices[kind] or ())}"
            for kind in sorted(after.choices.keys() - before.choices.keys())
            if after.choices[kind]
        ]
        text = f"takes {after.words} now, not only {before.words}{''.join(limits)}"
        yield _change("parameter-type-widened", new, Effect.ADDITIVE, text)
    elif after.kinds < before.kinds:
        text = f"takes only {after.words} now, was {before.words}"
        yield _change("parameter-type-narrowed", new, Effect.CALLERS, text)
    elif before.kinds != after.kinds:
        text = f"takes {after.words} now, was {before.words}"
        yield _change("parameter-type-changed", new, Effect.CALLERS, text)
    elif old.is_unix_time != new.is_unix_time:
        if new.is_unix_time:
            text, effect = "takes a `datetime` as well now", Effect.ADDITIVE
        else:
            text, effect = "takes no `datetime` any more", Effect.CALLERS
        yield _change("parameter-time-changed", new, effect, text)


def _values(old: Member, new: Member) -> Iterator[Change]:
    """What has changed about the values of each kind that was taken before and is taken now."""
    for kind in sorted(old.shape.choices.keys() & new.shape.choices.keys()):
        before, after = old.shape.choices[kind], new.shape.choices[kind]
        if before is not None and after is None:
            text = f"takes any {kind} now, was {_listed(before)} only"
            yield _change("parameter-enum-removed", new, Effect.ADDITIVE, text)
        elif before is None and after is not None:
            text = f"takes only {_listed(after)} as {kind} now, was any {kind}"
            yield _change("parameter-enum-added", new, Effect.CALLERS, text)
        elif before is not None and after is not None:
            if added := [value for value in after if value not in before]:
                text = f"takes {_listed(added)} as {kind} as well now"
                yield _change("parameter-value-added", new, Effect.ADDITIVE, text)
            if removed := [value for value in before if value not in after]:
                text = f"does not take {_listed(removed)} as {kind} any more"
                yield _change("parameter-value-removed", new, Effect.CALLERS, text)
