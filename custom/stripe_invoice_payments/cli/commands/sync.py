"""Bring a DuckDB file up to date with all invoice payments, or fill it for the first time."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from ..access import open_client
from ..arguments import DOCUMENTS, add_common
from ..exits import Exit, Failure, resumable
from ..messages import say
from ..output import Output
from ..periods import duration
from ..progress import Refusals, add_progress, of_scan, shown
from ..rows import Row, Value

if TYPE_CHECKING:
    from ...sync import Difference, SyncResult

_FIELDS = ("id", "column", "mirror", "stripe")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="X.duckdb", help="the file")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="read everything again as well, correct what differs, and report it",
    )
    parser.add_argument(
        "--every", type=duration, metavar="15m", help="repeat at this interval, until interrupted"
    )
    add_progress(parser)
    add_common(
        parser,
        formats=DOCUMENTS,
        without={
            "amounts": "mirrors hold minor units; inpay list --all --amounts major --format csv",
            "fields": "mirrors hold all fields; inpay list --all --fields NAME,NAME --format csv",
        },
    )


def run(options: argparse.Namespace) -> int:
    from ...sync import sync

    output = Output(options)
    refusals = Refusals()
    with open_client(options) as client, resumable():
        reading = client.with_options(on_response=refusals)

        def once() -> SyncResult:
            with shown(options.progress, refusals) as show, resumable():
                return sync(reading, options.target, verify=options.verify, progress=of_scan(show))

        if options.every is None:
            result = once()
            _write(output, result, {})
            return Exit.DIFFERENCES if result.differences else Exit.OK
        while True:
            started = time.monotonic()
            try:
                result = once()
            except Failure as failure:
                if failure.code is not Exit.STOPPED:
                    raise
                reason = " ".join(str(failure.__cause__).split())
                say(f"{_now(output).isoformat()} {reason}; trying again in {options.every:g} s")
            else:
                _write(output, result, {"time": _now(output)})
            time.sleep(max(0.0, options.every - (time.monotonic() - started)))


def _now(output: Output) -> datetime:
    return datetime.now(output.zone).replace(microsecond=0)


def _write(output: Output, result: SyncResult, more: Mapping[str, Value]) -> None:
    facts: dict[str, Value] = {
        **more,
        "rows_added": result.rows_added,
        "rows_updated": result.rows_updated,
        "rows_removed": result.rows_removed,
        "read_again": result.read_again,
        "requests": result.requests,
        "newest": result.watermark_datetime,
    }
    if not output.is_table:
        verified = {
            "rows_verified": result.rows_verified,
            "differences": [_row(each) for each in result.differences],
        }
        output.document("", {**facts, **verified})
        return
    # With the time, what is newest would not fit the width of most terminals.
    shown = tuple(name for name in facts if not (name == "newest" and more))
    output.rows([facts], shown, shown)
    if result.rows_verified:
        say(f"{result.rows_verified} rows were compared with Stripe")
    if result.differences:
        say(f"{len(result.differences)} values were wrong, and have been corrected:")
        output.rows(map(_row, result.differences), _FIELDS, _FIELDS)


def _row(difference: Difference) -> Row:
    return {name: getattr(difference, name) for name in _FIELDS}
