"""Every call that the SDK can make, as a strategy: the parameters come from the document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from attrs import define
from hypothesis import strategies as st

from scripts.pipeline.openapi import Schema

from .documents import Operation, operations

IDS = st.from_regex(r"[a-z]{2,5}_[A-Za-z0-9]{1,24}", fullmatch=True)
# What an id may be as far as the SDK is concerned: printable, and not a way to another path.
PATH_IDS = IDS | st.text(
    st.characters(codec="utf-8", exclude_characters="/").filter(str.isprintable), min_size=1
).filter(lambda text: text.strip() and text not in {".", ".."})
TEXTS = IDS | st.text()
MOMENTS = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001 - bounds have no timezone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.timezones() | st.just(timezone.utc),
)
# As many digits as JavaScript, which Prism is written in, has for a whole number.
INTEGERS = 2**53 - 1


@define(frozen=True)
class Call:
    """A call of a client's method."""

    operation: Operation
    ids: tuple[str, ...]
    parameters: dict[str, Any]

    def __call__(self, client: Any) -> Any:
        resource = getattr(client, self.operation.resource)
        return getattr(resource.with_raw_response, self.operation.method)(
            *self.ids, **self.parameters
        )


@st.composite
def calls(draw: st.DrawFn, only: Sequence[Operation] | None = None) -> Call:
    operation = draw(st.sampled_from(only or operations()))
    ids = tuple(draw(PATH_IDS) for _ in operation.in_path)
    return Call(operation, ids, draw(parameters(operation)))


@st.composite
def parameters(draw: st.DrawFn, operation: Operation) -> dict[str, Any]:
    """Some of the operation's parameters, in any order; a few of them None."""
    names = draw(st.lists(st.sampled_from(sorted(operation.parameters)), unique=True))
    if {"starting_after", "ending_before"} <= set(names):  # the SDK refuses both at once
        names.remove("ending_before")
    return {name: draw(_absent() | values(operation.parameters[name])) for name in names}


def values(schema: Schema) -> st.SearchStrategy[Any]:
    """What may be passed for a parameter with this schema."""
    if "anyOf" in schema:
        return st.one_of([values(member) for member in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "string":
            return TEXTS
        case "integer":
            integers = st.integers(
                schema.get("minimum", -INTEGERS), schema.get("maximum", INTEGERS)
            )
            return integers | MOMENTS if schema.get("format") == "unix-time" else integers
        case "boolean":
            return st.booleans()
        case "array":
            items = st.lists(values(schema["items"]), max_size=4)
            return items | items.map(tuple)
        case "object":
            required = set(schema.get("required", ()))
            inner = {name: values(member) for name, member in schema["properties"].items()}
            return st.fixed_dictionaries(
                {name: inner[name] for name in sorted(required)},
                optional={name: _absent() | inner[name] for name in inner.keys() - required},
            )
    raise NotImplementedError(f"a parameter of this kind is new: {schema}")


def _absent() -> st.SearchStrategy[None]:
    return st.none()
