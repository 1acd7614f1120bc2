"""What parameters are checked for before they are sent: kinds, ranges, and what must be there.

A check is a function of a parameter's name and value that raises if the value is invalid.
Which values of an enum there are is left to Stripe, which may know more of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[str, Any], None]


def plain(expected: str, *kinds: type) -> Check:
    """A value of one of these types. True is no number, though Python counts with it."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise _unexpected(name, expected, value)

    return check


string = plain("a string", str)
boolean = plain("a bool", bool)
number = plain("a number", int, float)
_integer = plain("an integer", int)


def integer(minimum: int | None = None, maximum: int | None = None) -> Check:
    """A whole number within bounds."""

    def check(name: str, value: Any) -> None:
        _integer(name, value)
        if minimum is not None and value < minimum:
            raise ValueError(f"{name}: {value} is less than {minimum}")
        if maximum is not None and value > maximum:
            raise ValueError(f"{name}: {value} is more than {maximum}")

    return check


def point_in_time(name: str, value: Any) -> None:
    """Unix seconds, or a datetime that says in which timezone it is."""
    if isinstance(value, bool):
        raise _unexpected(name, "Unix seconds or an aware datetime", value)
    if isinstance(value, int):
        return
    if not hasattr(value, "utcoffset") or not hasattr(value, "timestamp"):
        raise _unexpected(name, "Unix seconds or an aware datetime", value)
    if value.utcoffset() is None:
        raise ValueError(f"{name}: the datetime {value} has no timezone; give it one, such as UTC")


def array(check_item: Check) -> Check:
    """A list or tuple."""

    def check(name: str, value: Any) -> None:
        if not _is(value, (list, tuple)):
            raise _unexpected(name, "a list", value)
        for index, item in enumerate(value):
            check_item(f"{name}[{index}]", item)

    return check


def mapping(check_value: Check) -> Check:
    """A mapping with any keys."""

    def check(name: str, value: Any) -> None:
        if not _is(value, Mapping):
            raise _unexpected(name, "a mapping", value)
        for key, item in value.items():
            check_value(f"{name}[{key}]", item)

    return check


def fields(checks: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """A mapping with known keys. The parameters of an operation themselves have no name."""

    def check(name: str, value: Any) -> None:
        if not _is(value, Mapping):
            raise _unexpected(name, "a mapping", value)
        if unknown := value.keys() - checks.keys():
            raise TypeError(
                f"{name}{': ' if name else ''}unknown parameter {min(unknown, key=str)!r}; "
                f"known are {', '.join(sorted(checks))}"
            )
        for key in required:
            if value.get(key) is None:
                raise ValueError(f"{_inside(name, key)}: required, but not given")
        for key, item in value.items():
            if item is not None:
                checks[key](_inside(name, key), item)

    return check


_KINDS = {
    "mapping": "a mapping",
    "array": "a list",
    "string": "a string",
    "boolean": "a bool",
    "number": "a number",
    "time": "Unix seconds or an aware datetime",
}


def either(**checks: Check) -> Check:
    """One of several kinds, which the value itself tells apart; each has a check of its own."""
    *others, last = (_KINDS[kind] for kind in checks)
    expected = f"{', '.join(others)} or {last}"

    def check(name: str, value: Any) -> None:
        check_kind = checks.get(_kind(value))
        if check_kind is None:
            raise _unexpected(name, expected, value)
        check_kind(name, value)

    def _kind(value: Any) -> str:
        if _is(value, Mapping):
            return "mapping"
        if _is(value, (list, tuple)):
            return "array"
        if isinstance(value, str):
            return "string"
        if isinstance(value, bool):
            return "boolean"
        is_time = "time" in checks or not isinstance(value, (int, float))
        return "time" if is_time else "number"

    return check


def cleared(name: str, value: Any) -> None:
    """An empty string, which clears what was set."""
    if value != "":
        raise ValueError(f"{name}: the only string that can be sent is an empty one, not {value!r}")


def anything(_name: str, _value: Any) -> None:
    """Whatever can be encoded."""


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    # Not narrowed in place: type checkers disagree on what a bare list or mapping holds.
    return isinstance(value, kind)


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


def _unexpected(name: str, expected: str, value: Any) -> TypeError:
    return TypeError(f"{name or 'parameters'}: {expected} was expected, not {type(value).__name__}")
