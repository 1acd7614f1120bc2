"""What a person and a program get to read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve

from scripts.pipeline.inputs.lock import Source
from scripts.spec_changes.python_api import ApiChange, PythonApi
from scripts.spec_changes.reports import Report, entry, fragments
from scripts.spec_changes.reports.as_json import report_json
from scripts.spec_changes.reports.as_text import report_markdown, report_terminal
from scripts.spec_changes.verdicts import Change, Effect, Finding, Level, Outcome, next_version

from . import edits as e
from .conftest import Compare

SOURCE = Source("new.json", "abc123")
EVERYTHING = e.both(
    e.version("2999-01-01.eggplant"),
    e.remove_parameter("status"),
    e.parameter("limit", e.updated(name="page_size")),
    e.field("invoice_payment", "amount_requested", e.to({"type": "string"})),
    e.add_field("invoice_payment", "memo", {"type": "string", "description": "A memo."}),
    e.require("invoice_payment", "memo"),
    e.field("charge", "status", e.remove_values("pending")),
    e.release("invoice", "total"),
    e.add_field("charge", "account", {"$ref": "#/components/schemas/account"}),
)


@pytest.fixture(scope="module")
def report(pinned: dict[str, Any], compared: Compare) -> Report:
    return Report(
        source=SOURCE,
        old_source=Source("old.json", "def456"),
        version="0.4.2",
        comparison=compared(pinned, EVERYTHING(pinned)),
        python_api=PythonApi(
            (
                ApiChange("InvoicePayment.memo", "new", Level.MINOR, "griffe"),
                ApiChange("Charge.status", "`A | B` became `A`", Level.PATCH, "annotations"),
            ),
            ("models.py",),
        ),
        hand_written=(Finding("import-gone", "custom/a.py:1", "imports `X`", "Remove it"),),
        error="spec/overlay.yaml: it does not fit. Settle it.",
    )


def test_markdown_has_every_part_in_the_order_of_its_weight(report: Report) -> None:
    text = report_markdown(report)
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings[1:] == [
        "## To settle first",
        "## To decide",
        "## Breaking for callers",
        "## Breaking for readers",
        "## Additive",
        "## Docs",
        "## Python API",
        "## Overlay",
        "## Changed upstream, kept from users by an override",
        "## Just outside the cut",
        "## Hand-written code",
        "## Proposed CHANGELOG entry",
        "### Added",
        "### Changed",
        "### Removed",
    ]
    assert headings[0].startswith("# Stripe's API 20")
    assert "**Failed: nothing was changed.**" in text
    assert "> spec/overlay.yaml: it does not fit. Settle it." in text
    assert "`ListInvoicePaymentsParams.status`, `Client.invoice_payments.list`: " in text
    assert "Stripe says: “A memo.”" in text
    assert "`A \\| B` became `A`" in text
    assert "Its reason: “" in text
    assert "The full document of the old slice was not at hand" in text


def test_every_line_about_a_change_names_its_symbol_and_its_place(report: Report) -> None:
    assert report.comparison is not None
    text = report_markdown(report)
    for change in report.comparison.changes:
        (line,) = [line for line in text.splitlines() if line.endswith(f"<br>`{change.where}`")]
        assert line.startswith(f"- `{change.symbols[0]}`")


def test_both_verdicts_and_their_disagreement(report: Report) -> None:
    assert (report.schema_level, report.level) == (Level.MAJOR, Level.MAJOR)
    assert report.disagreement
    text = report_markdown(report)
    assert "the schemas call for **major**, the Python package for **minor**" in text
    assert "proposed is **0.5.0**" in text
    assert "The two verdicts differ: the schemas say more" in text

    louder = PythonApi((ApiChange("Thing", "is gone", Level.MAJOR, "griffe"),), ("models.py",))
    assert report.comparison is not None
    quiet = evolve(report.comparison, changes=(), hidden=(), findings=())
    other = evolve(report, comparison=quiet, python_api=louder, error="")
    assert other.outcome is Outcome.BREAKING
    assert "the package says more than the schemas: look at `Thing`" in report_markdown(other)


def test_json_has_all_of_it(report: Report) -> None:
    content = json.loads(report_json(report))
    assert content["outcome"] == "failed"
    assert content["exit_code"] == 2
    assert content["bump"] == {
        "schemas": "major",
        "python": "minor",
        "proposed": "major",
        "disagree": True,
        "version": "0.4.2",
        "next_version": "0.5.0",
    }
    (removed,) = [c for c in content["changes"] if "status" in c["where"] and "Params" in str(c)]
    assert removed == {
        "effect": "breaking for callers",
        "bump": "major",
        "kind": "parameter-removed",
        "symbols": ["ListInvoicePaymentsParams.status", "Client.invoice_payments.list"],
        "where": "$.paths['/v1/invoice_payments'].get.parameters[?@.name=='status']",
        "text": "the parameter is gone; Stripe refuses requests that have it",
        "caution": None,
    }
    assert all(content[key] for key in ("findings", "hidden", "outside", "hand_written"))
    assert any(override["reason"] for override in content["hidden"][0]["overrides"])
    assert content["changelog"].startswith("### Added")


def test_the_terminal_gets_the_gist_in_lines_that_fit(report: Report) -> None:
    text = report_terminal(report, width=90)
    assert text.splitlines()[0].startswith("Stripe's API ")
    assert text.splitlines()[-1] == "Failed: nothing was changed."
    for part in ("Breaking for callers (2)", "To settle first (3)", "Docs (1)", "Overlay ("):
        assert part in text
    # An overlay target and the like may be longer than a line; nothing else is.
    assert all(len(line) <= 90 for line in text.splitlines() if "$." not in line)


def test_a_run_that_could_not_compare_anything() -> None:
    report = Report(source=Source("nowhere.json", ""), version="", error="nowhere.json: not there.")
    assert "> nowhere.json: not there." in report_markdown(report)
    assert json.loads(report_json(report))["error"] == "nowhere.json: not there."
    assert report_terminal(report) == "Failed: nothing was changed."
    assert report.outcome.exit_code == 2


def test_nothing_new_says_so(pinned: dict[str, Any], compared: Compare) -> None:
    comparison = compared(pinned, e.new_prose(pinned))
    report = Report(
        source=SOURCE, version="1.2.3", comparison=comparison, python_api=PythonApi((), ())
    )
    assert report.outcome is Outcome.NOTHING_NEW
    assert report.next_version == "1.2.3"
    text = report_markdown(report)
    assert "**Nothing new for users of this package.**" in text
    assert "None in what users see" in text
    assert "CHANGELOG" not in text
    assert "Every action matches, every field has prose" in text


def test_exit_codes_are_distinct() -> None:
    codes = {outcome: outcome.exit_code for outcome in Outcome}
    assert codes == {
        Outcome.NOTHING_NEW: 0,
        Outcome.ADDITIVE: 10,
        Outcome.BREAKING: 20,
        Outcome.FAILED: 2,
    }


@pytest.mark.parametrize(
    ("current", "level", "expected"),
    [
        ("1.4.2", Level.MAJOR, "2.0.0"),
        ("1.4.2", Level.MINOR, "1.5.0"),
        ("1.4.2", Level.PATCH, "1.4.3"),
        ("1.4.2", Level.NONE, "1.4.2"),
        ("0.4.2", Level.MAJOR, "0.5.0"),
        ("0.4.2", Level.MINOR, "0.4.3"),
        ("0.4.2", Level.PATCH, "0.4.3"),
    ],
)
def test_versions(current: str, level: Level, expected: str) -> None:
    assert next_version(current, level) == expected


CHANGES = [
    Change("parameter-removed", "$", ("P.status", "C.list"), Effect.CALLERS, "it is gone"),
    Change("type-changed", "$", ("M.total",), Effect.READERS, "is string now"),
    Change("field-added", "$", ("M.memo",), Effect.ADDITIVE, "new field: string"),
    Change("api-version", "$", ("API_VERSION",), Effect.ADDITIVE, "is 2, was 1"),
    Change("schema-renamed", "$", ("M",), Effect.DOCS, "is renamed"),
]


def test_each_line_of_the_changelog_entry_is_a_news_fragment() -> None:
    assert fragments(entry(CHANGES), "2026-10-28.endive") == {
        "+2026-10-28-endive.added.1.md": "`M.memo`: new field: string.\n",
        "+2026-10-28-endive.changed.1.md": "**Breaking:** `M.total`: is string now.\n",
        "+2026-10-28-endive.changed.2.md": "Stripe's API version is 2, was 1.\n",
        "+2026-10-28-endive.removed.1.md": "**Breaking:** `P.status`: it is gone.\n",
    }


def test_a_version_names_no_other_place() -> None:
    (name,) = fragments({"Added": ["New."]}, "../../\0.removed.md")
    assert name == "+-removed-md.added.1.md"
