"""Runs `inpay` as people do: in a pipe, or in a pseudo-terminal that they can press keys in."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple

COMMAND = (sys.executable, "-m", "stripe_invoice_payments")
# The same as a shell starts it in the foreground, wherever the tests run: its terminal controls it,
# it does not ignore interrupts, as it would if it had inherited that from a background process, and
# it may dump its core.
_IN_FOREGROUND = """
import os, resource, runpy, signal
_, most = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
signal.signal(signal.SIGINT, signal.default_int_handler)
os.close(os.open(os.ttyname(1), os.O_RDWR))
runpy.run_module("stripe_invoice_payments", run_name="__main__", alter_sys=True)
"""
CTRL_C = b"\x03"
# What would change the output, or give a key.
FOREIGN = ("STRIPE_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM")


class Done(NamedTuple):
    code: int
    out: str
    err: str


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
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


class Screen:
    """A pseudo-terminal.

    Args:
        columns: How wide it is.
    """

    def __init__(self, columns: int) -> None:
        self._terminal, self.side = pty.openpty()
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(self.side, termios.TIOCSWINSZ, size)
        self._parts: list[bytes] = []
        # Read all the time: what nobody reads holds up whoever writes it.
        self._reader = Thread(target=self._read)
        self._reader.start()

    def press(self, key: bytes) -> None:
        os.write(self._terminal, key)

    @property
    def shown(self) -> str:
        return b"".join(self._parts).decode().replace("\r\n", "\n")

    def wait_for(self, is_there: Callable[[str], bool], process: subprocess.Popen[str]) -> None:
        while not is_there(self.shown):
            assert process.poll() is None, self.shown

    def close(self) -> None:
        """Wait until all of it is read, after `side` was closed everywhere."""
        self._reader.join()
        os.close(self._terminal)

    def _read(self) -> None:
        with suppress(OSError):  # how Linux says that the other side is closed
            while part := os.read(self._terminal, 65536):
                self._parts.append(part)


@contextmanager
def at_work(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Generator[tuple[subprocess.Popen[str], Screen], None, None]:
    """A process in the foreground of a terminal, which shows both stdout and stderr."""
    screen = Screen(columns=120)
    with subprocess.Popen(
        [sys.executable, "-c", _IN_FOREGROUND, *arguments],
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=screen.side,
        stderr=screen.side,
        cwd=cwd,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        os.close(screen.side)
        try:
            yield process, screen
        finally:
            process.kill()  # unless it has ended, as it should
            screen.close()


def in_terminal(
    *arguments: str,
    columns: int = 80,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    all_of_it: bool = False,
) -> Done:
    """Run it with stdout in a terminal of this width; with `all_of_it`, stderr as well."""
    screen = Screen(columns)
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=screen.side,
        stderr=screen.side if all_of_it else subprocess.PIPE,
        cwd=cwd,
    )
    os.close(screen.side)
    err = _text(process.stderr)
    screen.close()
    return Done(process.wait(), screen.shown, err)


def _text(stream: IO[bytes] | None) -> str:
    if stream is None:
        return ""
    with stream:
        return stream.read().decode()
