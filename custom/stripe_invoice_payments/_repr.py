"""What a `repr` shows of an object that is still being made."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")


def shows_incomplete(cls: type[T]) -> type[T]:
    """Let the `repr` of this class not raise where attributes are missing.

    Tools that report the variables of a traceback come upon such objects when `__init__` fails.
    """
    complete: Callable[[T], str] = cls.__repr__

    @wraps(complete)
    def shown(self: T) -> str:
        try:
            return complete(self)
        except AttributeError:
            return f"<incomplete {type(self).__name__}>"

    cls.__repr__ = shown  # type: ignore[assignment,method-assign]
    return cls
