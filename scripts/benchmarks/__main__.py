"""Run the benchmarks, print one table, and write it into the documentation.

make bench                  everything, about ten minutes
make bench ARGS=--quick     less of it, under two minutes, nothing is written
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from . import report
from .accounts import many_accounts
from .asynchronous import in_flight
from .decoding import decoding, memory
from .exporting import exporting
from .importing import importing
from .measure import Figure
from .reading import retrieving, retrieving_async, sequential, streaming
from .regenerating import regenerating
from .scanning import scanning

HEADS = ("target", "what", "result", "wanted", "", "")


def figures(quick: bool) -> Iterator[Figure]:
    """All figures, as they are measured."""
    parts: tuple[Callable[[], Iterator[Figure]], ...] = (
        decoding,
        memory,
        importing,
        sequential,
        retrieving,
        retrieving_async,
        in_flight,
        lambda: streaming(quick),
        lambda: scanning(quick),
        lambda: many_accounts(quick),
        lambda: exporting(quick),
        lambda: regenerating(quick),
    )
    for part in parts:
        yield from part()


def shown(figure: Figure) -> tuple[str, ...]:
    """The cells of a figure's row."""
    number = f"{figure.value:,.2f}" if figure.unit in ("x", "s") else f"{figure.value:,.0f}"
    sign = ">=" if figure.better == "more" else "<="
    wanted = "" if figure.bound is None else f"{sign} {figure.bound:g} {figure.unit}"
    verdict = {None: "", True: "met", False: "missed"}[figure.is_met]
    return (
        str(figure.target),
        figure.name,
        f"{number} {figure.unit}",
        wanted,
        verdict,
        figure.note,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of it; nothing is written")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160)
    started = time.monotonic()
    rows: list[tuple[str, ...]] = []
    for figure in figures(options.quick):
        rows.append(shown(figure))
        console.print("  ".join(cell for cell in rows[-1] if cell), highlight=False)
    table = Table(*HEADS)
    for row in rows:
        table.add_row(*row)
    where = report.circumstances()
    console.print(table)
    console.print(f"Measured {where}, in {time.monotonic() - started:.0f} s.", highlight=False)
    if not options.quick:
        report.replace("table", f"Measured {where}.\n\n{report.table(HEADS, rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
