"""The options that all commands share. They may be before or after the name of the command."""

from __future__ import annotations

import argparse
from typing import Any

FORMATS = ("table", "json", "jsonl", "csv", "tsv")


def add_common(parser: argparse.ArgumentParser, *, is_top: bool) -> None:
    """Add the shared options.

    Args:
        parser: The parser of the program, or that of a command.
        is_top: Whether it is that of the program. Only there have they defaults: those of a
            command would replace what is before its name.
    """

    def add(
        group: argparse._ArgumentGroup,  # pyright: ignore[reportPrivateUsage] - it has no public name
        name: str,
        default: object = None,
        **settings: Any,
    ) -> None:
        group.add_argument(name, default=default if is_top else argparse.SUPPRESS, **settings)

    where = parser.add_argument_group("where the data comes from")
    add(
        where,
        "--sandbox",
        default=False,
        action="store_true",
        help="a fresh embedded server with fictitious data, without a key",
    )
    add(
        where,
        "--sandbox-payments",
        default=250,
        type=count,
        metavar="COUNT",
        help="how many payments it has; default 250",
    )
    add(
        where,
        "--live",
        default=False,
        action="store_true",
        help="required for a live key, so that live data is never read by accident",
    )
    add(where, "--api-key-file", metavar="PATH", help="a file that only you can read")
    add(
        where,
        "--api-key-command",
        metavar="COMMAND",
        help="a command that prints the key, such as 'op read op://vault/stripe/key'",
    )
    add(where, "--account", metavar="acct_...", help="the connected account to act for")
    add(where, "--api-version", metavar="VERSION", help="the API version to request")
    add(where, "--base-url", metavar="URL", help="another server, such as a running sandbox")

    how = parser.add_argument_group("how it is written")
    add(how, "--format", choices=FORMATS, help="default: table on a terminal, otherwise jsonl")
    add(how, "--fields", metavar="NAME,NAME", help="which fields, and in which order")
    add(
        how,
        "--amounts",
        choices=("minor", "major"),
        help="4000 or 40.00; default: major in tables, otherwise minor",
    )
    add(how, "--tz", default="UTC", metavar="ZONE", help="time zone of dates; default UTC")


def count(text: str) -> int:
    """A whole number of at least 0."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, got {text!r}")
    return int(text)


def at_least_1(text: str) -> int:
    """A whole number of at least 1."""
    if count(text) < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {text!r}")
    return int(text)
