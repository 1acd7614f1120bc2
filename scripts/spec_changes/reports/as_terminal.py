"""The report for whoever has run the command: its gist, without the marks of Markdown."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

from ..verdicts import Level
from . import Report, headline
from .sections import sections


def report_terminal(report: Report, width: int | None = None) -> str:
    width = width or min(shutil.get_terminal_size((100, 24)).columns, 110)
    return "\n".join(line for block in _blocks(report) for line in _wrapped(block, width))


def _blocks(report: Report) -> Iterator[str]:
    comparison = report.comparison
    if comparison is not None:
        versions = dict.fromkeys((comparison.old_version, comparison.new_version))
        yield f"Stripe's API {' -> '.join(versions)}"
        yield f"From {report.source.location}, sha256 {report.source.sha256}"
        for section in sections(report):
            if section.items:
                yield ""
                hint = "" if section.is_gist else ", see the report"
                yield f"{section.title} ({len(section.items)}){hint}"
                yield from (_plain(item) for item in section.items if section.is_gist)
        yield ""
        yield from _verdicts(report)
    yield from report.notes
    yield headline(report)


def _verdicts(report: Report) -> Iterator[str]:
    if report.python_api is None:
        yield f"Python API: not compared: {report.python_problem}"
        return
    if report.level is not Level.NONE:
        found = sum(c.level is Level.MAJOR for c in report.python_api.changes)
        python = report.python_api.level.word
        yield f"Verdicts: schemas {report.schema_level.word}, Python {python} ({found} breaking)"
    if report.verdicts_disagree:
        yield f"  {report.disagreement()}"


def _plain(item: str) -> str:
    """A line of Markdown as text; where in the document it is stands in the report only."""
    text, _, more = item.partition(" <br>")
    return f"  {text}{'' if more.startswith('`$') else f' {more}'}".replace("`", "").rstrip()


def _wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    lines = textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return lines or [""]
