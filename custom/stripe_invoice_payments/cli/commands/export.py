"""Write every invoice payment of a period to a file or a directory, each exactly once.

If it is interrupted, repeat the same command, and it continues.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from ..access import open_client
from ..arguments import DOCUMENTS, add_common
from ..exits import Exit, Failure, resumable
from ..messages import say
from ..output import Output
from ..periods import PERIOD_HELP, period_of
from ..progress import Refusals, add_progress, shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("period", metavar="PERIOD", help=PERIOD_HELP)
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="TARGET",
        help="X.csv, X.jsonl, X.parquet, X.duckdb, or a directory for Parquet files: X/",
    )
    parser.add_argument("--status", choices=("open", "paid", "canceled"))
    parser.add_argument(
        "--accounts",
        metavar="PATH|ID,ID|connected",
        help="many connected accounts: their ids, a file with an id on each line, or connected "
        "for all",
    )
    add_progress(parser)
    add_common(
        parser,
        formats=DOCUMENTS,
        without={
            "amounts": "exports hold minor units; inpay list --all --amounts major --format csv",
            "fields": "exports hold all fields; inpay list --all --fields NAME,NAME --format csv",
        },
    )


def run(options: argparse.Namespace) -> int:
    from ...export import export

    output = Output(options)
    if options.output == "-":
        raise Failure(
            Exit.USAGE,
            "an export is a file that can be continued; for stdout, use inpay list --all",
        )
    period = period_of(options.period, output.zone)
    if period.end > time.time():
        say("the period is not over: payments that are created from now on will not be exported")
    arguments: dict[str, Any] = {}
    if options.status is not None:
        arguments["status"] = options.status
    if options.accounts is not None:
        arguments["accounts"] = _accounts(options.accounts)
    refusals = Refusals()
    with open_client(options) as client, resumable():
        reading = client.with_options(on_response=refusals)
        with shown(options.progress, refusals) as progress:
            certificate = export(
                reading, to=options.output, created=period.created, progress=progress, **arguments
            )
    if certificate.did_nothing:
        say("nothing to do: the export was already finished")
    if not certificate.rows:
        filtered = "" if options.status is None else f" with --status {options.status}"
        say(f"no payments in {options.period}{filtered}: the export has no rows")
    output.document(str(certificate), json.loads(certificate.to_json()))
    return Exit.OK


def _accounts(text: str) -> str | list[str]:
    return text.split(",") if text.startswith("acct_") else text
