"""Show an invoice's statement: what was paid of it, by which payments, and what remains."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..access import open_client
from ..arguments import add_common, checked_id
from ..exits import Exit
from ..messages import say
from ..output import Output
from ..rows import PAYMENT_FIELDS, Amount, payment_rows, utc

if TYPE_CHECKING:
    from stripe_invoice_payments_api.models import Invoice, InvoicePayment

_SHOWN = ("paid_by", "status", "amount", "created", "id")
_STATUSES = ("paid", "open", "canceled")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="in_...", help="the invoice")
    add_common(parser)


def run(options: argparse.Namespace) -> int:
    checked_id(options.id, "in_")
    output = Output(options)
    with open_client(options) as client:
        invoice = client.invoices.retrieve(options.id)
        page = client.invoice_payments.list(invoice=options.id, limit=100)
        payments = list(page.auto_paging_iter())
    rows = list(payment_rows(payments, options.account))
    statement = _statement(invoice, payments)
    if invoice.amount_paid not in {None, statement["paid"].minor}:
        stated = Amount(invoice.amount_paid or 0, statement["paid"].currency)
        created = statement["created"]
        day = "" if created is None else f" {created.astimezone(output.zone):%Y-%m-%d}"
        say(
            f"the invoice contradicts its payments: it says that {stated} was paid, its paid "
            f"payments sum up to {statement['paid']}; see `inpay reconcile{day}`"
        )
    if output.format in {"json", "jsonl"}:
        output.document("", {**statement, "payments": output.picked(rows, PAYMENT_FIELDS)})
        return Exit.OK
    if output.is_table:
        output.document(_text(statement, output), None)
    output.rows(rows, PAYMENT_FIELDS, _SHOWN)
    return Exit.OK


def _statement(invoice: Invoice, payments: Iterable[InvoicePayment]) -> dict[str, Any]:
    """The facts of the statement, by name.

    `paid` is the sum of the paid payments, and `open` and `canceled` are those of what was
    requested. `total`, `due` and `remaining` are the invoice's own.
    """
    currency = invoice.currency or ""
    sums: defaultdict[str, int] = defaultdict(int)
    for payment in payments:
        amount = payment.amount_paid if payment.status == "paid" else payment.amount_requested
        sums[payment.status] += amount or 0

    def amount_of(minor: int | None) -> Amount | None:
        return None if minor is None else Amount(minor, currency)

    return {
        "invoice": invoice.id,
        "number": invoice.number,
        "status": invoice.status,
        "currency": invoice.currency,
        "created": utc(invoice.created),
        "due_date": utc(invoice.due_date),
        "total": amount_of(invoice.total),
        "due": amount_of(invoice.amount_due),
        **{status: Amount(sums[status], currency) for status in _STATUSES},
        "remaining": amount_of(invoice.amount_remaining),
    }


def _text(statement: dict[str, Any], output: Output) -> str:
    def sum_of(name: str) -> str:
        amount: Amount | None = statement[name]
        return "unknown" if amount is None else f"{output.text_of(amount)}"

    number = f" ({output.text_of(statement['number'])})" if statement["number"] else ""
    currency = output.unit(statement["currency"] or "")
    lines = [
        f"Invoice {statement['invoice']}{number}: {output.text_of(statement['status'])}",
        f"paid               {sum_of('paid')} of {sum_of('due')} {currency}",
        f"remaining          {sum_of('remaining')} {currency}",
        f"open payments      {sum_of('open')} {currency}",
        f"canceled payments  {sum_of('canceled')} {currency}",
        f"total              {sum_of('total')} {currency}",
    ]
    lines += [
        f"{name.partition('_')[0]:<19}{output.text_of(statement[name])}"
        for name in ("created", "due_date")
        if statement[name] is not None
    ]
    return "\n".join(lines) + "\n"
