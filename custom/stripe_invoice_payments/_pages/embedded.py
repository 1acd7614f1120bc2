"""Lists inside of objects: each becomes a page of the client that the object was requested with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from stripe_invoice_payments_api._lists import EmbeddedList, read_with_lists
from stripe_invoice_payments_api._model import ListObject
from stripe_invoice_payments_api._request import Request, encode

from .._config.settings import Settings
from .queries import ListQuery, check_list

T = TypeVar("T")


def with_pages(
    read: Callable[[Any], T],
    request: Request[Any],
    settings: Settings,
    page: Callable[[ListObject[Any], ListQuery[Any]], ListObject[Any]],
) -> Callable[[Any], T]:
    """A function that reads a response as `read` does, and makes pages of the lists inside of it.

    Args:
        read: Converts the response's JSON to what the caller gets.
        request: The request that the response is for.
        settings: How it is sent; the requests for other pages are sent in the same way.
        page: Makes the client's kind of page of a list.
    """

    def read_with_pages(data: Any) -> T:
        root, lists = read_with_lists(read, data)
        if lists:
            expand = _expand(request)
            inner = {path: _inner_expand(expand, path) for path in {one.path for one in lists}}
            for embedded in lists:
                query = _embedded_query(embedded, settings, inner[embedded.path])
                embedded.replace(page(embedded.page, query))
        return root

    return read_with_pages


def _expand(request: Request[Any]) -> list[str]:
    """What the request asks to expand."""
    parameters = f"{request.query}&{request.form or ''}"
    return [value for name, value in parse_qsl(parameters) if name.startswith("expand[")]


def _inner_expand(expand: Sequence[str], path: str) -> str:
    """The query that expands in the list at `path` what is expanded in its items already."""
    prefix = f"{path}."
    return encode({"expand": [n.removeprefix(prefix) for n in expand if n.startswith(prefix)]})


def _embedded_query(embedded: EmbeddedList, settings: Settings, expand: str) -> ListQuery[Any]:
    """The query of a list inside of an object: it continues through its own url.

    Raises:
        InvalidObjectError: That is not a list that can be walked.
    """
    check_list(embedded.page)
    path, _, query = embedded.page.url.partition("?")
    request = Request(
        method="GET",
        path=path,
        query="&".join(part for part in (query, expand) if part),
        read=embedded.read,
    )
    return ListQuery(request=request, settings=settings)
