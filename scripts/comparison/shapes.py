"""What values a schema allows, in a form that can be compared and read out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from attrs import Factory, define

from ..pipeline.conventions import UNIX_TIME
from ..pipeline.documents import (
    MEMBERS,
    Schema,
    is_list,
    is_list_object,
    is_mapping,
    referenced_schema,
)
from ..pipeline.types import CONSTANTS, SCALARS

PLAIN_JSON = "plain JSON"


@define(frozen=True)
class Shape:
    """The values that a schema allows.

    Attributes:
        kinds: The kinds of value, each in words; classes stand in backticks.
        values: The known values of an enum, that of a list's items included.
        choices: For each kind of scalar, and for lists of it, the values that it is limited to, or
            None.
        is_closed: Whether the schema allows no string but those in `values`.
        is_constant: Whether the one value in `values` tells what kind the object is.
        targets: What the field can be expanded to, by Stripe's names; None if it cannot be.
    """

    kinds: frozenset[str]
    values: tuple[str, ...] = ()
    is_closed: bool = False
    is_constant: bool = False
    targets: frozenset[str] | None = None
    choices: Mapping[str, tuple[str, ...] | None] = Factory(dict[str, tuple[str, ...] | None])

    @property
    def words(self) -> str:
        """The kinds as text; scalars first, the catch-all last."""
        order = sorted(self.kinds, key=lambda kind: (kind == PLAIN_JSON, "`" in kind, kind))
        return " or ".join(order)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(kind for kind in self.kinds if kind.startswith("`"))


@define(frozen=True)
class ShapeReader:
    """Reads shapes out of one document.

    Attributes:
        schemas: The document's components.
        class_name: What the class of an object is called.
    """

    schemas: Mapping[str, Schema]
    class_name: Callable[[Schema], str]

    def read(self, name: str, schema: Schema) -> Shape:
        """The shape of a field or parameter called `name`."""
        leaves = list(self._leaves(schema))
        values = tuple(dict.fromkeys(str(v) for leaf in leaves for v in leaf.get("enum", ())))
        open_strings = [leaf for leaf in leaves if leaf.get("type") == "string"]
        expandable = schema.get("x-expandable")
        return Shape(
            kinds=frozenset(self._kinds(schema)),
            values=values,
            is_closed=bool(values) and all("enum" in leaf for leaf in open_strings),
            is_constant=name in CONSTANTS and len(values) == 1,
            targets=frozenset(map(str, expandable)) if is_list(expandable) else None,
            choices=self._choices(schema),
        )

    def resolved(self, schema: Schema) -> Schema:
        """The schema behind a reference."""
        while (name := referenced_schema(schema)) is not None:
            schema = self.schemas[name]
        return schema

    def is_unix_time(self, schema: Schema) -> bool:
        return any(leaf.get("format") == UNIX_TIME for leaf in self._leaves(schema))

    def _choices(self, schema: Schema) -> dict[str, tuple[str, ...] | None]:
        schema = self.resolved(schema)
        members = _members(schema)
        if schema.get("type") == "array" and is_mapping(schema.get("items")):
            inner = self._choices(schema["items"])
            return {f"list of {kind}": values for kind, values in inner.items()}
        if not members:
            values = tuple(str(value) for value in schema.get("enum", ())) or None
            return {str(schema["type"]): values} if schema.get("type") in SCALARS else {}
        found: dict[str, tuple[str, ...] | None] = {}
        for member in members:
            for kind, values in self._choices(member).items():
                known = found.get(kind, ())
                both = None if known is None or values is None else (*known, *values)
                found[kind] = both if both is None else tuple(dict.fromkeys(both))
        return found

    def _kinds(self, schema: Schema) -> Iterator[str]:
        schema = self.resolved(schema)
        if is_list_object(schema):
            yield f"page of {self._item(schema['properties']['data']['items'])}"
        elif members := _members(schema):
            for member in members:
                yield from self._kinds(member)
        elif schema.get("properties"):
            yield f"`{self.class_name(schema)}`"
        elif schema.get("type") == "array":
            yield f"list of {self._item(schema.get('items', {}))}"
        elif is_mapping(values := schema.get("additionalProperties")):
            yield f"mapping to {self._item(values)}"
        else:
            kind = str(schema.get("type", ""))
            yield kind if kind in SCALARS else PLAIN_JSON

    def _item(self, schema: Schema) -> str:
        """The kinds of what is in a list or mapping."""
        kinds = set(self._kinds(schema))
        if self.resolved(schema).get("nullable"):
            kinds.add("null")
        words = Shape(frozenset(kinds)).words
        return words if len(kinds) == 1 else f"({words})"

    def _leaves(self, schema: Schema) -> Iterator[Schema]:
        """The scalars in a schema, through unions and lists but not into objects."""
        schema = self.resolved(schema)
        inner = _members(schema)
        if schema.get("type") == "array" and is_mapping(schema.get("items")):
            inner = [schema["items"]]
        if not inner and "properties" not in schema:
            yield schema
        for member in inner:
            yield from self._leaves(member)


def _members(schema: Schema) -> list[Schema]:
    return [member for key in MEMBERS for member in schema.get(key, [])]
