"""The manual of the command line: what `inpay --help` and each command's help print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_PLACE = "<!-- help of inpay -->"

# Run with the project on its path: the environment that builds the site does not have it.
_PROGRAM = """
from stripe_invoice_payments.cli.program import COMMANDS, make_parser
import argparse
parser = make_parser()
parser.prog = "inpay"
print("```text\\n" + parser.format_help() + "```")
for action in parser._actions:
    if isinstance(action, argparse._SubParsersAction):
        for name, command in action.choices.items():
            if COMMANDS[name][0] is not None:
                print(f"\\n## inpay {name}\\n\\n```text\\n{command.format_help()}```")
"""


def with_help(text: str, root: Path) -> str:
    """The text of a page with the manual where it belongs."""
    if _PLACE not in text:
        return text
    path = os.pathsep.join(str(root / folder) for folder in ("custom", "generated"))
    printed = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "80", "NO_COLOR": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return text.replace(_PLACE, printed.stdout.rstrip())
