"""Type checkers accept what is right and object to what is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).with_name("typing_examples")
ROOT = Path(__file__).parents[2]
MARK = re.compile(r"  # type: ignore\[.*")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples without the comments that make the mistakes acceptable to the project."""
    folder = tmp_path_factory.mktemp("examples")
    for example in EXAMPLES.glob("*.py"):
        text = "\n".join(MARK.sub("", line) for line in example.read_text("utf-8").splitlines())
        (folder / example.name).write_text(text, "utf-8")
    return folder


def expected_lines() -> set[tuple[str, int]]:
    return {
        ("misuses.py", number)
        for number, line in enumerate((EXAMPLES / "misuses.py").read_text("utf-8").splitlines(), 1)
        if MARK.search(line)
    }


def run(*command: str | Path) -> str:
    environment = {
        **os.environ,
        "MYPYPATH": os.pathsep.join(str(ROOT / name) for name in ("custom", "generated")),
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment,
    )
    assert done.stderr == ""
    return done.stdout


def test_mypy_objects_to_the_mistakes_and_to_nothing_else(examples):
    config = examples / "mypy.ini"
    config.write_text("[mypy]\nstrict = true\n")
    files = sorted(examples.glob("*.py"))
    told = run(
        "mypy", "--config-file", config, "--no-error-summary", "--hide-error-context", *files
    )
    errors = re.findall(r"^(?:.*/)?(\w+\.py):(\d+): error:", told, re.MULTILINE)
    assert {(name, int(number)) for name, number in errors} == expected_lines(), told


def test_pyright_objects_to_the_mistakes_and_to_nothing_else(examples):
    project = examples / "pyrightconfig.json"
    settings = {
        "include": ["*.py"],
        "extraPaths": [str(ROOT / "custom"), str(ROOT / "generated")],
        "typeCheckingMode": "strict",
    }
    project.write_text(json.dumps(settings))
    told = json.loads(
        run("pyright", "--outputjson", "--pythonpath", sys.executable, "--project", project)
    )
    errors = {
        (Path(error["file"]).name, error["range"]["start"]["line"] + 1)
        for error in told["generalDiagnostics"]
        if error["severity"] == "error"
    }
    assert errors == expected_lines(), told["generalDiagnostics"]


def test_there_are_mistakes_of_every_kind():
    assert len(expected_lines()) > 90
