"""Compares invoices with their payments: what differs, what is late, and how it was paid.

    from stripe_invoice_payments.reconcile import reconcile

    report = reconcile(client, {"gte": 1735689600, "lt": 1767225600})

`compare` is the same comparison for rows from another source.
"""

from .client import reconcile as reconcile
from .compare import compare as compare
from .rows import (
    Finding as Finding,
    InvoiceRow as InvoiceRow,
    PaymentRow as PaymentRow,
    Reason as Reason,
    Reconciliation as Reconciliation,
    Total as Total,
)

__all__ = [
    "Finding",
    "InvoiceRow",
    "PaymentRow",
    "Reason",
    "Reconciliation",
    "Total",
    "compare",
    "reconcile",
]
