"""Check: what was rendered is Python that can be imported, before it replaces anything."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..errors import PipelineError
from .rendering import FILES, TEMPLATE, remedy

TIMEOUT_SECONDS = 60

# Imports the package without what the environment or the current directory adds to the path.
_IMPORT = """
import importlib, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
"""


def check_classes(files: Mapping[str, str]) -> None:
    """Raises `PipelineError` if a class has two things of one name.

    What is copied is the same whatever the document says, and is checked as other Python is.
    """
    for name, text in files.items():
        if not FILES[name].endswith(TEMPLATE):
            continue
        with suppress(SyntaxError):  # Ruff tells where
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef):
                    _refuse_repeated(node)


def _is_overload(function: ast.FunctionDef) -> bool:
    decorators = function.decorator_list
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in decorators)


def _refuse_repeated(node: ast.ClassDef) -> None:
    seen: set[str] = set()
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
        elif isinstance(statement, ast.FunctionDef) and not _is_overload(statement):
            name = statement.name
        else:
            continue
        if name in seen:
            raise PipelineError(
                f"class {node.name}",
                f"there are two things called {name!r} in it",
                "Leave one of them out of the slice, or remove it through spec/overlay.yaml",
            )
        seen.add(name)


def check_imports(package: Path) -> None:
    """Import every module of `package`, in a process of its own.

    Raises:
        PipelineError: one cannot be imported.
    """
    names = [
        package.name if path.stem == "__init__" else f"{package.name}.{path.stem}"
        for path in sorted(package.glob("*.py"))
    ]
    command = [sys.executable, "-I", "-c", _IMPORT, str(package.parent), *names]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise PipelineError(
            package.name,
            f"what was rendered is not imported after {TIMEOUT_SECONDS} s",
            remedy(None),
        ) from error
    if done.returncode != 0:
        complaint = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        name, quoted = _innermost(done.stderr, package)
        raise PipelineError(
            package.name,
            f"what was rendered cannot be imported: {complaint}{quoted}",
            remedy(name),
        )


def _innermost(traceback: str, package: Path) -> tuple[str | None, str]:
    """The file of `package` in which a traceback ends, and its line."""
    frame = rf'^  File "{re.escape(str(package))}/([\w.]+)", line \d+.*\n    (.+)$'
    found = re.findall(frame, traceback, re.MULTILINE)
    return (found[-1][0], f" in the line {found[-1][1]!r}") if found else (None, "")
