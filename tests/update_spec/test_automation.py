"""What calls the command: the make target and the scheduled workflow, with stand-ins for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.pipeline.repository import THIS_REPOSITORY

ROOT = THIS_REPOSITORY.root
WORKFLOW = ROOT / ".github" / "workflows" / "update-spec.yml"

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\n{text}", "utf-8")
    path.chmod(0o755)


@needs_make
@pytest.mark.parametrize(
    ("code", "succeeds"),
    [(0, True), (10, True), (20, True), (2, False), (1, False), (130, False), (137, False)],
)
def test_make_succeeds_where_there_is_a_report_to_decide_on(
    code: int, succeeds: bool, tmp_path: Path
) -> None:
    done = _make(tmp_path, code, "update-spec", "FROM=a b.json", "ARGS=--dry-run")
    assert "-m scripts.update_spec --from a b.json --dry-run" in done.stdout
    assert (done.returncode == 0) is succeeds


@needs_make
@pytest.mark.parametrize(("code", "succeeds"), [(0, True), (10, True), (2, False), (1, False)])
def test_make_succeeds_whether_or_not_a_newer_version_has_news(
    code: int, succeeds: bool, tmp_path: Path
) -> None:
    done = _make(tmp_path, code, "check-upstream", "ARGS=--json a.json")
    assert "-m scripts.check_upstream --json a.json" in done.stdout
    assert (done.returncode == 0) is succeeds


def _make(directory: Path, code: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run our Makefile with a stand-in for Python that ends with this exit code."""
    shutil.copy(ROOT / "Makefile", directory)
    _script(directory / ".venv" / "bin" / "python", f'echo "$@"; exit {code}\n')
    (directory / ".venv" / "ready").touch()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    command = ["make", "-o", ".venv/ready", *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    return content


def _steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    """The steps of all jobs, in the order in which the jobs run."""
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_the_workflow_is_scheduled_and_can_be_started_by_hand(workflow: dict[Any, Any]) -> None:
    triggers = workflow[True]  # YAML 1.1 takes `on` for a boolean
    assert triggers["schedule"]
    assert "from" in triggers["workflow_dispatch"]["inputs"]


def test_what_renders_and_imports_cannot_write(workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "compare": {"contents": "read"},
        "upstream": {"contents": "read"},
        "pull-request": {"contents": "write", "pull-requests": "write"},
    }
    checkout = workflow["jobs"]["compare"]["steps"][0]
    assert checkout["with"] == {"persist-credentials": False}


def test_what_can_write_runs_nothing_of_the_project(workflow: dict[Any, Any]) -> None:
    *others, pull_request = workflow["jobs"].values()
    assert "GH_TOKEN" not in str(others)
    scripts = [step["run"] for step in pull_request["steps"] if "run" in step]
    assert len(scripts) == 1
    assert not re.search(r"\b(python3?|pip|make|bash|sh|source)\b|\.venv|scripts/", scripts[0])
    used = [step["uses"].partition("@")[0] for step in pull_request["steps"] if "uses" in step]
    assert used == ["actions/checkout", "actions/download-artifact"]
    assert pull_request["needs"] == "compare"


class Runner:
    """Runs the steps of the workflow as GitHub would, with stand-ins for the commands."""

    def __init__(self, directory: Path, workflow: dict[Any, Any]) -> None:
        self.jobs = workflow["jobs"]
        self.steps = {step["name"]: step for step in _steps(workflow) if "name" in step}
        self.checkout, self.temporary = directory / "checkout", directory / "temporary"
        self.bin, self.remote = directory / "bin", directory / "remote.git"
        self.log = directory / "gh.log"
        written = (self.checkout / name for name in ("spec", "generated", "tests/cassettes"))
        for path in (*written, self.temporary, self.bin):
            path.mkdir(parents=True)
        (self.checkout / "CHANGELOG.md").write_text("# Changelog\n", "utf-8")
        (self.checkout / "spec" / "slice.json").write_text("{}\n", "utf-8")
        (self.checkout / "generated" / "a.py").touch()
        (self.checkout / "tests" / "cassettes" / "a.json").write_text("{}\n", "utf-8")
        self.git("init", "-q", "--bare", str(self.remote))
        self.git("init", "-q")
        self.git("remote", "add", "origin", str(self.remote))
        self.git("add", ".")
        self.git("commit", "-qm", "The state")
        report = {"api_version": {"new": "2026-05-27.dahlia"}, "outcome": "additive"}
        (self.temporary / "new.json").write_text(json.dumps(report), "utf-8")

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        command = ["git", "-c", "user.name=n", "-c", "user.email=e@example.com"]
        done = subprocess.run(
            [*command, *arguments],
            cwd=cwd or self.checkout,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def stand_ins(self, code: int, *, existing: bool = False, no_record: bool = False) -> None:
        _script(
            self.checkout / ".venv" / "bin" / "python",
            'echo "$@" > "$RUNNER_TEMP/arguments"\n'
            'echo "# The report" > "$RUNNER_TEMP/report.md"\n'
            'cp "$RUNNER_TEMP/new.json" "$RUNNER_TEMP/report.json"\n'
            f"[ {code} = 2 ] || echo '{{\"new\": 1}}' > spec/slice.json\n"
            f"exit {code}\n",
        )
        _script(
            self.bin / "make",
            '[ "$*" = record ] || exit 2\n'
            + ("exit 2\n" if no_record else "echo '{\"new\": 1}' > tests/cassettes/a.json\n"),
        )
        create = "exit 1" if existing else "exit 0"
        _script(
            self.bin / "gh",
            f'echo "$@" >> "{self.log}"\nif [ "$2" = create ]; then {create}; fi\n',
        )

    def hand_over(self) -> None:
        """Make the patch, and go on in a fresh checkout as the second job does."""
        assert self.run("Make a patch of it") == 0
        self.git("reset", "-q", "--hard")

    def run(self, step: str, **variables: str) -> int:
        script = self.temporary / "step.sh"
        script.write_text(self.steps[step]["run"], "utf-8")
        environment = {
            **os.environ,
            **variables,
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_OUTPUT": str(self.temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"),
        }
        command = ["bash", "-e", "-o", "pipefail", str(script)]
        done = subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, check=False
        )
        return done.returncode


@pytest.fixture
def runner(tmp_path: Path, workflow: dict[Any, Any]) -> Runner:
    return Runner(tmp_path, workflow)


@pytest.mark.parametrize(("code", "result"), [(0, 0), (10, 0), (20, 0), (2, 1), (1, 1), (137, 1)])
def test_the_comparison_branches_on_the_exit_code(code: int, result: int, runner: Runner) -> None:
    runner.stand_ins(code)
    assert runner.run("Compare", FROM="latest") == result
    assert (runner.temporary / "output").read_text("utf-8") == f"code={code}\n"
    assert (runner.temporary / "summary").read_text("utf-8") == "# The report\n"
    arguments = (runner.temporary / "arguments").read_text("utf-8")
    assert arguments.startswith("-m scripts.update_spec --from latest --changelog --report ")


@pytest.mark.parametrize(("code", "result"), [(0, 0), (10, 0), (2, 1), (1, 1), (137, 1)])
def test_what_a_newer_version_has_is_in_the_summary(code: int, result: int, runner: Runner) -> None:
    _script(
        runner.checkout / ".venv" / "bin" / "python",
        f'[ "$*" = "-m scripts.check_upstream" ] || exit 2\necho "- news"\nexit {code}\n',
    )
    assert runner.run("Check upstream") == result
    assert (runner.temporary / "summary").read_text("utf-8") == "- news\n"


@needs_jq
@pytest.mark.parametrize(("code", "draft"), [(10, False), (20, True)])
def test_the_pull_request_has_the_report_and_what_was_replaced(
    code: int, draft: bool, runner: Runner
) -> None:
    runner.stand_ins(code)
    assert runner.run("Compare", FROM="latest") == 0
    assert runner.run("Record the cassettes") == 0
    runner.hand_over()
    assert runner.run("Open or renew the pull request", CODE=str(code)) == 0
    log = runner.log.read_text("utf-8")
    assert log.startswith("pr create --head update-spec --title Stripe API 2026-05-27.dahlia: add")
    assert f"--body-file {runner.temporary}/body.md" in log
    assert log.endswith("--draft\n") is draft
    assert (runner.temporary / "body.md").read_text("utf-8") == "# The report\n"
    pushed = runner.git("show", "update-spec:spec/slice.json", cwd=runner.remote)
    assert pushed == '{"new": 1}\n'
    files = runner.git("ls-tree", "-r", "--name-only", "update-spec", cwd=runner.remote)
    assert ".venv" not in files
    recorded = runner.git("show", "update-spec:tests/cassettes/a.json", cwd=runner.remote)
    assert recorded == '{"new": 1}\n'


def test_the_cassettes_are_recorded_whenever_there_is_a_pull_request(runner: Runner) -> None:
    record, patch = (runner.steps[n] for n in ("Record the cassettes", "Make a patch of it"))
    assert record["if"] == patch["if"]
    opened_if = runner.jobs["pull-request"]["if"]
    assert opened_if.replace("needs.compare.outputs", "steps.compare.outputs") == record["if"]
    assert [*runner.steps].index(record["name"]) < [*runner.steps].index(patch["name"])


def test_cassettes_that_cannot_be_recorded_do_not_hold_up_the_pull_request(runner: Runner) -> None:
    runner.stand_ins(20, no_record=True)
    assert runner.run("Record the cassettes") == 0


@needs_jq
@pytest.mark.parametrize("moved", [False, True])
def test_a_patch_that_changes_a_workflow_is_refused(runner: Runner, *, moved: bool) -> None:
    workflows = runner.checkout / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "a.yml").write_text("name: A workflow with a name\n", "utf-8")
    runner.git("add", ".")
    runner.git("commit", "-qm", "A workflow")
    runner.stand_ins(10)
    assert runner.run("Compare", FROM="latest") == 0
    if moved:
        (workflows / "a.yml").rename(runner.checkout / "spec" / "a.yml")
    else:
        (workflows / "a.yml").write_text("name: Another\n", "utf-8")
    runner.git("add", "--all", ".github")
    runner.hand_over()
    assert runner.run("Open or renew the pull request", CODE="10") == 1
    assert not runner.log.exists()


@needs_jq
def test_an_open_pull_request_is_renewed(runner: Runner) -> None:
    runner.stand_ins(10, existing=True)
    assert runner.run("Compare", FROM="latest") == 0
    runner.hand_over()
    assert runner.run("Open or renew the pull request", CODE="10") == 0
    assert "pr edit update-spec --title" in runner.log.read_text("utf-8")
