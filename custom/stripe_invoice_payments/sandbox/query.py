"""Stripe's query strings: `limit=3&created[gte]=1&expand[]=data.invoice`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from . import believed
from .errors import invalid_integer, not_an_array, unknown_parameter

_EXPAND = re.compile(r"expand\[\d*\]")
# More digits than any amount or time has; also keeps int() away from absurd inputs.
_INTEGER = re.compile(r"-?[0-9]{1,18}")


class Query:
    """One request's parameters by their full names, brackets included.

    Reading a parameter takes it out, so that what an endpoint has not read is unknown to it. Of a
    parameter that comes twice, the last one counts.
    """

    def __init__(self, query_string: bytes) -> None:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
        self.expand = [value for name, value in pairs if _EXPAND.fullmatch(name)]
        """The values of `expand[]=...` and `expand[0]=...`, in the order of the query."""
        self._unread = {name: value for name, value in pairs if not _EXPAND.fullmatch(name)}
        if "expand" in self._unread:
            raise not_an_array("expand")

    def string(self, name: str) -> str | None:
        """A text that is not empty."""
        value = self._unread.pop(name, None)
        if value == "":
            raise believed.empty_value(name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self.string(name)
        if value is None:
            return None
        if _INTEGER.fullmatch(value) is None:
            raise invalid_integer(name, value)
        return int(value)

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """One value of an enum."""
        value = self.string(name)
        if value is not None and value not in choices:
            raise believed.not_a_choice(name, choices)
        return value

    def has_group(self, name: str) -> bool:
        """Whether there is any unread `name[...]`. A plain `name` is refused."""
        if name in self._unread:
            raise believed.not_an_object(name)
        return any(unread.startswith(f"{name}[") for unread in self._unread)

    def finish(self) -> None:
        """Refuse what was not read."""
        for name in self._unread:
            raise unknown_parameter(name)
