"""What each difference between two APIs means for users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from attrs import evolve

from .api import ERRORS, Api, Holder, Member, is_within
from .fields import changed_field, new_field, removed_field
from .parameters import changed_parameter, new_parameter, removed_parameter
from .verdicts import Change, Effect

Found = TypeVar("Found", Holder, Member)

# How alike two names have to be, to be one thing under two names.
SIMILAR = 0.6


def classify(old: Api, new: Api) -> list[Change]:
    """Every difference. What is inside of something new or gone is not listed."""
    return [
        *_whole_api(old, new),
        *_operations(old.operations, new.operations),
        *_classes(old, new),
        *_members(old, new),
    ]


def worst_first(changes: list[Change]) -> list[Change]:
    effects = list(Effect)
    return sorted(changes, key=lambda c: (effects.index(c.effect), c.symbols, c.kind))


def _whole_api(old: Api, new: Api) -> Iterator[Change]:
    if old.api_version != new.api_version:
        yield _api_version(old.api_version, new.api_version)
    if old.base_url != new.base_url:
        text = f"requests go to {new.base_url}, and no longer to {old.base_url}"
        yield Change("base-url-changed", "$.servers", ("BASE_URL",), Effect.CALLERS, text)
    if old.security != new.security:
        text = f"authentication is {new.security}, and no longer {old.security}"
        yield Change("security-changed", "$.security", ("Client",), Effect.CALLERS, text)


def _api_version(old: str, new: str) -> Change:
    text = f"is {new}, was {old}; every request asks for it unless `stripe_version` says otherwise"
    release = new.rpartition(".")[2]
    caution = "it is older than what is in the repository" if new < old else ""
    if release != old.rpartition(".")[2]:
        caution = (
            f"the release has a new name, {release}: Stripe may have changed behaviour that its "
            "document does not show, so read the changelog of that release"
        )
    symbols = ("API_VERSION",)
    return Change("api-version", "$.info.version", symbols, Effect.ADDITIVE, text, caution)


def _operations(old: Mapping[str, Holder], new: Mapping[str, Holder]) -> Iterator[Change]:
    for where, operation in old.items():
        if where not in new:
            text = f"the operation {operation.title} is gone"
            yield Change("operation-removed", where, operation.symbols, Effect.CALLERS, text)
        else:
            yield from _changed_operation(operation, new[where])
    for where in new.keys() - old.keys():
        text = f"new operation {new[where].title}"
        yield Change("operation-added", where, new[where].symbols, Effect.ADDITIVE, text)


def _changed_operation(old: Holder, new: Holder) -> Iterator[Change]:
    if old.symbols != new.symbols:
        text = f"is called `{new.symbols[0]}` now"
        yield Change("operation-renamed", new.where, old.symbols, Effect.CALLERS, text)
    for status in sorted(old.answers.keys() | new.answers.keys()):
        before, after = old.answers.get(status), new.answers.get(status)
        where = f"{new.where}.responses[{status!r}]"
        symbols = new.symbols if status.startswith("2") else (*new.symbols, ERRORS)
        what = f"the response with status {status}" if status != "default" else "any other response"
        if before is None:
            text = f"{what} is described now"
            yield Change("answer-added", where, symbols, Effect.ADDITIVE, text)
        elif after is None:
            text = f"{what} is not described any more"
            yield Change("answer-removed", where, symbols, Effect.READERS, text)
        elif before != after:
            text = f"{what} is `{after}`, was `{before}`"
            yield Change("answer-changed", where, symbols, Effect.READERS, text)


def _classes(old: Api, new: Api) -> Iterator[Change]:
    for where, holder in old.classes.items():
        if where in new.classes:
            name = new.classes[where].title
            if name != holder.title:
                text = f"is called `{name}` now"
                yield Change("class-renamed", where, (holder.title, name), Effect.READERS, text)
    for holder in _outermost(old.classes, old, new):
        text = "the class is gone"
        yield Change("class-removed", holder.where, holder.symbols, Effect.READERS, text)
    for holder in _outermost(new.classes, new, old):
        yield Change("class-added", holder.where, holder.symbols, Effect.ADDITIVE, "new class")


def _members(old: Api, new: Api) -> Iterator[Change]:
    gone = _outermost(old.members, old, new)
    added = _outermost(new.members, new, old)
    hints = _likely_renames(gone, added)
    for member in gone:
        change = removed_parameter(member) if member.is_parameter else removed_field(member)
        yield _with_hint(change, "to", hints.get(member.where))
    for member in added:
        change = new_parameter(member) if member.is_parameter else new_field(member)
        yield _with_hint(change, "from", hints.get(member.where))
    for where in old.members.keys() & new.members.keys():
        before, after = old.members[where], new.members[where]
        differ = changed_parameter if before.is_parameter else changed_field
        yield from differ(before, after)


def _outermost(found: Mapping[str, Found], one: Api, other: Api) -> list[Found]:
    """Of what was found in `one`, what `other` lacks, without what is inside of such a thing."""
    only = {
        *(one.members.keys() - other.members.keys()),
        *(one.classes.keys() - other.classes.keys()),
        *(one.operations.keys() - other.operations.keys()),
    }
    return [
        thing
        for where, thing in found.items()
        if where in only and not any(where != o and is_within(where, o) for o in only)
    ]


def _with_hint(change: Change, preposition: str, other: Member | None) -> Change:
    if other is None:
        return change
    hint = f"possibly renamed {preposition} `{other.name}`: same facts, similar name"
    return evolve(change, text=f"{change.text}; {hint}")


def _likely_renames(gone: list[Member], added: list[Member]) -> dict[str, Member]:
    """For a member that is gone or new, the one that it probably is under its other name.

    Both belong to the same object, all their facts agree and their names are similar; and there is
    no second one of which that could be said.
    """
    found: dict[str, Member] = {}
    for old in gone:
        candidates = [new for new in added if _could_be(old, new)]
        if len(candidates) == 1:
            (new,) = candidates
            if sum(_could_be(other, new) for other in gone) == 1:
                found[old.where], found[new.where] = new, old
    return found


def _could_be(old: Member, new: Member) -> bool:
    facts = [
        (m.holder, m.annotation, m.targets, m.nullable, m.required, m.place, m.schema.get("format"))
        for m in (old, new)
    ]
    return facts[0] == facts[1] and _similar(old.name, new.name)


def _similar(one: str, other: str) -> bool:
    words, others = set(one.split("_")), set(other.split("_"))
    return (
        words <= others or others <= words or SequenceMatcher(None, one, other).ratio() >= SIMILAR
    )
