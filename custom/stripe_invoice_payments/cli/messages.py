"""What terminals show: messages on stderr, and nothing that they would take for a command."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import TextIO

# Where there is no terminal.
_COLUMNS = 80


def printable(text: str) -> str:
    """`text` on one line, without what a terminal would take for a command."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "?" for char in text)


def masked(text: str) -> str:
    """`text` without anything in it that looks like a secret."""
    if not any(part in text for part in ("sk_", "rk_", "whsec_")):
        return text  # as nearly always: the expression is not even compiled
    return re.sub(r"(?<![A-Za-z0-9])([sr]k_[a-z]+_|whsec_)\w+", r"\1***", text)


def say(message: str) -> None:
    """Write a message for people to stderr. It may repeat a wrong argument, but never a secret."""
    lines = masked(message).split("\n")
    with suppress(OSError):  # it is not why the command runs
        sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))
    finish(sys.stderr)


def finish(stream: TextIO) -> None:
    """Flush a stream. If that fails, drop what it holds: Python would try again as it exits."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def screen_width() -> int:
    """How many columns the terminal has. `shutil` would tell too, but loads every archiver."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS
