"""The report for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from attrs import asdict

from ..python_api import ApiChange
from ..verdicts import Change, Finding
from . import Report
from .changelog import entry_text

FORMAT = 1

Row: TypeAlias = Change | Finding | ApiChange


def report_json(report: Report) -> str:
    content: dict[str, Any] = {
        "format": FORMAT,
        "outcome": report.outcome.value,
        "exit_code": report.outcome.exit_code,
        "error": report.error or None,
        "source": asdict(report.source),
        "written": list(report.written),
        "notes": list(report.notes),
    }
    if report.comparison is not None:
        content |= _compared(report)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _compared(report: Report) -> dict[str, Any]:
    comparison, python_api = report.comparison, report.python_api
    assert comparison is not None  # noqa: S101 - narrows the type
    python: dict[str, Any] = {"problem": report.python_problem}
    if python_api:
        python = {"changes": _rows(python_api.changes), "files": list(python_api.files)}
    return {
        "api_version": {"old": comparison.old_version, "new": comparison.new_version},
        "bump": {
            "schemas": report.schema_level.word,
            "python": python_api.level.word if python_api else None,
            "proposed": report.level.word,
            "disagree": report.verdicts_disagree,
            "version": report.version,
            "next_version": report.next_version,
        },
        "changes": _rows(comparison.changes),
        "hidden": [
            _row(hidden.change)
            | {"overrides": [{"action": a.number, "reason": a.reason} for a in hidden.overrides]}
            for hidden in comparison.hidden
        ],
        "python_api": python,
        "findings": _rows(comparison.findings),
        "hand_written": _rows(report.hand_written),
        "outside": _rows(comparison.outside),
        "neighbours_known": report.neighbours_known,
        "changelog": entry_text(report.changelog),
    }


def _rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Row) -> dict[str, Any]:
    content = {key: None if value == "" else value for key, value in asdict(row).items()}
    if isinstance(row, Change):
        content |= {"effect": row.effect.value, "bump": row.effect.level.word}
    if isinstance(row, ApiChange):
        content["bump"] = row.level.word
        del content["level"]
    return content
