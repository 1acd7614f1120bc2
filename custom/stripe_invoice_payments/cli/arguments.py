"""The options that all commands share. They may be before or after the name of the command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from .exits import Exit, Failure
from .messages import screen_width

FORMATS = ("table", "json", "jsonl", "csv", "tsv")
OUTPUT: tuple[str, ...] = ("format", "fields", "amounts", "tz")
DOCUMENTS = ("table", "json", "jsonl")
"""The formats of a command that writes one document instead of rows."""


class Parser(argparse.ArgumentParser):
    """The parser of the program, of a command, or of an action of one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_formatter, **settings)

    def error(self, message: str) -> NoReturn:
        """End with this message, and with advice."""
        import difflib
        import re

        advice = f"see {self.prog} --help"
        if wrong := re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message):
            known = re.findall(r"[\w-]+", wrong[2])
            if near := difflib.get_close_matches(wrong[1], known, 1):
                advice = f"did you mean {near[0]!r}? {advice}"
        super().error(f"{message}; {advice}")


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=screen_width() - 2)


def add_common(
    parser: argparse.ArgumentParser,
    *,
    is_top: bool = False,
    formats: Sequence[str] = FORMATS,
    without: Mapping[str, str] | None = None,
) -> None:
    """Add the options of a command that reads from Stripe, and writes data.

    Args:
        parser: The parser of a command, or that of the program.
        is_top: Whether it is that of the program. Only there have the options defaults: those of a
            command would replace what is before its name.
        formats: Those of the command.
        without: The options of output that would do nothing, and what to do instead.
    """
    _add_access(parser, _Adder(is_top))
    add_output(parser, is_top=is_top, formats=formats, without=without)


class _Adder:
    """Adds options with their defaults, or without."""

    def __init__(self, has_defaults: bool) -> None:
        self._has_defaults = has_defaults

    def __call__(
        self,
        group: argparse._ArgumentGroup,  # pyright: ignore[reportPrivateUsage] - it has no public name
        name: str,
        default: object = None,
        **settings: Any,
    ) -> None:
        default = default if self._has_defaults else argparse.SUPPRESS
        group.add_argument(name, default=default, **settings)


def _add_access(parser: argparse.ArgumentParser, add: _Adder) -> None:
    group = parser.add_argument_group("where the data comes from")
    add(
        group,
        "--sandbox",
        default=False,
        action="store_true",
        help="a fresh embedded server with fictitious data, without a key",
    )
    add(
        group,
        "--sandbox-payments",
        default=250,
        type=count,
        metavar="COUNT",
        help="how many payments it has; default 250",
    )
    add(
        group,
        "--live",
        default=False,
        action="store_true",
        help="required for a live key, so that live data is never read by accident",
    )
    add(group, "--api-key-file", metavar="PATH", help="a file that only you can read")
    add(
        group,
        "--api-key-command",
        metavar="COMMAND",
        help="a command that prints the key, such as 'op read op://vault/stripe/key'",
    )
    add(group, "--profile", metavar="NAME", help="options from ~/.config/inpay/config.toml")
    add(group, "--account", metavar="acct_...", help="the connected account to act for")
    add(group, "--api-version", metavar="VERSION", help="the API version to request")
    add(group, "--base-url", metavar="URL", help="another server, such as a running sandbox")


def add_output(
    parser: argparse.ArgumentParser,
    *,
    is_top: bool = False,
    formats: Sequence[str] = FORMATS,
    without: Mapping[str, str] | None = None,
) -> None:
    """Add the options of a command that writes data; see `add_common`."""
    unused = without or {}
    parser.set_defaults(formats=formats, unused=unused)
    add = _Adder(is_top)
    group = parser.add_argument_group("how it is written")

    def help_of(name: str, text: str) -> str:
        return argparse.SUPPRESS if name in unused else text

    add(
        group,
        "--format",
        choices=FORMATS,
        metavar=f"{{{','.join(formats)}}}",
        help=help_of("format", "default: table on a terminal, otherwise jsonl"),
    )
    add(
        group,
        "--fields",
        metavar="NAME,NAME",
        help=help_of("fields", "which fields, and in which order"),
    )
    add(
        group,
        "--amounts",
        choices=("minor", "major"),
        help=help_of("amounts", "4000 or 40.00; default: major in tables, otherwise minor"),
    )
    add(group, "--tz", metavar="ZONE", help=help_of("tz", "time zone of dates; default UTC"))


def refuse_unused(options: argparse.Namespace) -> None:
    """Refuse the options of output that would do nothing, wherever they are.

    Raises:
        Failure: There is one.
    """
    for name, instead in options.unused.items():
        if getattr(options, name) is not None:
            raise Failure(Exit.USAGE, f"--{name} does not apply to this command: {instead}")
    if options.format not in {None, *options.formats}:
        raise Failure(
            Exit.USAGE,
            f"--format must be {', '.join(options.formats[:-1])} or {options.formats[-1]} for this "
            f"command, got {options.format!r}; a file of `inpay export` has the format of its "
            "ending: -o X.csv",
        )


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


def checked_id(text: str, *kinds: str) -> str:
    """`text`, the id of an object of one of these kinds, or what could be one.

    Raises:
        Failure: It is none.
    """
    if not text.startswith(kinds) or not re.fullmatch("[A-Za-z0-9_]{1,255}", text):
        *others, last = kinds
        wanted = f"{', '.join(others)} or {last}" if others else last
        raise Failure(
            Exit.USAGE,
            f"an id must begin with {wanted}, and have letters, digits and _ only, "
            f"got {text[:100]!r}",
        )
    return text
