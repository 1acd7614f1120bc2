# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""Requests as data: what is sent, encoded the way Stripe reads it, and how the response is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

from attrs import define

T = TypeVar("T")


@define(frozen=True, kw_only=True)
class Request(Generic[T]):
    """One call of the API.

    Attributes:
        method: The HTTP method.
        path: The path, percent-encoded.
        query: The query string, percent-encoded, without the question mark.
        form: The form-encoded body; None for methods without one.
        read: Turns the JSON of a successful response into its type.
    """

    method: str
    path: str
    query: str = ""
    form: str | None = None
    read: Callable[[Any], T]


def encode(params: Mapping[str, object]) -> str:
    """Query parameters or form fields in Stripe's notation, percent-encoded.

    `{"created": {"gte": 1}}` becomes `created[gte]=1` and `{"expand": ["a"]}` becomes
    `expand[]=a`; booleans are `true` and `false`, aware datetimes Unix seconds, and `None` is left
    out.

    Raises:
        TypeError: A value is of a type that cannot be sent.
        ValueError: A datetime does not say which timezone it is in.
    """
    return "&".join(
        f"{quote(key, safe='')}={quote(text, safe='')}"
        for name, value in params.items()
        for key, text in _pairs(name, value)
    )


def _pairs(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """The key-value pairs that `value` becomes under `key`."""
    if value is None:
        return
    if isinstance(value, Mapping):
        for name, item in cast("Mapping[str, object]", value).items():
            yield from _pairs(f"{key}[{name}]", item)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(cast("Sequence[object]", value)):
            # Stripe numbers the objects of an array and leaves scalars unnumbered.
            yield from _pairs(f"{key}[{index if isinstance(item, Mapping) else ''}]", item)
    else:
        yield key, _text(key, value)


def _text(key: str, value: Any) -> str:
    """A scalar as Stripe reads it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if not hasattr(value, "utcoffset") or not hasattr(value, "timestamp"):  # no import of datetime
        raise TypeError(f"{key}: a value of type {type(value).__name__} cannot be sent")
    if value.utcoffset() is None:
        raise ValueError(f"{key}: the datetime {value} has no timezone; give it one, such as UTC")
    return str(int(value.timestamp()))


def path_segment(name: str, value: object) -> str:
    """`value` as one segment of a path.

    Raises:
        TypeError: `value` is not a string.
        ValueError: `value` is empty or would lead to another path than the one that is meant:
            an empty id turns a retrieval into a list, `..` climbs up.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name}: an id is a string, not {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"{name}: an id is required, not an empty string")
    if value in (".", "..") or "/" in value or not value.isprintable() or len(value) > 5000:
        raise ValueError(f"{name}: {value[:100]!r} is not an id")
    return quote(value, safe="")
