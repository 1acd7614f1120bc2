"""What each difference between two APIs means for users.

Enums and unions that are read are open in the client: a value or an object that Stripe adds
arrives as a string or as plain JSON. A required field that may not be null is insisted on; any
other may be None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher

from attrs import evolve

from ..pipeline.conventions import UNIX_TIME
from .api import (
    PLAIN_JSON,
    Api,
    Field,
    Member,
    Operation,
    Parameter,
    Part,
    Place,
    Setting,
    is_within,
)
from .reading import ERRORS
from .sentences import VERDICTS, change
from .verdicts import Change, Effect, listed

INSISTED_ON = (
    "objects {without} are refused, also those stored earlier or sent under an older "
    "`stripe_version`, and code that builds one has to pass it; relax it in spec/overlay.yaml if "
    "they have to stay readable"
)

# The values that a kind is limited to, if it is.
Values = tuple[str, ...] | None

# How alike two names have to be, to be one thing under two names.
SIMILAR = 0.6


def judge(old: Api, new: Api) -> list[Change]:
    """Every difference. What is inside of something new or gone is not listed."""
    gone, added = _outermost(old, new), _outermost(new, old)
    other_names = _likely_renames(gone, added)
    return [
        *(_hinted(_removed(part), "to", other_names.get(part.place)) for part in gone),
        *(_hinted(_added(part), "from", other_names.get(part.place)) for part in added),
        *(found for place in old.keys() & new.keys() for found in _changed(old[place], new[place])),
    ]


def worst_first(changes: Iterable[Change]) -> list[Change]:
    effects = list(Effect)
    return sorted(changes, key=lambda c: (effects.index(c.effect), c.symbols, c.kind))


def _outermost(one: Api, other: Api) -> list[Part]:
    """What only `one` has, without what is inside of such a thing."""
    only = {place: part.where for place, part in one.items() if place not in other}
    return [
        one[place]
        for place, where in only.items()
        if not any(where != outer and is_within(where, outer) for outer in only.values())
    ]


def _added(part: Part) -> Change:
    if isinstance(part, Operation):
        return change("operation-added", part, name=part.name)
    if isinstance(part, Field):
        insisted_on = not part.may_be_none and not part.is_envelope
        return change(
            "field-added",
            part,
            symbols=(*part.symbols, *part.accessors),
            caution=INSISTED_ON.format(without="without it") if insisted_on else "",
            kinds=part.words,
            values=f", known values {listed(part.values)}" if part.values else "",
            null=", may be None" if part.may_be_none else "",
        )
    if isinstance(part, Parameter):
        values = f", one of {listed(part.values)}" if part.values else ""
        kind = "required-parameter-added" if part.required else "parameter-added"
        return change(kind, part, kinds=part.words, values=values)
    return change("class-added", part)


def _removed(part: Part) -> Change:
    if isinstance(part, Operation):
        return change("operation-removed", part, name=part.name)
    if isinstance(part, Field):
        in_envelope = "`{name}` is gone, without which the client refuses every page"
        return change(
            "field-removed",
            part,
            symbols=(*part.symbols, *part.accessors),
            sentence=in_envelope if part.is_envelope else "",
            name=part.name,
        )
    return change("parameter-removed" if isinstance(part, Parameter) else "class-removed", part)


def _changed(old: Part, new: Part) -> Iterator[Change]:
    """What has changed about a part that both documents have."""
    if isinstance(old, Operation) and isinstance(new, Operation):
        yield from _changed_operation(old, new)
    elif isinstance(old, Field) and isinstance(new, Field):
        yield from _changed_type(old, new)
        yield from _changed_values(old, new)
        yield from _changed_presence(old, new)
        yield from _changed_format(old, new)
    elif isinstance(old, Parameter) and isinstance(new, Parameter):
        yield from _changed_parameter(old, new)
    elif isinstance(old, Setting) and isinstance(new, Setting):
        yield from _changed_setting(old, new)
    elif old.name != new.name:
        yield change("class-renamed", new, symbols=(old.name, new.name), new=new.name)


def _changed_setting(old: Setting, new: Setting) -> Iterator[Change]:
    if old.value == new.value:
        return
    caution = ""
    if new.name == "api-version":
        release = new.value.rpartition(".")[2]
        if release != old.value.rpartition(".")[2]:
            caution = (
                f"the release has a new name, {release}: Stripe may have changed behaviour that "
                "its document does not show, so read the changelog of that release"
            )
        elif new.value < old.value:
            caution = "it is older than what is in the repository"
    yield change(new.name, new, caution=caution, old=old.value, new=new.value)


def _changed_operation(old: Operation, new: Operation) -> Iterator[Change]:
    if old.symbols != new.symbols:
        yield change("operation-renamed", new, symbols=old.symbols, new=new.symbols[0])
    for status in sorted(old.responses.keys() | new.responses.keys()):
        was, now = old.responses.get(status), new.responses.get(status)
        if was != now:
            done = "added" if was is None else "removed" if now is None else "changed"
            name = f"the response with status {status}"
            yield change(
                f"answer-{done}",
                new,
                where=f"{new.where}.responses[{status!r}]",
                symbols=new.symbols if status.startswith("2") else (*new.symbols, ERRORS),
                response="any other response" if status == "default" else name,
                new=now,
                old=was,
            )


def _changed_type(old: Field, new: Field) -> Iterator[Change]:
    was, now = old.words, new.words
    if old.targets is not None and new.targets is not None:
        yield from _changed_targets(old, new, old.targets, new.targets)
    elif new.targets is not None:
        yield change(
            "expansion-added", new, symbols=(*new.symbols, *new.accessors), old=was, new=now
        )
    elif old.targets is not None:
        yield change("expansion-removed", new, symbols=(*new.symbols, *old.accessors), new=now)
    elif new.kinds.keys() < old.kinds.keys():
        yield change("type-narrowed", new, old=was, new=now)
    elif new.kinds.keys() != old.kinds.keys():
        yield change("type-changed", new, old=was, new=now)


def _changed_targets(
    old: Field, new: Field, before: frozenset[str], after: frozenset[str]
) -> Iterator[Change]:
    """Both can be expanded, though maybe to different objects."""
    if added := sorted(after - before):
        classes = _beyond(new.expanded, old.expanded)
        name, _, attribute = new.symbols[0].rpartition(".")
        caution = f"`{name}.expanded_{attribute}()` may return it as well" if classes else ""
        read_as = " or ".join(classes or ["plain JSON"])
        yield change(
            "expansion-target-added",
            new,
            caution=caution,
            targets=listed(added),
            classes=read_as,
        )
    if removed := sorted(before - after):
        yield change("expansion-target-removed", new, targets=listed(removed))
    ids = [field.kinds.keys() - {*field.expanded, *PLAIN_JSON} for field in (old, new)]
    if ids[0] != ids[1]:
        yield change("type-changed", new, old=old.words, new=new.words)
    elif before == after and old.kinds.keys() != new.kinds.keys():
        sentence = "what it expands to is read differently: {new}, was {old}"
        yield change("type-changed", new, sentence=sentence, old=old.words, new=new.words)


def _changed_values(old: Field, new: Field) -> Iterator[Change]:
    before, after = old.values, new.values
    added, removed = _beyond(after, before), _beyond(before, after)
    if old.is_constant or new.is_constant:
        if before != after:
            yield change("constant-changed", new, old=listed(before), new=listed(after))
    elif added and not before:
        yield change("enum-added", new, values=listed(added))
    elif removed and not after:
        yield change("enum-removed", new, values=listed(removed))
    else:
        for done, values in (("added", added), ("removed", removed)):
            if values:
                noun = "value" if len(values) == 1 else "values"
                yield change(f"enum-value-{done}", new, noun=noun, values=listed(values))


def _changed_presence(old: Field, new: Field) -> Iterator[Change]:
    if old.nullable != new.nullable:
        kind, without = "null-allowed" if new.nullable else "null-not-allowed", "with null in it"
    elif old.required != new.required:
        kind, without = "made-required" if new.required else "made-optional", "without it"
    else:
        return
    said = VERDICTS[kind][1]
    if old.may_be_none == new.may_be_none:
        yield change(kind, new, effect=Effect.DOCS, sentence=f"{said}; it may be None as before")
    elif new.may_be_none:
        yield change(kind, new, sentence=f"may be None now: {said}")
    else:
        caution = INSISTED_ON.format(without=without)
        yield change(kind, new, sentence=f"is never None now: {said}", caution=caution)


def _changed_format(old: Field, new: Field) -> Iterator[Change]:
    """Also whether it is a point in time, and whether it is a secret."""
    was, now = (str(field.schema.get("format", "none")) for field in (old, new))
    if was != now:
        symbols = (f"{new.symbols[0]}_datetime", *new.symbols)
        if now == UNIX_TIME:
            yield change("time-added", new, symbols=symbols)
        elif was == UNIX_TIME:
            yield change("time-removed", new, symbols=symbols)
        else:
            yield change("format-changed", new, old=was, new=now)
    secret = new.schema.get("x-secret")
    if old.schema.get("x-secret") != secret:
        yield change("secret-changed", new, shown="left out of" if secret else "shown by")


def _changed_parameter(old: Parameter, new: Parameter) -> Iterator[Change]:
    if old.required != new.required:
        yield change(f"parameter-made-{'required' if new.required else 'optional'}", new)
    if old.sent_as != new.sent_as:
        yield change("parameter-moved", new, old=old.sent_as, new=new.sent_as)
    before, after = old.kinds.keys(), new.kinds.keys()
    if before != after:
        how = "widened" if before < after else "narrowed" if after < before else "changed"
        limits = "".join(
            f"; as `{kind}` only {listed(values)}"
            for kind in sorted(after - before)
            if (values := new.kinds[kind])
        )
        kind = f"parameter-type-{how}"
        yield change(kind, new, old=old.words, new=new.words, limits=limits)
    for kind in sorted(before & after):
        yield from _changed_choices(new, kind, old.kinds[kind], new.kinds[kind])


def _changed_choices(
    parameter: Parameter, kind: str, before: Values, after: Values
) -> Iterator[Change]:
    """What has changed about the values of a kind that was taken before and is taken now."""
    if before is not None and after is not None:
        for done, values in (
            ("added", _beyond(after, before)),
            ("removed", _beyond(before, after)),
        ):
            if values:
                name = f"parameter-value-{done}"
                yield change(name, parameter, kind=kind, values=listed(values))
    elif before is not None:
        yield change("parameter-enum-removed", parameter, kind=kind, values=listed(before))
    elif after is not None:
        yield change("parameter-enum-added", parameter, kind=kind, values=listed(after))


def _beyond(these: Iterable[str], those: Collection[str]) -> list[str]:
    return [value for value in these if value not in those]


def _hinted(found: Change, preposition: str, other: str | None) -> Change:
    if other is None:
        return found
    hint = f"possibly renamed {preposition} `{other}`: same facts, similar name"
    return evolve(found, text=f"{found.text}; {hint}")


def _likely_renames(gone: list[Part], added: list[Part]) -> dict[Place, str]:
    """For each place that is gone or new, the name that it probably has in the other document.

    Both belong to the same object, all their facts agree and their names are similar; and there is
    no second one of which that could be said.
    """
    pairs = [(old, new) for old in gone for new in added if _could_be(old, new)]
    times = Counter(part.place for pair in pairs for part in pair)
    certain = [pair for pair in pairs if all(times[part.place] == 1 for part in pair)]
    return {
        one.place: other.name for old, new in certain for one, other in ((old, new), (new, old))
    }


def _could_be(old: Part, new: Part) -> bool:
    """Whether one may be the other under another name."""
    if not isinstance(old, Member) or not isinstance(new, Member):
        return False
    return _facts(old) == _facts(new) and _similar(old.name, new.name)


def _facts(part: Member) -> list[object]:
    own = (
        [part.nullable, part.targets] if isinstance(part, Field) else [getattr(part, "sent_as", "")]
    )
    return [part.holder, part.annotation, part.required, part.schema.get("format"), *own]


def _similar(one: str, other: str) -> bool:
    words, others = set(one.split("_")), set(other.split("_"))
    return (
        words <= others or others <= words or SequenceMatcher(None, one, other).ratio() >= SIMILAR
    )
