"""The report for people: as Markdown for those who decide, and its gist for the terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator

from attrs import define

from ..compare import Comparison, Hidden
from ..verdicts import Change, Effect, Finding, Level
from . import Report, entry_text

BEFORE_1_0 = (
    "before 1.0, what breaks raises the middle number and all else the last one; from 1.0 on, "
    "Semantic Versioning as it stands"
)
OWN_CONSTANT = "Stripe's API version is the constant `API_VERSION`, apart from the package's own"
SETTLE = "The slice cannot be taken over before this is done. Then run the command again."
NO_CHANGES = "None in what users see: at most prose, examples or the order of keys."
ALL_IS_WELL = "Every action matches, every field has prose, and no override is contradicted."
SLICES_ONLY = (
    "The full document of the old slice was not at hand, so only what the slices show is listed "
    "here."
)
SAME_PACKAGE = "`griffe` finds the same names, parameters and annotations in both packages."
TABLE = (
    "`griffe` compares names and parameters of the old and the new package; annotations, which it "
    "leaves out, are compared in addition.\n\n"
    "| name | change | bump | found by |\n|---|---|---|---|"
)


@define(frozen=True)
class Section:
    """One part, in Markdown; what is no gist is left out where there is little room."""

    title: str
    items: tuple[str, ...] = ()
    text: str = ""
    is_gist: bool = True


def report_markdown(report: Report) -> str:
    parts = [_title(report.comparison), f"**{report.headline.replace(' -> ', ' → ')}**"]
    if report.error:
        parts.append(f"> {report.error}")
    parts.append(_bullets(_facts(report)))
    for section in _sections(report):
        parts += [f"## {section.title}", section.text, _bullets(section.items)]
    return "\n\n".join(filter(None, parts)) + "\n"


def report_terminal(report: Report, width: int | None = None) -> str:
    width = width or min(shutil.get_terminal_size((100, 24)).columns, 110)
    return "\n".join(line for block in _blocks(report) for line in _wrapped(block, width))


def _sections(report: Report) -> list[Section]:
    """The parts that have something to say, in the order of their weight."""
    comparison = report.comparison
    if comparison is None:
        return []
    to_settle = comparison.blocking
    others = [one for one in comparison.findings if not one.blocking]
    to_decide = [one for one in others if one.kind == "contradiction"]
    cautions = [f"`{one.symbols[0]}`: {one.caution}." for one in report.changes if one.caution]
    overlay = _findings(one for one in others if one.kind != "contradiction")
    all_is_well = "See “To settle first”." if to_settle else ALL_IS_WELL
    outside = _findings(comparison.outside)
    notes = ["" if outside else "Nothing new.", "" if report.neighbours_known else SLICES_ONLY]
    changelog = entry_text(report.changelog)
    sections = [
        Section("To settle first", _findings(to_settle), SETTLE if to_settle else ""),
        Section("To decide", (*cautions, *_findings(to_decide))),
        *(_changes(comparison, effect) for effect in Effect),
        Section("Changes", text="" if comparison.changes else NO_CHANGES),
        Section("Python API", text=_python_api(report), is_gist=False),
        Section("Overlay", overlay, "" if overlay else all_is_well),
        Section(
            "Changed upstream, kept from users by an override",
            tuple(map(_hidden, comparison.hidden)),
            is_gist=False,
        ),
        Section("Just outside the cut", outside, " ".join(filter(None, notes)), is_gist=False),
        Section("Hand-written code", _findings(report.hand_written)),
        Section(
            "Proposed CHANGELOG entry",
            text=f"```markdown\n{changelog}\n```" if changelog else "",
            is_gist=False,
        ),
    ]
    return [section for section in sections if section.items or section.text]


def _changes(comparison: Comparison, effect: Effect) -> Section:
    changes = [change for change in comparison.changes if change.effect is effect]
    return Section(effect.value.capitalize(), tuple(map(_change, changes)))


def _change(change: Change) -> str:
    symbols = ", ".join(f"`{symbol}`" for symbol in change.symbols)
    return f"{symbols}: {change.text}. <br>`{change.where}`"


def _hidden(hidden: Hidden) -> str:
    reasons = " ".join(f"Action {a.place}: “{a.reason}”" for a in hidden.overrides)
    return f"`{hidden.change.symbols[0]}`: {hidden.change.text}. {reasons}"


def _python_api(report: Report) -> str:
    if report.python_api is None:
        return f"Not compared: {report.python_problem}"
    rows = [
        (f"`{one.symbol}`", one.text.replace("|", r"\|"), one.level.word, one.found_by)
        for one in report.python_api.changes
    ]
    return "\n".join([TABLE, *(f"| {' | '.join(row)} |" for row in rows)]) if rows else SAME_PACKAGE


def _findings(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(map(_finding, findings))


def _finding(finding: Finding) -> str:
    text = f"{_subject(finding)} {finding.text}."
    if finding.remedy:
        text += f" {finding.remedy}."
    if finding.reason:
        text += f" Its reason: “{finding.reason}”"
    if finding.upstream:
        text += f" <br>Stripe says: “{finding.upstream}”"
    return text


def _subject(finding: Finding) -> str:
    head, space, tail = finding.subject.partition(" ")
    if head in {"schema", "operation"} and space:
        return f"{head.capitalize()} `{tail}`"
    if head == "action" and "(" in tail:
        place, _, target = tail.partition(" (")
        return f"Overlay action {place}, `{target[:-1]}`,"
    if head in {"action", "actions"}:
        return f"Overlay {finding.subject}"
    return f"`{finding.subject}`"


def _title(comparison: Comparison | None) -> str:
    if comparison is None:
        return "# Stripe's API: no comparison"
    if comparison.old_version == comparison.new_version:
        return f"# Stripe's API {comparison.new_version}: another look"
    return f"# Stripe's API {comparison.old_version} → {comparison.new_version}"


def _facts(report: Report) -> Iterator[str]:
    yield f"From `{report.source.location}`, sha256 `{report.source.sha256 or 'not known'}`."
    if report.old_source is not None:
        yield f"Compared with the slice of `{report.old_source.location}` in spec/."
    if report.comparison is None:
        return
    effects = [change.effect for change in report.changes]
    yield ", ".join(f"{effects.count(effect)} {effect.value}" for effect in Effect) + "."
    if report.level is not Level.NONE:
        python = report.python_api.level.word if report.python_api else "not known"
        yield (
            f"Version: the schemas call for **{report.schema_level.word}**, the Python package for "
            f"**{python}**; proposed is **{report.next_version}** ({BEFORE_1_0}). {OWN_CONSTANT}."
        )
    if report.disagreement:
        yield f"The two verdicts differ: {report.disagreement}."
    if report.written:
        yield f"Replaced: {', '.join(f'`{name}`' for name in report.written)}."
    yield from report.notes


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def _blocks(report: Report) -> Iterator[str]:
    """What the terminal shows: lines that may have to be wrapped."""
    comparison = report.comparison
    if comparison is not None:
        versions = dict.fromkeys((comparison.old_version, comparison.new_version))
        yield f"Stripe's API {' -> '.join(versions)}"
        yield f"From {report.source.location}, sha256 {report.source.sha256}"
        for section in _sections(report):
            if section.items:
                hint = "" if section.is_gist else ", see the report"
                yield from ("", f"{section.title} ({len(section.items)}){hint}")
                yield from (_plain(item) for item in section.items if section.is_gist)
        yield ""
        yield from _verdicts(report)
    yield from report.notes
    yield report.headline


def _verdicts(report: Report) -> Iterator[str]:
    if report.python_api is None:
        yield f"Python API: not compared: {report.python_problem}"
    elif report.level is not Level.NONE:
        found = sum(c.level is Level.MAJOR for c in report.python_api.changes)
        python = report.python_api.level.word
        yield f"Verdicts: schemas {report.schema_level.word}, Python {python} ({found} breaking)"
    if report.disagreement:
        yield f"  {report.disagreement}"


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
