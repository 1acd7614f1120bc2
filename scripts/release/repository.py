"""What has to be true of the repository before a version is published."""

from __future__ import annotations

import re
import runpy
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from .distributions import tool_environment
from .errors import ReleaseError

VERSION_FILE = Path("custom/stripe_invoice_payments/_version.py")
CHECKS = Path(".ci/run")


def read_version(root: Path) -> str:
    version = runpy.run_path(str(root / VERSION_FILE))["__version__"]
    if not isinstance(version, str):
        raise ReleaseError(VERSION_FILE, "__version__ is not a string", "Write it as one")
    return version


def require_changelog_entry(root: Path, version: str) -> None:
    """Refuse a version that the changelog has no entry for, or an empty one."""
    text = (root / "CHANGELOG.md").read_text("utf-8")
    heading = rf"^## \[?{re.escape(version)}\]?( - \d{{4}}-\d\d-\d\d)?\s*$"
    _, *sections = re.split(heading + "()", text, maxsplit=1, flags=re.MULTILINE)
    entry = sections[-1].partition("\n## ")[0] if sections else ""
    if not any(line and not line.startswith("#") for line in map(str.strip, entry.splitlines())):
        raise ReleaseError(
            "CHANGELOG.md",
            f"has no entry for version {version}",
            f"Write what changed for users under `## [{version}] - <date>`, and commit it",
        )


def require_clean_tree(root: Path) -> str:
    """Refuse a tree that differs from its commit; returns that commit."""
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        shown = ", ".join(line[3:] for line in changed[:5]) + (", ..." if changed[5:] else "")
        raise ReleaseError(
            root, f"not everything is committed: {shown}", "Commit it or take it away"
        )
    return _git(root, "rev-parse", "HEAD").strip()


def export(root: Path, commit: str, directory: Path) -> None:
    """Write the files of a commit, and no others, to `directory`."""
    archive = directory.with_suffix(".tar")
    _git(root, "archive", f"--output={archive}", commit)
    with tarfile.open(archive) as files:
        # The filter came with a patch release: 3.11.4. It matters little for what git has packed.
        options: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        files.extractall(directory, **options)  # noqa: S202 - as it says


def run_checks(root: Path) -> None:
    """Run everything that has to pass before a change lands; what it prints is for the user."""
    finished = subprocess.run(
        ["bash", str(CHECKS)],  # noqa: S607 - of the user's own PATH, like git and make
        cwd=root,
        env=tool_environment(),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if finished.returncode != 0:
        raise ReleaseError(
            CHECKS, f"failed with exit code {finished.returncode}", "Mend what it shows; try again"
        )


def _git(root: Path, *arguments: str) -> str:
    finished = subprocess.run(
        ["git", *arguments],  # noqa: S607 - of the user's own PATH
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise ReleaseError(
            root, f"git: {finished.stderr.strip()}", "Publish from a clone of the repository"
        )
    return finished.stdout
