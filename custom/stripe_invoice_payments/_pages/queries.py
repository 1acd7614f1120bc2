"""Where the next page of a list is, and whether it can be trusted: plain functions.

Every filter, `expand`, `limit` and option of a call goes along, because the next query is the last
one with another cursor, and nothing else is changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Generic, TypeVar, cast
from urllib.parse import parse_qsl

from attrs import define, evolve

from stripe_invoice_payments_api._model import InvalidObjectError, ListObject
from stripe_invoice_payments_api._request import Request, encode

from .._config.settings import Settings
from .._errors import PaginationError
from .guards import (
    attribute,
    check_distinct,
    check_not_empty,
    check_order,
    check_range,
    items_of,
)
from .period import period

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

SEARCH_PAGE = "page"
"""Where a search is to go on; `next_page` of its last page."""

_CURSORS = frozenset({STARTING_AFTER, ENDING_BEFORE})
_CREATED = {f"created[{bound}]": bound for bound in ("gt", "gte", "lt", "lte")}


@define(frozen=True, kw_only=True, eq=False)
class ListQuery(Generic[T]):
    """The request that a page is the response to.

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

    def moved(self, parameter: str, cursor: str) -> ListQuery[T]:
        """The query for the page behind `cursor`, which `parameter` sends, and otherwise the same.

        Raises:
            PaginationError: The list's url is not a path of the API.
        """
        own = without_cursors(self.request.query, {*_CURSORS, parameter})
        query = f"{own}&{encode({parameter: cursor})}".lstrip("&")
        if not is_path(self.request.path):
            shown = self.request.path[:_MAX_SHOWN]
            raise PaginationError(f"the list's url {shown!r} is not a path of the API")
        if not is_query(self.request.path, query):
            raise PaginationError(f"the list's query {query[:_MAX_SHOWN]!r} cannot be requested")
        request = evolve(self.request, query=query)
        direction = ENDING_BEFORE if parameter == ENDING_BEFORE else STARTING_AFTER
        return evolve(self, request=request, direction=direction, cursor=cursor)


def is_path(path: str) -> bool:
    """Whether `path` can be requested as it is, and from no other host."""
    return _PATH.fullmatch(path) is not None


def is_query(path: str, query: str) -> bool:
    """Whether `query` can be sent as it is, after `path`."""
    return _QUERY.fullmatch(query) is not None and len(path) + len(query) <= _MAX_TARGET


def list_query(request: Request[Any], settings: Settings) -> ListQuery[Any]:
    """The query of a request, should its response be a list.

    Raises:
        ValueError: It has both cursors.
    """
    given = dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {}
    after, before = given.get(STARTING_AFTER), given.get(ENDING_BEFORE)
    if after is not None and before is not None:
        raise ValueError(
            f"{STARTING_AFTER} and {ENDING_BEFORE} cannot be combined; pass one of them"
        )
    created = {bound: given[name] for name, bound in _CREATED.items() if name in given}
    return ListQuery(
        request=request,
        settings=settings,
        direction=STARTING_AFTER if before is None else ENDING_BEFORE,
        cursor=after if before is None else before,
        period=_period(given.get("created"), created),
    )


def _period(second: str | None, bounds: Mapping[str, str]) -> tuple[int, int] | None:
    """The period that the texts of a query ask for; None if they ask for none that is known."""
    try:
        if second is not None:
            return period(int(second))
        created = cast("Any", {bound: int(text) for bound, text in bounds.items()})
        return period(created) if created else None
    except ValueError:  # not in Unix seconds: for the server to judge
        return None


def without_cursors(query: str, names: Collection[str] = _CURSORS) -> str:
    """A query string without the parameters that say where the page begins."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in names)


def following(page: ListObject[T], query: ListQuery[T], direction: str) -> ListQuery[T] | None:
    """The query for the page that follows `page` in `direction`; None if there is none.

    Raises:
        PaginationError: The list would never end, or lose or repeat objects.
    """
    if page.object == "search_result":
        return _following_search(page, query, direction)
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


def _following_search(
    page: ListObject[T], query: ListQuery[T], direction: str
) -> ListQuery[T] | None:
    """The same of a search, which says itself where it goes on, and only does so forwards."""
    if direction == ENDING_BEFORE:
        raise PaginationError("the results of a search have no previous page")
    if not page.has_more:
        return None
    check_not_empty(page.data, page.has_more, _place(query))
    token: object = page.additional_properties.get("next_page")
    if not isinstance(token, str) or not token:
        raise PaginationError(
            f"{_place(query)} says that there is more, but next_page is {token!r}"
        )
    return query.moved(SEARCH_PAGE, token)


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
    identifier = attribute(item, "id")
    return identifier if isinstance(identifier, str) and identifier else None
