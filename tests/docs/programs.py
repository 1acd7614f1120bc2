"""Programs on pages that show what they print: run, and compared or written.

A block of Python that is followed by a block of text is such a program: `python -m
tests.docs.programs` runs each of them and writes what it prints below it. A program starts a
sandbox of its own, whose data is always the same; the time is that of the page.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PROGRAM = re.compile(
    r"^```python\n(?P<code>(?:(?!^```).*\n)*)```\n\n```text\n(?P<output>(?:(?!^```).*\n)*)```$",
    re.MULTILINE,
)


def programs() -> Iterator[tuple[Path, str, str]]:
    """Each program, with its page and what the page says that it prints."""
    for page in sorted(DOCS.rglob("*.md")):
        for found in PROGRAM.finditer(page.read_text("utf-8")):
            yield page, found["code"], found["output"]


def printed(code: str, page: Path) -> str:
    with tempfile.TemporaryDirectory() as directory, chdir(directory):
        output = io.StringIO()
        with redirect_stdout(output):
            exec(compile(code, page.name, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own
    return output.getvalue()


def main() -> None:
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text("utf-8")

        def with_output(found: re.Match[str], page: Path = page) -> str:
            return f"```python\n{found['code']}```\n\n```text\n{printed(found['code'], page)}```"

        new = PROGRAM.sub(with_output, text)
        if new != text:
            page.write_text(new, "utf-8")
            sys.stdout.write(f"{page.name}\n")


if __name__ == "__main__":
    main()
