"""`python -m stripe_invoice_payments.vendor`: copy both packages as plain files; check a copy."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .._version import __version__
from .copies import DISTRIBUTION, Comparison, CopyError, compare, copy_to

EXIT_EDITED = 1
EXIT_REFUSED = 2
EXIT_OUTDATED = 3

COMMAND = "python -m stripe_invoice_payments.vendor"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _make_parser().parse_args(arguments)
    try:
        if options.action == "copy":
            return _copy(options.directory, options.with_sandbox, options.force)
        return _report(options.directory, compare(options.directory))
    except CopyError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_REFUSED


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description=f"Copy {DISTRIBUTION} {__version__} into a repository as plain files.",
        epilog=f"Exit code: 0 done, or nothing wrong; {EXIT_EDITED} the copy was edited; "
        f"{EXIT_REFUSED} refused, or no copy; {EXIT_OUTDATED} the copy is of another version.",
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="{copy,check}")
    copy = actions.add_parser("copy", help="make a copy, or replace one that is there")
    copy.add_argument("directory", type=Path, help="a directory of its own, for sys.path")
    copy.add_argument(
        "--with-sandbox", action="store_true", help="copy the sandbox too (needs its extra)"
    )
    copy.add_argument("--force", action="store_true", help="replace a copy even if it was edited")
    check = actions.add_parser(
        "check", help=f"tell whether a copy was edited, or is not of version {__version__}"
    )
    check.add_argument("directory", type=Path, help="where the copy is")
    return parser


def _copy(directory: Path, sandbox: bool, force: bool) -> int:
    manifest = copy_to(directory, sandbox=sandbox, force=force)
    print(f"{directory}: {len(manifest.files)} files of {DISTRIBUTION} {manifest.version}.")
    return 0


def _report(directory: Path, found: Comparison) -> int:
    manifest = found.manifest
    for what, paths in (
        ("changed", found.changed),
        ("missing", found.missing),
        ("added", found.added),
    ):
        for path in paths:
            _complain(f"{what}: {directory / path}")
    again = f"{COMMAND} copy{' --with-sandbox' if manifest.sandbox else ''}"
    if found.edited:
        _complain(f"{directory}: edited since it was copied. Restore: {again} --force {directory}")
    if found.outdated:
        _complain(f"{directory}: version {manifest.version}, and this is {__version__}.")
        _complain(f"Replace: {again} {directory}")
    if found.edited or found.outdated:
        return EXIT_EDITED if found.edited else EXIT_OUTDATED
    print(f"{directory}: {DISTRIBUTION} {manifest.version}, as it was copied.")
    return 0


def _complain(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
