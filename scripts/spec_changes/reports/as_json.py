"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

from attrs import asdict

from ..python_api import ApiChange
from ..verdicts import Change, Finding
from . import Report
from .changelog import entry_text

FORMAT = 1


def report_json(report: Report) -> str:
    return json.dumps(_report(report), indent=2, ensure_ascii=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    comparison, python_api = report.comparison, report.python_api
    content: dict[str, Any] = {
        "format": FORMAT,
        "outcome": report.outcome.value,
        "exit_code": report.outcome.exit_code,
        "error": report.error or None,
        "source": asdict(report.source),
        "written": list(report.written),
        "notes": list(report.notes),
    }
    if comparison is None:
        return content
    return content | {
        "api_version": {"old": comparison.old_version, "new": comparison.new_version},
        "bump": {
            "schemas": report.schema_level.word,
            "python": python_api.level.word if python_api else None,
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
        "python_api": {
            "changes": [_api_change(change) for change in python_api.changes],
            "files": list(python_api.files),
        }
        if python_api
        else {"problem": report.python_problem},
        "findings": [_finding(finding) for finding in comparison.findings],
        "hand_written": [_finding(finding) for finding in report.hand_written],
        "outside": [_finding(finding) for finding in comparison.outside],
        "neighbours_known": report.neighbours_known,
        "changelog": entry_text(report.changelog),
    }


def _change(change: Change) -> dict[str, Any]:
    named = {"effect": change.effect.value, "bump": change.effect.level.word}
    return asdict(change) | named | {"caution": change.caution or None}


def _api_change(change: ApiChange) -> dict[str, Any]:
    content = asdict(change)
    del content["level"]
    return content | {"bump": change.level.word}


def _finding(finding: Finding) -> dict[str, Any]:
    return {key: None if value == "" else value for key, value in asdict(finding).items()}
