"""`inpay`: parses the arguments, runs the command, and returns the exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any

from .arguments import FORMATS, OUTPUT, Parser, add_common, refuse_unused
from .exits import MEANINGS, Exit, Failure, code_of
from .keys import forbid_core_dumps, refuse_secrets
from .messages import finish, say

# The module of each command, and what the command does.
COMMANDS: dict[str, tuple[str | None, str]] = {
    "find": ("find", "which invoices a payment paid, and which payments an invoice has"),
    "invoice": ("invoice", "an invoice's statement: total, paid, remaining, and its payments"),
    "list": ("list_payments", "the invoice payments of a period, an invoice or a payment"),
    "export": ("export", "all payments of a period to a file or a directory, each exactly once"),
    "sync": ("sync", "a DuckDB file with all payments, brought up to date"),
    "verify": ("verify", "whether an export is complete, counted again"),
    "reconcile": ("reconcile", "where invoices and their payments differ, by reason"),
    "webhook": ("webhook", "receive webhooks on this machine; verify and sign them"),
    "sandbox": (None, "an embedded server that behaves like Stripe, until it is interrupted"),
    "doctor": ("doctor", "is the key right, and can Stripe be reached?"),
}

_EXITS = "; ".join(f"{code.value} {meaning}" for code, meaning in MEANINGS.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: Its arguments; by default those of the process.

    Returns:
        The exit code, see `Exit`.
    """
    _open_closed_streams()
    try:
        code = _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except BrokenPipeError:  # such as `inpay list --all | head`
        finish(sys.stdout)
        return Exit.OK
    except KeyboardInterrupt:
        say("inpay: interrupted")
        return Exit.INTERRUPTED
    except Exception as error:
        known = code_of(error)
        if known is None and isinstance(error, OSError):  # such as a full disk below stdout
            finish(sys.stdout)
            known = Exit.USAGE
        if known is None:
            raise  # the traceback is for the bug report, and Python exits with 1
        say(f"inpay: {error}")
        return known
    return code


def _open_closed_streams() -> None:
    """Let streams that are closed lead nowhere, before another file gets their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - pathlib is slow to import


def _run(arguments: Sequence[str]) -> int:
    forbid_core_dumps()
    refuse_secrets(arguments)
    output: Any = sys.stdout
    if isinstance(output, TextIOWrapper):  # a terminal may not be able to show everything
        output.reconfigure(errors="backslashreplace")
    if arguments[:1] == ["sandbox"]:  # it has its own options
        from ..sandbox.__main__ import main as sandbox

        is_refused = sandbox(arguments[1:], prog="inpay sandbox")  # it cannot listen there
        return Exit.USAGE if is_refused else Exit.OK
    options = make_parser(arguments).parse_args(arguments)
    refuse_unused(options)
    from .profiles import apply_profile

    apply_profile(options)
    result: int = options.run(options)
    return result


_OWN = "inpay sandbox has options of its own, after its name: inpay sandbox --help"


def _refuse_own(_options: argparse.Namespace) -> int:
    raise Failure(Exit.USAGE, _OWN)


class _Completion(argparse.Action):
    """Prints a script that lets a shell complete arguments, and ends."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: object,
        values: Any,
        _option: object = None,
    ) -> None:
        try:
            import shtab
        except ImportError:
            parser.error("--print-completion requires shtab: install the extra `cli`")
        sys.stdout.write(f"{shtab.complete(make_parser(), values)}\n")
        parser.exit()


def make_parser(wanted: Collection[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """The parser of the program.

    Args:
        wanted: The commands to import, for their arguments. The others have a name and a
            description only.
    """
    from .. import __version__

    parser = Parser(
        prog="inpay",
        usage="inpay [OPTION...] COMMAND ...",
        description="Look at Stripe's invoice payments: find, list, export, verify.",
        epilog=f"Exit codes: {_EXITS}.",
    )
    parser.add_argument("--version", action="version", version=f"inpay {__version__}")
    parser.add_argument(
        "--print-completion",
        choices=("bash", "zsh", "tcsh"),
        action=_Completion,
        help="print the completion for a shell; see docs/use/command-line.md",
    )
    add_common(parser, is_top=True)
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, prog="inpay"
    )
    for name, (module, help_text) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_text)
        if module is None:
            unused = dict.fromkeys(OUTPUT, _OWN)
            sub.set_defaults(run=_refuse_own, formats=FORMATS, unused=unused)
        elif name in wanted:
            command: Any = import_module(f"{__package__}.commands.{module}")
            sub.description = command.__doc__
            sub.set_defaults(run=command.run)
            command.add_arguments(sub)
    return parser
