"""Compare the invoices of a period with their payments, and report what differs, by reason.

The exit code is 7 if an invoice contradicts its payments. Other findings, such as an invoice that
is past due, are facts.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..access import open_client
from ..arguments import add_common
from ..exits import Exit, Failure, as_usage
from ..messages import say
from ..output import Output
from ..pages import Compared, check_page, reconciliation_page, write_page
from ..periods import PERIOD_HELP, is_period, period_of
from ..progress import Invoices, Refusals, add_progress, shown
from ..rows import Amount, Row

if TYPE_CHECKING:
    from ... import CreatedFilter, Money
    from ...reconcile import Reconciliation

_CONTRADICTIONS = {"amount_paid_differs", "amount_paid_off_stripe_differs"}
_FINDING = (
    "invoice",
    "reason",
    "status",
    "expected",
    "found",
    "difference",
    "currency",
    "payments",
    "paid_by",
    "account",
)
_SHOWN = ("invoice", "reason", "difference", "currency", "found", "expected", "status")
_TOTAL = (
    "currency",
    "invoices",
    "payments",
    "amount_due",
    "amount_paid",
    "paid",
    "difference",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="+",
        metavar="PERIOD|TARGET",
        help="when the invoices were created; and, to read the payments there instead of at "
        f"Stripe, what `inpay export` or `inpay sync` has written. {PERIOD_HELP}",
    )
    parser.add_argument(
        "--totals", action="store_true", help="the sums by currency instead of the findings"
    )
    parser.add_argument("--html", metavar="PATH", help="also write everything as a page")
    add_progress(parser)
    add_common(parser)


def run(options: argparse.Namespace) -> int:
    from ...reconcile import reconcile

    output = Output(options)
    start, end, table = _what(options.what, output)
    period: CreatedFilter = {"gte": start} if end is None else {"gte": start, "lt": end}
    check_page(options.html)
    refusals = Refusals()
    with open_client(options) as client, as_usage():
        with shown(options.progress, refusals) as show:
            invoices = None if show is None else Invoices(show, start, end)
            reading = client.with_options(on_response=refusals)
            report = reconcile(reading, period, payments=table, progress=invoices)
            if invoices is not None:
                invoices.end()
        with client.invoice_payments.scan_batches() as only_described:
            mode: str = only_described.query["mode"]
    reasons = {finding.reason.value for finding in report.findings}
    is_consistent = not reasons & _CONTRADICTIONS
    what = " ".join(options.what)
    if not report.totals:
        say(f"no invoices in {what}")
    elif not report.findings:
        number = sum(total.invoices for total in report.totals)
        say(f"no findings about the {number} invoices in {what}")
    if options.html is not None:
        compared = Compared(options.account, mode, start, end, table)
        page = reconciliation_page(report, what, compared, is_consistent=is_consistent)
        write_page(options.html, page)
    if options.totals:
        output.rows(_totals(report), _TOTAL, _TOTAL)
    elif output.format == "json":
        findings = output.picked(_findings(report), _FINDING)
        totals = list(_totals(report))
        output.document("", {"findings": findings, "totals": totals})
    else:
        output.rows(_findings(report), _FINDING, _SHOWN)
        if output.is_table:
            output.document("", None)
            output.with_all_fields.rows(_totals(report), _TOTAL, _TOTAL)
    return Exit.OK if is_consistent else Exit.DIFFERENCES


def _what(arguments: list[str], output: Output) -> tuple[int, int | None, str | None]:
    periods = [each for each in arguments if is_period(each)]
    tables = [each for each in arguments if not is_period(each)]
    if len(periods) > 1 or len(tables) > 1:
        raise Failure(Exit.USAGE, "reconcile takes a period, a target, or one of each")
    for each in tables:
        if not os.path.exists(each):  # noqa: PTH110 - pathlib is slow to import
            raise Failure(
                Exit.USAGE, f"{each!r} is neither a file nor a period, such as {PERIOD_HELP}"
            )
    start, end = period_of(periods[0], output.zone) if periods else (0, None)
    return start, end, tables[0] if tables else None


def _findings(report: Reconciliation) -> Iterator[Row]:
    for finding in report.findings:
        yield {
            "invoice": finding.invoice,
            "reason": finding.reason.value,
            "status": finding.status,
            "expected": _amount(finding.expected),
            "found": _amount(finding.found),
            "difference": _amount(finding.difference),
            "currency": finding.expected.currency,
            "payments": finding.payments,
            "paid_by": finding.paid_by,
            "account": finding.account,
        }


def _totals(report: Reconciliation) -> Iterator[Row]:
    for total in report.totals:
        yield {
            "currency": total.currency,
            "invoices": total.invoices,
            "payments": total.payments,
            "amount_due": _amount(total.amount_due),
            "amount_paid": _amount(total.amount_paid),
            "paid": _amount(total.paid),
            "difference": _amount(total.difference),
        }


def _amount(money: Money) -> Amount:
    return Amount(money.minor, money.currency)
