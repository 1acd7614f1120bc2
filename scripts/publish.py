"""Publish this version to a package index that pyproject.toml lists: `make publish INDEX=<name>`.

Looks before it leaps: the tree, the changelog, the index and everything that `.ci/run` runs come
first. Then both files are built from the commit and uploaded. An upload that broke off is taken up
again by the same command: files that arrived are compared and not sent twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .errors import ReleaseError, UploadError
from .release.distributions import PROJECT, build, file_names, sha256
from .release.indexes import Index, Login, find_index, find_login
from .release.preconditions import (
    export,
    read_version,
    require_changelog_entry,
    require_clean_tree,
    run_checks,
)
from .release.published import not_published_yet, of_version, published_files, upload

ROOT = Path(__file__).resolve().parents[1]
EXIT_BROKEN_OFF = 1
EXIT_REFUSED = 2


def publish(root: Path, name_or_url: str) -> None:
    index = find_index(root, name_or_url)
    version = read_version(root)
    require_changelog_entry(root, version)
    commit = require_clean_tree(root)
    login = find_login(index)
    require_new(index, login, version)
    run_checks(root)
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "source")
        export(root, commit, source)
        built = build(source, Path(directory, "dist"))
        published = of_version(published_files(index, login), version)
        upload_missing(index, login, built, not_published_yet(index, built, published))
        report(index, version, commit, built)


def require_new(index: Index, login: Login, version: str) -> None:
    """Refuse a version that the index has; half of one is another matter."""
    published = of_version(published_files(index, login), version)
    if published.keys() >= set(file_names(version)):
        raise ReleaseError(
            index.simple,
            f"has version {version} already",
            "A published version never changes: raise the version in "
            "custom/stripe_invoice_payments/_version.py",
        )


def upload_missing(index: Index, login: Login, built: list[Path], missing: list[Path]) -> None:
    for path in built:
        if path in missing:
            upload(index, login, path)
            print(f"{path.name}: uploaded", flush=True)
        else:
            print(f"{path.name}: there already, the same bytes", flush=True)


def report(index: Index, version: str, commit: str, built: list[Path]) -> None:
    wheel_first = sorted(built, key=lambda path: path.suffix != ".whl")
    hashes = " \\\n".join(f"    --hash=sha256:{sha256(path)}" for path in wheel_first)
    print(f"\nPublished to {index.name}. What users pin, the hashes of the wheel and of the sdist:")
    print(f"\n{PROJECT}=={version} \\\n{hashes}")
    print(f"\nTo tag it: git tag -a v{version} -m v{version} {commit[:12]}")


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.publish",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Exit code: 0 published; 1 an upload broke off, run it again; 2 refused, nothing "
        "was uploaded. docs/maintain/publishing.md has the rest.",
    )
    parser.add_argument("index", metavar="INDEX", help="its name in pyproject.toml, or its address")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    options = parse_arguments(arguments)
    try:
        publish(root, options.index)
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_BROKEN_OFF if isinstance(error, UploadError) else EXIT_REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
