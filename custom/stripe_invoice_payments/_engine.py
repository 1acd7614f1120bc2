"""What resources and pages make their calls with: settings, and a transport to carry them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define

from stripe_invoice_payments_api._model import ListObject
from stripe_invoice_payments_api._request import Request

from ._calls import perform
from ._embedded import with_pages
from ._pages import AsyncPage, Page
from ._paging import ListQuery, check_page
from ._raw_response import RawResponse
from ._settings import Settings

if TYPE_CHECKING:
    from ._stopping import Stop
    from ._transport import AsyncTransport, Transport

T = TypeVar("T")


@define(frozen=True, eq=False)
class Engine:
    """Makes calls and waits for them."""

    settings: Settings
    transport: Transport

    def call(
        self,
        request: Request[Any],
        settings: Settings,
        read: Callable[[Any], T],
        stop: Stop | None = None,
    ) -> RawResponse[T]:
        """Make one call; `read` makes of its answer what the caller gets."""
        read = with_pages(read, request, settings, self.page)
        return self.transport.run(perform(request, settings, read), stop)

    def call_list(self, query: ListQuery[T], stop: Stop | None = None) -> RawResponse[Page[T]]:
        """Make the call for one page."""

        def read(data: Any) -> Page[T]:
            page = self.page(query.request.read(data), query)
            check_page(page, query)
            return page

        return self.call(query.request, query.settings, read, stop)

    def page(self, page: ListObject[T], query: ListQuery[T]) -> Page[T]:
        """A page that finds the others with this engine."""
        return Page[T].bind(page, query, self._fetch)

    def _fetch(self, query: ListQuery[T], stop: Stop | None = None) -> Page[T]:
        return self.call_list(query, stop).parse()


@define(frozen=True, eq=False)
class AsyncEngine:
    """Makes calls and lets other tasks run while waiting for them."""

    settings: Settings
    transport: AsyncTransport

    async def call(
        self, request: Request[Any], settings: Settings, read: Callable[[Any], T]
    ) -> RawResponse[T]:
        """Make one call; `read` makes of its answer what the caller gets."""
        read = with_pages(read, request, settings, self.page)
        return await self.transport.run(perform(request, settings, read))

    async def call_list(self, query: ListQuery[T]) -> RawResponse[AsyncPage[T]]:
        """Make the call for one page."""

        def read(data: Any) -> AsyncPage[T]:
            page = self.page(query.request.read(data), query)
            check_page(page, query)
            return page

        return await self.call(query.request, query.settings, read)

    def page(self, page: ListObject[T], query: ListQuery[T]) -> AsyncPage[T]:
        """A page that finds the others with this engine."""
        return AsyncPage[T].bind(page, query, self._fetch)

    async def _fetch(self, query: ListQuery[T]) -> AsyncPage[T]:
        return (await self.call_list(query)).parse()
