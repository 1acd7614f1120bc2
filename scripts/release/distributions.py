"""The wheel and the sdist: the same tree always gives the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from packaging.version import Version

from ..errors import ReleaseError

PROJECT = "stripe-invoice-payments"

# What `make publish INDEX=...` hands on to each make beneath it, as if that had been called so.
OF_AN_OUTER_MAKE = frozenset({"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "INDEX", "ARGS"})

# A date or a search path from outside would get into the bytes, a password has no business here.
_NOT_FOR_TOOLS = OF_AN_OUTER_MAKE | {
    "SOURCE_DATE_EPOCH",
    "PYTHONPATH",
    "TWINE_USERNAME",
    "TWINE_PASSWORD",
}


def build(root: Path, directory: Path) -> list[Path]:
    """Build the sdist from the tree at `root`, and the wheel from the sdist.

    The builder is the one that the lock pins, and not the newest: it leaves its name in the wheel.
    """
    run_tool(root, "build", "--no-isolation", "--outdir", str(directory), str(root))
    built = sorted(directory.iterdir(), reverse=True)
    run_tool(root, "twine", "check", "--strict", *map(str, built))
    return built


def file_names(version: str) -> tuple[str, str]:
    """The names of the files that are published of a version."""
    stem = f"{PROJECT.replace('-', '_')}-{Version(version)}"
    return f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tool_environment() -> dict[str, str]:
    """This process's environment without what the project's own tools must not see."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_FOR_TOOLS}


def run_tool(root: Path, module: str, *arguments: str) -> None:
    """Run one of the locked tools quietly; what it says is shown if it fails."""
    finished = subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        cwd=root,
        env={**tool_environment(), "NO_COLOR": "1", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        print(finished.stdout.rstrip(), file=sys.stderr)
        raise ReleaseError(
            f"{module} {arguments[0]}", "failed, as shown above", "Mend that and try again"
        )
