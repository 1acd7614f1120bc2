"""What a new document is compared with: the slice in the repository and what it was made with."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml
from attrs import define

from ..pipeline.document.overlay import Action, apply_overlay, read_actions, read_overlay
from ..pipeline.errors import PipelineError
from ..pipeline.files import differences, staging_directory
from ..pipeline.inputs.fetching import fetch_again
from ..pipeline.inputs.lock import Source
from ..pipeline.openapi import Document, is_mapping
from ..pipeline.repository import PACKAGE, Repository
from ..pipeline.run import committed_slice, render_package

VERSION_FILE = Path("custom/stripe_invoice_payments/_version.py")
STALE_PACKAGE = (
    "generated/ is not what the pipeline makes of spec/ and templates/, so the Python API below "
    "also shows what was edited there; `make regenerate` before this command tells them apart."
)


@define(frozen=True)
class Baseline:
    """The state of the repository.

    Attributes:
        slice: The slice in it.
        source: Where that was cut from.
        overlay: The overlay that the package was made with.
        package: The directory of the package.
        version: The version of the whole distribution.
        notes: What the reader of a comparison should know.
    """

    slice: Document
    source: Source
    overlay: list[Action]
    package: Path
    version: str
    notes: tuple[str, ...]


def read_baseline(repository: Repository) -> Baseline:
    """Raises `PipelineError` if something of it is missing or was edited."""
    document, lock = committed_slice(repository)
    package = repository.generated / PACKAGE
    if not package.is_dir():
        raise PipelineError(str(package), "it is not there", "Run `make regenerate` first")
    overlay = _overlay_of_the_package(repository, document)
    return Baseline(
        slice=document,
        source=lock.source,
        overlay=overlay or read_overlay(repository.overlay),
        package=package,
        version=_read_version(repository.root / VERSION_FILE),
        notes=() if overlay else (STALE_PACKAGE,),
    )


def full_document(repository: Repository, source: Source) -> Document | None:
    """The document that the slice in the repository was cut from, if it can still be had."""
    try:
        return fetch_again(source, repository.downloads)[0]
    except PipelineError:
        return None


def _overlay_of_the_package(repository: Repository, document: Document) -> list[Action] | None:
    """The overlay as it is now, or as it was committed: whichever the package was made with.

    It may have been edited to fit the new document, and then it no longer fits the old slice.
    """
    for overlay in _overlays(repository):
        with staging_directory(repository.staging) as staging:
            rendered = staging / "generated" / PACKAGE
            try:
                overlaid = apply_overlay(document, overlay).fitting()
                render_package(repository, overlaid, rendered)
            except PipelineError:
                continue
            if not differences(rendered, repository.generated / PACKAGE):
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


def _read_version(path: Path) -> str:
    try:
        found = re.search(r'^__version__ = "(\d+\.\d+\.\d+)', path.read_text("utf-8"), re.MULTILINE)
    except OSError as error:
        raise PipelineError(
            str(path), f"cannot be read: {error.strerror}", "Restore it from git"
        ) from error
    if found is None:
        raise PipelineError(str(path), "no `__version__` of three numbers", "Write it there")
    return found[1]
