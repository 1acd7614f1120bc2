"""Which of two names stand for the same thing, where that can be shown."""

from __future__ import annotations

from difflib import SequenceMatcher

from .facts import Member

SIMILAR = 0.6


def likely_renames(gone: list[Member], added: list[Member]) -> dict[str, Member]:
    """For a member that is gone or new, the one that it probably is under its other name.

    Both belong to the same object, all their facts agree and their names are similar; and there is
    no second one of which that could be said.
    """
    found: dict[str, Member] = {}
    for old in gone:
        candidates = [new for new in added if _could_be(old, new)]
        if len(candidates) == 1:
            rivals = [other for other in gone if _could_be(other, candidates[0])]
            if len(rivals) == 1:
                found[old.where] = candidates[0]
                found[candidates[0].where] = old
    return found


def _could_be(old: Member, new: Member) -> bool:
    return (
        old.holder == new.holder
        and old.shape == new.shape
        and (old.nullable, old.required, old.place) == (new.nullable, new.required, new.place)
        and old.schema.get("format") == new.schema.get("format")
        and _similar(old.name, new.name)
    )


def _similar(one: str, other: str) -> bool:
    words, others = set(one.split("_")), set(other.split("_"))
    return (
        words <= others or others <= words or SequenceMatcher(None, one, other).ratio() >= SIMILAR
    )
