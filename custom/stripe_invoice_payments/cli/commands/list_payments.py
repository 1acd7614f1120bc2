"""List invoice payments, newest first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..access import open_client
from ..arguments import add_common, at_least_1
from ..exits import Exit, as_usage
from ..messages import say
from ..output import Output
from ..periods import created_between
from ..rows import PAYMENT_FIELDS, SHOWN_FIELDS, payment_rows

if TYPE_CHECKING:
    from stripe_invoice_payments_api.models import InvoicePayment

    from ... import Client, Page

_DEFAULT = 50
_PAGE = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", choices=("open", "paid", "canceled"))
    parser.add_argument("--invoice", metavar="in_...", help="of this invoice only")
    parser.add_argument(
        "--payment", metavar="pi_...", help="made by this payment intent, charge or record only"
    )
    parser.add_argument("--since", metavar="DATE", help="created at this time or later")
    parser.add_argument("--until", metavar="DATE", help="created before this time")
    how_many = parser.add_mutually_exclusive_group()
    how_many.add_argument(
        "--limit", type=at_least_1, default=_DEFAULT, metavar="COUNT", help=f"default {_DEFAULT}"
    )
    how_many.add_argument("--all", action="store_true", help="without a limit")
    add_common(parser)


def run(options: argparse.Namespace) -> int:
    output = Output(options)
    filters = created_between(options.since, options.until, output.zone)
    if options.status is not None:
        filters["status"] = options.status
    if options.invoice is not None:
        filters["invoice"] = options.invoice
    limit: int | None = None if options.all else options.limit
    with open_client(options) as client:
        first = _first_page(
            client, options.payment, {**filters, "limit": min(limit or _PAGE, _PAGE)}
        )
        notes: list[str] = []
        if not first.data:
            notes.append(_nothing(options))
        rows = payment_rows(_up_to(first, limit, notes), options.account)
        output.rows(rows, PAYMENT_FIELDS, SHOWN_FIELDS)
    for note in notes:
        say(note)
    return Exit.OK


def _nothing(options: argparse.Namespace) -> str:
    names = ("status", "invoice", "payment", "since", "until")
    asked = [f"--{name} {getattr(options, name)}" for name in names if getattr(options, name)]
    return " ".join(["no payments", *(["with"] if asked else []), *asked])


def _first_page(client: Client, payment: str | None, filters: Any) -> Page[InvoicePayment]:
    with as_usage():
        if payment is None:
            return client.invoice_payments.list(**filters)
        return client.invoice_payments.for_payment(payment, **filters)


def _up_to(
    first: Page[InvoicePayment], limit: int | None, notes: list[str]
) -> Iterator[InvoicePayment]:
    """The payments from this page on. If there are more than the limit, `notes` says so."""
    if limit is None:
        yield from first.auto_paging_iter(prefetch=True)
        return
    shown = 0
    for page in first.iter_pages():
        yield from page.data[: limit - shown]
        has_more = page.has_more or len(page.data) > limit - shown
        shown += min(len(page.data), limit - shown)
        if shown == limit:
            if has_more:
                notes.append(f"{shown} shown, there are more: --all")
            return
