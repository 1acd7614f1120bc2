"""How each schema is written in Python: as a type that is read, and as a type that is passed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import define

from ..document.conventions import UNIX_TIME
from ..errors import PipelineError
from ..openapi import Schema, is_list_object, is_mapping, referenced_schema
from .text import literal

SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
CURRENCY = "currency"
CONSTANTS = ("object", "deleted")


@define(frozen=True, repr=False)
class OutputType:
    """A type of a value in an answer.

    Attributes:
        annotation: How the type is written.
        reader: The expression of a function from JSON to that type; None where JSON's own
            value already is one.
        expanded: The classes that an expandable field may hold in place of an id.
        item: If it is a list that has pages, how the type of its objects is written.
    """

    annotation: str
    reader: str | None = None
    expanded: tuple[str, ...] = ()
    item: str | None = None

    @property
    def is_model(self) -> bool:
        """Whether it is one class and nothing else."""
        return self.reader == f"{self.annotation}.from_dict"


class Types:
    """Writes types, and collects the objects that need classes while doing so."""

    def __init__(self, schemas: Mapping[str, Schema], class_name: Callable[[Schema], str]) -> None:
        self._schemas = schemas
        self._class_name = class_name
        self._classes: dict[str, Schema] = {}

    def collected(self) -> Iterator[tuple[str, Schema]]:
        """The objects met so far and, while those are being looked at, the ones within them."""
        done: set[str] = set()
        while remaining := self._classes.keys() - done:
            name = min(remaining)
            done.add(name)
            yield name, self._classes[name]

    def _class(self, schema: Schema) -> str:
        name = self._class_name(schema)
        if self._classes.setdefault(name, schema) != schema:
            raise PipelineError(
                f"class {name}",
                "there are two things of this name",
                "Give one another `title` in spec/overlay.yaml",
            )
        return name

    def _resolved(self, schema: Schema) -> Schema:
        name = referenced_schema(schema)
        return schema if name is None else self._schemas[name]

    def is_nullable(self, schema: Schema) -> bool:
        """Whether a value of this `schema` may be null, by its own words or those it refers to."""
        return bool(self._resolved(schema).get("nullable"))

    def field(self, name: str, schema: Schema) -> OutputType:
        """The type of an object's field. What says of which kind the object is, is a constant."""
        if name in CONSTANTS and len(schema.get("enum", ())) == 1:
            return OutputType(_literal(schema["enum"]))
        return self.output(schema)

    def output(self, schema: Schema) -> OutputType:
        """The type of a value that is not null, in an answer that has this `schema`."""
        schema = self._resolved(schema)
        if is_list_object(schema):
            item = self._nested(schema["properties"]["data"]["items"])
            return OutputType(
                f"ListObject[{item.annotation}]",
                f"list_object({item.reader or 'as_is'})",
                item=item.annotation,
            )
        if "anyOf" in schema:
            return self._output_union(schema)
        if "enum" in schema:
            known = schema["enum"]  # to which Stripe may add
            return OutputType(f"{_literal(known)} | {type(known[0]).__name__}")
        if schema.get("properties"):
            name = self._class(schema)
            return OutputType(name, f"{name}.from_dict")
        kind = schema.get("type")
        if kind == "array":
            item = self._nested(schema["items"])
            return OutputType(
                f"list[{item.annotation}]", f"list_of({item.reader})" if item.reader else None
            )
        if kind == "object":
            values = schema.get("additionalProperties")
            if not is_mapping(values):
                return OutputType("JSONObject")
            item = self._nested(values)
            return OutputType(
                f"dict[str, {item.annotation}]", f"dict_of({item.reader})" if item.reader else None
            )
        return OutputType(SCALARS.get(str(kind), "JSONValue"))

    def _nested(self, schema: Schema) -> OutputType:
        """The type of what is in a list or mapping, where null has no attribute to stand in."""
        inner = self.output(schema)
        if not self.is_nullable(schema):
            return inner
        return OutputType(
            f"{inner.annotation} | None", f"or_none({inner.reader})" if inner.reader else None
        )

    def _output_union(self, schema: Schema) -> OutputType:
        """A union is decided by looking at the value: a string, `deleted`, `object`."""
        members = self._flat_members(schema)
        types = [self.output(member) for member in members]
        if len(types) == 1:
            return types[0]
        classes = [member for member, t in zip(members, types, strict=True) if t.is_model]
        others = [t.annotation for t in types if not t.is_model]
        if any(t.reader and not t.is_model for t in types):
            return OutputType("JSONValue")  # lists among objects: there is nothing to look at
        if len(classes) == 1 and "JSONObject" not in others and not self._kind(classes[0]):
            model = self._class(classes[0])
            return OutputType(_union([*others, model]), f"object_or_scalar({model}.from_dict)")
        by_kind, deleted = self._told_apart(classes)
        readable = [*by_kind.values(), *deleted.values()]
        # Objects of a kind that is not known here stay as they came.
        annotation = _union([*others, *readable, *(["JSONObject"] if classes else [])])
        if not readable:
            return OutputType(annotation)
        arguments = [_dict_of_classes(by_kind)]
        if deleted:
            arguments.append(f"deleted={_dict_of_classes(deleted)}")
        return OutputType(annotation, f"expandable({', '.join(arguments)})", tuple(readable))

    def _told_apart(self, classes: list[Schema]) -> tuple[dict[str, str], dict[str, str]]:
        """The classes by `object`, and those of deleted objects; none of two that look alike."""
        found = [("deleted" in c["properties"], self._kind(c), c) for c in classes]
        counts = Counter((is_deleted, kind) for is_deleted, kind, _ in found)
        by_kind: dict[str, str] = {}
        deleted: dict[str, str] = {}
        for is_deleted, kind, schema in found:
            if kind is not None and counts[is_deleted, kind] == 1:
                (deleted if is_deleted else by_kind)[kind] = self._class(schema)
        return by_kind, deleted

    @staticmethod
    def _kind(schema: Schema) -> str | None:
        """What an object says in `object`, if that is always the same, and so is `deleted`."""
        properties = schema["properties"]
        kinds = properties.get("object", {}).get("enum", [])
        deleted = properties.get("deleted")
        if deleted is not None and (
            deleted.get("enum") != [True]
            or deleted.get("nullable")
            or "deleted" not in schema.get("required", ())
        ):
            return None  # such an object may look like one that is not deleted
        return str(kinds[0]) if len(kinds) == 1 else None

    def _flat_members(self, schema: Schema) -> list[Schema]:
        """The union's members behind references, those of unions within it included."""
        flat: list[Schema] = []
        for member in map(self._resolved, schema["anyOf"]):
            flat += self._flat_members(member) if "anyOf" in member else [member]
        return flat

    def check(self, schema: Schema) -> str:
        """The expression of a function that checks a parameter of this `schema`."""
        schema = self._resolved(schema)
        kind = schema.get("type")
        if "anyOf" in schema:
            return self._check_union(schema)
        if schema.get("enum") == [""]:
            return "cleared"
        if schema.get("properties"):
            return self.check_fields(schema["properties"], schema.get("required", ()))
        if kind == "array":
            return f"array({self.check(schema['items'])})"
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"mapping({self.check(values) if is_mapping(values) else 'anything'})"
        if schema.get("format") == UNIX_TIME:
            return "point_in_time"
        if kind == "integer":
            bounds = [f"{k}={literal(schema[k])}" for k in ("minimum", "maximum") if k in schema]
            return f"integer({', '.join(bounds)})"
        return str(kind) if kind in ("string", "number", "boolean") else "anything"

    def check_fields(self, schemas: Mapping[str, Schema], required: Iterable[str]) -> str:
        """The same for parameters with these names."""
        checks = ", ".join(f"{literal(key)}: {self.check(value)}" for key, value in schemas.items())
        names = "".join(f"{literal(name)}, " for name in sorted(required))
        return f"fields({{{checks}}}{f', required=({names})' if names else ''})"

    def _check_union(self, schema: Schema) -> str:
        """A union is checked by looking at the value, of which kind it is."""
        kinds: dict[str, list[Schema]] = {}
        for member in self._flat_members(schema):
            kinds.setdefault(_kind_of_check(member), []).append(member)
        if "anything" in kinds:
            return "anything"
        if "time" in kinds:  # Unix seconds are numbers too
            kinds.pop("number", None)
        checks = {kind: self._check_of_kind(members) for kind, members in kinds.items()}
        if len(checks) == 1:
            return next(iter(checks.values()))
        return f"either({', '.join(f'{kind}={checks[kind]}' for kind in sorted(checks))})"

    def _check_of_kind(self, members: list[Schema]) -> str:
        """The check of a value of one kind, for which there are these schemas."""
        checks = {self.check(member): member for member in members}
        if len(checks) == 1:
            return next(iter(checks))
        if {member.get("type") for member in members} == {"string"}:
            return "string"  # one of them is longer than the empty string
        if all(member.get("properties") for member in members):
            return self._check_any_of(members)
        return "anything"

    def _check_any_of(self, members: list[Schema]) -> str:
        """Of objects that nothing tells apart: what all of them require, and any of them has."""
        found: dict[str, list[Schema]] = {}
        for member in members:
            for name, value in member["properties"].items():
                found.setdefault(name, []).append(value)
        required = set[str].intersection(*(set(one.get("required", ())) for one in members))
        return self.check_fields(
            {name: {"anyOf": values} for name, values in sorted(found.items())}, required
        )

    def input(self, schema: Schema, where: str) -> str:
        """How a parameter of this `schema` is passed in."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return _union([self.input(member, where) for member in schema["anyOf"]])
        if "enum" in schema:
            return _literal(schema["enum"])
        if schema.get("properties"):
            return self._class(schema)
        kind = schema.get("type")
        values = schema.get("additionalProperties")
        if kind == "array":
            return f"Sequence[{self.input(schema['items'], where)}]"
        if kind == "object":
            item = self.input(values, where) if is_mapping(values) else "object"
            return f"Mapping[str, {item}]"
        if schema.get("format") == UNIX_TIME:
            return "int | datetime"
        if kind in SCALARS and schema.get("format") != "binary":
            return SCALARS[str(kind)]
        raise unsupported(where, f"a parameter of the schema {schema!r}")


def unsupported(where: str, what: str) -> PipelineError:
    """The error of an operation for which the templates have no code."""
    return PipelineError(
        where, f"the templates do not support {what}", "Leave the operation out of the slice"
    )


def _kind_of_check(schema: Schema) -> str:
    """As which kind of value `either` sees it."""
    if schema.get("format") == UNIX_TIME:
        return "time"
    kinds = {"object": "mapping", "integer": "number"}
    kind = str(schema.get("type"))
    return kinds.get(kind, kind if kind in ("array", "string", "number", "boolean") else "anything")


def _literal(values: list[object]) -> str:
    return f"Literal[{', '.join(map(literal, values))}]"


def _union(annotations: list[str]) -> str:
    return " | ".join(dict.fromkeys(annotations))


def _dict_of_classes(names: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{literal(kind)}: {name}" for kind, name in names.items()) + "}"
