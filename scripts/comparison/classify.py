"""What each difference between two documents means for users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from .facts import ApiFacts, Member, Operation
from .fields import accessors, changed_field, new_field
from .parameters import changed_parameter, new_parameter
from .renames import likely_renames
from .verdicts import Change, Effect


def classify(old: ApiFacts, new: ApiFacts) -> list[Change]:
    """Every difference, worst first. What is inside of something new or gone is not listed."""
    return worst_first(
        [
            *_whole_api(old, new),
            *_operations(old.operations, new.operations),
            *_classes(old, new),
            *_members(old, new),
        ]
    )


def worst_first(changes: list[Change]) -> list[Change]:
    effects = list(Effect)
    return sorted(changes, key=lambda c: (effects.index(c.effect), c.symbols, c.kind))


def _whole_api(old: ApiFacts, new: ApiFacts) -> Iterator[Change]:
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


def _operations(old: Mapping[str, Operation], new: Mapping[str, Operation]) -> Iterator[Change]:
    for where, operation in old.items():
        if where not in new:
            text = f"the operation {operation.title} is gone"
            yield Change("operation-removed", where, operation.symbols, Effect.CALLERS, text)
        else:
            yield from _changed_operation(operation, new[where])
    for where in new.keys() - old.keys():
        text = f"new operation {new[where].title}"
        yield Change("operation-added", where, new[where].symbols, Effect.ADDITIVE, text)


def _changed_operation(old: Operation, new: Operation) -> Iterator[Change]:
    if old.symbols != new.symbols:
        text = f"is called `{new.symbols[0]}` now"
        yield Change("operation-renamed", new.where, old.symbols, Effect.CALLERS, text)
    for status in sorted(old.answers.keys() | new.answers.keys()):
        before, after = old.answers.get(status), new.answers.get(status)
        where = f"{new.where}.responses[{status!r}]"
        is_failure = not status.startswith("2")
        symbols = (*new.symbols, *(["StripeError.error"] if is_failure else []))
        what = f"the answer with status {status}" if status != "default" else "any other answer"
        if before is None:
            text = f"{what} is described now"
            yield Change("answer-added", where, symbols, Effect.ADDITIVE, text)
        elif after is None:
            text = f"{what} is not described any more"
            yield Change("answer-removed", where, symbols, Effect.READERS, text)
        elif before.kinds != after.kinds:
            text = f"{what} is {after.words}, was {before.words}"
            yield Change("answer-changed", where, symbols, Effect.READERS, text)


def _classes(old: ApiFacts, new: ApiFacts) -> Iterator[Change]:
    gone, added = _only_in(old, new), _only_in(new, old)
    for where, fact in old.classes.items():
        if where in new.classes:
            name = new.classes[where].name
            if name != fact.name:
                text = f"is called `{name}` now"
                yield Change("class-renamed", where, (fact.name, name), Effect.READERS, text)
        elif not _is_within(where, gone):
            yield Change("class-removed", where, (fact.name,), Effect.READERS, "the class is gone")
    for where in new.classes.keys() - old.classes.keys():
        if not _is_within(where, added):
            text = "new class"
            yield Change("class-added", where, (new.classes[where].name,), Effect.ADDITIVE, text)


def _members(old: ApiFacts, new: ApiFacts) -> Iterator[Change]:
    gone = _outermost(old, new)
    added = _outermost(new, old)
    hints = likely_renames(gone, added)
    for member in gone:
        yield _with_hint(_removed(member), hints.get(member.where))
    for member in added:
        change = new_parameter(member) if member.is_parameter else new_field(member)
        yield _with_hint(change, hints.get(member.where))
    for where in old.members.keys() & new.members.keys():
        before, after = old.members[where], new.members[where]
        differ = changed_parameter if before.is_parameter else changed_field
        yield from differ(before, after)


def _outermost(one: ApiFacts, other: ApiFacts) -> list[Member]:
    """The members that only `one` has, without those inside of something that only it has."""
    only = _only_in(one, other)
    return [
        member
        for where, member in one.members.items()
        if where in only and not _is_within(where, only)
    ]


def _only_in(one: ApiFacts, other: ApiFacts) -> set[str]:
    """The JSONPaths of everything that only `one` has."""
    return {
        *(one.members.keys() - other.members.keys()),
        *(one.classes.keys() - other.classes.keys()),
        *(one.operations.keys() - other.operations.keys()),
    }


def _is_within(where: str, outer: set[str]) -> bool:
    return any(where.startswith((f"{other}.", f"{other}[")) for other in outer)


def _removed(member: Member) -> Change:
    if member.is_parameter:
        text = "the parameter is gone; Stripe refuses requests that have it"
        return Change("parameter-removed", member.where, member.symbols, Effect.CALLERS, text)
    text = "the field is gone; if Stripe still sends it, it is in `additional_properties`"
    if member.is_envelope:
        text = f"`{member.name}` is gone, without which the client refuses every page"
    symbols = (*member.symbols, *accessors(member))
    return Change("field-removed", member.where, symbols, Effect.READERS, text)


def _with_hint(change: Change, other: Member | None) -> Change:
    if other is None:
        return change
    preposition = "to" if change.kind.endswith("removed") else "from"
    hint = f"possibly renamed {preposition} `{other.name}`: same facts, similar name"
    return evolve(change, text=f"{change.text}; {hint}")
