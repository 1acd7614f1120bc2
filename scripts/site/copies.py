"""Copies of the pages for programs that read Markdown, and `llms.txt`, which lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from griffe import GriffeLoader, load_extensions

from .pictures.svg import as_text
from .reading import PACKAGES, Reference

_DIRECTIVE = re.compile(r"^::: ([\w.]+)(?:\n {4}.*)*$", re.MULTILINE)
_SUMMARY = "A typed Python client for Stripe's InvoicePayment API."


def write_copies(pages: Path, html: Path, root: Path, versions: str) -> None:
    """Write a copy of each page next to it, with what the builder adds, and the list of all."""
    loader = GriffeLoader(
        extensions=load_extensions(Reference()),
        search_paths=[str(root / "custom"), str(root / "generated")],
    )
    loader.load(PACKAGES[0])
    lines = ["# stripe-invoice-payments", "", f"> {_SUMMARY} {versions}.", "", "## Pages", ""]
    for page in sorted(pages.rglob("*.md")):
        name = page.relative_to(pages)
        text = _DIRECTIVE.sub(
            lambda found: "\n\n".join(_described(loader.modules_collection[found[1]], 2)),
            as_text(page.read_text("utf-8")),
        )
        (html / name).write_text(text, "utf-8", newline="\n")
        title = text.partition("\n")[0].removeprefix("# ")
        lines.append(f"- [{title}]({name.as_posix()})")
    (html / "llms.txt").write_text("\n".join([*lines, ""]), "utf-8", newline="\n")


def _described(found: Any, level: int) -> Iterator[str]:
    """A name with its signature and docstring, and its public members below."""
    one = found.final_target if found.is_alias else found
    yield f"{'#' * level} {found.name}"
    if one.is_function or one.is_class:
        yield f"```python\n{one.signature(name=found.name)}\n```"
    if one.docstring is not None:
        yield one.docstring.value
    if one.is_class:
        for name, member in one.members.items():
            if member.is_function and not name.startswith("_"):
                yield from _described(member, level + 1)
