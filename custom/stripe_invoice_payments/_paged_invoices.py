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
    """An invoice whose embedded payments can be paged through."""

    payments: Page[InvoicePayment] | None = None  # pyright: ignore[reportIncompatibleVariableOverride] - a page is a list, and nobody puts back a mere list
    """The first payments of the invoice, if `expand` asked for them; the page leads to the rest.
    Pickled, the page becomes the plain list that Stripe sent.
    """


@define(kw_only=True, eq=False, repr=False, weakref_slot=False)
class AsyncPagedInvoice(Invoice):
    """An invoice whose embedded payments can be paged through, for `AsyncClient`."""

    payments: AsyncPage[InvoicePayment] | None = None  # pyright: ignore[reportIncompatibleVariableOverride] - a page is a list, and nobody puts back a mere list
    """The first payments of the invoice, if `expand` asked for them; the page leads to the rest.
    Pickled, the page becomes the plain list that Stripe sent.
    """
