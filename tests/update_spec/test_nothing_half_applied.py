"""Whatever fails, and wherever: the tree stays as it was, and the report says why."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts.pipeline.document.overlay import Action, apply_overlay, read_overlay
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.repository import PACKAGE, Repository
from scripts.spec_changes import updating
from scripts.spec_changes.python_api import PythonApi
from scripts.spec_changes.verdicts import Finding

from .repositories import Run, report_of, tree_of


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes long and has no part in what is replaced."""

    def overlay_of_the_package(repository: Repository, _: object) -> list[Action]:
        return read_overlay(repository.overlay)

    def overlaid_document(repository: Repository, document: dict[str, Any]) -> dict[str, Any]:
        return apply_overlay(document, read_overlay(repository.overlay)).fitting()

    def render_package(repository: Repository, _: object, package: Path) -> None:
        shutil.copytree(repository.generated / PACKAGE, package)
        (package / "models.py").write_text("new = True\n", "utf-8")

    def no_parser(_: Path) -> None:
        """Classes are called what their titles say."""

    def no_findings(**_: object) -> list[Finding]:
        return []

    def same(*_: object) -> PythonApi:
        return PythonApi((), ("models.py",))

    monkeypatch.setattr(updating, "_overlay_of_the_package", overlay_of_the_package)
    monkeypatch.setattr(updating, "overlaid_document", overlaid_document)
    monkeypatch.setattr(updating, "render_package", render_package)
    monkeypatch.setattr(updating, "parser_config", no_parser)
    monkeypatch.setattr(updating, "hand_written_findings", no_findings)
    monkeypatch.setattr(updating, "compare_packages", same)


@pytest.mark.usefixtures("quick")
def test_without_a_failure_all_of_it_is_replaced(repository: Repository, run: Run) -> None:
    before = tree_of(repository)
    assert run("may.json", "--changelog") == 10
    after = tree_of(repository)
    assert {name for name in before if before[name] != after[name]} == {
        *("spec/slice.json", "spec/lock.json"),
        f"generated/{PACKAGE}/models.py",
    }
    news = after.keys() - before.keys()
    assert len(news) >= 2
    assert all(name.startswith("changes/") for name in news)


STEPS = [
    "committed_slice",
    "_overlay_of_the_package",
    "_read_version",
    "document_at",
    "_full_document",
    "compare",
    "overlaid_document",
    "render_package",
    "compare_packages",
    "hand_written_findings",
    "fragments",
    "write_files",
    "write_whole",
    "replace_together",
]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_leaves_the_tree_as_it_was(
    step: str, repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree_of(repository)

    def fail(*_: object, **__: object) -> None:
        raise PipelineError(step, "it has failed", "Try again")

    monkeypatch.setattr(updating, step, fail)
    assert run("may.json", "--changelog") == 2
    assert tree_of(repository) == before
    assert not list(repository.staging.glob("staging-*"))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", ["compare", "render_package", "replace_together"])
def test_an_interruption_leaves_the_tree_as_it_was(
    step: str, repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree_of(repository)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(updating, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        run("may.json", "--changelog")
    assert tree_of(repository) == before
    assert "KeyboardInterrupt" in report_of(repository)["error"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("number", range(1, 9))
def test_a_disk_that_fails_while_files_are_replaced(
    number: int, repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three things are moved away, five or more are moved in: the one with this number fails."""
    before = tree_of(repository)
    rename, count = Path.rename, 0

    def failing(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == number:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    assert run("may.json", "--changelog") == 2
    assert count >= number
    assert tree_of(repository) == before
    report = report_of(repository)
    assert "No space left on device" in report["error"]
    assert report["written"] == []


@pytest.mark.usefixtures("quick")
def test_the_report_cannot_be_written(
    repository: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree_of(repository)
    blocked = repository.root / "spec" / "slice.json" / "report.md"
    assert run("may.json", "--report", str(blocked)) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert tree_of(repository) == before
