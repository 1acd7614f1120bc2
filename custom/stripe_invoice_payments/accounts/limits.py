"""When a request for an account may leave: two limits, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

from attrs import define, field

from .._call.rate_limit import RateLimit, Turn
from .._repr import shows_incomplete

# Reasons of a refusal that concern one endpoint or one object, not everything with this key.
_NARROW = frozenset({"endpoint-rate", "endpoint-concurrency", "resource-specific"})
# Refusals of different accounts within this number of seconds have the same cause.
_TOGETHER = 1.0


def concerns_all(reason: str | None, seconds_since_other: float) -> bool:
    """Whether a refusal slows down all accounts, or only the one that was refused.

    Stripe does not say whose limit it was. A reason that is global, or unknown, may be the
    platform's. So may any other, if requests for another account were just refused as well.

    Args:
        reason: `Stripe-Rate-Limited-Reason`.
        seconds_since_other: Seconds since a request for another account was refused.
    """
    return reason not in _NARROW or seconds_since_other <= _TOGETHER


@define
class Refusals:
    """The last refusal of any account: whose it was, and when."""

    account: str = ""
    moment: float = float("-inf")

    def note(self, account: str, now: float) -> float:
        """Record a refusal. Returns the seconds since another account was refused."""
        since = now - self.moment if account != self.account else float("inf")
        self.account, self.moment = account, now
        return since


@define(frozen=True)
class AccountTurn(Turn):
    """A request's place on the limit of an account, and then on that of the platform."""

    place: ExitStack
    on_platform: list[Turn] = field(factory=list[Turn])


@shows_incomplete
class AccountLimit(RateLimit):
    """Spaces the requests for one account, each of which then takes a turn on the platform's limit.

    One after the other: if a request took both turns at once, the platform's would pass unused
    while it waits for the account's.

    Args:
        rate: Requests a second for this account.
        account: Its id.
        platform: The limit of all accounts together.
        refusals: The refusals of all accounts.
        clock: The time in seconds.
    """

    def __init__(
        self,
        rate: float,
        account: str,
        platform: RateLimit,
        refusals: Refusals,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(rate, clock)
        self._account = account
        self._platform = platform
        self._refusals = refusals

    @contextmanager
    def turn(self) -> Generator[AccountTurn, None, None]:
        """See `RateLimit.turn`."""
        with ExitStack() as place:
            turn = place.enter_context(super().turn())
            yield AccountTurn(turn.moment, turn.wait, place)

    def late(self, turn: Turn) -> float:
        """See `RateLimit.late`."""
        assert isinstance(turn, AccountTurn)  # noqa: S101 - narrows the type
        if not turn.on_platform:
            if (wait := super().late(turn)) > 0:
                return wait
            turn.place.close()  # those behind it wait for it no longer
            turn.on_platform.append(turn.place.enter_context(self._platform.turn()))
            if (wait := turn.on_platform[0].wait) > 0:
                return wait
        return self._platform.late(turn.on_platform[0])

    def slow_down(self, pause: float, reason: str | None = None) -> None:
        """See `RateLimit.slow_down`."""
        super().slow_down(pause)
        if concerns_all(reason, self._refusals.note(self._account, self._clock())):
            self._platform.slow_down(pause)
