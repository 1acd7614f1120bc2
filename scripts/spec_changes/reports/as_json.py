"""The report for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from attrs import asdict

from ..python_api import ApiChange
from ..verdicts import Change, Finding
from . import Report, entry_text

FORMAT = 1


def report_json(report: Report) -> str:
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
    if comparison is not None:
        python: dict[str, Any] = {"problem": report.python_problem}
        if python_api:
            python = {"changes": _rows(python_api.changes), "files": list(python_api.files)}
        content |= {
            "api_version": {"old": comparison.old_version, "new": comparison.new_version},
            "bump": {
                "schemas": report.schema_level.word,
                "python": python_api.level.word if python_api else None,
                "proposed": report.level.word,
                "disagree": bool(report.disagreement),
                "version": report.version,
                "next_version": report.next_version,
            },
            "changes": _rows(comparison.changes),
            "hidden": [
                _row(one.change)
                | {"overrides": [{"action": a.number, "reason": a.reason} for a in one.overrides]}
                for one in comparison.hidden
            ],
            "python_api": python,
            "findings": _rows(comparison.findings),
            "hand_written": _rows(report.hand_written),
            "outside": _rows(comparison.outside),
            "neighbours_known": report.neighbours_known,
            "changelog": entry_text(report.changelog),
        }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _rows(rows: Iterable[Change | Finding | ApiChange]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Change | Finding | ApiChange) -> dict[str, Any]:
    content = {key: None if value == "" else value for key, value in asdict(row).items()}
    if isinstance(row, Change):
        content |= {"effect": row.effect.value, "bump": row.effect.level.word}
    if isinstance(row, ApiChange):
        content["bump"] = row.level.word
        del content["level"]
    return content
