"""Early warning: what the newest `stripe` package knows of our slice that our models lack.

Stripe's own library pins an API version and is generated from the document of that version. Where
only a package index can be reached, it shows what is new long before the document can be had. The
wheels are downloaded by pip, and read without being imported or installed. The newest one is
compared with the one that pins our API version, and the difference with spec/slice.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from attrs import asdict

from .pipeline.errors import PipelineError
from .pipeline.files import write_whole
from .pipeline.inputs.parsing import read_yaml
from .pipeline.openapi import Document
from .pipeline.repository import THIS_REPOSITORY, Repository
from .upstream.differences import new_differences, standing_differences
from .upstream.our_slice import object_names, operations, surface_of_slice
from .upstream.report import Report
from .upstream.stripe_package import surface_of_package
from .upstream.wheels import newest_wheel, wheel_that_pins

EXIT_NOTHING_NEW = 0
EXIT_NEWS = 10
EXIT_FAILED = 2


def check_upstream(document: Document) -> Report:
    """Compare the slice with the newest release.

    Raises:
        PipelineError: there is nothing to compare it with.
    """
    api_version: str = document["info"]["version"]
    newest = newest_wheel()
    report = Report(api_version, newest.version, newest.api_version)
    if newest.api_version <= api_version:  # both begin with the day
        return report
    pinned = wheel_that_pins(api_version, newest)
    ours = surface_of_slice(document)
    names = object_names(document), operations(document)
    before, now = surface_of_package(pinned, *names), surface_of_package(newest, *names)
    return Report(
        *(api_version, newest.version, newest.api_version, pinned.version),
        news=tuple(new_differences(ours, before, now)),
        only_in_package=tuple(standing_differences(ours, before)),
        only_in_slice=tuple(sorted(ours.keys() - before.keys())),
    )


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.check_upstream",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"Exit code: {EXIT_NOTHING_NEW} nothing new; {EXIT_NEWS} something is new; "
        f"{EXIT_FAILED} failed.",
    )
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the report as JSON, too")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None, repository: Repository = THIS_REPOSITORY) -> int:
    """Run the command; returns its exit code."""
    options = parse_arguments(arguments)
    try:
        report = check_upstream(read_yaml(repository.slice))
        if options.json:
            write_whole(options.json, f"{json.dumps(asdict(report), indent=2)}\n".encode())
    except PipelineError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_FAILED
    print(report)
    return EXIT_NEWS if report.news else EXIT_NOTHING_NEW


if __name__ == "__main__":
    sys.exit(main())
