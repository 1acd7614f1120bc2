"""Text of the document, which must never become code."""

from __future__ import annotations

from attrs import define

from ..openapi import Schema


@define(frozen=True, repr=False)
class Text:
    """A string from the document or the overlay, as templates get it.

    It has no text form of its own, so a template that prints it or joins it to something is
    refused. It gets into a file through a filter only: `literal` or `docstring`.
    """

    raw: str

    def __bool__(self) -> bool:
        return bool(self.raw)


def literal(value: object) -> str:
    """`value` as a Python literal. What cannot be seen in an editor is written as an escape."""
    if isinstance(value, Text):
        return repr(value.raw)
    if isinstance(value, (str, bool, int)):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no literal here")


def description_of(described: Schema) -> Text:
    """What the overlay says of a schema, operation, parameter or tag."""
    return Text(str(described.get("description", "")))


def source_of(described: Schema) -> str:
    """The last paragraph of a docstring: where Stripe describes it, if that is known."""
    url = described.get("externalDocs", {}).get("url")
    return f"Source: {url}" if url else ""


def paragraphs(*texts: str | Text) -> Text:
    """The texts that there are, with blank lines between them."""
    raw = (text.raw if isinstance(text, Text) else text for text in texts)
    return Text("\n\n".join(text for text in raw if text))


def section(title: str, entries: list[str]) -> str:
    """A section of a docstring; nothing if there are no entries."""
    lines = (f"    {entry}".rstrip() for entry in entries)
    return "\n".join([f"{title}:", *lines]) if entries else ""
