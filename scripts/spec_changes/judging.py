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

from ..pipeline.document.conventions import UNIX_TIME
from .api import PLAIN_JSON, Api, Member, Part, Place, is_within
from .schemas import EXPANDABLE, Bounds, bounds_in, tightest
from .verdicts import SENTENCES, Change, Effect, listed

INSISTED_ON = (
    "objects {without} are refused, also those stored earlier or sent under an older "
    "`stripe_version`, and code that builds one has to pass it; relax it in spec/overlay.yaml if "
    "they have to stay readable"
)

# How alike two names have to be, to be one thing under two names.
SIMILAR = 0.6


def judge(old: Api, new: Api) -> list[Change]:
    """Every difference. What is inside of something new or gone is not listed."""
    gone, added = _outermost(old, new), _outermost(new, old)
    other_names = _likely_renames(gone, added)
    return [
        *(_hinted(_removed(part), "to", other_names.get(part.place)) for part in gone),
        *(_hinted(_added(part), "from", other_names.get(part.place)) for part in added),
        *(found for place in old if place in new for found in _changed(old[place], new[place])),
    ]


def change(
    kind: str,
    old: Part | None,
    new: Part | None,
    *,
    where: str = "",
    symbols: tuple[str, ...] = (),
    effect: Effect | None = None,
    sentence: str = "",
    caution: str = "",
    **facts: object,
) -> Change:
    """A change of this kind, with its usual effect or another; `facts` complete the sentence."""
    effect = effect or next(effect for effect in Effect if kind in SENTENCES[effect])
    parts = [part for part in (new, old) if part is not None]
    return Change(
        kind,
        where or parts[0].where,
        symbols or tuple(dict.fromkeys(symbol for part in parts for symbol in part.symbols)),
        effect,
        (sentence or SENTENCES[effect][kind]).format(old=old, new=new, **facts),
        caution,
    )


def worst_first(changes: Iterable[Change]) -> list[Change]:
    effects = list(Effect)
    return sorted(changes, key=lambda c: (effects.index(c.effect), c.symbols, c.kind))


def _outermost(one: Api, other: Api) -> list[Part]:
    """What only `one` has, without what is inside of such a thing; an answer covers nothing."""
    only = [part for place, part in one.items() if place not in other]
    covers = {part.where for part in only if part.noun != "answer"}
    return [
        part for part in only if not any(is_within(part.where, o) for o in covers - {part.where})
    ]


def _added(part: Part) -> Change:
    kind, caution, values = f"{part.noun}-added", "", ""
    if isinstance(part, Member):
        known = listed(part.values)
        if part.noun == "parameter":
            kind = f"required-{kind}" if part.required else kind
            values = f", one of {known}" if known else ""
        else:
            values = f", known values {known}" if known else ""
            values += ", may be None" if part.may_be_none else ""
            if not part.may_be_none and not part.is_envelope:
                caution = INSISTED_ON.format(without="without it")
    return change(kind, None, part, caution=caution, values=values)


def _removed(part: Part) -> Change:
    of_pages = "`{old.name}` is gone, without which the client refuses every page"
    sentence = of_pages if part.is_envelope else ""
    return change(f"{part.noun}-removed", part, None, sentence=sentence)


def _changed(old: Part, new: Part) -> Iterator[Change]:
    """What has changed about a part that both documents have."""
    is_now = bool(new.states("deprecated"))
    if is_now != bool(old.states("deprecated")):
        caution = "Stripe may remove it in a later version" if is_now else ""
        yield change("deprecated" if is_now else "not-deprecated", old, new, caution=caution)
    if isinstance(old, Member) and isinstance(new, Member):
        yield from _changed_default(old, new)
        by_noun = _changed_field if old.noun == "field" else _changed_parameter
        yield from by_noun(old, new)
    elif old.noun == "operation":
        yield from _changed_operation(old, new)
    elif old.noun == "class" and old.name != new.name:
        yield change("class-renamed", old, new, symbols=(old.name, new.name))
    elif old.value != new.value:
        yield _changed_value(old, new)


def _changed_value(old: Part, new: Part) -> Change:
    """A setting of the whole API that has changed, or what an operation returns."""
    kind, caution = "answer-changed" if new.noun == "answer" else new.name, ""
    if kind == "api-version":
        release = new.value.rpartition(".")[2]
        if release != old.value.rpartition(".")[2]:
            caution = (
                f"the release has a new name, {release}: Stripe may have changed behaviour that "
                "its document does not show, so read the changelog of that release"
            )
        elif new.value < old.value:
            caution = "it is older than what is in the repository"
    return change(kind, old, new, caution=caution)


def _changed_operation(old: Part, new: Part) -> Iterator[Change]:
    if old.symbols != new.symbols:
        yield change("operation-renamed", old, new, symbols=old.symbols)
    was, now = (part.states("security") for part in (old, new))
    if was != now:
        yield change(
            "security-changed",
            old,
            new,
            where=f"{new.where}.security",
            sentence="its authentication is {now}, was {was}",
            was=_stated(was, "that of the whole API"),
            now=_stated(now, "that of the whole API"),
        )


def _changed_default(old: Member, new: Member) -> Iterator[Change]:
    was, now = old.states("default"), new.states("default")
    if was != now:
        is_taken = new.noun == "parameter" and was is not None and now is not None
        effect = Effect.READERS if is_taken else Effect.DOCS
        yield change("default-changed", old, new, effect=effect, was=_stated(was), now=_stated(now))


def _changed_field(old: Member, new: Member) -> Iterator[Change]:
    yield from _changed_type(old, new)
    yield from _changed_values(old, new)
    yield from _changed_presence(old, new)
    was, now = (str(field.schema.get("format", "none")) for field in (old, new))
    if was != now:
        times = {now: "time-added", was: "time-removed"}
        kind = times.get(UNIX_TIME, "format-changed")
        symbols = (f"{new.symbols[0]}_datetime", *new.symbols) if UNIX_TIME in times else ()
        yield change(kind, old, new, symbols=tuple(dict.fromkeys(symbols)), was=was, now=now)
    is_secret = new.schema.get("x-secret")
    if old.schema.get("x-secret") != is_secret:
        yield change("secret-changed", old, new, shown="left out of" if is_secret else "shown by")


def _changed_type(old: Member, new: Member) -> Iterator[Change]:
    before, after = old.kinds.keys(), new.kinds.keys()
    if old.targets is not None and new.targets is not None:
        yield from _changed_targets(old, new)
    elif new.targets is not None:
        yield change("expansion-added", old, new)
    elif old.targets is not None:
        yield change("expansion-removed", old, new)
    elif before != after:
        yield change("type-narrowed" if after < before else "type-changed", old, new)


def _changed_targets(old: Member, new: Member) -> Iterator[Change]:
    """Both can be expanded, though maybe to different objects."""
    classes = [name for name in new.expanded if name not in old.expanded]
    name, _, attribute = new.symbols[0].rpartition(".")
    caution = f"`{name}.expanded_{attribute}()` may return it as well" if classes else ""
    for kind, targets in _grown_or_shrunk("expansion-target", old.targets, new.targets):
        yield change(
            kind,
            old,
            new,
            caution=caution if kind.endswith("-added") else "",
            values=listed(targets),
            classes=" or ".join(classes or ["plain JSON"]),
        )
    ids = [field.kinds.keys() - {*field.expanded, *PLAIN_JSON} for field in (old, new)]
    if ids[0] != ids[1]:
        yield change("type-changed", old, new)
    elif old.targets == new.targets and old.kinds.keys() != new.kinds.keys():
        sentence = "what it expands to is read differently: {new.words}, was {old.words}"
        yield change("type-changed", old, new, sentence=sentence)


def _changed_values(old: Member, new: Member) -> Iterator[Change]:
    if old.is_constant or new.is_constant:
        if old.values != new.values:
            was, now = listed(old.values), listed(new.values)
            yield change("constant-changed", old, new, was=was, now=now)
        return
    noun = "enum-value" if old.values and new.values else "enum"
    for kind, values in _grown_or_shrunk(noun, old.values, new.values):
        number = "value" if len(values) == 1 else "values"
        yield change(kind, old, new, noun=number, values=listed(values))


def _changed_presence(old: Member, new: Member) -> Iterator[Change]:
    if old.nullable != new.nullable:
        kind, without = "null-allowed" if new.nullable else "null-not-allowed", "with null in it"
    elif old.required != new.required:
        kind, without = "made-required" if new.required else "made-optional", "without it"
    else:
        return
    if old.may_be_none == new.may_be_none:
        yield change(kind, old, new, effect=Effect.DOCS)
    else:
        caution = "" if new.may_be_none else INSISTED_ON.format(without=without)
        yield change(kind, old, new, caution=caution)


def _changed_parameter(old: Member, new: Member) -> Iterator[Change]:
    if old.required != new.required:
        yield change(f"parameter-made-{'required' if new.required else 'optional'}", old, new)
    if old.sent_as != new.sent_as:
        yield change("parameter-moved", old, new)
    before, after = old.kinds.keys(), new.kinds.keys()
    if before != after:
        how = "widened" if before < after else "narrowed" if after < before else "changed"
        limits = [
            f"; as `{kind}` only {listed(values)}"
            for kind in sorted(after - before)
            if (values := new.kinds[kind])
        ]
        yield change(f"parameter-type-{how}", old, new, limits="".join(limits))
    for kind in sorted(before & after):
        was, now = old.kinds[kind], new.kinds[kind]
        noun = "parameter-value" if was and now else "parameter-enum"
        # Without a limit any value is taken: to list some is to take fewer, and the reverse.
        for name, beyond in _grown_or_shrunk(noun, was, now):
            yield change(name, old, new, type=kind, values=listed(beyond))
    yield from _changed_bounds(old, new)


def _changed_bounds(old: Member, new: Member) -> Iterator[Change]:
    before, after = _bounds(old), _bounds(new)
    for kind, bound in sorted(before.keys() & after.keys()):
        was, now = before[kind, bound], after[kind, bound]
        if was != now:
            name = "bound-loosened" if tightest(bound, was, now) == was else "bound-tightened"
            words = _stated(was), _stated(now)
            yield change(name, old, new, type=kind, bound=bound, was=words[0], now=words[1])


def _bounds(parameter: Member) -> Bounds:
    """What limits its values: the tighter of what Stripe and what the overlay says."""
    ours = dict(bounds_in(parameter.schema))
    if parameter.stated is None:
        return ours
    return {
        (kind, bound): tightest(bound, value, ours.get((kind, bound)))
        for (kind, bound), value in bounds_in(parameter.stated.schema)
    }


def _grown_or_shrunk(
    noun: str, before: Collection[str] | None, after: Collection[str] | None
) -> Iterator[tuple[str, list[str]]]:
    """What has been added to some values and what has been removed, each with its kind."""
    these, those = before or (), after or ()
    if added := [value for value in those if value not in these]:
        yield f"{noun}-added", added
    if removed := [value for value in these if value not in those]:
        yield f"{noun}-removed", removed


def _stated(value: object, otherwise: str = "not stated") -> str:
    return otherwise if value is None else f"`{value}`"


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
    return {one.place: two.name for pair in certain for one, two in (pair, pair[::-1])}


def _could_be(old: Part, new: Part) -> bool:
    """Whether one may be the other under another name."""
    if not isinstance(old, Member) or not isinstance(new, Member):
        return False
    if evolve(old, where="", name="", symbols=()) != evolve(new, where="", name="", symbols=()):
        return False
    if any(old.schema.get(key) != new.schema.get(key) for key in ("format", EXPANDABLE)):
        return False
    words, others = set(old.name.split("_")), set(new.name.split("_"))
    likeness = SequenceMatcher(None, old.name, new.name).ratio()
    return words <= others or others <= words or likeness >= SIMILAR
