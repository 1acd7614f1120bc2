"""Draws the terminal that README.md shows: `python -m scripts.site.pictures.terminal`.

It shows what the commands print in a terminal, with a sandbox's payments, which are always the
same. No picture in a README has the colours of its page, so this one has its own background, and
the reader's own font: nothing comes from another host.
"""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

FILE = Path(__file__).parents[3] / "docs" / "pictures" / "terminal.svg"

COMMANDS = (
    "inpay --sandbox list --status paid --limit 5 --fields id,amount,created",
    "inpay --sandbox reconcile 2025 --totals",
)
_COLUMNS = 80
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"
viewBox="0 0 {width} {height}">
<style>
text {{ font: {char_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">{backgrounds}{matrix}</g>
</svg>
"""


def drawn() -> str:
    """The picture, as SVG."""
    console = Console(
        file=io.StringIO(), force_terminal=True, no_color=False, record=True, width=_COLUMNS
    )
    for command in COMMANDS:
        console.print(Text.assemble(("$ ", "green"), (command, "bold")))
        console.print(Text.from_ansi(printed(command)), end="\n\n")
    svg = console.export_svg(title="", code_format=_SVG, unique_id="terminal")
    return "".join(f"{line.strip()}\n" for line in svg.splitlines())


def printed(command: str) -> str:
    """What a command prints if stdout is a terminal, and then what it says on stderr."""
    terminal, side = pty.openpty()
    termios.tcsetwinsize(side, (24, _COLUMNS))
    _, *arguments = command.split()
    with subprocess.Popen(
        [sys.executable, "-m", "stripe_invoice_payments", *arguments],
        env={"TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=side,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(side)
        parts: list[bytes] = []
        with suppress(OSError):  # how Linux says that the other side is closed
            while part := os.read(terminal, 65536):
                parts.append(part)
        os.close(terminal)
        _, said = process.communicate()
    return (b"".join(parts) + said).decode().replace("\r\n", "\n").rstrip()


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(drawn(), "utf-8", newline="\n")
