"""Format: Ruff over the rendered files, with the pipeline's own configuration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .errors import PipelineError


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
            complaint = (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"
            raise PipelineError(
                "ruff",
                f"it objects to what was rendered: {complaint.splitlines()[0]}",
                "Correct the template that wrote this",
            )
