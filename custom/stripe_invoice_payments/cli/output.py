"""Writes data to stdout in each format. Everything else is for stderr."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from .exits import Exit, Failure
from .messages import printable, say
from .periods import zone
from .rows import Amount, PartOf, Row, Value
from .table import draw, fitting

Writer = Callable[[Iterable[Row], Sequence[str]], None]


class Output:
    """How a command writes, as its options say.

    Args:
        options: `format`, `fields`, `amounts` and `tz`.

    Raises:
        Failure: An option is invalid.
    """

    def __init__(self, options: Namespace) -> None:
        default = "table" if sys.stdout.isatty() else "jsonl"
        self.format: str = options.format or default
        self.zone = zone(options.tz or "UTC")
        self._is_minor = options.amounts == "minor"
        self._amounts = options.amounts or ("major" if self.format == "table" else "minor")
        fields: str | None = options.fields
        self._fields = None if fields is None else fields.split(",")

    @property
    def is_table(self) -> bool:
        """Whether people read it."""
        return self.format == "table"

    @property
    def with_all_fields(self) -> Output:
        """The same for rows that `--fields` is not about."""
        other = copy(self)
        other._fields = None
        return other

    def rows(self, rows: Iterable[Row], fields: Sequence[str], shown: Sequence[str]) -> None:
        """Write rows.

        Args:
            rows: The rows, which have all of these fields.
            fields: The fields by default.
            shown: Those of a table by default. On a narrow terminal, the last ones are left out.

        Raises:
            Failure: `--fields` names an unknown field.
        """
        known = tuple(dict.fromkeys((*fields, *shown)))
        chosen = self._chosen(known, shown if self.is_table else fields)
        writers: dict[str, Writer] = {
            "table": self._write_table,
            "json": self._write_json,
            "jsonl": self._write_lines,
            "csv": self._write_separated,
            "tsv": self._write_separated,
        }
        writers[self.format](rows, chosen)

    def stream(self, rows: Iterable[Row], fields: Sequence[str]) -> None:
        """Write rows that are still to come: each at once, so a table has no columns."""
        if not self.is_table:
            self.rows(rows, fields, fields)
            return
        chosen = self._chosen(fields, fields)
        for row in rows:
            sys.stdout.write("  ".join(self.text_of(row[name]) for name in chosen) + "\n")
            sys.stdout.flush()

    def document(self, text: str, data: Any) -> None:
        """Write one thing: a page of text on a terminal, otherwise JSON."""
        if self.is_table:
            sys.stdout.write("".join(f"{printable(line)}\n" for line in text.split("\n")))
        else:
            self._dump(self._json_of(data), indent=2 if self.format == "json" else None)
            sys.stdout.write("\n")

    def unit(self, currency: str) -> str:
        """What is after an amount in a text: minor units are called so, or they would mislead."""
        return printable(f"minor units {currency.upper()}" if self._is_minor else currency.upper())

    def text_of(self, value: Value) -> str:
        """A value as the text of a cell."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Amount):
            return str(self._amount(value))
        if isinstance(value, PartOf):
            paid, requested = (each.minor if self._is_minor else each.major() for each in value)
            part = "" if paid == requested else f"{paid} of "
            return printable(f"{part}{requested} {self.unit(value.requested.currency)}")
        if isinstance(value, datetime):
            return self._time(value)
        if isinstance(value, (str, int, float)):
            return printable(str(value))
        return " ".join(map(printable, value))

    def picked(self, rows: Iterable[Row], fields: Sequence[str]) -> list[Row]:
        """Rows for a document, with these fields by default."""
        chosen = self._chosen(fields, fields)
        return [{name: row[name] for name in chosen} for row in rows]

    def _chosen(self, fields: Sequence[str], default: Sequence[str]) -> Sequence[str]:
        chosen = default if self._fields is None else self._fields
        for name in chosen:
            if name not in fields:
                known = ", ".join(fields)
                raise Failure(Exit.USAGE, f"--fields: unknown field {name!r}; fields: {known}")
        return chosen

    def _write_table(self, rows: Iterable[Row], fields: Sequence[str]) -> None:
        listed = list(rows)
        cells = [[self.text_of(row[name]) for name in fields] for row in listed]
        numeric = [
            any(isinstance(row[name], (Amount, PartOf, int, float)) for row in listed)
            for name in fields
        ]
        number = len(fields) if self._fields or not cells else fitting(fields, cells)
        for line in draw(fields[:number], [row[:number] for row in cells], numeric[:number]):
            sys.stdout.write(f"{line}\n")
        if number < len(fields):
            say(f"the terminal is too narrow for {', '.join(fields[number:])}: --fields")

    def _write_json(self, rows: Iterable[Row], fields: Sequence[str]) -> None:
        separator = "["
        for row in rows:
            sys.stdout.write(f"{separator}\n  ")
            self._dump({name: self._json_of(row[name]) for name in fields})
            separator = ","
        sys.stdout.write("[]\n" if separator == "[" else "\n]\n")

    def _write_lines(self, rows: Iterable[Row], fields: Sequence[str]) -> None:
        for row in rows:
            self._dump({name: self._json_of(row[name]) for name in fields})
            sys.stdout.write("\n")
            sys.stdout.flush()

    def _write_separated(self, rows: Iterable[Row], fields: Sequence[str]) -> None:
        import csv

        from ..export.text_files import defused

        def cell(value: Value) -> str:
            text = self.text_of(value)
            return defused(text) if isinstance(value, str) else text

        separator = "," if self.format == "csv" else "\t"
        writer = csv.writer(sys.stdout, delimiter=separator, lineterminator="\n")
        writer.writerow(fields)
        for row in rows:
            writer.writerow([cell(row[name]) for name in fields])
            sys.stdout.flush()

    def _dump(self, value: object, indent: int | None = None) -> None:
        import json

        sys.stdout.write(json.dumps(value, indent=indent))

    def _json_of(self, value: Any) -> Any:
        if isinstance(value, Amount):
            return self._amount(value)
        if isinstance(value, PartOf):
            return self.text_of(value)
        if isinstance(value, datetime):
            return self._time(value)
        if isinstance(value, dict):
            return {name: self._json_of(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType] - JSON
        if isinstance(value, (list, tuple)):
            return [self._json_of(each) for each in value]  # pyright: ignore[reportUnknownVariableType] - JSON
        return value

    def _amount(self, amount: Amount) -> int | str:
        return amount.major() if self._amounts == "major" else amount.minor

    def _time(self, value: datetime) -> str:
        try:
            here = value.astimezone(self.zone)
        except OverflowError:  # there it is the year 10000
            here = value
        if self.is_table:
            return f"{here:%Y-%m-%d %H:%M}"
        text = here.isoformat()
        return f"{text[:-6]}Z" if text.endswith("+00:00") else text
