"""The command as a whole: what it writes, how it ends, and that it never ends halfway."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import regenerate, update_spec
from scripts.comparison import baseline
from scripts.comparison.python_api import PythonApi
from scripts.comparison.references import mentions
from scripts.comparison.verdicts import Finding
from scripts.pipeline.documents import canonical_json, read_yaml
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.overlay import apply_overlay
from scripts.pipeline.repository import PACKAGE, THIS_REPOSITORY, Repository
from scripts.pipeline.slicing import SliceConfig

from . import edits as e
from .conftest import fitted, stored_slice

Tree = dict[str, bytes]


@pytest.fixture(scope="session")
def documents(
    tmp_path_factory: pytest.TempPathFactory,
    april: dict[str, Any],
    may: dict[str, Any],
    config: SliceConfig,
) -> Path:
    """A directory with the real documents as files, without what is far from the slice."""
    directory = tmp_path_factory.mktemp("documents")
    for name, document in (("april", april), ("may", may)):
        text = json.dumps(_near(document, config))
        (directory / f"{name}.json").write_text(text, "utf-8")
    return directory


def _near(document: dict[str, Any], config: SliceConfig) -> dict[str, Any]:
    """The operations and schemas of the slice, and the schemas that those refer to."""
    schemas = document["components"]["schemas"]
    kept = {name: schemas[name] for name in config.listed}
    names = {*kept, *mentions(kept)}
    paths = {path: document["paths"][path] for _, path in config.operations}
    near = {**document["components"], "schemas": {name: schemas[name] for name in names}}
    return {**document, "paths": paths, "components": near}


@pytest.fixture(scope="session")
def april_state(
    tmp_path_factory: pytest.TempPathFactory,
    documents: Path,
    april: dict[str, Any],
    config: SliceConfig,
    overlay: dict[str, Any],
) -> Path:
    """The repository as it would have been with the document of April."""
    root = tmp_path_factory.mktemp("state") / "repository"
    for name in ("spec", "templates", "custom"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(THIS_REPOSITORY.root / name, root / name, ignore=ignored)
    (root / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n", "utf-8")
    repository = Repository(root)
    then = fitted(overlay, stored_slice(april, config))
    repository.overlay.write_text(canonical_json(then), "utf-8")  # JSON is YAML
    assert regenerate.main(["--from", str(documents / "april.json")], repository) == 0
    return root


@pytest.fixture
def repository(april_state: Path, tmp_path: Path) -> Repository:
    root = tmp_path / "repository"
    shutil.copytree(april_state, root)
    return Repository(root)


@pytest.fixture
def run(repository: Repository, documents: Path) -> Callable[..., int]:
    """Run the command on a document, given by the name of its file or as an edit of May's."""

    def command(document: str | e.Edit, *arguments: str) -> int:
        if not isinstance(document, str):
            may = json.loads((documents / "may.json").read_text("utf-8"))
            (repository.root / "new.json").write_text(json.dumps(document(may)), "utf-8")
            location = repository.root / "new.json"
        else:
            location = documents / document
        return update_spec.main(["--from", str(location), *arguments], repository)

    return command


def _tree(repository: Repository) -> Tree:
    """Everything that a maintainer would commit."""
    root = repository.root
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {".cache", "__pycache__", ".git"} & {*path.parts}
        if path.name != "new.json"
    }


def _report(repository: Repository) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((repository.downloads / "report.json").read_bytes())
    return content


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _changed(before: Tree, after: Tree) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_an_additive_update_is_written_with_its_report(
    repository: Repository, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    before = _tree(repository)
    assert run("may.json", "--changelog") == 10

    changed = _changed(before, _tree(repository))
    generated = {name for name in changed if name.startswith(f"generated/{PACKAGE}/")}
    assert changed - generated == {"spec/slice.json", "spec/lock.json", "CHANGELOG.md"}
    assert f"generated/{PACKAGE}/models.py" in generated
    report = _report(repository)
    assert (report["outcome"], report["exit_code"], report["error"]) == ("additive", 10, None)
    assert report["bump"] | {"version": "", "next_version": ""} == {
        "schemas": "minor",
        "python": "minor",
        "proposed": "minor",
        "disagree": False,
        "version": "",
        "next_version": "",
    }
    assert report["written"]
    assert report["neighbours_known"]
    assert "`Invoice.amount_paid_off_stripe`" in (repository.root / "CHANGELOG.md").read_text()
    markdown = (repository.downloads / "report.md").read_text("utf-8")
    assert "2026-04-22.dahlia → 2026-05-27.dahlia" in markdown
    output = capsys.readouterr()
    assert "Invoice.amount_paid_off_stripe" in output.out
    assert str(repository.downloads / "report.md") in output.out
    assert not output.err

    assert regenerate.main(["--check"], repository) == 0
    assert run("may.json", "--changelog") == 0  # and a second time there is nothing new


def test_a_breaking_update(repository: Repository, run: Callable[..., int]) -> None:
    edit = e.parameter_schema("status", e.remove_values("open"))
    assert run(edit) == 20
    report = _report(repository)
    assert (report["outcome"], report["bump"]["python"]) == ("breaking", "major")
    assert "`CHANGELOG.md`" not in (repository.downloads / "report.md").read_text("utf-8")
    assert regenerate.main(["--check"], repository) == 0


def test_prose_and_key_order_are_nothing_new(
    repository: Repository, run: Callable[..., int], documents: Path
) -> None:
    before = _tree(repository)
    april = json.loads((documents / "april.json").read_text("utf-8"))
    assert run(lambda _: e.new_prose(e.reversed_keys(april))) == 0
    assert _tree(repository) == before
    assert _report(repository)["changes"] == []


def test_a_dry_run_reports_and_writes_nothing(
    repository: Repository, run: Callable[..., int], tmp_path: Path
) -> None:
    before = _tree(repository)
    path = tmp_path / "reports" / "june.md"
    assert run("may.json", "--dry-run", "--changelog", "--report", str(path)) == 10
    assert _tree(repository) == before
    assert path.is_file()
    assert json.loads(path.with_suffix(".json").read_text("utf-8"))["written"] == []


def test_what_does_not_fit_is_reported_in_full_and_nothing_is_written(
    repository: Repository, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    before = _tree(repository)
    edit = e.both(
        e.remove_operation("/v1/invoices/{invoice}", "get"),
        e.remove_parameter("status"),
        e.remove_field("charge", "paid"),
    )
    assert run(edit) == 2
    assert _tree(repository) == before
    report = _report(repository)
    kinds = {finding["kind"] for finding in report["findings"] if finding["blocking"]}
    assert kinds == {"missing-in-document", "stale-action", "stale-prose"}
    effects = {change["effect"] for change in report["changes"]}
    assert {"breaking for callers", "breaking for readers", "additive"} <= effects
    assert report["bump"]["python"] == "major"
    assert report["hand_written"][0]["kind"] == "import-gone"
    error = capsys.readouterr().err
    assert re.fullmatch(r"error: spec/slice.yaml and spec/overlay.yaml: .+\n", error)


def test_after_editing_the_overlay_the_update_goes_through(
    repository: Repository, run: Callable[..., int]
) -> None:
    """The old side is still compared with the overlay that its package was made with."""
    git = ["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "The state"]):
        subprocess.run([*git, *arguments], cwd=repository.root, check=True)
    edit = e.remove_operation("/v1/invoices/{invoice}", "get")
    assert run(edit) == 2

    without_retrieve = re.sub(r"  - GET /v1/invoices/.*\n", "", _read(repository.slice_config))
    repository.slice_config.write_text(without_retrieve, "utf-8")
    actions = read_yaml(repository.overlay)["actions"]
    settled = {
        "overlay": "1.0.0",
        "actions": [action for action in actions if "/v1/invoices/" not in action["target"]],
    }
    repository.overlay.write_text(canonical_json(settled), "utf-8")
    assert run(edit) == 20
    report = _report(repository)
    assert report["notes"] == []
    (removed,) = [c for c in report["changes"] if c["kind"] == "operation-removed"]
    assert removed["symbols"][0] == "Client.invoices.retrieve"


def test_a_package_that_was_edited_is_pointed_out(
    repository: Repository, run: Callable[..., int]
) -> None:
    models = repository.generated / PACKAGE / "models.py"
    models.write_text(models.read_text("utf-8") + "\n# edited\n", "utf-8")
    assert run("may.json") == 10
    assert any("`make regenerate` before" in note for note in _report(repository)["notes"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be read"),
        ("{}", "not an OpenAPI 3 document"),
        ('{"openapi": "3.0.0", "paths": {}, "components": {"schemas": {}}}', "none of the oper"),
    ],
)
def test_a_document_that_is_none(
    text: str | None,
    complaint: str,
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = _tree(repository)
    path = repository.root / "new.json"
    if text is not None:
        path.write_text(text, "utf-8")
    assert update_spec.main(["--from", str(path)], repository) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert complaint in error
    assert error.count("\n") == 1
    assert complaint in _report(repository)["error"]
    assert _tree(repository) == before


def test_the_wrong_sha256(repository: Repository, run: Callable[..., int]) -> None:
    before = _tree(repository)
    assert run("may.json", "--sha256", "0" * 64) == 2
    assert "was expected" in _report(repository)["error"]
    assert _tree(repository) == before


@pytest.mark.parametrize("missing", ["spec/slice.json", "spec/lock.json", "spec/overlay.yaml"])
def test_a_repository_with_something_missing(
    missing: str, repository: Repository, run: Callable[..., int]
) -> None:
    (repository.root / missing).unlink()
    before = _tree(repository)
    assert run("may.json") == 2
    assert _tree(repository) == before


def test_a_repository_without_the_package(
    repository: Repository, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(repository.generated)
    assert run("may.json") == 2
    assert "make regenerate" in capsys.readouterr().err


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes long and has no part in what is replaced."""

    def overlay_of_the_package(repository: Repository, _: object) -> dict[str, Any]:
        return read_yaml(repository.overlay)

    def overlaid_document(repository: Repository, document: dict[str, Any]) -> dict[str, Any]:
        return apply_overlay(document, read_yaml(repository.overlay), "the overlay")

    def no_findings(**_: object) -> list[Finding]:
        return []

    def same(*_: object) -> PythonApi:
        return PythonApi((), ("models.py",))

    monkeypatch.setattr(baseline, "_overlay_of_the_package", overlay_of_the_package)
    monkeypatch.setattr(update_spec, "overlaid_document", overlaid_document)
    monkeypatch.setattr(update_spec, "hand_written_findings", no_findings)
    monkeypatch.setattr(update_spec, "compare_packages", same)


STEPS = [
    "read_baseline",
    "fetch",
    "full_document",
    "compare",
    "overlaid_document",
    "render_package",
    "compare_packages",
    "hand_written_findings",
    "with_entry",
    "write_files",
    "write_whole",
    "replace_together",
]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_leaves_the_tree_as_it_was(
    step: str, repository: Repository, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _tree(repository)

    def fail(*_: object, **__: object) -> None:
        raise PipelineError(step, "it has failed", "Try again")

    monkeypatch.setattr(update_spec, step, fail)
    assert run("may.json", "--changelog") == 2
    assert _tree(repository) == before
    assert not list(repository.staging.glob("staging-*"))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", ["compare", "render_package", "replace_together"])
def test_an_interruption_leaves_the_tree_as_it_was(
    step: str, repository: Repository, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _tree(repository)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(update_spec, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        run("may.json", "--changelog")
    assert _tree(repository) == before
    assert "KeyboardInterrupt" in _report(repository)["error"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("number", range(1, 9))
def test_a_disk_that_fails_while_files_are_replaced(
    number: int, repository: Repository, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four things are moved away, four are moved in: the one with this number fails."""
    before = _tree(repository)
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
    assert _tree(repository) == before
    report = _report(repository)
    assert "No space left on device" in report["error"]
    assert report["written"] == []


@pytest.mark.usefixtures("quick")
def test_the_report_cannot_be_written(
    repository: Repository, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    before = _tree(repository)
    blocked = repository.root / "spec" / "slice.json" / "report.md"
    assert run("may.json", "--report", str(blocked)) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert _tree(repository) == before


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        update_spec.main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "0 nothing new; 10 additive; 20 breaking; 2 failed" in text
