"""Programs on pages that show what they print: run, and compared or written.

A block of Python, or of commands of `inpay`, that is followed by a block of text is such a program:
`python -m tests.docs.programs` runs each of them and writes what it prints below it. A program
starts a sandbox of its own, whose data is always the same; the time is that of the page.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from stripe_invoice_payments.cli.program import main as inpay

DOCS = Path(__file__).parents[2] / "docs"
PROGRAM = re.compile(
    r"^```(?P<kind>python\n(?=[^$])|console\n(?=\$ inpay ))(?P<code>(?:(?!^```).*\n)*)```\n\n"
    r"```text\n(?P<output>(?:(?!^```).*\n)*)```$",
    re.MULTILINE,
)


def programs() -> Iterator[tuple[Path, str, str]]:
    """Each program, with its page and what the page says that it prints."""
    for page in sorted(DOCS.rglob("*.md")):
        for found in PROGRAM.finditer(page.read_text("utf-8")):
            yield page, found["code"], found["output"]


def printed(code: str, page: Path) -> str:
    output = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as directory,
        chdir(directory),
        patch.dict(os.environ, COLUMNS="100"),
        redirect_stdout(output),
    ):
        if code.startswith("$ "):
            for line in code.splitlines():
                inpay(shlex.split(line)[2:])
        else:
            exec(compile(code, page.name, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own
    return output.getvalue()


def main() -> None:
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text("utf-8")

        def with_output(found: re.Match[str], page: Path = page) -> str:
            program = f"```{found['kind']}{found['code']}```"
            return f"{program}\n\n```text\n{printed(found['code'], page)}```"

        new = PROGRAM.sub(with_output, text)
        if new != text:
            page.write_text(new, "utf-8")
            sys.stdout.write(f"{page.name}\n")


if __name__ == "__main__":
    main()
