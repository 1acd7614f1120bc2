"""Text for terminals: messages on stderr, and nothing that a terminal would take for a command."""

from __future__ import annotations

import sys


def printable(text: str) -> str:
    """`text` on one line, without what a terminal would take for a command."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "?" for char in text)


def say(message: str) -> None:
    """Write a message for people to stderr."""
    sys.stderr.write("".join(f"{printable(line)}\n" for line in message.split("\n")))
    sys.stderr.flush()
