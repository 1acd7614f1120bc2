# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""Lists inside of objects: which of them a response holds, and how type checkers see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define

from ._model import Layout, ListObject, Model, Reader, lists_read

T = TypeVar("T")

_LEAVES = frozenset({str, type(None)})  # nearly all of what is not an object

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Generator

    # Objects are of the same classes with both clients, so a type checker cannot tell whose list it
    # sees. What a list's methods return is declared as fit for both, and at run time fits one.

    class AnyGenerator(Generator[T, None, None], AsyncGenerator[T, None]):
        """With a `Client`, a generator for `for`; with an `AsyncClient`, one for `async for`."""

    class AnyPage(ListObject[T], Awaitable[ListObject[T]]):
        """With a `Client`, a page; with an `AsyncClient`, what has to be awaited to get it."""


@define(frozen=True, eq=False)
class EmbeddedList:
    """A list inside of an object.

    Attributes:
        page: The list.
        path: Where it is, in the notation of `expand`, such as `data.invoice.payments`.
        read: Reads one like it.
    """

    page: ListObject[Any]
    path: str
    read: Reader
    _holder: Any
    _key: Any

    def replace(self, page: ListObject[Any]) -> None:
        """Put another list in its place."""
        if isinstance(self._holder, Model):
            setattr(self._holder, self._key, page)
        else:
            self._holder[self._key] = page


def read_with_lists(read: Callable[[Any], T], data: Any) -> tuple[T, list[EmbeddedList]]:
    """What `read` makes of `data`, and the lists inside of that.

    It is searched for them only if some were read: most responses have none.
    """
    lists: list[tuple[ListObject[Any], Reader]] = []
    token = lists_read.set(lists)
    try:
        root = read(data)
    finally:
        lists_read.reset(token)
    itself = isinstance(cast("object", root), ListObject)
    if len(lists) == (1 if itself else 0):
        return root, []
    return root, list(_search(root, {id(page): reader for page, reader in lists}))


def _search(root: Any, readers: Mapping[int, Reader]) -> Iterator[EmbeddedList]:
    to_search: list[tuple[Any, str]] = [(root, "")]  # and not a recursion: JSON may be deep
    while to_search:
        holder, path = to_search.pop()
        for name, key, member in _members(holder):
            inner = f"{path}.{name}" if path and name else path or name
            if id(member) in readers:
                yield EmbeddedList(member, inner, readers[id(member)], holder, key)
            if member.__class__ not in _LEAVES:
                to_search.append((member, inner))


def _members(holder: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where a list may be: the name that `expand` has for the place, its key, and what is there."""
    kind: type[Any] = cast("Any", type(holder))
    if kind is dict:
        for key, member in holder.items():
            yield key, key, member
    elif kind is list:
        for index, member in enumerate(holder):
            yield "", index, member
    elif issubclass(kind, ListObject):
        yield "data", "data", holder.data
    elif issubclass(kind, Model):
        for name, attribute in _places(holder.__class__):
            yield name, attribute, getattr(holder, attribute)


@cache
def _places(kind: Any) -> tuple[tuple[str, str], ...]:
    """The fields of this class that are not plain JSON: their names and attributes."""
    layout: Layout = kind._layout
    return tuple(place for place in layout.fields if place[0] in layout.readers)
