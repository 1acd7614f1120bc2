"""The tables in the documentation; the words around them are written by hand."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
LIBRARIES = ("stripe", "httpx", "httpx2", "attrs", "orjson", "msgspec", "pyarrow", "duckdb")


def circumstances() -> str:
    """Where and when: the machine, how busy it is, the versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    today = datetime.now(UTC).date()
    return (
        f"{today}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, load average {os.getloadavg()[1]:.1f}; "
        f"{libraries}"
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def replace(name: str, text: str) -> None:
    """Replace what is between the two comments with this name in docs/adopt/benchmarks.md."""
    path = DOCS / "adopt" / "benchmarks.md"
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    before, found, rest = path.read_text("utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"docs/adopt/benchmarks.md has no place for {name!r}")
    path.write_text(f"{before}{begin}{text}{end}{after}", "utf-8")
