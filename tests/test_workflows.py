"""What holds for every workflow: nothing changes unseen, and what runs code cannot write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.release.environments import SUPPORTED

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())

# How a step can run what is in the repository, or what somebody else has published.
RUNS_CODE = re.compile(
    r"\b(python[0-9.]*|pip|uv|make|bash|sh|source|npm|npx|node)\b|\.venv|\.ci/|scripts/|(^|\s)\./"
)

every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def read(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content


def jobs(path: Path) -> list[tuple[str, dict[str, Any], Any]]:
    """Each job of a workflow: its name, itself, and what its token may do."""
    workflow = read(path)
    default = workflow.get("permissions")
    return [(name, job, job.get("permissions", default)) for name, job in workflow["jobs"].items()]


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for _, job, _ in jobs(path) for step in job["steps"]]


def may_write(permissions: Any) -> bool:
    if isinstance(permissions, dict):
        return "write" in permissions.values()
    return str(permissions) != "read-all"  # nothing said, or write-all


def runs_code(job: dict[str, Any]) -> bool:
    return any(RUNS_CODE.search(step.get("run", "")) for step in job["steps"])


def test_there_are_workflows():
    assert {path.stem for path in WORKFLOWS} == {"ci", "locks", "thorough", "update-spec"}


@every_workflow
def test_actions_are_pinned_by_their_commit(path):
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)


def test_an_action_has_one_commit_in_all_workflows():
    used = {step["uses"] for path in WORKFLOWS for step in steps(path) if "uses" in step}
    assert len(used) == len({action.partition("@")[0] for action in used})


@every_workflow
def test_scripts_name_no_address_and_take_what_comes_from_outside_as_variables(path):
    for step in steps(path):
        assert "://" not in step.get("run", "")
        assert "${{" not in step.get("run", "")


@every_workflow
def test_every_token_has_stated_permissions(path):
    for name, _, permissions in jobs(path):
        assert isinstance(permissions, dict), name


@every_workflow
def test_what_runs_code_cannot_write_and_keeps_no_credentials(path):
    for name, job, permissions in jobs(path):
        if runs_code(job):
            assert not may_write(permissions), name
            assert "github.token" not in str(job), name
            assert "secrets." not in str(job), name
            for step in job["steps"]:
                if step.get("uses", "").startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is False, name


@every_workflow
def test_nobody_elses_pull_request_runs_with_this_repositorys_rights(path):
    triggers = read(path)[True]  # YAML 1.1 takes `on` for a boolean
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(triggers)


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        (None, True),
        ("write-all", True),
        ("read-all", False),
        ({}, False),
        ({"contents": "read"}, False),
        ({"contents": "read", "packages": "write"}, True),
    ],
)
def test_a_token_that_may_write_is_recognised(permissions, expected):
    assert may_write(permissions) is expected


@pytest.mark.parametrize(
    "script",
    ["make test", ".ci/run", "python3.11 -m x", "pip install x", "./x", "bash x", "npm ci"],
)
def test_a_step_that_runs_code_is_recognised(script):
    assert runs_code({"steps": [{"run": script}]})


def test_ci_runs_what_has_to_pass_on_every_pull_request_and_on_main():
    path = ROOT / ".github" / "workflows" / "ci.yml"
    triggers = read(path)[True]
    assert triggers == {"pull_request": None, "push": {"branches": ["main"]}}
    (job,) = read(path)["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run --every-python"]
    (pythons,) = [
        step["with"]["python-version"].split()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/setup-python@")
    ]
    assert tuple(pythons) == SUPPORTED
    assert job["steps"][-1]["env"]["PYTHON"].removeprefix("python") in pythons
