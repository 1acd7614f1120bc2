"""What a `repr` shows of an object that is still being made."""

from __future__ import annotations

from functools import wraps
from typing import TypeVar

C = TypeVar("C", bound=type)


def shows_incomplete(cls: C) -> C:
    """Let the `repr` of this class not raise where attributes are missing.

    Tools that report the variables of a traceback come upon such objects when `__init__` fails.
    """
    complete = cls.__repr__

    @wraps(complete)
    def shown(self: object) -> str:
        try:
            return complete(self)
        except AttributeError:
            return f"<incomplete {type(self).__name__}>"

    cls.__repr__ = shown
    return cls
