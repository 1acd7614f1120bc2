"""Pages of a list: what callers hold, look at and walk on from.

`next_page` is always towards older objects and `previous_page` towards newer ones; iterating goes
in the direction in which the list was asked for.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Coroutine, Generator, Iterator
from contextlib import aclosing, closing
from copy import copy, deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar, cast

from attrs import define, field

from stripe_invoice_payments_api._model import ListObject

from .._errors import PaginationError
from .prefetch import Ahead, AsyncAhead, AsyncInTurn, InTurn
from .queries import (
    ENDING_BEFORE,
    STARTING_AFTER,
    ListQuery,
    check_list,
    check_progress,
    following,
)

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._stopping import Stop

T = TypeVar("T")


class Fetch(Protocol[T]):
    """Gets a page; once `stop` is set, nobody waits for it any more."""

    def __call__(self, query: ListQuery[T], stop: Stop | None = None) -> Page[T]: ...


class AsyncFetch(Protocol[T]):
    """Gets a page."""

    def __call__(self, query: ListQuery[T]) -> Awaitable[AsyncPage[T]]: ...


@define(kw_only=True, repr=False, eq=False, weakref_slot=False)
class _BoundPage(ListObject[T]):  # noqa: PLW1641 - what can change has no hash
    """What the pages of both clients share: a list that knows where it came from."""

    _query: ListQuery[T] = field(alias="query")
    _fetch: Any = field(alias="fetch")

    @classmethod
    def bind(cls, page: ListObject[T], query: ListQuery[T], fetch: Any) -> Self:
        """A page out of what Stripe sent.

        Raises:
            InvalidObjectError: That is not a list that can be walked.
        """
        check_list(page)
        return cls(
            data=page.data,
            has_more=page.has_more,
            url=page.url,
            object=page.object,
            query=query,
            fetch=fetch,
            _irregularities=page._irregularities,
        )

    def __repr__(self) -> str:
        # With defaults: tracebacks show pages that are still being made.
        has_more, url = getattr(self, "has_more", None), getattr(self, "url", None)
        count = len(getattr(self, "data", ()))
        return f"<{type(self).__name__} of {count}, has_more={has_more}, url={url!r}>"

    def __eq__(self, other: object) -> bool:
        # The same list, however it was come by; a pickled page comes back as a plain list.
        if not isinstance(other, ListObject):
            return NotImplemented
        return _contents(self) == _contents(cast("Any", other))

    def __copy__(self) -> Self:
        return self.bind(self, self._query, self._fetch)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.bind(deepcopy(self._plain(), memo), self._query, self._fetch)

    def __reduce__(self) -> Any:
        # A page holds its client and so its key; what is pickled is what Stripe sent.
        return copy, (self._plain(),)

    def _plain(self) -> ListObject[T]:
        return ListObject[T](
            data=self.data,
            has_more=self.has_more,
            url=self.url,
            object=self.object,
            _irregularities=self._irregularities,
        )

    def _without_objects(self) -> Self:
        nothing = ListObject[T](data=[], has_more=False, url=self.url)
        return self.bind(nothing, self._query, self._fetch)

    def _onward(self) -> ListQuery[T] | PaginationError | None:
        """The query for the next page, or why there is none.

        Found out before the page is handed to a loop whose body may change it, but told later.
        """
        try:
            return following(self, self._query, self._query.direction)
        except PaginationError as error:
            return error

    def _in_order_of_travel(self) -> Iterator[T]:
        """Reading towards newer objects, the oldest comes first."""
        newest_first = self._query.direction == STARTING_AFTER
        return iter(self.data) if newest_first else reversed(self.data)


def _contents(page: ListObject[Any]) -> tuple[object, ...]:
    return page.object, page.url, page.has_more, page.data, page.additional_properties


# `ListObject` declares results that fit both clients. Those of a page fit one of them, so they are
# no subtypes: hence `type: ignore[override]`.


@define(kw_only=True, repr=False, eq=False, weakref_slot=False)
class Page(_BoundPage[T]):
    """One page of a list, from which you can request the others.

    Example:
        page = client.invoice_payments.list(limit=10)
        print(len(page), page[0].id, page.has_more)
        older = page.next_page()
        for payment in page.auto_paging_iter():  # this page and all that follow it
            print(payment.id)
    """

    _fetch: Fetch[T] = field(alias="fetch")

    def next_page(self) -> Page[T]:  # type: ignore[override]
        """The page of the next older objects; after the last page, an empty one, without a request.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects.
            StripeError: The request failed.
        """
        return self._page(STARTING_AFTER)

    def previous_page(self) -> Page[T]:  # type: ignore[override]
        """The page of the next newer objects; an empty one if there are none.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects.
            StripeError: The request failed.
        """
        return self._page(ENDING_BEFORE)

    def _page(self, direction: str) -> Page[T]:
        query = following(self, self._query, direction)
        if query is None:
            return self._without_objects()
        page = self._fetch(query)
        check_progress(page, query, set())
        return page

    def iter_pages(self, *, prefetch: bool = False) -> Generator[Page[T], None, None]:  # type: ignore[override]
        """This page and all that follow it.

        Yields older and older pages, or newer ones if the list was requested with `ending_before`.

        Args:
            prefetch: Request each page while you process the one before. Leaving the loop early
                then waits for the request in progress, but for no retry.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects, or it
                would never end.
            StripeError: A request failed.
        """
        page, seen = self, set[str]()
        check_progress(page, self._query, seen)
        with Ahead[Page[T]]() if prefetch else InTurn[Page[T]]() as ahead:
            while True:
                onward = page._onward()
                if not isinstance(onward, ListQuery):
                    yield page
                    if onward is not None:
                        raise onward
                    return
                coming = ahead.start(partial(self._fetch, onward))
                yield page
                page = coming()
                check_progress(page, onward, seen)

    def auto_paging_iter(self, *, prefetch: bool = False) -> Generator[T, None, None]:  # type: ignore[override]
        """Every object from this page on, on all pages.

        Yields the newest object first; of a list requested with `ending_before`, the oldest.

        Args:
            prefetch: Request each page while you process the one before. Leaving the loop early
                then waits for the request in progress, but for no retry.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects, or it
                would never end.
            StripeError: A request failed.
        """
        with closing(self.iter_pages(prefetch=prefetch)) as pages:
            for page in pages:
                yield from page._in_order_of_travel()


@define(kw_only=True, repr=False, eq=False, weakref_slot=False)
class AsyncPage(_BoundPage[T]):
    """One page of a list, from which you can request the others, with an `AsyncClient`.

    Example:
        page = await async_client.invoice_payments.list(limit=10)
        older = await page.next_page()
        async for payment in page.auto_paging_iter():  # this page and all that follow it
            print(payment.id)
    """

    _fetch: AsyncFetch[T] = field(alias="fetch")

    async def next_page(self) -> AsyncPage[T]:  # type: ignore[override]
        """The page of the next older objects; after the last page, an empty one, without a request.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects.
            StripeError: The request failed.
        """
        return await self._page(STARTING_AFTER)

    async def previous_page(self) -> AsyncPage[T]:  # type: ignore[override]
        """The page of the next newer objects; an empty one if there are none.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects.
            StripeError: The request failed.
        """
        return await self._page(ENDING_BEFORE)

    async def _page(self, direction: str) -> AsyncPage[T]:
        query = following(self, self._query, direction)
        if query is None:
            return self._without_objects()
        page = await self._fetch(query)
        check_progress(page, query, set())
        return page

    def iter_pages(self, *, prefetch: bool = False) -> AsyncGenerator[AsyncPage[T], None]:  # type: ignore[override]
        """This page and all that follow it.

        Yields older and older pages, or newer ones if the list was requested with `ending_before`.

        Args:
            prefetch: Request each page while you process the one before. Leaving the loop early
                cancels the request in progress; `contextlib.aclosing` makes that immediate.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects, or it
                would never end.
            StripeError: A request failed.
        """
        return _AsyncOnly(self._iter_pages(prefetch))

    async def _iter_pages(self, prefetch: bool) -> AsyncGenerator[AsyncPage[T], None]:
        page, seen = self, set[str]()
        check_progress(page, self._query, seen)
        async with AsyncAhead[AsyncPage[T]]() if prefetch else AsyncInTurn[AsyncPage[T]]() as ahead:
            while True:
                onward = page._onward()
                if not isinstance(onward, ListQuery):
                    yield page
                    if onward is not None:
                        raise onward
                    return
                coming = await ahead.start(partial(self._fetch, onward))
                yield page
                page = await coming()
                check_progress(page, onward, seen)

    def auto_paging_iter(self, *, prefetch: bool = False) -> AsyncGenerator[T, None]:  # type: ignore[override]
        """Every object from this page on, on all pages.

        Yields the newest object first; of a list requested with `ending_before`, the oldest.

        Args:
            prefetch: Request each page while you process the one before. Leaving the loop early
                cancels the request in progress; `contextlib.aclosing` makes that immediate.

        Raises:
            PaginationError: The list cannot be followed without losing or repeating objects, or it
                would never end.
            StripeError: A request failed.
        """
        return _AsyncOnly(self._iter_items(prefetch))

    async def _iter_items(self, prefetch: bool) -> AsyncGenerator[T, None]:
        async with aclosing(self._iter_pages(prefetch)) as pages:
            async for page in pages:
                for item in page._in_order_of_travel():
                    yield item


class _AsyncOnly(AsyncGenerator[T, None]):
    """An async generator that says so to `for`: of a `ListObject`, type checkers cannot tell."""

    def __init__(self, generator: AsyncGenerator[T, None]) -> None:
        self._generator = generator

    def __iter__(self) -> NoReturn:
        raise TypeError(
            "this list belongs to an AsyncClient: write `async for` in place of `for`, or "
            "`[... async for ...]` in place of `list(...)`"
        )

    def __aiter__(self) -> AsyncGenerator[T, None]:
        return self._generator

    def __anext__(self) -> Coroutine[Any, Any, T]:
        return self._generator.__anext__()

    def asend(self, value: None) -> Coroutine[Any, Any, T]:
        return self._generator.asend(value)

    def athrow(self, *error: Any) -> Coroutine[Any, Any, T]:
        return self._generator.athrow(*error)

    def aclose(self) -> Coroutine[Any, Any, None]:
        return self._generator.aclose()
