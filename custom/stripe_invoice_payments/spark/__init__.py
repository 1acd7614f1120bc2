"""A Spark data source: the invoice payments of many connected accounts, read by a cluster.

    from stripe_invoice_payments.spark import StripeInvoicePayments

    spark.dataSource.register(StripeInvoicePayments)
    payments = (
        spark.read.format("stripe_invoice_payments")
        .option("accounts", "connected")
        .option("created.gte", "2025-01-01")
        .load()
    )

Built on `scan_accounts` and the columns of `export`; neither imports it. `options` checks the
options, `pushing` turns filters of a query into requests, `sizes` finds out which accounts there
are, `probing` reads the first page of each, `planning` packs them into bins and divides the rates,
and `cluster` is what Spark's settings say. All of that works without pyspark. `source` is what
Spark calls, on the driver to plan and in each task to read a bin; `reading` is what a task does,
`streaming` what a stream reads between two watermarks. `keys` finds the key, `tables` has what
follows from the rows.
`python -m stripe_invoice_payments.spark` says whether pyspark and Java are present.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .source import StripeInvoicePayments as StripeInvoicePayments
    from .tables import settled as settled, split as split

__all__ = ["StripeInvoicePayments", "settled", "split"]

_PLACES = {"StripeInvoicePayments": ".source", "settled": ".tables", "split": ".tables"}


def __getattr__(name: str) -> Any:
    """What needs pyspark is imported when it is used: planning works without."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name], __name__), name)
