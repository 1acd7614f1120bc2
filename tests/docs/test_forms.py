"""What maintainers' platforms read: the form for a bug, and the hooks that run before a commit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FORM = ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml"
HOOKS = ROOT / ".pre-commit-config.yaml"


def fields() -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = yaml.safe_load(FORM.read_text("utf-8"))["body"]
    return body


def test_the_form_asks_for_what_is_needed():
    by_id = {field["id"]: field for field in fields() if "id" in field}
    required = {name for name, f in by_id.items() if f.get("validations", {}).get("required")}
    assert required == {"what", "reproduction", "version", "python"}
    assert "request-id" in by_id
    (confirmation,) = by_id["secrets"]["attributes"]["options"]
    assert confirmation["required"]


def test_the_form_warns_of_keys_before_it_asks_for_anything():
    first = fields()[0]
    assert first["type"] == "markdown"
    assert "Never paste an API key" in first["attributes"]["value"]


def test_the_forms_reproduction_runs(capsys):
    (script,) = (
        field["attributes"]["value"] for field in fields() if field.get("id") == "reproduction"
    )
    exec(compile(script, str(FORM), "exec"), {})  # noqa: S102 - our own form
    assert "Page of 3" in capsys.readouterr().out


HOOK = {
    hook["id"]: hook
    for repository in yaml.safe_load(HOOKS.read_text("utf-8"))["repos"]
    for hook in repository["hooks"]
}


def test_hooks_download_nothing_and_run_the_locked_tools():
    repositories = yaml.safe_load(HOOKS.read_text("utf-8"))["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    for hook in HOOK.values():
        assert hook["language"] == "system"
        assert re.match(r"\.venv/bin/(ruff|mypy) |make check$", hook["entry"])


@pytest.mark.parametrize(
    ("path", "checked"),
    [
        ("templates/model.jinja", True),
        ("spec/overlay.yaml", True),
        ("scripts/pipeline/naming/identifiers.py", True),
        ("generated/stripe_invoice_payments_api/models.py", True),
        ("custom/stripe_invoice_payments/_call/steps.py", False),
        ("tests/pipeline/test_second_opinion.py", False),
        ("docs/maintain/how-it-works.md", False),
    ],
)
def test_the_pipeline_is_checked_when_its_inputs_change(path, checked):
    assert bool(re.search(HOOK["generated"]["files"], path)) is checked
