"""As much of the public package as the generated resources name: what they ask of an engine.

For packages that are rendered under another name, and so do not go with the real one.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypedDict, TypeVar, overload

from ._model import ListObject
from ._request import Request

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

class RequestOptions(TypedDict, total=False):
    max_retries: int

class Page(ListObject[T]): ...
class AsyncPage(ListObject[T]): ...

class RawResponse(Generic[T_co]):
    def parse(self) -> T_co: ...

class Engine:
    def split(self, arguments: Mapping[str, Any]) -> tuple[Any, RequestOptions]: ...
    @overload
    def call(
        self, request: Request[ListObject[T]], options: RequestOptions
    ) -> RawResponse[Page[T]]: ...
    @overload
    def call(self, request: Request[T], options: RequestOptions) -> RawResponse[T]: ...

class AsyncEngine:
    def split(self, arguments: Mapping[str, Any]) -> tuple[Any, RequestOptions]: ...
    @overload
    async def call(
        self, request: Request[ListObject[T]], options: RequestOptions
    ) -> RawResponse[AsyncPage[T]]: ...
    @overload
    async def call(self, request: Request[T], options: RequestOptions) -> RawResponse[T]: ...
