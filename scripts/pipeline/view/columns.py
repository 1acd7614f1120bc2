"""The columns of the flat table, one row an object: those of before, and what is new behind them.

`spec/columns.json` keeps them in order. Tables exist outside of this repository, so a column is
never moved, renamed or removed: one whose field is gone stays, and is empty from then on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, define, evolve

from ..document.conventions import UNIX_TIME
from ..errors import PipelineError
from ..naming.identifiers import attribute_name
from ..openapi import Document, Schema, referenced_schema
from .text import Text
from .types import CONSTANTS

KINDS = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}
TIMESTAMP = "timestamp"

# The columns that hold no field, and the variables with their values.
OWN = {"account": "account", "_extracted_at": "extracted_at", "_api_version": "api_version"}


@define(frozen=True)
class Column:
    """One column.

    Attributes:
        name: What it is called.
        kind: What its values are.
        path: The field that it holds, as names with dots between them; None if it holds none.
    """

    name: str
    kind: str
    path: str | None


@define(frozen=True)
class Table:
    """`spec/columns.json`.

    Attributes:
        schema: The name of the schema whose objects are the rows.
        version: Increased whenever columns are added.
        columns: In their order.
    """

    schema: str
    version: int
    columns: tuple[Column, ...]

    @classmethod
    def read(cls, path: Path) -> Table:
        """The table as it is committed."""
        try:
            content: dict[str, Any] = json.loads(path.read_bytes())
            columns = tuple(Column(**column) for column in content.pop("columns"))
            return cls(columns=columns, **content)
        except OSError as error:
            raise PipelineError(
                str(path), f"cannot be read: {error.strerror}", "Restore it from git"
            ) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PipelineError(
                str(path), f"not a list of columns ({error})", "Restore it from git"
            ) from error

    def to_json(self) -> str:
        """As it is committed: a line a column, so that a new one is one line of a diff."""
        columns = ",\n".join(f"    {json.dumps(asdict(column))}" for column in self.columns)
        return (
            f'{{\n  "schema": {json.dumps(self.schema)},\n  "version": {self.version},\n'
            f'  "columns": [\n{columns}\n  ]\n}}\n'
        )

    def grown(self, document: Document) -> Table:
        """This table, with a column at its end for each field that has none yet.

        Raises:
            PipelineError: A field is of another kind than its column, or the name is taken.
        """
        by_path = {column.path: column for column in self.columns}
        taken = {column.name for column in self.columns} | set(map(_local, filter(None, by_path)))
        new: list[Column] = []
        for leaf in _leaves(document, self.schema):
            kind, name = leaf.kind, leaf.path.replace(".", "_")
            if (column := by_path.get(leaf.path)) is not None:
                if column.kind != kind:
                    raise _refused(leaf.path, f"it is {kind} now, but its column is {column.kind}")
            elif taken & {name, _local(leaf.path)}:
                raise _refused(leaf.path, f"there is another column of the name {name!r}")
            else:
                new.append(Column(name, kind, leaf.path))
                taken |= {name, _local(leaf.path)}
        if not new:
            return self
        return evolve(self, version=self.version + 1, columns=(*self.columns, *new))


@define(frozen=True, repr=False)
class ColumnView:
    """One column as templates see it.

    Attributes:
        value: The expression of its value.
        local: The same, if it is the local variable for a field of the document.
        holder: The attribute with the object that has the field, if that is not the row itself.
        attribute: The attribute with the field.
        path: The names on the wire that lead to the field.
        is_required: Whether every object has a value in it.
        is_nullable: Whether it is null, rather than absent, where there is no value.
    """

    name: Text
    kind: str
    value: str
    local: str | None
    holder: str
    attribute: str
    path: tuple[Text, ...]
    is_required: bool
    is_nullable: bool
    is_expandable: bool


@define(frozen=True, repr=False)
class TableView:
    """The table as templates see it.

    Attributes:
        model: The class of the objects that are its rows.
        parts: The attributes of the objects in it that have columns.
        constants: The attributes that have the same value in every object, and that value.
        uncovered: The expressions of fields that have no column, so that `extra` holds them.
    """

    model: str
    version: int
    columns: tuple[ColumnView, ...]
    parts: tuple[str, ...]
    constants: tuple[tuple[str, Text], ...]
    uncovered: tuple[str, ...]

    @property
    def filled(self) -> list[ColumnView]:
        """The columns that hold a field of the document."""
        return [column for column in self.columns if column.local is not None]


def table_view(table: Table, document: Document, model: str) -> TableView:
    """What the template prints."""
    leaves = {leaf.path: leaf for leaf in _leaves(document, table.schema)}
    columns = [_column_view(column, leaves) for column in table.columns]
    parts = {column.holder for column in columns if column.local and column.holder}
    schema: Schema = document["components"]["schemas"][table.schema]
    constants = [key for key, value in schema["properties"].items() if _is_constant(key, value)]
    return TableView(
        model=model,
        version=table.version,
        columns=tuple(columns),
        parts=tuple(sorted(parts)),
        constants=tuple((key, Text(schema["properties"][key]["enum"][0])) for key in constants),
        uncovered=tuple(
            f"{'in_' if '.' in path else 'whole.'}{'.'.join(map(attribute_name, path.split('.')))}"
            for path, _, _ in _fields(document, table.schema)
            if path not in leaves and path not in constants
        ),
    )


def _column_view(column: Column, leaves: Mapping[str, _Leaf]) -> ColumnView:
    leaf = leaves.get(column.path or "")
    path = column.path.split(".") if column.path else []
    attributes = [attribute_name(part) for part in path]
    local = None if leaf is None else _local(leaf.path)
    return ColumnView(
        name=Text(column.name),
        kind=column.kind,
        value=local or OWN.get(column.name, "None"),
        local=local,
        holder=attributes[0] if len(attributes) > 1 else "",
        attribute=attributes[-1] if attributes else "",
        path=tuple(map(Text, path)),
        is_required=leaf is not None and leaf.is_required,
        is_nullable=leaf is not None and leaf.is_nullable,
        is_expandable=leaf is not None and leaf.is_expandable,
    )


@define(frozen=True)
class _Leaf:
    """A field that one cell of a table can hold."""

    path: str
    kind: str
    is_required: bool
    is_nullable: bool
    is_expandable: bool


def _fields(document: Document, schema: str) -> Iterator[tuple[str, Schema, bool]]:
    """The path of each field, what describes it, and whether it is required; in alphabetical order.

    Of an object that every object has in it, the fields are named in its place.
    """
    schemas: dict[str, Schema] = document["components"]["schemas"]
    described = schemas.get(schema, {})
    required = set(described.get("required", ()))
    for key, value in sorted(described.get("properties", {}).items()):
        part = referenced_schema(value)
        if part is None or key not in required or schemas[part].get("nullable"):
            yield key, value, key in required
            continue
        within = set(schemas[part].get("required", ()))
        for name, nested in sorted(schemas[part].get("properties", {}).items()):
            yield f"{key}.{name}", nested, name in within


def _leaves(document: Document, schema: str) -> Iterator[_Leaf]:
    """The fields that a cell can hold. Lists and other objects are a part of the column `extra`."""
    for path, value, is_required in _fields(document, schema):
        is_expandable = "x-expandable" in value
        kind = "string" if is_expandable else KINDS.get(str(value.get("type")))
        if kind is None or _is_constant(path, value):
            continue
        is_nullable = bool(value.get("nullable"))
        yield _Leaf(
            path=path,
            kind=TIMESTAMP if value.get("format") == UNIX_TIME else kind,
            is_required=is_required and not is_nullable,
            is_nullable=is_nullable,
            is_expandable=is_expandable,
        )


def _local(path: str) -> str:
    """The variable with the value of the field at `path`."""
    return "_".join(("of", *map(attribute_name, path.split("."))))


def _is_constant(key: str, value: Schema) -> bool:
    return key in CONSTANTS and len(value.get("enum", ())) == 1


def _refused(path: str, problem: str) -> PipelineError:
    return PipelineError(
        f"the column of {path}",
        problem,
        "Give it a column of another name by hand, at the end of spec/columns.json",
    )
