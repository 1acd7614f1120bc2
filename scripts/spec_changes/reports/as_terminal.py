"""The report for whoever has run the command."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

from ..verdicts import Effect, Finding, Level
from . import Report, headline


def report_terminal(report: Report, width: int | None = None) -> str:
    width = width or min(shutil.get_terminal_size((100, 24)).columns, 110)
    return "\n".join(line for block in _blocks(report) for line in _wrapped(block, width))


def _blocks(report: Report) -> Iterator[str]:
    comparison = report.comparison
    if comparison is not None:
        versions = dict.fromkeys((comparison.old_version, comparison.new_version))
        yield f"Stripe's API {' -> '.join(versions)}"
        yield f"From {report.source.location}, sha256 {report.source.sha256}"
        yield from _changes(report)
        yield from _verdicts(report)
        yield from _listed("To settle first", report.findings(blocking=True))
        yield from _listed("Overlay", report.findings(blocking=False))
        yield from _listed("Hand-written code", list(report.hand_written))
        if comparison.hidden:
            yield f"\nHidden by overrides: {len(comparison.hidden)}, see the report"
        if comparison.outside:
            yield f"Just outside the cut: {len(comparison.outside)}, see the report"
        yield ""
    yield from report.notes
    yield headline(report)


def _changes(report: Report) -> Iterator[str]:
    changes = report.comparison.changes if report.comparison else ()
    for effect in Effect:
        found = [change for change in changes if change.effect is effect]
        if found:
            yield f"\n{effect.value.capitalize()} ({len(found)})"
            for change in found:
                yield f"  {change.symbols[0]}  {change.text}"
                if change.caution:
                    yield f"    ! {change.caution}"


def _verdicts(report: Report) -> Iterator[str]:
    if report.python_api is None:
        yield f"\nPython API: not compared: {report.python_problem}"
        return
    if report.level is not Level.NONE:
        found = sum(c.level is Level.MAJOR for c in report.python_api.changes)
        yield (
            f"\nVerdicts: schemas {report.schema_level.word}, Python API "
            f"{report.python_api.level.word} ({found} breaking)"
        )
    if report.verdicts_disagree:
        yield f"  ! {report.disagreement()}"


def _listed(title: str, findings: list[Finding]) -> Iterator[str]:
    if findings:
        yield f"\n{title} ({len(findings)})"
    for finding in findings:
        yield f"  {finding.subject}  {finding.text}"
        if finding.remedy:
            yield f"    {finding.remedy}."
        if finding.reason:
            yield f"    Its reason: {finding.reason}"
        if finding.upstream:
            yield f"    Stripe says: {finding.upstream}"


def _wrapped(line: str, width: int) -> list[str]:
    head, text = ("", line) if not line.startswith("\n") else ("\n", line[1:])
    indent = " " * (len(text) - len(text.lstrip()))
    lines = textwrap.wrap(
        text,
        width,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    return [*([""] if head else []), *(lines or [""])]
