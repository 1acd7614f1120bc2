"""Format: Ruff over the rendered files, with the pipeline's own configuration."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from ..errors import PipelineError
from .rendering import remedy


def format_files(directory: Path, ruff_config: Path) -> None:
    """Sort the imports of every file in `directory`, drop unused ones, format.

    Raises:
        PipelineError: Ruff cannot parse what was rendered: a template is wrong.
    """
    common = ["--quiet", "--no-cache", "--config", str(ruff_config), "."]
    for arguments in (["check", "--fix", "--output-format", "concise"], ["format"]):
        command = [sys.executable, "-m", "ruff", *arguments, *common]
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            complaints = (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"
            complaint = complaints.splitlines()[0]
            found = re.match(r"(?P<name>[\w.]+):(?P<line>\d+):", complaint)
            quoted = _quoted(directory / found["name"], int(found["line"])) if found else ""
            raise PipelineError(
                "ruff",
                f"it objects to what was rendered: {complaint}{quoted}",
                remedy(found["name"] if found else None),
            )


def _quoted(path: Path, number: int) -> str:
    """The line that a complaint is about; the file itself is not kept."""
    lines = path.read_text("utf-8").splitlines()
    line = lines[number - 1].strip() if number <= len(lines) else ""
    return f" in the line {line!r}" if line else ""
