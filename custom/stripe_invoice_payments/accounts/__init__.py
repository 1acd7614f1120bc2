"""Reads the invoice payments of many connected accounts, as fast as Stripe's limits allow.

    from stripe_invoice_payments.accounts import scan_accounts

    with scan_accounts(client, "connected", created={"gte": 1735689600}) as payments:
        for account, payment in payments:
            print(account, payment.id)

Built on the machinery of a scan, `_scan`; the client does not import it. Each account has a `state`
of its own, like a single scan. The `pool` has all of them, and decides with `choosing` which one a
worker reads next. `work` is what a worker does, and `limits` when a request may leave. `setup`
checks the arguments (`options`), `ids` reads the accounts, and `tokens` what is in a checkpoint.
`iterators`, `batches` and `progress` are what the consumer sees, and `scanning` has the functions.
"""

from __future__ import annotations

from .batches import AccountsBatch as AccountsBatch
from .iterators import (
    AccountsBatches as AccountsBatches,
    AccountsScan as AccountsScan,
    AsyncAccountsBatches as AsyncAccountsBatches,
    AsyncAccountsScan as AsyncAccountsScan,
)
from .options import (
    AccountsOptions as AccountsOptions,
    ScanAccountsArguments as ScanAccountsArguments,
    ScanAccountsBatchesArguments as ScanAccountsBatchesArguments,
)
from .pool import MissingAccount as MissingAccount
from .progress import AccountsProgress as AccountsProgress
from .scanning import (
    scan_accounts as scan_accounts,
    scan_accounts_async as scan_accounts_async,
    scan_accounts_batches as scan_accounts_batches,
    scan_accounts_batches_async as scan_accounts_batches_async,
)

__all__ = [
    "AccountsBatch",
    "AccountsBatches",
    "AccountsOptions",
    "AccountsProgress",
    "AccountsScan",
    "AsyncAccountsBatches",
    "AsyncAccountsScan",
    "MissingAccount",
    "ScanAccountsArguments",
    "ScanAccountsBatchesArguments",
    "scan_accounts",
    "scan_accounts_async",
    "scan_accounts_batches",
    "scan_accounts_batches_async",
]
