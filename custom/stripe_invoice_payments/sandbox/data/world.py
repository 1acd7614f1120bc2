"""The seeded world of one account: every payment is computed from its number, none is stored.

Payments are made in blocks of twelve. Block `n` is a pure function of the seed and `n`, covers six
minutes of its own, and has all payments of its invoices. Finding what was created in a given
second, or what belongs to an invoice, takes a division and one block, however many payments there
are.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias, TypeVar

from .facts import DRAFT_SECONDS, THREE_DECIMAL, Payment
from .ids import make_ids

FIRST_SECOND = 1_735_689_600
"""When the first block starts: 2025-01-01 00:00:00 UTC."""

BLOCK_SIZE = 12
BLOCK_SECONDS = 360

_Layout: TypeAlias = "tuple[tuple[int, bool], ...]"
"""For each payment of a block: its invoice, from 0, and whether it is the invoice's first."""


def _layout(letters: str) -> _Layout:
    return tuple(
        (ord(letter) - ord("A"), letters.index(letter) == slot)
        for slot, letter in enumerate(letters)
    )


# The invoice of each payment of a block: an invoice has one to four payments, close together.
_LAYOUTS = (
    _layout("ABBCDDDEFFGG"),
    _layout("AABCBDEEEEFG"),
    _layout("ABACCDEFFGHF"),
    _layout("ABCDDEFEGHIJ"),
    _layout("AAAABCDCEFFE"),
)
# One invoice paid in instalments, more than an embedded list has: the list's URL has the rest.
_INSTALMENTS = _layout("A" * BLOCK_SIZE)

# Repetition is weight. One of the currencies has no minor unit, and one has three decimals.
_CURRENCIES = ("usd",) * 8 + ("kwd",) + ("eur",) * 3 + ("gbp",) * 3 + ("jpy",) * 3
_STATUSES = ("paid",) * 10 + ("open",) * 3 + ("canceled",) * 3
_TYPES = ("payment_intent",) * 11 + ("payment_record",) * 3 + ("charge",) * 2
_STATUS_COUNT = len(_STATUSES)
_TYPE_COUNT = len(_TYPES)

_T = TypeVar("_T")


class World:
    """The invoice payments of one account as the seed makes them. Numbered from 0, the oldest."""

    def __init__(self, seed: int, size: int, *, livemode: bool = False) -> None:
        self.ids = make_ids(seed)
        self.size = size
        self.livemode = livemode
        self._seed = seed
        # A page of 100 payments takes nine blocks; 512 blocks are 6,000 payments, or 2 MB.
        self._block = lru_cache(maxsize=512)(self._make_block)

    def payment(self, number: int) -> Payment:
        """Payment `number`, which must exist."""
        return self._block(number // BLOCK_SIZE)[number % BLOCK_SIZE]

    def payments_of_invoice(self, number: int) -> list[Payment]:
        """The payments of invoice `number`, oldest first; empty if there is no such invoice."""
        block = number // BLOCK_SIZE
        if block * BLOCK_SIZE >= self.size:
            return []
        return [
            payment
            for payment in self._block(block)
            if payment.invoice_number == number and payment.number < self.size
        ]

    def count_invoices_created_before(self, second: int) -> int:
        """The lowest number that an invoice created at `second` or later can have."""
        finalized = second + DRAFT_SECONDS
        block = (finalized - FIRST_SECOND) // BLOCK_SECONDS
        if block < 0:
            return 0
        first_number = block * BLOCK_SIZE
        if first_number >= self.size:
            return self.first_free_invoice
        for payment in self._block(block):
            if payment.is_default and payment.created >= finalized:
                return payment.invoice_number
        return first_number + BLOCK_SIZE

    def is_deleted(self, invoice_number: int) -> bool:
        """Whether this invoice is one of those that were deleted."""
        block, place = divmod(invoice_number, BLOCK_SIZE)
        return place == 0 and (block + self._seed) % 8 == 1 and block * BLOCK_SIZE < self.size

    @property
    def first_free_invoice(self) -> int:
        """The lowest number above those of all invoices."""
        return -(-self.size // BLOCK_SIZE) * BLOCK_SIZE

    def count_created_before(self, second: int) -> int:
        """How many payments are older than `second`: also the number of the first that is not."""
        block = (second - FIRST_SECOND) // BLOCK_SECONDS
        if block < 0:
            return 0
        if block * BLOCK_SIZE >= self.size:
            return self.size
        older = bisect_left(self._block(block), second, key=_get_created)
        return min(block * BLOCK_SIZE + older, self.size)

    def _make_block(self, block: int) -> tuple[Payment, ...]:
        # Only random() is guaranteed to give the same sequence in every Python version.
        draw = random.Random(self._seed << 64 | block).random
        layout = _pick(_LAYOUTS, draw())
        if (block + self._seed) % 16 == 11:
            layout = _INSTALMENTS
        currencies = [_pick(_CURRENCIES, draw()) for _ in layout]
        # In steps of 15 seconds, so that many payments share a second.
        offsets = sorted([int(draw() * 24) * 15 for _ in layout])
        first_number = block * BLOCK_SIZE
        first_second = FIRST_SECOND + block * BLOCK_SECONDS
        return tuple(
            [
                _make_payment(
                    first_number + slot,
                    first_second + offsets[slot],
                    first_number + invoice,
                    is_default,
                    currencies[invoice],
                    draw,
                )
                for slot, (invoice, is_default) in enumerate(layout)
            ]
        )


def _make_payment(  # noqa: PLR0917 - called for each payment, and keywords are slower
    number: int,
    created: int,
    invoice_number: int,
    is_default: bool,
    currency: str,
    draw: Callable[[], float],
) -> Payment:
    amount_requested = 500 + int(draw() * 200_000)
    amount_paid = amount_requested // 2 if draw() < 1 / 8 else amount_requested
    if currency in THREE_DECIMAL:
        amount_requested -= amount_requested % 10
        amount_paid -= amount_paid % 10
    payment_type = _TYPES[int(draw() * _TYPE_COUNT)]
    # The sandbox has charges that succeeded only.
    status = "paid" if payment_type == "charge" else _STATUSES[int(draw() * _STATUS_COUNT)]
    settled_at = created + int(draw() * 86_400)
    # In the order of the fields: with keywords, making one takes twice as long.
    return Payment(
        number,
        created,
        invoice_number,
        is_default,
        currency,
        amount_requested,
        amount_paid if status == "paid" else None,
        status,
        payment_type,
        settled_at if status == "paid" else None,
        settled_at if status == "canceled" else None,
    )


def _pick(choices: Sequence[_T], share: float) -> _T:
    """The choice at this share of the sequence, 0 <= share < 1."""
    return choices[int(share * len(choices))]


def _get_created(payment: Payment) -> int:
    return payment.created
