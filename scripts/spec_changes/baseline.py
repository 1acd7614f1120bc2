"""What the slice in the repository was made with: an overlay, a document, a version."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

from ..pipeline.documents import Document, is_mapping
from ..pipeline.errors import PipelineError
from ..pipeline.files import differences, staging_directory
from ..pipeline.lock import Source
from ..pipeline.overlay import Action, apply_overlay, read_actions, read_overlay
from ..pipeline.repository import PACKAGE, Repository
from ..pipeline.source import fetch_again
from ..pipeline.steps import render_package

VERSION_FILE = Path("custom/stripe_invoice_payments/_version.py")


def full_document(repository: Repository, source: Source) -> Document | None:
    """The document that the slice in the repository was cut from, if it can still be had."""
    try:
        return fetch_again(source, repository.downloads)[0]
    except PipelineError:
        return None


def overlay_of_the_package(repository: Repository, document: Document) -> list[Action] | None:
    """The overlay as it is now, or as it was committed: whichever the package was made with.

    It may have been edited to fit the new document, and then it no longer fits the old slice.
    """
    package = repository.generated / PACKAGE
    if not package.is_dir():
        raise PipelineError(str(package), "it is not there", "Run `make regenerate` first")
    for overlay in _overlays(repository):
        with staging_directory(repository.staging) as staging:
            rendered = staging / "generated" / PACKAGE
            try:
                overlaid = apply_overlay(document, overlay).fitting()
                render_package(repository, overlaid, rendered)
            except PipelineError:
                continue
            if not differences(rendered, package):
                return overlay
    return None


def _overlays(repository: Repository) -> Iterator[list[Action]]:
    yield read_overlay(repository.overlay)
    command = ["git", "show", "HEAD:./overlay.yaml"]
    try:
        done = subprocess.run(command, cwd=repository.spec, capture_output=True, check=False)
    except OSError:
        return
    if done.returncode == 0 and is_mapping(overlay := yaml.safe_load(done.stdout)):
        yield read_actions(overlay)


def read_version(repository: Repository) -> str:
    """The version of the whole distribution."""
    path = repository.root / VERSION_FILE
    try:
        found = re.search(r'^__version__ = "(\d+\.\d+\.\d+)', path.read_text("utf-8"), re.MULTILINE)
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise PipelineError(str(path), problem, "Restore it from git") from error
    if found is None:
        raise PipelineError(str(path), "no `__version__` of three numbers", "Write it there")
    return found[1]
