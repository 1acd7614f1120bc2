"""Ids that look like Stripe's and lead back to the object they name.

`inpay_1`, then 15 characters that all ids of one account share, then 8 for the object. The eight
are the object's number, scattered over the whole range by an affine permutation and written in
base 62. The sandbox finds an object by arithmetic, without an index.
"""

from __future__ import annotations

import math
import random
import string
from collections.abc import Mapping
from typing import TypeAlias

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_WIDTH = 8
_SPACE: int = len(_DIGITS) ** _WIDTH
_TAG_WIDTH = 15

MAX_NUMBER = _SPACE - 1
"""The highest number that an id can name."""

# Two digits at a time take half the time, and a page of 100 payments has 300 ids.
_PAIRS = [high + low for high in _DIGITS for low in _DIGITS]
_PAIR_BASE = len(_PAIRS)


class IdCodec:
    """Turns the numbers of one kind of object into ids and back."""

    def __init__(self, head: str, rng: random.Random) -> None:
        self._head = head
        self._multiplier = _coprime(rng)
        self._inverse = pow(self._multiplier, -1, _SPACE)
        self._offset = _below(_SPACE, rng)

    def encode(self, number: int) -> str:
        """The id of object `number`."""
        code = (number * self._multiplier + self._offset) % _SPACE
        high, low = divmod(code, _PAIR_BASE * _PAIR_BASE)
        return (
            f"{self._head}{_PAIRS[high // _PAIR_BASE]}{_PAIRS[high % _PAIR_BASE]}"
            f"{_PAIRS[low // _PAIR_BASE]}{_PAIRS[low % _PAIR_BASE]}"
        )

    def decode(self, value: str) -> int | None:
        """The number behind an id, or None for an id that this codec never makes.

        The number can be higher than that of any existing object; the caller checks that.
        """
        digits = value[len(self._head) :]
        if not value.startswith(self._head) or len(digits) != _WIDTH:
            return None
        code = 0
        for digit in digits:
            if digit not in _VALUES:
                return None
            code = code * len(_DIGITS) + _VALUES[digit]
        return (code - self._offset) * self._inverse % _SPACE


Ids: TypeAlias = Mapping[str, IdCodec]
"""The codecs of one account, by the kind of object."""


def make_ids(seed: int) -> Ids:
    """The codecs of the account with this seed."""
    rng = random.Random(seed)
    tag = "".join(_DIGITS[_below(len(_DIGITS), rng)] for _ in range(_TAG_WIDTH))
    heads = {
        "invoice_payment": f"inpay_1{tag}",
        "invoice": f"in_1{tag}",
        "payment_intent": f"pi_3{tag}",
        "charge": f"ch_3{tag}",
        "payment_record": f"pyr_1{tag}",
        "customer": f"cus_{tag[:6]}",
        "request": f"req_{tag[:6]}",
        # Add new kinds at the end: each changes the random sequence for those after it.
        "line_item": f"il_1{tag}",
        "event": f"evt_1{tag}",
    }
    return {kind: IdCodec(head, rng) for kind, head in heads.items()}


def _coprime(rng: random.Random) -> int:
    while True:
        candidate = _below(_SPACE, rng)
        if math.gcd(candidate, _SPACE) == 1:
            return candidate


def _below(limit: int, rng: random.Random) -> int:
    # Only random() is guaranteed to give the same sequence in every Python version.
    return int(rng.random() * limit)
