"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

from .changelog import entry_text
from .report import Report
from .verdicts import Change, Finding

FORMAT = 1


def report_json(report: Report) -> str:
    return json.dumps(_report(report), indent=2, ensure_ascii=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    comparison = report.comparison
    content: dict[str, Any] = {
        "format": FORMAT,
        "outcome": report.outcome.value,
        "exit_code": report.outcome.exit_code,
        "error": report.error or None,
        "source": {"location": report.source.location, "sha256": report.source.sha256},
        "written": list(report.written),
        "notes": list(report.notes),
    }
    if comparison is None:
        return content
    return content | {
        "api_version": {"old": comparison.old_version, "new": comparison.new_version},
        "bump": {
            "schemas": report.schema_level.word,
            "python": report.python_api.level.word if report.python_api else None,
            "proposed": report.level.word,
            "disagree": report.verdicts_disagree,
            "version": report.version,
            "next_version": report.next_version,
        },
        "changes": [_change(change) for change in comparison.changes],
        "hidden": [
            _change(hidden.change)
            | {"overrides": [{"action": a.number, "reason": a.reason} for a in hidden.overrides]}
            for hidden in comparison.hidden
        ],
        "python_api": _python_api(report),
        "findings": [_finding(finding) for finding in comparison.findings],
        "hand_written": [_finding(finding) for finding in report.hand_written],
        "outside": [_finding(finding) for finding in comparison.outside],
        "neighbours_known": report.neighbours_known,
        "changelog": entry_text(report.changelog),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "effect": change.effect.value,
        "bump": change.effect.level.word,
        "kind": change.kind,
        "symbols": list(change.symbols),
        "where": change.where,
        "text": change.text,
        "caution": change.caution or None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "subject": finding.subject,
        "text": finding.text,
        "remedy": finding.remedy or None,
        "reason": finding.reason or None,
        "upstream": finding.upstream or None,
        "blocking": finding.blocking,
    }


def _python_api(report: Report) -> dict[str, Any]:
    if report.python_api is None:
        return {"problem": report.python_problem}
    return {
        "changes": [
            {
                "symbol": change.symbol,
                "text": change.text,
                "bump": change.level.word,
                "found_by": change.found_by,
            }
            for change in report.python_api.changes
        ],
        "files": list(report.python_api.files),
    }
