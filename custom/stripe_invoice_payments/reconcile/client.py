"""Reads invoices from the API, and their payments from there or from a table, and compares them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from stripe_invoice_payments_api.operations import list_invoices

from .. import AsyncClient, Client, Invoice, InvoicePayment, ListObject
from .._config import checks as _checks
from .compare import compare
from .rows import InvoiceRow, PaymentRow, Reconciliation

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import CreatedFilter, RequestOptions

_LIMIT = 100


@overload
def reconcile(
    client: Client,
    period: CreatedFilter,
    *,
    payments: str | os.PathLike[str] | None = None,
    now: float | None = None,
    progress: Callable[[InvoiceRow], object] | None = None,
    **options: Unpack[RequestOptions],
) -> Reconciliation: ...


@overload
def reconcile(
    client: AsyncClient,
    period: CreatedFilter,
    *,
    payments: str | os.PathLike[str] | None = None,
    now: float | None = None,
    progress: Callable[[InvoiceRow], object] | None = None,
    **options: Unpack[RequestOptions],
) -> Coroutine[Any, Any, Reconciliation]: ...


def reconcile(
    client: Client | AsyncClient,
    period: CreatedFilter,
    *,
    payments: str | os.PathLike[str] | None = None,
    now: float | None = None,
    progress: Callable[[InvoiceRow], object] | None = None,
    **options: Unpack[RequestOptions],
) -> Reconciliation | Coroutine[Any, Any, Reconciliation]:
    """Compare the invoices of a period with their payments.

    Reads the invoices that were created in the period, 100 per request, along with all of their
    payments, whenever these were made. An invoice with more payments than an embedded list contains
    requires further requests. Draft and void invoices are included. Deleted invoices are not,
    because Stripe does not list them.

    With `payments`, the payments are those of a table instead, as of its last run. If an invoice
    has been paid since, its `amount_paid` differs.

    Example:
        from stripe_invoice_payments.reconcile import Reason, reconcile

        report = reconcile(client, {"gte": 1735689600, "lt": 1767225600})
        for finding in report.findings:
            if finding.reason is Reason.AMOUNT_PAID_DIFFERS:
                print(finding.invoice, finding.expected, finding.found, finding.difference)
        for total in report.totals:
            print(total.currency, total.amount_paid, total.paid)

    Args:
        client: A `Client`, or an `AsyncClient`; with the latter, await the result.
        period: When the invoices were created, as in `client.invoices.list(created=...)`.
        payments: The target of an `export` without filters, or of a `sync`, of the same account.
        now: The time that due dates are compared with, in Unix seconds; by default now.
        progress: Called with each invoice once it and its payments have been read; the newest is
            the first. Must be a regular function.
        **options: See `RequestOptions`. The result contains `stripe_account` as `account`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, a currency is unknown, or the table does not have all
            payments of this account since the first invoice.
        OSError: The table cannot be read.
        StripeError: The API reports a failure, or cannot be reached.
    """
    _checks.client(client, is_async=None)
    _check_period(period)
    when = time.time() if now is None else _checks.finite("now", now)
    rows = _Rows(payments, when, options, _checks.hook("progress", progress))
    if isinstance(client, AsyncClient):
        return _reconcile_async(client, period, rows, options)
    page = client.invoices.list(created=period, limit=_LIMIT, expand=rows.expand, **options)
    for invoice in page.auto_paging_iter():
        rows.add(invoice, [] if rows.table else list(_payments(invoice).auto_paging_iter()))
    with client.invoice_payments.scan_batches(**options) as only_described:
        query = only_described.query
    return rows.compared(query)


async def _reconcile_async(
    client: AsyncClient, period: CreatedFilter, rows: _Rows, options: RequestOptions
) -> Reconciliation:
    page = await client.invoices.list(created=period, limit=_LIMIT, expand=rows.expand, **options)
    async for invoice in page.auto_paging_iter():
        of_invoice = [] if rows.table else [p async for p in _payments(invoice).auto_paging_iter()]
        rows.add(invoice, of_invoice)
    async with client.invoice_payments.scan_batches(**options) as only_described:
        query = only_described.query
    return await asyncio.to_thread(rows.compared, query)


def _check_period(period: object) -> None:
    arguments: Any = {"created": period}
    try:
        list_invoices(arguments)
    except (TypeError, ValueError) as error:
        raise type(error)(f"period: {error}") from None


def _payments(invoice: Invoice) -> ListObject[InvoicePayment]:
    if invoice.payments is None:
        raise ValueError(f"the API version must have payments of invoices, {invoice.id} has none")
    return invoice.payments


class _Rows:
    """The rows that have been read.

    Args:
        table: Where the payments are; None for the invoices themselves.
        now: The time that due dates are compared with.
        options: The options of the calls.
        on_invoice: Called with each invoice.
    """

    def __init__(
        self,
        table: str | os.PathLike[str] | None,
        now: float,
        options: RequestOptions,
        on_invoice: Callable[[InvoiceRow], object] | None,
    ) -> None:
        if table is not None and not Path(_checks.path("payments", table)).exists():
            raise ValueError(f"payments: {os.fspath(table)} does not exist")
        self.table = table
        self.expand = ("data.payments",) if table is None else ()
        self._now = now
        self._account = options.get("stripe_account")
        self._on_invoice = on_invoice
        self._invoices: list[InvoiceRow] = []
        self._payments: list[PaymentRow] = []

    def add(self, invoice: Invoice, payments: list[InvoicePayment]) -> None:
        """Add an invoice and those of its payments that were read with it."""
        row = InvoiceRow.from_invoice(invoice, self._account)
        self._invoices.append(row)
        self._payments += [PaymentRow.from_payment(one, self._account) for one in payments]
        if self._on_invoice is not None:
            self._on_invoice(row)

    def compared(self, query: Mapping[str, Any]) -> Reconciliation:
        """The result, given what the client reads."""
        if self.table is not None:
            from .stored import stored_payments

            invoices = {invoice.id: invoice.created for invoice in self._invoices}
            self._payments = stored_payments(self.table, query, invoices)
        return compare(self._invoices, self._payments, now=self._now)
