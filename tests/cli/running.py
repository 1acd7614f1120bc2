"""Runs `inpay` as people do: as a process, in a pipe or in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

COMMAND = (sys.executable, "-m", "stripe_invoice_payments")
# What would change the output, or give a key.
_FOREIGN = ("STRIPE_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM")


class Done(NamedTuple):
    code: int
    out: str
    err: str


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**own, "TERM": "xterm", "XDG_CONFIG_HOME": "/nowhere", **(more or {})}


def in_pipe(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    cwd: Path | None = None,
) -> Done:
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(env),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def in_terminal(
    *arguments: str,
    columns: int = 80,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    all_of_it: bool = False,
) -> Done:
    """Run it with stdout in a terminal of this width; with `all_of_it`, stderr as well."""
    terminal, side_of_program = pty.openpty()
    size = struct.pack("HHHH", 24, columns, 0, 0)
    fcntl.ioctl(side_of_program, termios.TIOCSWINSZ, size)
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=side_of_program,
        stderr=side_of_program if all_of_it else subprocess.PIPE,
        cwd=cwd,
    )
    os.close(side_of_program)
    shown = _read(terminal)
    os.close(terminal)
    err = _text(process.stderr)
    return Done(process.wait(), shown.replace("\r\n", "\n"), err)


def _read(terminal: int) -> str:
    parts: list[bytes] = []
    with suppress(OSError):  # how Linux says that the other side is closed
        while part := os.read(terminal, 65536):
            parts.append(part)
    return b"".join(parts).decode()


def _text(stream: IO[bytes] | None) -> str:
    if stream is None:
        return ""
    with stream:
        return stream.read().decode()
