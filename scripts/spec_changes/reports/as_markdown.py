"""The report for people who decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..compare import Comparison
from ..verdicts import Change, Effect, Finding, Level
from . import BEFORE_1_0, OWN_CONSTANT, Report, counts, headline
from .changelog import entry_text

TITLES = {
    Effect.CALLERS: "Breaking for callers",
    Effect.READERS: "Breaking for readers",
    Effect.ADDITIVE: "Additive",
    Effect.DOCS: "Docs",
}


def report_markdown(report: Report) -> str:
    sections = [*_head(report)]
    if report.comparison is not None:
        sections += [
            *_to_settle(report),
            *_changes(report.comparison),
            *_python_api(report),
            *_overlay(report),
            *_hidden(report.comparison),
            *_outside(report, report.comparison),
            *_hand_written(report),
            *_changelog(report),
            *_overrides(report.comparison),
        ]
    return "\n\n".join(sections) + "\n"


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


def _to_settle(report: Report) -> Iterator[str]:
    blocking = report.findings(blocking=True)
    if blocking:
        yield "## To settle first"
        yield "The slice cannot be taken over before this is done. Then run the command again."
        yield _bullets(map(_finding, blocking))
    contradictions = [f for f in report.findings(blocking=False) if f.kind == "contradiction"]
    if report.cautions or contradictions:
        yield "## To decide"
        cautions = (f"`{symbol}`: {caution}." for symbol, caution in report.cautions)
        yield _bullets([*cautions, *map(_finding, contradictions)])


def _changes(comparison: Comparison) -> Iterator[str]:
    for effect, title in TITLES.items():
        changes = [change for change in comparison.changes if change.effect is effect]
        if changes:
            yield f"## {title}"
            yield _bullets(map(_change, changes))
    if not comparison.changes:
        yield "## Changes"
        yield "None in what users see: at most prose, examples or the order of keys."


def _change(change: Change) -> str:
    symbols = ", ".join(f"`{symbol}`" for symbol in change.symbols)
    return f"{symbols}: {change.text}. <br>`{change.where}`"


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


def _python_api(report: Report) -> Iterator[str]:
    yield "## Python API"
    if report.python_api is None:
        yield f"Not compared: {report.python_problem}"
        return
    changes = report.python_api.changes
    if not changes:
        yield "`griffe` finds the same names, parameters and annotations in both packages."
        return
    yield (
        "`griffe` compares names and parameters of the old and the new package; annotations, which "
        "it leaves out, are compared beside it."
    )
    rows = (
        f"| `{change.symbol}` | {change.text.replace('|', chr(92) + '|')} | {change.level.word} |"
        f" {change.found_by} |"
        for change in changes
    )
    yield "\n".join(["| name | change | bump | found by |", "|---|---|---|---|", *rows])


def _overlay(report: Report) -> Iterator[str]:
    findings = [f for f in report.findings(blocking=False) if f.kind != "contradiction"]
    yield "## Overlay"
    if findings:
        yield _bullets(map(_finding, findings))
    elif report.findings(blocking=True):
        yield "See “To settle first”."
    else:
        yield "Every action matches, every field has prose, and no override is contradicted."


def _hidden(comparison: Comparison) -> Iterator[str]:
    if not comparison.hidden:
        return
    yield "## Changed upstream, kept from users by an override"
    yield _bullets(
        f"`{hidden.change.symbols[0]}`: {hidden.change.text}. "
        + " ".join(f"Action {a.place}: “{a.reason}”" for a in hidden.overrides)
        for hidden in comparison.hidden
    )


def _outside(report: Report, comparison: Comparison) -> Iterator[str]:
    yield "## Just outside the cut"
    if comparison.outside:
        yield _bullets(map(_finding, comparison.outside))
    else:
        yield "Nothing new."
    if not report.neighbours_known:
        yield (
            "The full document of the old slice was not at hand, so only what the slices show is "
            "listed here."
        )


def _hand_written(report: Report) -> Iterator[str]:
    if report.hand_written:
        yield "## Hand-written code"
        yield _bullets(map(_finding, report.hand_written))


def _changelog(report: Report) -> Iterator[str]:
    if report.changelog:
        yield "## Proposed CHANGELOG entry"
        yield f"```markdown\n{entry_text(report.changelog)}\n```"


def _overrides(comparison: Comparison) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for action in comparison.overrides:
        by_reason.setdefault(action.reason or "no reason given", []).append(f"`{action.target}`")
    lines = [f"{', '.join(targets)}: “{reason}”" for reason, targets in by_reason.items()]
    yield "<details><summary>The overrides in force, and their reasons</summary>"
    yield _bullets(lines)
    yield "</details>"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)
