"""The state of one sandbox, shared by its server and the test that controls it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping

from .._locks import Lock
from .api.idempotency import IdempotencyKeys
from .api.rate_limit import RateLimit
from .control.traffic import TrafficLog
from .data.facts import Payment
from .data.state import State
from .data.world import World


class Core:
    """The data of all accounts, the limits and the counts of one sandbox.

    The server works in a thread of its own: hold the `lock` to read or
    change anything here, except for the traffic log, which has its own.

    Args:
        payments: How many invoice payments the key's own account holds.
        seed: What they are computed from.
        accounts: The ids of the connected accounts, and how many payments each holds.
        paths: Those of the API, with `{id}` for an id.
    """

    def __init__(
        self, *, payments: int, seed: int, accounts: Mapping[str, int], paths: Iterable[str] = ()
    ) -> None:
        self.lock = Lock()
        self.states = {
            (account, livemode): State(
                World(account_seed(seed, account, livemode), size, livemode=livemode), account
            )
            for account, size in ((None, payments), *accounts.items())
            for livemode in (False, True)
        }
        """By account (None: the key's own) and mode."""
        self.rate_limit = RateLimit()
        self.idempotency_keys = IdempotencyKeys()
        self.traffic_log = TrafficLog(paths)
        self._seed = seed
        self._encode_request_id = self.states[None, False].ids["request"].encode
        self.reset()

    def reset(self) -> None:
        """Go back to the seeded data and the first request id, without latency."""
        for state in self.states.values():
            state.forget_changes()
        self.idempotency_keys.clear()
        self.set_latency(0.0, 0.0)
        self.traffic_log.clear()
        self._requests = 0

    def state_of(self, account: str | None, livemode: bool) -> State:
        """The data of an account in a mode. Callers of this and of `find_payment` hold the lock."""
        state = self.states.get((account, livemode))
        if state is None:
            raise ValueError(f"account must be one of the sandbox's accounts, got {account!r}")
        return state

    def find_payment(self, invoice_payment: str) -> tuple[State, Payment]:
        """The invoice payment with this id, and the state that it belongs to."""
        for state in self.states.values():
            number = state.find_payment(invoice_payment)
            if number is not None:
                return state, state.payment(number)
        raise ValueError(f"no such invoice_payment: {invoice_payment!r}")

    def make_request_id(self) -> str:
        """The id of the next request."""
        with self.lock:
            self._requests += 1
            return self._encode_request_id(self._requests - 1)

    def set_latency(self, seconds: float, jitter: float) -> None:
        """Set how many seconds each request waits, plus or minus `jitter`."""
        self._latency = seconds
        self._jitter = jitter
        self._luck = random.Random(self._seed)

    def draw_latency(self) -> float:
        """Seconds for the next request to wait; may be negative."""
        if not self._jitter:
            return self._latency
        with self.lock:
            return self._latency + self._luck.uniform(-self._jitter, self._jitter)


def account_seed(seed: int, account: str | None, livemode: bool) -> int:
    """A seed for each account and mode; never negative: `random` forgets the sign of a seed."""
    text = f"{seed} {account or ''}{' live' if livemode else ''}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
