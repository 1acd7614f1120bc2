"""Invoices whose payments are pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from stripe_invoice_payments_api.models import Invoice

if TYPE_CHECKING:
    from stripe_invoice_payments_api.models import InvoicePayment

    from ._pages import AsyncPage, Page


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class PagedInvoice(Invoice):
    """An invoice whose embedded payments can be paged through.

    Example:
        invoice = client.invoices.retrieve("in_...", expand=["payments"])
        if invoice.payments is not None:
            for payment in invoice.payments.auto_paging_iter():
                print(payment.id, payment.amount_paid)
    """

    payments: Page[InvoicePayment] | None = None  # pyright: ignore[reportIncompatibleVariableOverride] - a page is a list, and nobody puts back a mere list
    """The first payments of the invoice, if `expand` asked for them; the page leads to the rest.
    Pickled, the page becomes the plain list that Stripe sent.
    """


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class AsyncPagedInvoice(Invoice):
    """An invoice whose embedded payments can be paged through, for `AsyncClient`.

    Example:
        invoice = await async_client.invoices.retrieve("in_...", expand=["payments"])
        if invoice.payments is not None:
            async for payment in invoice.payments.auto_paging_iter():
                print(payment.id, payment.amount_paid)
    """

    payments: AsyncPage[InvoicePayment] | None = None  # pyright: ignore[reportIncompatibleVariableOverride] - a page is a list, and nobody puts back a mere list
    """The first payments of the invoice, if `expand` asked for them; the page leads to the rest.
    Pickled, the page becomes the plain list that Stripe sent.
    """
