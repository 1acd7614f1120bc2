"""CSV and JSON Lines: files that grow. The manifest says how much of them counts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, ClassVar

from stripe_invoice_payments_api.columns import COLUMNS

from .manifest import Manifest, Part
from .rows import NAMES, Values, chunks, columns_of, seconds_of
from .summary import iso
from .targets import FileTarget
from .threads import in_slices

# What a spreadsheet runs as a formula, also behind blanks and in full width; and what marks a cell
# as changed.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20'\t\r\n]")

# A cell of a CSV file: with quotes, in which a quote is two, or without.
_CELL = re.compile(r'(?:^|,)(?:"([^"]*(?:""[^"]*)*)"|([^",]*))')

_JSON_BOOLS = {None: "null", True: "true", False: "false"}
_CSV_BOOLS = {None: "", True: "true", False: "false"}

# A line of each format, into which the values of a row are put.
_CSV_LINE = ",".join(["%s"] * len(NAMES)) + "\n"
_JSON_LINE = "{" + ",".join(f'"{name}":%s' for name in NAMES) + "}\n"
_quoted = json.encoder.encode_basestring_ascii

_TIMES = [index for index, column in enumerate(COLUMNS) if column.kind == "timestamp"]


class TextFile(FileTarget):
    """A file of lines. What was written after the last commit is cut off by the next run."""

    _file: BinaryIO | None = None
    header: ClassVar[bytes] = b""

    def begin(self, manifest: Manifest) -> None:
        committed = manifest.parts[0].bytes if manifest.parts else 0
        with self.writing():
            self._commit(manifest)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._file = file = os.fdopen(os.open(self.path, flags, 0o666), "r+b", buffering=0)
            length = file.seek(0, os.SEEK_END)
            if length < committed:
                raise ValueError(
                    f"to: {self.path} must have at least the {committed} bytes of its manifest, "
                    f"got {length}; it was changed since, so export into another target"
                )
            file.truncate(committed)
            file.seek(committed)

    def store(self, rows: Sequence[Values], manifest: Manifest) -> None:
        with self.writing():
            part = manifest.parts[0] if manifest.parts else Part(self.path.name, 0, 0)
            content = b"".join(map(self.lines, in_slices(rows)))
            if not part.bytes:
                content = self.header + content
            self._append(content)
            manifest.parts = [Part(part.path, part.rows + len(rows), part.bytes + len(content))]
            self._commit(manifest)

    def _append(self, content: bytes) -> None:
        assert self._file is not None  # noqa: S101 - narrows the type: rows are stored after begin
        view = memoryview(content)
        while view:
            view = view[self._file.write(view) :]
        os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def lines(self, rows: Sequence[Values]) -> bytes:
        """The rows in this format."""
        raise NotImplementedError

    def rows(self, manifest: Manifest, names: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        positions = [NAMES.index(name) for name in names]
        rows = self._read(manifest.summary.rows)
        wanted = (tuple(row[position] for position in positions) for row in rows)
        yield from (list(chunk) for chunk in chunks(wanted, self.batch_size))

    def _read(self, count: int) -> Iterator[Sequence[Any]]:
        number = first = 1 if self.header else 0
        try:
            with self.path.open("rb") as file:
                for line in islice(file, first, first + count):
                    number += 1
                    yield self.parsed(line)
        except (ValueError, LookupError, TypeError) as error:
            raise ValueError(
                f"target: line {number} of {self.path} is not a row of an export ({error})"
            ) from None

    def parsed(self, line: bytes) -> Sequence[Any]:
        """The row in a line.

        Raises:
            LookupError, TypeError, ValueError: The line was changed.
        """
        raise NotImplementedError


class JSONLinesFile(TextFile):
    """One JSON object per line."""

    format = "jsonl"

    def lines(self, rows: Sequence[Values]) -> bytes:
        columns = [_json_values(kind, values) for kind, values in columns_of(rows)]
        return "".join([_JSON_LINE % row for row in zip(*columns, strict=True)]).encode()

    def parsed(self, line: bytes) -> Sequence[Any]:
        found = json.loads(line)
        row = [found[name] for name in NAMES]
        for index in _TIMES:
            row[index] = seconds_of(row[index])
        return row


class CSVFile(TextFile):
    """Comma-separated values in UTF-8, with a header line."""

    format = "csv"
    header = (",".join(NAMES) + "\n").encode()

    def lines(self, rows: Sequence[Values]) -> bytes:
        columns = [_cells(kind, values) for kind, values in columns_of(rows)]
        return "".join([_CSV_LINE % row for row in zip(*columns, strict=True)]).encode()

    def parsed(self, line: bytes) -> Sequence[Any]:
        # Not the reader of the module `csv`: the length of its cells is limited for all programs.
        found = _CELL.findall(line.decode().rstrip("\r\n"))
        cells = [quoted.replace('""', '"') or plain for quoted, plain in found]
        return [parsed(cell, column.kind) for cell, column in zip(cells, COLUMNS, strict=True)]


def _json_values(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    if kind == "string":
        return ["null" if value is None else _quoted(value) for value in values]
    if kind == "timestamp":
        return ["null" if text is None else f'"{text}"' for text in _times(values)]
    if kind == "bool":
        return [_JSON_BOOLS[value] for value in values]
    return ["null" if value is None else value for value in values]


def _cells(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    if kind == "string":
        return [
            # What nearly every text is: no formula, and nothing to be quoted.
            value
            if value and value[:1].isalnum() and "," not in value and '"' not in value
            else _csv_text(value)
            for value in values
        ]
    if kind == "timestamp":
        return [text or "" for text in _times(values)]
    if kind == "bool":
        return [_CSV_BOOLS[value] for value in values]
    return ["" if value is None else value for value in values]


def _times(values: Sequence[int | None]) -> Sequence[str | None]:
    different = {*values}
    if len(different) == 1:  # when they were extracted
        return [iso(values[0])] * len(values)
    return [iso(value) for value in values]


def _csv_text(value: str | None) -> str:
    if value is None:
        return ""
    cell = defused(value).replace('"', '""')
    return f'"{cell}"'


def defused(text: str) -> str:
    """A text cell that no spreadsheet runs as a formula.

    Text that starts like a formula or with an apostrophe is prefixed with an apostrophe. So is
    empty text, because an empty cell means None. `restored` is the reverse.
    """
    return f"'{text}" if not text or _FORMULA.match(text) else text


def restored(cell: str) -> str | None:
    """The text of a cell that `defused` returned; None for an empty cell."""
    return None if not cell else cell.removeprefix("'")


def parsed(cell: str, kind: str) -> Any:
    """The value of a cell in a column of this kind; timestamps are in Unix seconds."""
    if kind == "string":
        return restored(cell)
    if not cell:
        return None
    if kind == "timestamp":
        return seconds_of(cell)
    if kind == "bool":
        return cell == "true"
    return int(cell) if kind == "int64" else float(cell)
