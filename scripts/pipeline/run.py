"""The steps in their order: from the document or the committed slice to a package that works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from attrs import define, evolve

from .document.dialect import plain_document
from .document.overlay import apply_overlay, read_overlay, undescribed
from .document.second_opinion import parser_config, vet
from .document.slicing import cut_slice
from .document.validation import validate_document
from .errors import PipelineError
from .files import differences, read_text, replace_together, staging_directory, write_files
from .inputs.configuration import read_configuration
from .inputs.fetching import LATEST, fetch, fetch_again
from .inputs.lock import Lock, Source
from .inputs.parsing import canonical_json, parse_document, sha256, yaml_sha256
from .inputs.slice_config import SliceConfig
from .openapi import Document
from .output.formatting import format_files
from .output.rendering import render
from .output.smoke_test import check_classes, check_imports
from .repository import PACKAGE, Repository
from .view.api import ApiView, build_view
from .view.columns import Table, table_view
from .view.parameters import check_parameters

COMMAND = "make regenerate"
COMMAND_FROM = 'make regenerate ARGS="--from {}"'
PINNED = "pinned"


@define(frozen=True)
class Regenerated:
    """What the pipeline has made of the repository.

    Attributes:
        repository: The repository.
        document: The overlaid slice that was rendered.
        changed: The files that were not what the pipeline makes.
    """

    repository: Repository
    document: Document
    changed: list[str]

    @property
    def lines(self) -> int:
        """How many lines there are in generated/."""
        modules = self.repository.generated.rglob("*.py")
        return sum(path.read_text("utf-8").count("\n") for path in modules)

    def summary(self) -> Iterator[str]:
        """What a maintainer wants to know, the notes first."""
        missing = undescribed(self.document)
        for path in missing:
            yield f"note: no description in spec/overlay.yaml for {path}"
        yield (
            f"{PACKAGE} {self.document['info']['version']}: "
            f"{len(self.document['components']['schemas'])} schemas, {self.lines} lines, "
            f"{len(missing)} without a description; "
            f"changed: {', '.join(self.changed) or 'nothing'}"
        )


def regenerate(
    repository: Repository,
    source: str | None = None,
    expected_sha256: str | None = None,
    *,
    check: bool = False,
) -> Regenerated:
    """Run the pipeline, and replace what is in the repository, or only compare it.

    Args:
        repository: Where it runs.
        source: The document to cut a new slice from; by default, the committed slice is rendered.
        expected_sha256: What the document has to be.
        check: Change nothing.

    Raises:
        PipelineError: a step refuses; spec/ and generated/ are as they were.
    """
    if source is None:
        slice_document, lock = committed_slice(repository)
        check_cut(repository, lock)
    else:
        slice_document, lock = fresh_slice(repository, source, expected_sha256)
    document = overlaid_document(repository, slice_document)
    with staging_directory(repository.staging) as staging:
        render_package(repository, document, staging / "generated" / PACKAGE)
        facts = {
            repository.slice.name: canonical_json(slice_document),
            repository.lock.name: lock.to_json(),
            repository.columns.name: Table.read(repository.columns).grown(document).to_json(),
        }
        write_files(staging / "spec", facts)
        changed = [
            *(name for name, text in facts.items() if _text(repository.spec / name) != text),
            *differences(staging / "generated", repository.generated),
        ]
        if changed and not check:
            replacements = {repository.spec / name: staging / "spec" / name for name in facts}
            replacements[repository.generated] = staging / "generated"
            replace_together(replacements)
    return Regenerated(repository, document, changed)


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


def committed_slice(repository: Repository) -> tuple[Document, Lock]:
    """The slice as it is in the repository, and the lock as it has to be with today's tools.

    Raises:
        PipelineError: the slice is not the one that the lock in the repository speaks of.
    """
    lock = Lock.read(repository.lock)
    path = str(repository.slice)
    text = read_text(repository.slice, "Restore it from git, or cut it again with --from pinned")
    if sha256(text) != lock.slice_sha256:
        raise PipelineError(
            path,
            "it was edited: it is not the slice that spec/lock.json speaks of",
            "Restore both from git, or cut it again with --from pinned",
        )
    document = parse_document(text, path)
    return document, Lock.of(document, lock.source, lock.slice_yaml_sha256)


def check_cut(repository: Repository, lock: Lock) -> None:
    """Raises `PipelineError` if `spec/slice.yaml` is not what the committed slice was cut by."""
    if yaml_sha256(repository.slice_config) != lock.slice_yaml_sha256:
        raise PipelineError(
            str(repository.slice_config),
            "it was edited since spec/slice.json was cut",
            f"Cut it again with `{COMMAND_FROM.format(PINNED)}`, or restore the file from git",
        )


def document_at(
    repository: Repository, location: str, expected_sha256: str | None
) -> tuple[Document, Source]:
    """The full document at `location`: `pinned`, `latest`, or whatever `fetch` finds."""
    if location == PINNED:
        return fetch_again(Lock.read(repository.lock).source, repository.downloads, expected_sha256)
    location = LATEST if location == "latest" else location
    return fetch(location, repository.downloads, expected_sha256)


def fresh_slice(
    repository: Repository, location: str, expected_sha256: str | None
) -> tuple[Document, Lock]:
    """A slice cut anew from the full document at `location`."""
    config = read_configuration(repository.slice_config, SliceConfig)
    document, source = document_at(repository, location, expected_sha256)
    slice_document = json.loads(canonical_json(cut_slice(document, config).fitting()))
    return slice_document, Lock.of(slice_document, source, yaml_sha256(repository.slice_config))


def overlaid_document(repository: Repository, slice_document: Document) -> Document:
    """The slice with our names, prose and corrections; valid before and after."""
    validate_document(slice_document, "the slice")
    overlaid = apply_overlay(slice_document, read_overlay(repository.overlay))
    document = plain_document(overlaid.fitting())
    validate_document(document, "the slice with the overlay")
    return document


def render_package(repository: Repository, document: Document, package: Path) -> None:
    """Render the overlaid `document` into the new directory `package`, and try whether it works.

    Raises:
        PipelineError: it does not, or there is something that cannot be rendered.
    """
    write_files(package, rendered_files(repository, document))
    format_files(package, repository.ruff_config)
    check_imports(package)


def rendered_files(repository: Repository, document: Document) -> dict[str, str]:
    """The text of each file of the package, before it is formatted."""
    files = render(view_of(repository, document), repository.templates, COMMAND)
    check_classes(files)
    return files


def view_of(repository: Repository, document: Document) -> ApiView:
    """What templates see of the overlaid `document`, with the table's columns."""
    check_parameters(document)
    parsed = vet(document, parser_config(repository.generator_config))
    view = build_view(document, parsed)
    table = Table.read(repository.columns).grown(document)
    if (schema := document["components"]["schemas"].get(table.schema)) is None:
        return view
    return evolve(view, table=table_view(table, document, parsed.class_name(schema)))
