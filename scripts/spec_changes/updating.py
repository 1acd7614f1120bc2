"""The update as a whole: compare, report, and replace spec/ and generated/ together, or nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from attrs import define, evolve

from ..pipeline.document.overlay import Action, apply_overlay, read_actions, read_overlay
from ..pipeline.document.second_opinion import parser_config
from ..pipeline.errors import PipelineError
from ..pipeline.files import (
    differences,
    read_text,
    replace_together,
    staging_directory,
    write_files,
    write_whole,
)
from ..pipeline.inputs.configuration import read_configuration
from ..pipeline.inputs.fetching import fetch_again
from ..pipeline.inputs.lock import Lock, Source
from ..pipeline.inputs.parsing import canonical_json, yaml_sha256
from ..pipeline.inputs.slice_config import SliceConfig
from ..pipeline.openapi import Document, is_mapping
from ..pipeline.repository import PACKAGE, Repository
from ..pipeline.run import committed_slice, document_at, overlaid_document, render_package
from ..pipeline.view.columns import Table
from .compare import compare
from .hand_written import hand_written_findings
from .python_api import compare_packages
from .reports import Report, fragments
from .reports.as_json import report_json
from .reports.as_text import report_markdown
from .verdicts import Outcome

NEWS = "changes"
VERSION_FILE = Path("custom/stripe_invoice_payments/_version.py")
NOT_SETTLED = PipelineError(
    "spec/slice.yaml and spec/overlay.yaml",
    "they do not fit the new document",
    "Settle what the report lists first, then run the command again",
)
STALE_PACKAGE = (
    "generated/ is not what the pipeline makes of spec/ and templates/, so the Python API below "
    "also shows what was edited there; `make regenerate` before this command tells them apart."
)


@define(frozen=True)
class Options:
    """What the command was asked to do; its help says what each of them means."""

    location: str
    sha256: str | None
    report: Path
    dry_run: bool
    changelog: bool


def update(repository: Repository, options: Options) -> Report:
    """Compare, report and, unless it is a dry run, replace. Never raises a `PipelineError`."""
    report = Report(source=Source(options.location, ""), version="")
    try:
        with staging_directory(repository.staging) as staging:
            report = _compared(repository, options)
            report = _with_package(repository, report, staging / "generated" / PACKAGE)
            replacements = _replacements(repository, options, report, staging)
            names = [str(path.relative_to(repository.root)) for path in replacements]
            report = evolve(report, written=tuple(names))
            _write_report(options, report)
            replace_together(replacements)
    except PipelineError as error:
        report = evolve(report, error=str(error), written=())
        _write_report_if_possible(options, report)
    except BaseException as error:
        stopped = f"stopped by {type(error).__name__}; nothing was changed"
        _write_report_if_possible(options, evolve(report, error=stopped, written=()))
        raise
    return report


def _compared(repository: Repository, options: Options) -> Report:
    """The report on the new document.

    Raises:
        PipelineError: the document has something that no document should have.
    """
    old_slice, lock = committed_slice(repository)
    old_overlay = _overlay_of_the_package(repository, old_slice)
    overlay = read_overlay(repository.overlay)
    version = _read_version(repository)
    document, source = document_at(repository, options.location, options.sha256)
    same = source.sha256 == lock.source.sha256
    old_document = document if same else _full_document(repository, lock.source)
    config = read_configuration(repository.slice_config, SliceConfig)
    parser = parser_config(repository.generator_config)
    try:
        comparison = compare(
            old_slice=old_slice,
            old_overlay=old_overlay or overlay,
            old_document=old_document,
            new_document=document,
            config=config,
            overlay=overlay,
            parser=parser,
        )
        canonical_json(comparison.new_slice).encode()  # half of a surrogate pair is no text
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise PipelineError(
            options.location,
            f"this document is not as OpenAPI 3 or Stripe have it ({error!a})",
            "The document is broken; fetch it again or take another version",
        ) from error
    return Report(
        source=source,
        old_source=lock.source,
        version=version,
        comparison=comparison,
        neighbours_known=old_document is not None,
        notes=() if old_overlay else (STALE_PACKAGE,),
    )


def _full_document(repository: Repository, source: Source) -> Document | None:
    """The document that the slice in the repository was cut from, if it can still be had."""
    try:
        return fetch_again(source, repository.downloads)[0]
    except PipelineError:
        return None


def _overlay_of_the_package(repository: Repository, document: Document) -> list[Action] | None:
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


def _read_version(repository: Repository) -> str:
    """The version of the whole distribution."""
    path = repository.root / VERSION_FILE
    found = re.search(r'^__version__ = "(\d+\.\d+\.\d+)', read_text(path), re.MULTILINE)
    if found is None:
        raise PipelineError(str(path), "no `__version__` of three numbers", "Write it there")
    return found[1]


def _with_package(repository: Repository, report: Report, package: Path) -> Report:
    """The report, with what the package shows that is rendered into `package`.

    Where the overlay does not fit, it is rendered all the same, with what does.
    """
    comparison = report.comparison
    assert comparison is not None  # noqa: S101 - narrows the type
    try:
        document = comparison.document
        if not comparison.blocking:
            document = overlaid_document(repository, comparison.new_slice)
        render_package(repository, document, package)
        report = evolve(
            report, python_api=compare_packages(repository.generated / PACKAGE, package)
        )
        found = hand_written_findings(
            root=repository.root,
            package=package,
            changes=list(comparison.changes),
            old_version=comparison.old_version,
            new_version=comparison.new_version,
        )
        report = evolve(report, hand_written=tuple(found))
    except PipelineError as error:
        report = evolve(report, error=str(error), python_problem=str(error))
    return evolve(report, error=str(NOT_SETTLED)) if comparison.blocking else report


def _replacements(
    repository: Repository, options: Options, report: Report, staging: Path
) -> dict[Path, Path]:
    """What is to be replaced, and the new files in `staging` that take their places."""
    comparison = report.comparison
    is_new = report.outcome in {Outcome.ADDITIVE, Outcome.BREAKING}
    if comparison is None or options.dry_run or not is_new:
        return {}
    cut_by = yaml_sha256(repository.slice_config)
    columns = Table.read(repository.columns).grown(comparison.document)
    facts = {
        repository.slice.name: canonical_json(comparison.new_slice),
        repository.lock.name: Lock.of(comparison.new_slice, report.source, cut_by).to_json(),
        repository.columns.name: columns.to_json(),
    }
    write_files(staging / "spec", facts)
    replacements = {repository.spec / name: staging / "spec" / name for name in facts}
    replacements[repository.generated / PACKAGE] = staging / "generated" / PACKAGE
    if options.changelog and report.changelog:
        news = fragments(report.changelog, comparison.new_version)
        write_files(staging / NEWS, news)
        replacements |= {repository.root / NEWS / name: staging / NEWS / name for name in news}
    return replacements


def _write_report(options: Options, report: Report) -> None:
    write_whole(options.report, as_bytes(report_markdown(report)))
    write_whole(options.report.with_suffix(".json"), as_bytes(report_json(report)))


def _write_report_if_possible(options: Options, report: Report) -> None:
    try:
        _write_report(options, report)
    except PipelineError as error:
        print(f"error: {error}", file=sys.stderr)


def as_bytes(text: str) -> bytes:
    """`text` in UTF-8; what the document has that is no text is shown as its code."""
    return text.encode(errors="backslashreplace")
