"""The main job, end to end: `make run`.

Renders the client from the committed slice, starts the sandbox on a free loopback port, and shows
the client at work against it.
"""

from __future__ import annotations

import sys
from collections import Counter

from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from stripe_invoice_payments import Client, Invoice, InvoicePayment, Page, StripeError
from stripe_invoice_payments.sandbox import Sandbox

from . import regenerate

PAYMENTS = 250
# Currencies whose minor unit is the unit itself; all others of the sandbox have hundredths.
ZERO_DECIMAL = {"jpy"}

# Off a terminal (a pipe, a CI log) rich prints plain lines of this width.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)


def money(amount: int | None, currency: str) -> str:
    """An amount in its currency's minor unit, as people write it."""
    if amount is None:
        return "-"
    if currency in ZERO_DECIMAL:
        return f"{amount:,} {currency.upper()}"
    return f"{amount / 100:,.2f} {currency.upper()}"


def show(title: str, code: str) -> None:
    console.print()
    console.rule(f"[bold]{title}", align="left")
    console.print(f"[dim]>>> {code}", markup=True)


def payments_table(payments: list[InvoicePayment]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    # Where a terminal is too narrow, ids are cut rather than numbers and times.
    table.add_column("id", no_wrap=True)
    table.add_column("status", no_wrap=True, min_width=8)
    table.add_column("requested", no_wrap=True, justify="right", min_width=12)
    table.add_column("paid", no_wrap=True, justify="right", min_width=12)
    table.add_column("paid with", no_wrap=True)
    table.add_column("created (UTC)", no_wrap=True, min_width=16)
    for payment in payments:
        details = payment.payment
        paid_with = details.payment_intent_id or details.charge_id or details.payment_record_id
        table.add_row(
            payment.id,
            payment.status,
            money(payment.amount_requested, payment.currency),
            money(payment.amount_paid, payment.currency),
            paid_with,
            f"{payment.created_datetime:%Y-%m-%d %H:%M}",
        )
    return table


def demonstrate(client: Client) -> None:
    """Each thing that the client does, once."""
    newest = client.invoice_payments.list(limit=20).data
    invoice_id, _ = Counter(payment.invoice_id for payment in newest).most_common(1)[0]

    show("The payments of an invoice", f'client.invoice_payments.list(invoice="{invoice_id}")')
    console.print(payments_table(client.invoice_payments.list(invoice=invoice_id).data))

    show("A filter", 'client.invoice_payments.list(status="open", limit=3)')
    console.print(payments_table(client.invoice_payments.list(status="open", limit=3).data))

    show("Everything, page by page", "client.invoice_payments.list(limit=50).iter_pages()")
    read_everything(client.invoice_payments.list(limit=50))

    show("An expanded invoice", f'client.invoices.retrieve("{invoice_id}", expand=["payments"])')
    show_invoice(client.invoices.retrieve(invoice_id, expand=["payments"]))

    show("An error", 'client.invoice_payments.retrieve("inpay_missing")')
    try:
        client.invoice_payments.retrieve("inpay_missing")
    except StripeError as error:
        console.print(f"{type(error).__name__}: {error}")
        console.print(f"request id {error.request_id}, status {error.http_status}")


def read_everything(first: Page[InvoicePayment]) -> None:
    total: dict[str, int] = {}
    count = 0
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reading", total=PAYMENTS)
        for page in first.iter_pages():
            for payment in page:
                total[payment.currency] = total.get(payment.currency, 0) + (
                    payment.amount_paid or 0
                )
            count += len(page)
            progress.advance(task, len(page))
    sums = ", ".join(money(amount, currency) for currency, amount in sorted(total.items()))
    console.print(f"{count} payments read; paid in all: {sums}")


def show_invoice(invoice: Invoice) -> None:
    payments = invoice.payments.data if invoice.payments is not None else []
    due = money(invoice.amount_due, invoice.currency or "")
    console.print(f"{invoice.id}: status {invoice.status}, due {due}, {len(payments)} payment(s)")


def main() -> int:
    show("The client, rendered from the committed slice", "python -m scripts.regenerate")
    code = regenerate.main([])
    if code != 0:
        return code
    with (
        Sandbox(payments=PAYMENTS) as sandbox,
        Client(api_key=sandbox.api_key, base_url=sandbox.base_url) as client,
    ):
        console.print(f"The sandbox listens on {sandbox.base_url}; this is {client}.")
        demonstrate(client)
    return 0


if __name__ == "__main__":
    sys.exit(main())
