"""The main job, end to end: `make run`.

Renders the client from the committed slice, starts the sandbox on a free loopback port, and shows
the client at work against it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from attrs import define
from rich import box
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.progress import Progress
from rich.table import Table

from stripe_invoice_payments import Client, Invoice, InvoicePayment, Page, StripeError
from stripe_invoice_payments.cli.program import main as inpay
from stripe_invoice_payments.sandbox import Sandbox

from .pipeline.errors import PipelineError
from .pipeline.repository import THIS_REPOSITORY
from .pipeline.run import regenerate

EXIT_REFUSED = 2
PAYMENTS = 250
# The command line at work; each starts a sandbox of its own.
COMMANDS = ("--sandbox list --status open --limit 3", "--sandbox reconcile 2025 --totals")
# How many decimals the currencies of the sandbox have that do not have two.
DECIMALS = {"jpy": 0, "kwd": 3}

# How much of an id is shown where a terminal is too narrow for all of it. The ids of one account
# begin alike, so it is the middle that is left out.
SHORT_ID = 16
SHORTEST_ID = 12

# Off a terminal (a pipe, a CI log) rich prints plain lines of this width.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)


def money(amount: int | None, currency: str) -> str:
    """An amount in its currency's minor unit, as people write it."""
    if amount is None:
        return "-"
    decimals = DECIMALS.get(currency, 2)
    return f"{Decimal(amount).scaleb(-decimals):,.{decimals}f} {currency.upper()}"


def show(title: str, code: str) -> None:
    console.print()
    console.rule(f"[bold]{title}", align="left")
    console.print(f"[dim]>>> {code}", markup=True)


def shortened(value: str | None, length: int) -> str:
    """An id that is cut in its middle if it is longer than this."""
    if value is None or len(value) <= length:
        return value or ""
    end = length // 2
    return f"{value[: length - end - 1]}…{value[-end:]}"


@define(frozen=True)
class Layout:
    """Which columns a table has. An id of length 0 is not shown."""

    id: int = 99
    paid_with: int = 99
    status: bool = True
    paid: bool = True
    requested: bool = True


# From the widest to the narrowest; the id and the time of creation are always there.
LAYOUTS = (
    Layout(),
    Layout(paid_with=SHORT_ID),
    Layout(id=SHORT_ID, paid_with=SHORT_ID),
    Layout(paid_with=0),
    Layout(id=SHORT_ID, paid_with=0),
    Layout(id=SHORTEST_ID, paid_with=0),
    Layout(id=SHORTEST_ID, paid_with=0, paid=False),
    Layout(id=SHORTEST_ID, paid_with=0, paid=False, status=False),
    Layout(id=SHORTEST_ID, paid_with=0, paid=False, status=False, requested=False),
)


def payments_table(payments: list[InvoicePayment], console: Console) -> Table:
    """The payments, in as many columns and with as much of their ids as the terminal has room."""
    tables = (table_with(layout, payments) for layout in LAYOUTS)
    room = console.options.update(width=1_000)
    for table in tables:
        if Measurement.get(console, room, table).maximum <= console.width:
            return table
    return table_with(LAYOUTS[-1], payments)


def table_with(layout: Layout, payments: list[InvoicePayment]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    columns: list[tuple[str, Callable[[InvoicePayment], str]]] = [
        ("id", lambda payment: shortened(payment.id, layout.id))
    ]
    if layout.status:
        columns.append(("status", lambda payment: payment.status))
    if layout.requested:
        columns.append(
            ("requested", lambda payment: money(payment.amount_requested, payment.currency))
        )
    if layout.paid:
        columns.append(("paid", lambda payment: money(payment.amount_paid, payment.currency)))
    if layout.paid_with:
        columns.append(
            ("paid with", lambda payment: shortened(paid_with(payment), layout.paid_with))
        )
    columns.append(("created (UTC)", lambda payment: f"{payment.created_datetime:%Y-%m-%d %H:%M}"))
    for name, _ in columns:
        justify: JustifyMethod = "right" if name in {"requested", "paid"} else "left"
        table.add_column(name, no_wrap=True, justify=justify)
    for payment in payments:
        table.add_row(*(cell(payment) for _, cell in columns))
    return table


def paid_with(payment: InvoicePayment) -> str | None:
    details = payment.payment
    return details.payment_intent_id or details.charge_id or details.payment_record_id


def demonstrate(client: Client) -> None:
    """Each thing that the client does, once."""
    newest = client.invoice_payments.list(limit=20).data
    invoice_id, _ = Counter(payment.invoice_id for payment in newest).most_common(1)[0]

    show("The payments of an invoice", f'client.invoice_payments.list(invoice="{invoice_id}")')
    payments = client.invoice_payments.list(invoice=invoice_id).data
    console.print(payments_table(payments, console))

    show("A filter", 'client.invoice_payments.list(status="open", limit=3)')
    console.print(
        payments_table(client.invoice_payments.list(status="open", limit=3).data, console)
    )

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
    try:
        print(*regenerate(THIS_REPOSITORY).summary(), sep="\n")
    except PipelineError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_REFUSED
    with (
        Sandbox(payments=PAYMENTS) as sandbox,
        Client(api_key=sandbox.api_key, base_url=sandbox.base_url) as client,
    ):
        console.print(f"The sandbox listens on {sandbox.base_url}; this is {client}.")
        demonstrate(client)
    for command in COMMANDS:
        console.print(f"\n[dim]$ inpay {command}", markup=True)
        sys.stdout.flush()
        inpay(command.split())
    return 0


if __name__ == "__main__":
    sys.exit(main())
