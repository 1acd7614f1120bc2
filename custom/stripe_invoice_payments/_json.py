"""JSON: with orjson where the extra `speed` has brought it, else with the standard library."""

from __future__ import annotations

import json
from typing import Any

try:
    import orjson
except ModuleNotFoundError:
    orjson = None

LIBRARY = "json" if orjson is None else "orjson"
"""The library that reads answers."""


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
