"""Reads invoices and their payments from the API, and compares them."""

from __future__ import annotations

import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, overload

from .. import AsyncClient, Client, Invoice, InvoicePayment, ListObject
from .compare import compare
from .rows import InvoiceRow, PaymentRow, Reconciliation

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import CreatedFilter, RequestOptions

_LIMIT, _EXPAND = 100, ("data.payments",)


@overload
def reconcile(
    client: Client,
    period: CreatedFilter,
    *,
    now: float | None = None,
    **options: Unpack[RequestOptions],
) -> Reconciliation: ...


@overload
def reconcile(
    client: AsyncClient,
    period: CreatedFilter,
    *,
    now: float | None = None,
    **options: Unpack[RequestOptions],
) -> Coroutine[Any, Any, Reconciliation]: ...


def reconcile(
    client: Client | AsyncClient,
    period: CreatedFilter,
    *,
    now: float | None = None,
    **options: Unpack[RequestOptions],
) -> Reconciliation | Coroutine[Any, Any, Reconciliation]:
    """Compare the invoices of a period with their payments.

    Reads the invoices that were created in the period, 100 per request, along with all of their
    payments, whenever these were made. An invoice with more payments than an embedded list contains
    requires further requests. Draft and void invoices are included. Deleted invoices are not,
    because Stripe does not list them.

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
        now: The time that due dates are compared with, in Unix seconds; by default now.
        **options: See `RequestOptions`. The result contains `stripe_account` as `account`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or a currency is unknown.
        StripeError: The API reports a failure, or cannot be reached.
    """
    now = time.time() if now is None else now
    if isinstance(client, AsyncClient):
        return _reconcile_async(client, period, now, options)
    rows = _Rows(options)
    page = client.invoices.list(created=period, limit=_LIMIT, expand=_EXPAND, **options)
    for invoice in page.auto_paging_iter():
        rows.add(invoice, list(_payments(invoice).auto_paging_iter()))
    return rows.compared(now)


async def _reconcile_async(
    client: AsyncClient, period: CreatedFilter, now: float, options: RequestOptions
) -> Reconciliation:
    rows = _Rows(options)
    page = await client.invoices.list(created=period, limit=_LIMIT, expand=_EXPAND, **options)
    async for invoice in page.auto_paging_iter():
        rows.add(invoice, [one async for one in _payments(invoice).auto_paging_iter()])
    return rows.compared(now)


def _payments(invoice: Invoice) -> ListObject[InvoicePayment]:
    if invoice.payments is None:
        raise ValueError(f"the API version must have payments of invoices, {invoice.id} has none")
    return invoice.payments


class _Rows:
    """The rows that have been read."""

    def __init__(self, options: RequestOptions) -> None:
        self._account = options.get("stripe_account")
        self._invoices: list[InvoiceRow] = []
        self._payments: list[PaymentRow] = []

    def add(self, invoice: Invoice, payments: list[InvoicePayment]) -> None:
        """Add an invoice and all of its payments."""
        self._invoices.append(InvoiceRow.from_invoice(invoice, self._account))
        self._payments += [PaymentRow.from_payment(one, self._account) for one in payments]

    def compared(self, now: float) -> Reconciliation:
        return compare(self._invoices, self._payments, now=now)
