"""Writes every invoice payment of a period to a file, exactly once, and proves it is complete.

    from stripe_invoice_payments.export import export, verify

    export(client, created={"gte": 1735689600, "lt": 1767225600}, to="payments-2025.parquet")
    print(verify("payments-2025.parquet", client))

Built on the public client, which does not import it. `rows` has the columns. `targets` is the
interface of a target; `text_files`, `parquet` (with `arrow`) and `database` implement it.
`manifest` and `summary` are what is stored with the rows, and `sealing` notices if it was edited.
`session` is one run, which `exporting` feeds from a scan that `reading` selects. `verifying` counts
again, and `certificate` presents the result.
"""

from __future__ import annotations

from .certificate import Certificate as Certificate
from .exporting import (
    ExportArguments as ExportArguments,
    export as export,
    export_async as export_async,
)
from .manifest import Missing as Missing
from .rows import export_rows as export_rows, payment_of as payment_of, to_arrow as to_arrow
from .session import ExportProgress as ExportProgress
from .summary import Total as Total
from .verifying import verify as verify, verify_async as verify_async

__all__ = [
    "Certificate",
    "ExportArguments",
    "ExportProgress",
    "Missing",
    "Total",
    "export",
    "export_async",
    "export_rows",
    "payment_of",
    "to_arrow",
    "verify",
    "verify_async",
]
