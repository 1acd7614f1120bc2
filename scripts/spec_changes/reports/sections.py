"""The parts of a report in the order of their weight, as Markdown; others leave out its marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define

from ..compare import Comparison
from ..verdicts import Change, Effect, Finding
from . import Report
from .changelog import entry_text


@define(frozen=True)
class Section:
    """One part; what is no gist is left out where there is little room."""

    title: str
    items: tuple[str, ...] = ()
    text: str = ""
    is_gist: bool = True


def sections(report: Report) -> Iterator[Section]:
    comparison = report.comparison
    if comparison is None:
        return
    yield from _to_settle(report)
    yield from _changes(comparison)
    yield _python_api(report)
    yield _overlay(report)
    yield from _about_the_rest(report, comparison)
    if report.changelog:
        text = f"```markdown\n{entry_text(report.changelog)}\n```"
        yield Section("Proposed CHANGELOG entry", text=text, is_gist=False)


def _to_settle(report: Report) -> Iterator[Section]:
    if blocking := report.findings(blocking=True):
        text = "The slice cannot be taken over before this is done. Then run the command again."
        yield Section("To settle first", _findings(blocking), text)
    contradictions = [f for f in report.findings(blocking=False) if f.kind == "contradiction"]
    cautions = [f"`{one.symbols[0]}`: {one.caution}." for one in report.changes if one.caution]
    if cautions or contradictions:
        yield Section("To decide", (*cautions, *_findings(contradictions)))


def _changes(comparison: Comparison) -> Iterator[Section]:
    for effect in Effect:
        if changes := [change for change in comparison.changes if change.effect is effect]:
            yield Section(effect.value.capitalize(), tuple(map(_change, changes)))
    if not comparison.changes:
        text = "None in what users see: at most prose, examples or the order of keys."
        yield Section("Changes", text=text)


def _change(change: Change) -> str:
    symbols = ", ".join(f"`{symbol}`" for symbol in change.symbols)
    return f"{symbols}: {change.text}. <br>`{change.where}`"


def _python_api(report: Report) -> Section:
    if report.python_api is None:
        text = f"Not compared: {report.python_problem}"
    elif changes := report.python_api.changes:
        text = (
            "`griffe` compares names and parameters of the old and the new package; annotations, "
            "which it leaves out, are compared in addition.\n\n"
            "| name | change | bump | found by |\n|---|---|---|---|"
        )
        for one in changes:
            said = one.text.replace("|", r"\|")
            text += f"\n| `{one.symbol}` | {said} | {one.level.word} | {one.found_by} |"
    else:
        text = "`griffe` finds the same names, parameters and annotations in both packages."
    return Section("Python API", text=text, is_gist=False)


def _overlay(report: Report) -> Section:
    findings = [f for f in report.findings(blocking=False) if f.kind != "contradiction"]
    text = ""
    if not findings:
        text = "Every action matches, every field has prose, and no override is contradicted."
        if report.findings(blocking=True):
            text = "See “To settle first”."
    return Section("Overlay", _findings(findings), text)


def _about_the_rest(report: Report, comparison: Comparison) -> Iterator[Section]:
    if comparison.hidden:
        items = (
            f"`{hidden.change.symbols[0]}`: {hidden.change.text}. "
            + " ".join(f"Action {a.place}: “{a.reason}”" for a in hidden.overrides)
            for hidden in comparison.hidden
        )
        title = "Changed upstream, kept from users by an override"
        yield Section(title, tuple(items), is_gist=False)
    text = "" if comparison.outside else "Nothing new."
    if not report.neighbours_known:
        text += (
            " The full document of the old slice was not at hand, so only what the slices show is "
            "listed here."
        )
    outside = _findings(comparison.outside)
    yield Section("Just outside the cut", outside, text.strip(), is_gist=False)
    if report.hand_written:
        yield Section("Hand-written code", _findings(report.hand_written))


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
