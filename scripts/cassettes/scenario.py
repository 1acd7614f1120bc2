"""What a scenario is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from attrs import define

from stripe_invoice_payments.sandbox import Sandbox

from .account import Account
from .document import JSONObject
from .driving import AnyClient, Steps

Run: TypeAlias = Callable[[AnyClient, JSONObject], Steps]
Find: TypeAlias = Callable[[Account], JSONObject]


def nothing(_account: Account) -> JSONObject:
    """For a scenario that has to know nothing."""
    return {}


@define(frozen=True)
class Fault:
    """What the sandbox does wrong on purpose.

    Attributes:
        name: The name that the sandbox has for it.
        times: How many requests get it.
        skip: How many requests before those do not.
    """

    name: str
    times: int = 1
    skip: int = 0


@define(frozen=True)
class Scenario:
    """Some calls that belong together. What they have to result in is in `tests/recorded/`.

    Attributes:
        run: Makes the calls, given a client and what `find` has found; see `driving.py`.
        find: Finds out what the calls need to know about the account, and what they have to get.
        faults: What the sandbox does wrong meanwhile.
        prepare: Changes the sandbox beforehand; returns what `find` needs to know about that.
        sandbox_only: Whether Stripe cannot be made to answer like this.
    """

    run: Run
    find: Find = nothing
    faults: Sequence[Fault] = ()
    prepare: Callable[[Sandbox], JSONObject | None] | None = None
    sandbox_only: bool = False
