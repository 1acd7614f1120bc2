"""The order of all objects of a kind: those of the seeded world, and those added later.

The numbers of the world's objects are in order, so they need no memory. An added object remembers
how many of them are older, so that converting between numbers and positions is a binary search
among the added ones.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from typing import NamedTuple


class _Added(NamedTuple):
    """An object that the world does not have. The first two fields are what they are sorted by."""

    created: int
    number: int
    older_in_world: int


class Order:
    """Positions, from 0 for the oldest object, and the numbers of the objects there.

    In the same second, a higher number is newer.

    Args:
        size: How many the world has.
        count_created_before: How many of them are older than a second.
    """

    def __init__(self, size: int, count_created_before: Callable[[int], int]) -> None:
        self._size = size
        self._count_created_before = count_created_before
        self._added: list[_Added] = []
        self._by_number: dict[int, _Added] = {}

    def __len__(self) -> int:
        return self._size + len(self._added)

    @property
    def is_natural(self) -> bool:
        """Whether nothing was added, so that each position is the number of its object."""
        return not self._added

    def add(self, created: int, number: int) -> None:
        """Add an object that the world does not have."""
        added = _Added(created, number, self._count_created_before(created + 1))
        insort(self._added, added)
        self._by_number[number] = added

    def number_at(self, position: int) -> int:
        """The number of the object at this position."""
        newer_or_here = bisect_left(range(len(self._added)), position, key=self._position_of_added)
        if newer_or_here < len(self._added):
            added = self._added[newer_or_here]
            if added.older_in_world + newer_or_here == position:
                return added.number
        return position - newer_or_here

    def position_of(self, number: int) -> int:
        """The position of the object with this number."""
        added = self._by_number.get(number)
        if added is not None:
            return added.older_in_world + bisect_left(self._added, added)
        return number + bisect_right(self._added, number, key=_get_older_in_world)

    def count_created_before(self, second: int) -> int:
        """How many are older than `second`: also the position of the first that is not."""
        added = bisect_left(self._added, second, key=_get_created)
        return self._count_created_before(second) + added

    def _position_of_added(self, index: int) -> int:
        return self._added[index].older_in_world + index


def _get_created(added: _Added) -> int:
    return added.created


def _get_older_in_world(added: _Added) -> int:
    return added.older_in_world
