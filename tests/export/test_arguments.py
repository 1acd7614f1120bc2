"""Every argument of everything that reads whole periods is checked, and named if it is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import NoneType
from typing import Any

import pytest

from stripe_invoice_payments import RequestOptions, StripeError
from stripe_invoice_payments._scan.options import ScanBatchOptions, ScanOptions
from stripe_invoice_payments.accounts import (
    AccountsOptions,
    ScanAccountsBatchesArguments,
    scan_accounts,
    scan_accounts_batches,
)
from stripe_invoice_payments.export import ExportArguments, export, verify
from stripe_invoice_payments.reconcile import reconcile
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sync import Mirror, SyncOptions, sync
from stripe_invoice_payments_api.params import ListInvoicePaymentsParams


class Odd:
    """What no argument can be."""


VALUES = [Odd(), 5, -1, "x", b"x", [], [5], {}, {"gte": "x"}, math.nan, True, "a\0b", "", None]

# What is not an argument of a scan, or has no wrong value.
_CURSORS = {"limit", "starting_after", "ending_before"}


def names(*typed: Any) -> list[str]:
    return sorted({name for each in typed for name in each.__annotations__} - _CURSORS)


CALLS: dict[str, tuple[Callable[..., Any], list[str]]] = {
    "export": (export, ["client", "to", "on_error", "progress", *names(ExportArguments)]),
    "export accounts": (export, ["progress", "on_error", *names(AccountsOptions)]),
    "verify": (verify, ["client", "target", *names(ExportArguments)]),
    "sync": (sync, ["client", "target", "look_back", "verify", *names(SyncOptions)]),
    "Mirror": (Mirror, ["client", "target", "look_back", *names(SyncOptions)]),
    "reconcile": (reconcile, ["client", "period", "payments", "now", *names(RequestOptions)]),
    "scan_accounts": (scan_accounts, ["client", "accounts"]),
    "scan_accounts_batches": (
        scan_accounts_batches,
        ["client", "accounts", *names(ScanAccountsBatchesArguments)],
    ),
    "scan_batches": (
        lambda client, **options: client.invoice_payments.scan_batches(**options),
        names(ListInvoicePaymentsParams, ScanOptions, ScanBatchOptions, RequestOptions),
    ),
}
CASES = [(call, name) for call, (_, parameters) in CALLS.items() for name in parameters]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(payments=3, seed=1, accounts=2) as running:
        yield running


@pytest.fixture
def basis(sandbox, tmp_path, monkeypatch):
    """The required arguments of each call."""
    monkeypatch.chdir(tmp_path)
    with sandbox.client(max_retries=0) as client:
        export(client, to="ok.csv")
        (tmp_path / "some").mkdir()
        numbers = iter(range(1000))

        def of(call: str) -> dict[str, Any]:
            fresh = tmp_path / f"{next(numbers)}"
            rest: dict[str, dict[str, Any]] = {
                "export": {"to": f"{fresh}.csv"},
                "export accounts": {"to": f"{fresh}.csv", "accounts": "connected"},
                "verify": {"target": "ok.csv"},
                "sync": {"target": f"{fresh}.duckdb"},
                "Mirror": {"target": f"{fresh}.duckdb"},
                "reconcile": {"period": {"gte": 5}},
                "scan_accounts": {"accounts": "connected"},
                "scan_accounts_batches": {"accounts": "connected"},
                "scan_batches": {},
            }
            return {"client": client, **rest[call]}

        yield of


def outcome(call: str, name: str, value: object, basis: Any) -> Exception | None:
    """The error of a call with this value."""
    try:
        result = CALLS[call][0](**{**basis(call), name: value})
    except Exception as error:  # noqa: BLE001 - any, since it is looked at
        return error
    if hasattr(result, "close"):
        result.close()
    return None


@pytest.mark.parametrize(("call", "name"), CASES, ids=[f"{call}-{name}" for call, name in CASES])
def test_a_wrong_value_is_refused_by_the_name_of_its_argument(call, name, basis):
    errors = [outcome(call, name, value, basis) for value in VALUES]
    # Some values only Stripe can judge. What is no file is an error of the file system.
    ours = [error for error in errors if not isinstance(error, (StripeError, NoneType))]
    kinds: tuple[type[Exception], ...] = (TypeError, ValueError)
    if name in ("to", "target", "accounts"):
        kinds = (*kinds, OSError)
    assert ours
    assert [error for error in ours if name not in str(error) or not isinstance(error, kinds)] == []
