"""Text of the document, which must never become code."""

from __future__ import annotations

from attrs import define


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
