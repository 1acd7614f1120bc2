"""What `help`, `inspect.signature` and completion show of methods that take `**arguments`.

Type checkers read the keywords from `Unpack[TypedDict]`; at run time they come from the same
classes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from inspect import Parameter, Signature, cleandoc, signature
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_ENTRY = re.compile(r"^    (?=\w+: )", re.MULTILINE)


class _Source(str):
    """An annotation as it is in the source; a signature shows it without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class _Default:
    """Stands for a default in a signature: the client's option, or Stripe's own default."""

    def __repr__(self) -> str:
        return "..."


_DEFAULT = _Default()


def described(*keywords: Any, without: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Declare the keywords of a method, for those who look at it, and take over their docs.

    Args:
        *keywords: The `TypedDict` classes that list them.
        without: Names in these that the method does not take.
    """
    named = [
        parameter
        for one in keywords
        for parameter in _parameters(one)
        if parameter.name not in without
    ]

    def declare(method: F) -> F:
        own = signature(method)
        positional = [
            parameter.replace(annotation=_Source(parameter.annotation))
            if isinstance(parameter.annotation, str)
            else parameter
            for parameter in own.parameters.values()
            if parameter.kind is not Parameter.VAR_KEYWORD
        ]
        described: Any = method
        described.__signature__ = Signature(
            [*positional, *named], return_annotation=_Source(own.return_annotation)
        )
        if method.__doc__:  # there is none under -OO
            described.__doc__ = _with_docs(method.__doc__, keywords, without)
        return method

    return declare


@cache
def _parameters(keywords: Any) -> list[Parameter]:
    """The keys of a `TypedDict`; several methods take the same ones."""
    return [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=_DEFAULT,
            annotation=_Source(getattr(annotation, "__forward_arg__", annotation)),
        )
        for name, annotation in keywords.__annotations__.items()
    ]


def _with_docs(doc: str, keywords: Any, without: tuple[str, ...]) -> str:
    """A method's documentation, followed by that of its keywords where the classes have any."""
    entries = [
        text for one in keywords for name, text in _entries(one).items() if name not in without
    ]
    return "\n".join([cleandoc(doc), "", "Keywords:", *entries])


@cache
def _entries(keywords: Any) -> dict[str, str]:
    """The documentation of each key of a `TypedDict`; several methods take the same ones."""
    entries = _ENTRY.split(cleandoc(keywords.__doc__ or "").partition("Attributes:\n")[2])
    return {entry.partition(":")[0]: f"    {entry.rstrip()}" for entry in entries if entry.strip()}
