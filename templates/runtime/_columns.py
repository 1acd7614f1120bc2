"""What a flat table is made of: columns, the values in them, and the object behind a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from ._model import JSONObject

MAX_INTEGER = (1 << 63) - 1
MIN_INTEGER = -MAX_INTEGER - 1
# The years 1 to 9999, in Unix seconds: what a datetime can hold.
MAX_TIME = 253_402_300_799
MIN_TIME = -62_135_596_800


class Column(NamedTuple):
    """One column of a flat table.

    Attributes:
        name: What it is called.
        kind: What its values are; a timestamp is in Unix seconds.
        path: The names on the wire that lead to its field; none if it holds no field.
        is_nullable: Whether its field is null, rather than absent, where there is no value.
        is_expandable: Whether its field holds an id, or an object with one.
    """

    name: str
    kind: Literal["string", "int64", "float64", "bool", "timestamp"]
    path: tuple[str, ...] = ()
    is_nullable: bool = False
    is_expandable: bool = False


def split(data: JSONObject, columns: Iterable[Column]) -> tuple[dict[str, Any], JSONObject]:
    """The value of each column, and the rest: what no column can hold. `data` is taken apart."""
    values: dict[str, Any] = {}
    for column in columns:
        *holders, name = column.path or ("",)
        holder: Any = data
        for part in holders:
            holder = holder.get(part) if _is_object(holder) else None
        found: Any = holder.get(name) if _is_object(holder) else None
        value: Any = found
        if column.is_expandable and _is_object(found):
            value = found.get("id")
        values[column.name] = value if _fits(value, column.kind) else None
        if _is_object(holder) and _is_same(values[column.name], found):
            holder.pop(name, None)
    for column in columns:
        for part in column.path[:-1]:
            if data.get(part) == {}:
                del data[part]
    return values, data


def join(values: Mapping[str, Any], rest: JSONObject, columns: Iterable[Column]) -> JSONObject:
    """The reverse of `split`: the object that a row was made of."""
    data: JSONObject = {}
    for column in columns:
        *holders, name = column.path or ("",)
        holder: Any = data
        for part in holders:
            holder = holder.setdefault(part, {})
        value = values.get(column.name)
        if column.path and (value is not None or column.is_nullable):
            holder[name] = value
    _merge(data, rest)
    return data


def _merge(data: Any, rest: Any) -> None:
    for name, value in rest.items():
        ours = data.get(name)
        if _is_object(ours) and _is_object(value):
            _merge(ours, value)
        else:
            data[name] = value


def _is_object(value: object) -> bool:
    """Whether it is a JSON object. Not a type guard, so that `Any` stays `Any`."""
    return type(value) is dict


def _is_same(value: object, found: object) -> bool:
    """Whether the column holds all that there was."""
    return type(value) is type(found) and value == found


def _fits(value: Any, kind: str) -> bool:
    """Whether every format can hold this value in a column of this kind, and return it."""
    if kind == "string":
        return type(value) is str and value.isprintable()
    if kind == "bool":
        return type(value) is bool
    if kind == "float64":
        return type(value) is float and value - value == 0
    if type(value) is not int:
        return False
    if kind == "timestamp":
        return MIN_TIME <= value <= MAX_TIME
    return MIN_INTEGER <= value <= MAX_INTEGER
