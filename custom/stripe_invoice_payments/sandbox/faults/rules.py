"""Which requests get which fault."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import NamedTuple

from starlette.datastructures import Headers

from ..._locks import Lock
from ..api.authentication import who_asks
from ..data.checks import MAX_FAULTS

DEFAULT_SECONDS = 1.0
"""How long slow faults take by default."""


class Choice(NamedTuple):
    """The fault that a request gets."""

    name: str
    seconds: float = DEFAULT_SECONDS


NO_FAULT = Choice("")


@dataclass(slots=True)
class FaultRule:
    """Gives a fault to some of the following requests."""

    name: str
    times: int | None
    """How many more requests get it; None for all."""
    skip: int
    """How many more matching requests pass without it."""
    rate: float
    """The share of the matching requests that gets it."""
    path: str
    method: str
    account: str
    api_key: str = field(repr=False)
    seconds: float
    random: random.Random = field(repr=False)

    def applies(self, method: str, path: str, headers: Headers) -> bool:
        """Whether this request gets the fault; if so, it is counted."""
        if self.times == 0 or not self._matches(method, path) or not self._is_by(headers):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.random.random() >= self.rate:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def _matches(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)

    def _is_by(self, headers: Headers) -> bool:
        if (self.account, self.api_key) == ("*", "*"):
            return True
        api_key, account = who_asks(headers)
        return fnmatchcase(account, self.account) and fnmatchcase(api_key, self.api_key)


class FaultRules:
    """The rules in the order in which they were added; the first that applies wins."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = Lock()
        self._rules: list[FaultRule] = []
        self._added = 0

    def clear(self) -> None:
        """Remove all rules; the next ones make the same random choices as at the start."""
        with self._lock:
            self._rules = []
            self._added = 0

    def add(
        self,
        name: str,
        *,
        times: int | None,
        skip: int,
        rate: float,
        path: str,
        method: str,
        account: str,
        api_key: str,
        seconds: float,
    ) -> None:
        """Add a rule. Its choices depend only on the seed and the number of rules before it."""
        with self._lock:
            if len(self._rules) >= MAX_FAULTS:
                raise ValueError(f"faults must be at most {MAX_FAULTS} at a time")
            luck = random.Random(f"{self._seed} {self._added}")
            rule = FaultRule(
                name, times, skip, rate, path, method.upper(), account, api_key, seconds, luck
            )
            self._rules.append(rule)
            self._added += 1

    def choose(self, method: str, path: str, headers: Headers) -> Choice:
        """The fault for this request; `NO_FAULT` if it gets none."""
        with self._lock:
            for rule in self._rules:
                if rule.applies(method, path, headers):
                    return Choice(rule.name, rule.seconds)
        return NO_FAULT


def read_choice(header: str) -> Choice:
    """The fault that a request names in its own header: `slow_body`, or `slow_body;seconds=3`."""
    name, _, option = (part.strip() for part in header.partition(";"))
    if not option:
        return Choice(name)
    key, _, value = (part.strip() for part in option.partition("="))
    if key != "seconds":
        raise ValueError(f"a fault has no option {key!r}; it has seconds")
    return Choice(name, seconds_from(value))


def seconds_from(value: str) -> float:
    """A number of seconds from text."""
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise ValueError(f"seconds must be from 0 to 3600, got {value!r}")
    return seconds
