"""Whether a page can be trusted: plain functions that plain lists and scans share.

A server that breaks one of these rules would make a reader lose objects, repeat them, or read
forever, so each check raises a `PaginationError` that names the place and the objects.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias, cast

from .._errors import PaginationError
from .period import spelled_out

Item: TypeAlias = "tuple[str, int]"
"""The id of an object, and the second in which it was created."""


def attribute(one: object, name: str) -> object:
    """A field of a list's object, which is plain JSON where it lies outside the slice."""
    if isinstance(one, dict):
        return cast("dict[str, object]", one).get(name)
    return getattr(one, name, None)


def items_of(objects: Sequence[Any], place: str) -> list[Item]:
    """The id and the creation time of each object.

    Args:
        objects: The objects of a page.
        place: Which page it is, for the error's message.

    Raises:
        PaginationError: An object lacks one of them.
    """
    items: list[Item] = []
    for one in objects:
        identifier, created = attribute(one, "id"), attribute(one, "created")
        if not isinstance(identifier, str) or not identifier:
            raise PaginationError(f"{place}: an object has the id {identifier!r}")
        if not isinstance(created, int) or isinstance(created, bool):
            raise PaginationError(f"{place}: created of {identifier!r} is {created!r}")
        items.append((identifier, created))
    return items


def check_distinct(ids: Iterable[str], place: str, before: Container[str] = ()) -> None:
    """Make sure that no object is on the page twice, or was on a page before.

    Args:
        ids: The ids of the objects of the page.
        place: Which page it is, for the error's message.
        before: The ids that came before.

    Raises:
        PaginationError: One is.
    """
    seen: set[str] = set()
    for identifier in ids:
        if identifier in before:
            raise PaginationError(
                f"{place} contains {identifier!r}, which came before; reading on would repeat "
                "objects, or never end"
            )
        if identifier in seen:
            raise PaginationError(
                f"{place} contains {identifier!r} twice; reading on would repeat objects, and may "
                "lose others"
            )
        seen.add(identifier)


def check_order(items: Sequence[Item], place: str) -> None:
    """Make sure that the objects are newest first. Within a second, any order is fine.

    Raises:
        PaginationError: They are not.
    """
    for (newer, second), (older, next_second) in pairwise(items):
        if next_second > second:
            raise PaginationError(
                f"{place} is not newest first: {older!r} (created {next_second}) follows "
                f"{newer!r} (created {second}); reading on would lose or repeat objects"
            )


def check_range(items: Sequence[Item], start: int, end: int, place: str) -> None:
    """Make sure that the objects were created in the period that was asked for.

    Args:
        items: The objects of the page.
        start: The first second of the period.
        end: The second after its last.
        place: Which page it is, for the error's message.

    Raises:
        PaginationError: One was not.
    """
    for identifier, created in items:
        if not start <= created < end:
            raise PaginationError(
                f"{place} contains {identifier!r} (created {created}), but the request is for "
                f"objects created {spelled_out(start, end)}; reading on would lose or repeat some"
            )


def check_not_empty(items: Sequence[object], has_more: bool, place: str) -> None:
    """Make sure that a page that is not the last one holds something.

    Raises:
        PaginationError: It does not.
    """
    if has_more and not items:
        raise PaginationError(
            f"{place} is empty, though there should be more; reading on would lose objects"
        )
