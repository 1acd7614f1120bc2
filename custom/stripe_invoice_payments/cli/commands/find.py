"""Find the invoices that a payment paid, or the payments that an invoice has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..access import open_client
from ..arguments import add_common, checked_id
from ..exits import Exit, Failure, as_usage, code_of
from ..messages import say
from ..output import Output
from ..rows import PAYMENT_FIELDS, Row, payment_rows

if TYPE_CHECKING:
    from stripe_invoice_payments_api.models import InvoicePayment

    from ... import Client, Page

_FIELDS = ("query", *PAYMENT_FIELDS)
# Without the id that was asked for, so that the other ones fit the terminal.
_SHOWN = {
    "in_": ("paid_by", "status", "amount", "created", "id"),
    "inpay_": ("invoice", "paid_by", "status", "amount", "created"),
}
_SHOWN_OF_PAYMENTS = ("invoice", "status", "amount", "created", "id", "paid_by")
_SHOWN_OF_SEVERAL = ("query", "invoice", "status", "amount", "created", "id")
_LIMIT = 100
_KINDS = ("pi_", "pr_", "pyr_", "ch_", "py_", "in_", "inpay_")
# Some programs write an invisible mark at the beginning of a file.
_BLANK = " \t\r\n\ufeff"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids",
        nargs="+",
        metavar="ID",
        help="pi_, pr_, ch_ or py_: the invoices it paid; in_: its payments; inpay_: itself; "
        "-: the ids on the lines of stdin",
    )
    add_common(parser)


def run(options: argparse.Namespace) -> int:
    output = Output(options)
    ids = [each.strip(_BLANK) for each in options.ids]
    for each in ids:
        if each != "-":
            checked_id(each, *_KINDS)
    missing: list[str] = []
    with open_client(options) as client:
        found = _found(client, _ids(ids, missing), options.account, missing)
        output.rows(found, _FIELDS, _shown(ids))
    return Exit.NOT_FOUND if missing else Exit.OK


def _shown(ids: list[str]) -> tuple[str, ...]:
    if len(ids) > 1 or ids == ["-"]:
        return _SHOWN_OF_SEVERAL
    return _SHOWN.get(f"{ids[0].partition('_')[0]}_", _SHOWN_OF_PAYMENTS)


def _ids(arguments: Iterable[str], missing: list[str]) -> Iterator[str]:
    for argument in arguments:
        if argument == "-":
            with as_usage():
                yield from _ids_in(sys.stdin, missing)
        else:
            yield argument


def _ids_in(lines: Iterable[str], missing: list[str]) -> Iterator[str]:
    """The ids on the lines of a file. A line that is no id is reported, and in `missing`."""
    for number, line in enumerate(lines, 1):
        text = line.strip(_BLANK)
        if not text or text.startswith("#"):
            continue
        try:
            identifier = checked_id(text, *_KINDS)
        except Failure as failure:
            say(f"inpay: line {number} of stdin: {failure}")
            missing.append(text)
        else:
            yield identifier


def _found(
    client: Client, ids: Iterable[str], account: str | None, missing: list[str]
) -> Iterator[Row]:
    """The rows of all ids. Those that nothing was found for are reported, and in `missing`."""
    for each in ids:
        is_found = False
        problem = "has no payments" if each.startswith("in_") else "paid no invoice"
        try:
            for row in payment_rows(_payments(client, each), account):
                is_found = True
                yield {"query": each, **row}
        except Exception as error:
            if code_of(error) is not Exit.NOT_FOUND:
                raise
            problem = str(error) if isinstance(error, Failure) else f"was not found: {error}"
        if not is_found:
            say(f"inpay: {each} {problem}")
            missing.append(each)


def _payments(client: Client, identifier: str) -> Iterator[InvoicePayment]:
    if identifier.startswith("inpay_"):
        yield client.invoice_payments.retrieve(identifier)
        return
    if identifier.startswith("in_"):
        page = client.invoice_payments.list(invoice=identifier, limit=_LIMIT)
    else:
        page = _paid_by(client, identifier)
    yield from page.auto_paging_iter()


def _paid_by(client: Client, payment_id: str) -> Page[InvoicePayment]:
    try:
        return client.invoice_payments.for_payment(payment_id, limit=_LIMIT)
    except ValueError as error:
        raise Failure(
            Exit.NOT_FOUND,
            "has no payment intent, and Stripe has no filter for such a charge: list the payments "
            "of its day with --since and --until, and look for it there",
        ) from error
