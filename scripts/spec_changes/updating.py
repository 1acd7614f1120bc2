"""The update as a whole: compare, report, and replace spec/ and generated/ together, or nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from attrs import define, evolve

from ..pipeline.columns import Table
from ..pipeline.configuration import read_configuration
from ..pipeline.documents import canonical_json, yaml_sha256
from ..pipeline.errors import PipelineError
from ..pipeline.files import replace_together, staging_directory, write_files, write_whole
from ..pipeline.lock import Lock, Source
from ..pipeline.overlay import read_overlay
from ..pipeline.repository import PACKAGE, Repository
from ..pipeline.slicing import SliceConfig
from ..pipeline.steps import document_at, overlaid_document, render_package
from ..pipeline.vetting import parser_config
from .baseline import Baseline, full_document, read_baseline
from .compare import Comparison, Inputs, compare
from .hand_written import hand_written_findings
from .python_api import PythonApi, compare_packages, public_names
from .reports import Report
from .reports.as_json import report_json
from .reports.as_markdown import report_markdown
from .reports.changelog import fragments
from .verdicts import Finding, Outcome

NEWS = "changes"
NOT_SETTLED = PipelineError(
    "spec/slice.yaml and spec/overlay.yaml",
    "they do not fit the new document",
    "Settle what the report lists first, then run the command again",
)


@define(frozen=True)
class Options:
    """What the command was asked to do.

    Attributes:
        location: Where the new document is.
        sha256: What it has to be.
        report: Where the report goes; the JSON goes into the same folder.
        dry_run: Whether to report only.
        changelog: Whether to write the proposed entry, as news fragments.
    """

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
            baseline = read_baseline(repository)
            report = _compared(repository, options, baseline, staging)
            replacements = _replacements(repository, options, report, staging)
            if replacements:
                names = [str(path.relative_to(repository.root)) for path in replacements]
                report = evolve(report, written=tuple(names))
            _write_report(options, report)
            replace_together(replacements)
    except PipelineError as error:
        report = evolve(report, error=str(error), written=())
        _write_report_if_possible(options, report)
    except RecursionError:
        refusal = PipelineError(options.location, "it is nested too deeply", "Check the document")
        report = evolve(report, error=str(refusal), written=())
        _write_report_if_possible(options, report)
    except BaseException as error:
        stopped = f"stopped by {type(error).__name__}; nothing was changed"
        _write_report_if_possible(options, evolve(report, error=stopped, written=()))
        raise
    return report


def _compared(
    repository: Repository, options: Options, baseline: Baseline, staging: Path
) -> Report:
    """The report on the new document, whose package is rendered into `staging`."""
    document, source = document_at(repository, options.location, options.sha256)
    same = source.sha256 == baseline.source.sha256
    old_document = document if same else full_document(repository, baseline.source)
    comparison = _comparison(
        options.location,
        Inputs(
            old_slice=baseline.slice,
            old_overlay=baseline.overlay,
            old_document=old_document,
            new_document=document,
            config=read_configuration(repository.slice_config, SliceConfig),
            overlay=read_overlay(repository.overlay),
            parser=parser_config(repository.generator_config),
        ),
    )
    report = Report(
        source=source,
        old_source=baseline.source,
        version=baseline.version,
        comparison=comparison,
        neighbours_known=old_document is not None,
        notes=baseline.notes,
    )
    try:
        report = _with_package(repository, report, comparison, staging / "generated" / PACKAGE)
    except PipelineError as error:
        report = evolve(report, error=str(error), python_problem=str(error))
    return evolve(report, error=str(NOT_SETTLED)) if comparison.blocking else report


def _comparison(location: str, inputs: Inputs) -> Comparison:
    """Raises `PipelineError` for whatever the document has that no document should have."""
    try:
        comparison = compare(inputs)
        canonical_json(comparison.new_slice).encode()  # half of a surrogate pair is no text
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise PipelineError(
            location,
            f"this document is not as OpenAPI 3 or Stripe have it ({error!a})",
            "The document is broken; fetch it again or take another version",
        ) from error
    return comparison


def _with_package(
    repository: Repository, report: Report, comparison: Comparison, package: Path
) -> Report:
    """The report, with what the package shows that is rendered into `package`.

    Raises:
        PipelineError: it cannot be rendered. Where the overlay does not fit, it is tried all the
            same, with what does.
    """
    document = comparison.document
    if not comparison.blocking:
        document = overlaid_document(repository, comparison.new_slice)
    render_package(repository, document, package)
    python_api: PythonApi = compare_packages(repository.generated / PACKAGE, package)
    hand_written: list[Finding] = list(
        hand_written_findings(
            root=repository.root,
            package=PACKAGE,
            names=public_names(package),
            changes=list(comparison.changes),
            old_version=comparison.old_version,
            new_version=comparison.new_version,
        )
    )
    return evolve(report, python_api=python_api, hand_written=tuple(hand_written))


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


def as_bytes(text: str) -> bytes:
    """`text` in UTF-8; what the document has that is no text is shown as its code."""
    return text.encode(errors="backslashreplace")


def _write_report_if_possible(options: Options, report: Report) -> None:
    try:
        _write_report(options, report)
    except PipelineError as error:
        print(f"error: {error}", file=sys.stderr)
