"""What resources and pages make their calls with: settings, and a transport to carry them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar, overload

from attrs import define

from stripe_invoice_payments_api._model import ListObject
from stripe_invoice_payments_api._request import Request

from .._config.settings import RequestOptions, Settings, split_call
from .._pages.embedded import with_pages
from .._pages.pages import AsyncPage, Page
from .._pages.queries import ListQuery, check_page, list_query
from .raw_response import RawResponse
from .steps import perform

if TYPE_CHECKING:
    from .._http.transport import AsyncTransport, Transport
    from .._stopping import Stop

T = TypeVar("T")


@define(frozen=True, eq=False)
class Engine:
    """Makes calls and waits for them."""

    settings: Settings
    transport: Transport

    def __str__(self) -> str:
        return f"Client, base_url={self.settings.base_url!r}"

    def split(self, arguments: Mapping[str, Any]) -> tuple[Any, RequestOptions]:
        """A call's keyword arguments: the operation's parameters, and the options of the call."""
        return split_call(arguments)

    @overload
    def call(
        self, request: Request[ListObject[T]], options: RequestOptions
    ) -> RawResponse[Page[T]]: ...

    @overload
    def call(self, request: Request[T], options: RequestOptions) -> RawResponse[T]: ...

    def call(self, request: Request[Any], options: RequestOptions) -> RawResponse[Any]:
        """Make one call. A list in response becomes a page."""
        return self._call(list_query(request, self.settings.for_call(options)))

    def _call(self, query: ListQuery[Any], stop: Stop | None = None) -> RawResponse[Any]:
        return self.send(query.request, query.settings, _reader(query, self.page), stop)

    def send(
        self,
        request: Request[Any],
        settings: Settings,
        read: Callable[[Any], T],
        stop: Stop | None = None,
    ) -> RawResponse[T]:
        """Make one call; `read` converts its response to what the caller gets."""
        read = with_pages(read, request, settings, self.page)
        return self.transport.run(perform(request, settings, read), stop)

    def page(self, page: ListObject[T], query: ListQuery[T]) -> Page[T]:
        """A page that finds the others with this engine."""
        return Page[T].bind(page, query, self._fetch)

    def _fetch(self, query: ListQuery[T], stop: Stop | None = None) -> Page[T]:
        page: Page[T] = self._call(query, stop).parse()
        return page


@define(frozen=True, eq=False)
class AsyncEngine:
    """Makes calls and lets other tasks run while waiting for them."""

    settings: Settings
    transport: AsyncTransport

    def __str__(self) -> str:
        return f"AsyncClient, base_url={self.settings.base_url!r}"

    def split(self, arguments: Mapping[str, Any]) -> tuple[Any, RequestOptions]:
        """A call's keyword arguments: the operation's parameters, and the options of the call."""
        return split_call(arguments)

    @overload
    async def call(
        self, request: Request[ListObject[T]], options: RequestOptions
    ) -> RawResponse[AsyncPage[T]]: ...

    @overload
    async def call(self, request: Request[T], options: RequestOptions) -> RawResponse[T]: ...

    async def call(self, request: Request[Any], options: RequestOptions) -> RawResponse[Any]:
        """Make one call. A list in response becomes a page."""
        return await self._call(list_query(request, self.settings.for_call(options)))

    async def _call(self, query: ListQuery[Any]) -> RawResponse[Any]:
        return await self.send(query.request, query.settings, _reader(query, self.page))

    async def send(
        self, request: Request[Any], settings: Settings, read: Callable[[Any], T]
    ) -> RawResponse[T]:
        """Make one call; `read` converts its response to what the caller gets."""
        read = with_pages(read, request, settings, self.page)
        return await self.transport.run(perform(request, settings, read))

    def page(self, page: ListObject[T], query: ListQuery[T]) -> AsyncPage[T]:
        """A page that finds the others with this engine."""
        return AsyncPage[T].bind(page, query, self._fetch)

    async def _fetch(self, query: ListQuery[T]) -> AsyncPage[T]:
        page: AsyncPage[T] = (await self._call(query)).parse()
        return page


def _reader(
    query: ListQuery[Any], bind: Callable[[ListObject[Any], ListQuery[Any]], ListObject[Any]]
) -> Callable[[Any], Any]:
    """Reads what the response to `query` is; if that is a list, `bind` makes a page of it."""

    def read(data: Any) -> Any:
        found: Any = query.request.read(data)
        if not _is_list(found):
            return found
        page = bind(found, query)
        check_page(page, query)
        return page

    return read


def _is_list(value: Any) -> TypeGuard[ListObject[Any]]:
    return isinstance(value, ListObject)
