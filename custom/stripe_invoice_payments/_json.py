"""JSON: with orjson where the extra `speed` has brought it, else with the standard library."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any


def _speed() -> Any:
    try:
        # Not an import statement: type checkers need not know a library that is an extra.
        return import_module("orjson")
    except ModuleNotFoundError:
        return None


orjson: Any = _speed()
"""The faster library; None where there is none."""


def loads(content: bytes) -> Any:
    """The value that `content` holds.

    Raises:
        ValueError: It is not JSON.
        RecursionError: It is nested too deeply.
    """
    if orjson is not None:
        try:
            return orjson.loads(content)
        except ValueError:
            pass  # the standard library has the last word: it accepts a little more
    return json.loads(content)
