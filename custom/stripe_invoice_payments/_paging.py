"""Where the next page of a list is, and whether it can be trusted: plain functions.

Every filter, `expand`, `limit` and option of a call goes along, because the next query is the last
one with another cursor, and nothing else is changed.
"""

from __future__ import annotations

import re
from typing import Any, Generic, TypeVar, cast

from attrs import define, evolve

from stripe_invoice_payments_api._model import InvalidObjectError, ListObject
from stripe_invoice_payments_api._request import Request, encode

from ._errors import PaginationError
from ._page_checks import check_distinct, check_not_empty, check_order, check_range, items_of
from ._period import period
from ._settings import Settings

T = TypeVar("T")

STARTING_AFTER = "starting_after"
"""Towards older objects."""

ENDING_BEFORE = "ending_before"
"""Towards newer objects."""

# What HTTP clients send as it is; anything else they refuse or change. A path that begins with two
# slashes would name another host.
_PATH = re.compile(r"/(?!/)[!$-;=@-\[\]-~]+")
_QUERY = re.compile(r"[!$-;=?-~]*")
_MAX_TARGET = 60_000
_MAX_SHOWN = 200

_CURSORS = frozenset({STARTING_AFTER, ENDING_BEFORE})


@define(frozen=True, kw_only=True, eq=False)
class ListQuery(Generic[T]):
    """The request that a page is the answer to.

    Attributes:
        request: The request itself.
        settings: How it is made.
        direction: Where it goes: `starting_after` or `ending_before`.
        cursor: The object that the page begins behind; None to begin at the newest.
        period: If it asks for a period by `created`: its first second, and the one after its last.
    """

    request: Request[ListObject[T]]
    settings: Settings
    direction: str = STARTING_AFTER
    cursor: str | None = None
    period: tuple[int, int] | None = None

    def moved(self, direction: str, cursor: str) -> ListQuery[T]:
        """The query for the page behind `cursor`, with everything else as it was.

        Raises:
            PaginationError: The list's url is not a path of the API.
        """
        path = self.request.path
        query = f"{without_cursors(self.request.query)}&{encode({direction: cursor})}".lstrip("&")
        if not _PATH.fullmatch(path):
            raise PaginationError(f"the list's url {path[:_MAX_SHOWN]!r} is not a path of the API")
        if not _QUERY.fullmatch(query) or len(path) + len(query) > _MAX_TARGET:
            raise PaginationError(f"nobody can ask for the list's query {query[:_MAX_SHOWN]!r}")
        request = evolve(self.request, query=query)
        return evolve(self, request=request, direction=direction, cursor=cursor)


def list_query(request: Request[ListObject[T]], settings: Settings, params: Any) -> ListQuery[T]:
    """The query of a list that was asked for with `params`.

    Raises:
        ValueError: The parameters have both cursors.
    """
    after, before = params.get(STARTING_AFTER), params.get(ENDING_BEFORE)
    if after is not None and before is not None:
        raise ValueError(f"{STARTING_AFTER} and {ENDING_BEFORE} exclude each other; give one")
    direction = STARTING_AFTER if before is None else ENDING_BEFORE
    cursor = after if before is None else before
    created = params.get("created")
    asked: tuple[int, int] | None = None
    if created is not None:
        asked = period(created)
    return ListQuery(
        request=request, settings=settings, direction=direction, cursor=cursor, period=asked
    )


def without_cursors(query: str) -> str:
    """A query string without the parameters that say where the page begins."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in _CURSORS)


def following(page: ListObject[T], query: ListQuery[T], direction: str) -> ListQuery[T] | None:
    """The query for the page that follows `page` in `direction`; None if there is none.

    Raises:
        PaginationError: Going on would never end, or would lose or repeat objects.
    """
    onward = direction == query.direction
    # has_more speaks of the direction of travel; whether there is anything behind, nobody knows.
    if onward and not page.has_more:
        return None
    if not page.data:
        if not onward:
            return None  # nothing to turn around at
        check_not_empty(page.data, page.has_more, _place(query))
    cursor = _id(page.data[0 if direction == ENDING_BEFORE else -1])
    if cursor is None:
        raise PaginationError("the objects of this page have no id, so there is no way to the next")
    return query.moved(direction, cursor)


def check_list(page: ListObject[Any]) -> None:
    """Make sure that what should be a list can be walked as one.

    Raises:
        InvalidObjectError: It does not say whether it ends here, or where it continues.
    """
    has_more = cast("object", page.has_more)
    if not isinstance(has_more, bool):
        problem = f"a boolean was expected, not {has_more!r}"
        raise InvalidObjectError("ListObject", "has_more", None, problem)
    url = cast("object", page.url)
    if not isinstance(url, str):
        raise InvalidObjectError("ListObject", "url", None, f"a string was expected, not {url!r}")


def check_page(page: ListObject[Any], query: ListQuery[Any]) -> None:
    """Make sure that `page` contains nothing twice, and only what was asked for, in order.

    Raises:
        PaginationError: It does not.
    """
    check_distinct(_ids(page), _place(query))
    if query.period is not None:
        items = items_of(page.data, _place(query))
        check_range(items, *query.period, _place(query))
        check_order(items, _place(query))


def check_progress(page: ListObject[Any], query: ListQuery[Any], seen: set[str]) -> None:
    """Make sure of the same, and that `page` contains nothing that came before.

    Args:
        page: The next page.
        query: The query that it is the response to.
        seen: The first and last objects of the pages before; those of this one are added. A page
            that overlaps another holds one of them, so there is no need to remember every object.

    Raises:
        PaginationError: It does.
    """
    check_page(page, query)
    ids = _ids(page)
    check_distinct(ids, _place(query), seen if query.cursor is None else {*seen, query.cursor})
    seen.update(ids[:1] + ids[-1:])


def _place(query: ListQuery[Any]) -> str:
    return "the first page" if query.cursor is None else f"the page behind {query.cursor!r}"


def _ids(page: ListObject[Any]) -> list[str]:
    return [identifier for item in page.data if (identifier := _id(item)) is not None]


def _id(item: object) -> str | None:
    identifier = getattr(item, "id", None)
    return identifier if isinstance(identifier, str) and identifier else None
