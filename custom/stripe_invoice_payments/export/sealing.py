"""JSON that one run stores for the next. It is not read if anything in it was edited meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, cast

from attrs import define

from stripe_invoice_payments_api.columns import SCHEMA_VERSION

from .._version import __version__

_HASHES = "hashes"


@define(frozen=True, kw_only=True)
class Seal:
    """How a kind of JSON object is stored: a line and a hash for each of its fields.

    Types alone would not do: an edited number, time or token is as valid as the one that was
    written, and rows would be lost, or called complete, in silence.

    Attributes:
        kind: What is stored, for messages.
        marker: The field with the version of the format.
        version: That version.
        advice: What to do otherwise if it cannot be used, for messages.
        takes_older_columns: Whether it may be of an earlier version of the columns.
    """

    kind: str
    marker: str
    version: int
    advice: str
    takes_older_columns: bool = False

    def write(self, content: Mapping[str, Any]) -> str:
        """The content as JSON text."""
        fields: dict[str, Any] = {
            self.marker: self.version,
            "written_by": __version__,
            "schema_version": SCHEMA_VERSION,
            **content,
        }
        texts = {name: _text(value) for name, value in fields.items()}
        texts[_HASHES] = _text({name: _hash(text) for name, text in texts.items()})
        lines = [f"{json.dumps(name)}: {text}" for name, text in texts.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    def read(self, text: bytes | str | None, where: object) -> dict[str, Any]:
        """The content, with all the fields that it had.

        Args:
            text: What is stored.
            where: Where, for messages.

        Raises:
            ValueError: It is something else, was edited, or is of another release.
        """
        data: object = None
        try:
            data = json.loads("" if text is None else text)
            problem = self._problem(data)
        except (ValueError, RecursionError) as error:
            problem = f"not {self.kind} ({error})"
        if problem is not None:
            raise ValueError(f"{where}: {problem}; {self.advice}")
        return cast("dict[str, Any]", data)

    def _problem(self, data: object) -> str | None:
        """Why this cannot be used; None if it can."""
        if not isinstance(data, dict) or self.marker not in data:
            return f"not {self.kind} ({self.marker} is missing, got {data!r:.100})"
        fields = cast("dict[str, Any]", data)
        return self._other_version(fields) or _edited(fields)

    def _other_version(self, fields: Mapping[str, Any]) -> str | None:
        """Which release has written it, if this one cannot use it."""
        version, schema = fields[self.marker], fields.get("schema_version")
        if not isinstance(version, int) or not isinstance(schema, int):
            return None  # which its hash tells
        is_older = schema < SCHEMA_VERSION and self.takes_older_columns
        if version == self.version and (schema == SCHEMA_VERSION or is_older):
            return None
        return (
            f"written by release {fields.get('written_by')!r:.40} with version {version} of the "
            f"format and version {schema} of the columns; this release has versions {self.version} "
            f"and {SCHEMA_VERSION}: continue with that release"
        )


def _edited(fields: Mapping[str, Any]) -> str | None:
    """Which field is not as it was written, if there is one."""
    hashes: object = fields.get(_HASHES)
    written = cast("dict[str, Any]", hashes) if isinstance(hashes, dict) else {}
    for name in [*written, *fields] if written else [_HASHES]:
        if name == _HASHES and written:
            continue
        if name not in fields:
            return f"{name} is missing; restore it"
        if not written or written.get(name) != _hash(_text(fields[name])):
            return f"{name} must be as it was written, got {fields[name]!r:.100}; restore it"
    return None


def _text(value: object) -> str:
    """The same for the same value, however it was formatted."""
    return json.dumps(value, sort_keys=True)


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
