"""The report for people who decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..verdicts import Level
from . import BEFORE_1_0, OWN_CONSTANT, Report, counts, headline
from .sections import sections


def report_markdown(report: Report) -> str:
    parts = [*_head(report)]
    for section in sections(report):
        items = [_bullets(section.items)] if section.items else []
        parts += [f"## {section.title}", *([section.text] if section.text else []), *items]
    return "\n\n".join(parts) + "\n"


def _head(report: Report) -> Iterator[str]:
    comparison = report.comparison
    if comparison is None:
        yield "# Stripe's API: no comparison"
    elif comparison.old_version == comparison.new_version:
        yield f"# Stripe's API {comparison.new_version}: another look"
    else:
        yield f"# Stripe's API {comparison.old_version} → {comparison.new_version}"
    yield f"**{headline(report).replace(' -> ', ' → ')}**"
    if report.error:
        yield f"> {report.error}"
    yield _bullets(_facts(report))


def _facts(report: Report) -> Iterator[str]:
    yield f"From `{report.source.location}`, sha256 `{report.source.sha256 or 'not known'}`."
    if report.old_source is not None:
        yield f"Compared with the slice of `{report.old_source.location}` in spec/."
    if report.comparison is None:
        return
    yield ", ".join(f"{count} {effect.value}" for effect, count in counts(report)) + "."
    if report.level is not Level.NONE:
        python = report.python_api.level.word if report.python_api else "not known"
        yield (
            f"Version: the schemas call for **{report.schema_level.word}**, the Python package for "
            f"**{python}**; proposed is **{report.next_version}** ({BEFORE_1_0}). {OWN_CONSTANT}."
        )
        if report.verdicts_disagree:
            yield f"The two verdicts differ: {report.disagreement()}."
    if report.written:
        yield f"Replaced: {', '.join(f'`{name}`' for name in report.written)}."
    yield from report.notes


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)
