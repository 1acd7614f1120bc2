"""One change to the real document, and what it should be taken for."""

from __future__ import annotations

from attrs import define

from scripts.spec_changes.verdicts import Effect, Level

from .edits import Edit, unchanged

CALLERS, READERS, ADDITIVE, DOCS = Effect


@define(frozen=True)
class Case:
    """A change, and what is expected of it.

    Attributes:
        name: What Stripe did.
        edit: The change.
        kind: The kind that it is recognised as.
        symbol: The first Python symbol that it touches.
        effect: Its class.
        before: A change that was made to the old document already.
        python: What the rendered packages show, where they are compared as well.
        also: The kinds of what comes along with it.
        caution: Whether there is something to look at.
        blocked: Whether configuration or overlay have to be edited first.
    """

    name: str
    edit: Edit
    kind: str
    symbol: str
    effect: Effect
    before: Edit = unchanged
    python: Level | None = None
    also: tuple[str, ...] = ()
    caution: bool = False
    blocked: bool = False
