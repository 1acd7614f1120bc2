"""How payments are read again with the fewest requests: one by one, or as a stretch of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import define

PAGE_SIZE = 100


@define(frozen=True)
class Wanted:
    """A payment to read again.

    Attributes:
        id: Its id.
        created: When it was created, in Unix seconds.
        older: How many payments of the mirror were created before that second, since the first one
            that is wanted.
        same: How many were created in it.
    """

    id: str
    created: int
    older: int
    same: int


@define(frozen=True)
class Read:
    """One thing to request.

    Attributes:
        ids: The payments that it is for.
        filters: The filters of a list that contains them. None: retrieve the only one.
    """

    ids: tuple[str, ...] = ()
    filters: Mapping[str, Any] | None = None


def plan_reads(wanted: Sequence[Wanted], page_size: int = PAGE_SIZE) -> list[Read]:
    """What to request so that all these payments are read with few requests.

    A page of the list contains `page_size` consecutive payments, so it is worth a request if at
    least two of them are wanted. Pages are filled from the oldest on, which takes the fewest. They
    consist of whole seconds, as that is how a list can be filtered. A second with more payments
    than a page is listed on its own, if that takes fewer requests than its payments.

    Args:
        wanted: The payments, oldest first.
        page_size: How many payments are on a page.
    """
    reads: list[Read] = []
    page: list[Wanted] = []
    for _, group in groupby(wanted, key=attrgetter("created")):
        second = list(group)
        if page and _rows(page[0], second[0]) > page_size:
            reads += _requests(page, page_size)
            page = []
        page += second
    return reads + _requests(page, page_size)


def _rows(first: Wanted, last: Wanted) -> int:
    """How many payments were created from the second of one to that of the other."""
    return last.older + last.same - first.older


def _requests(wanted: Sequence[Wanted], page_size: int) -> list[Read]:
    """One list of all of them, or one request for each, whichever is cheaper."""
    if not wanted:
        return []
    first, last = wanted[0], wanted[-1]
    pages = -(-_rows(first, last) // page_size)
    if pages >= len(wanted):
        return [Read((each.id,)) for each in wanted]
    period = {"created": {"gte": first.created, "lte": last.created}}
    return [Read(tuple(each.id for each in wanted), period)]
