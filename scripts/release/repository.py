"""What has to be true of the repository before a version is published."""

from __future__ import annotations

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
    """Refuse a version that the changelog has no entry for, or whose entry lacks some news."""
    entries = (root / "CHANGELOG.md").read_text("utf-8")
    left = ", ".join(sorted(path.name for path in (root / "changes").glob("*.*.md")))
    if f"\n## [{version}] - " not in entries or left:
        raise ReleaseError(
            "CHANGELOG.md",
            f"lacks news for version {version}: {left}" if left else f"has no entry for {version}",
            "Run `make changelog` and commit what it writes",
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
        ["bash", str(CHECKS), "--every-python"],  # noqa: S607 - of the user's own PATH, like git and make
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
