"""The examples in the docstrings of public classes run, against a sandbox."""

from __future__ import annotations

import ast
import asyncio
import inspect
from contextlib import closing
from datetime import datetime, timezone
from functools import partial
from typing import Any

import pytest

import stripe_invoice_payments as sip
from stripe_invoice_payments.sandbox import Sandbox
from tests.docs.docstrings import EXAMPLES, is_async

# The classes that a program meets first. Others may have an example, which then runs as well.
EXPECTED = {
    "AccountsProgress",
    "AccountsScan",
    "AsyncAccountsScan",
    "MissingAccount",
    "scan_accounts",
    "scan_accounts_async",
    "AppInfo",
    "AsyncClient",
    "AsyncMirror",
    "AsyncPage",
    "AsyncScan",
    "AsyncScanBatches",
    "Certificate",
    "Client",
    "Client.with_options",
    "ExportProgress",
    "InvoicePayments.for_payment",
    "InvoicePayments.list",
    "InvoicePayments.retrieve",
    "InvoicePayments.scan",
    "InvoicePayments.scan_batches",
    "Invoices.retrieve",
    "Mirror",
    "Page",
    "RawResponse",
    "RetryEvent",
    "Sandbox",
    "ScanBatch",
    "ScanBatches",
    "ScanError",
    "ScanProgress",
    "StripeError",
    "SyncResult",
    "Timeout",
    "Webhook",
    "Webhook.generate_test_header",
    "export",
    "export_async",
    "export_rows",
    "payment_of",
    "sync",
    "sync_async",
    "to_arrow",
    "verify",
}


def test_what_a_program_meets_first_has_an_example():
    assert EXAMPLES.keys() >= EXPECTED


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name, stripe_sandbox, tmp_path, monkeypatch):
    payment = stripe_sandbox.create_invoice_payment(status="paid")
    code = EXAMPLES[name]
    for placeholder, value in {
        "sk_test_...": stripe_sandbox.api_key,
        "inpay_...": payment.id,
        "in_...": payment.invoice_id,
        "pi_...": payment.payment.payment_intent_id,
    }.items():
        code = code.replace(f'"{placeholder}"', repr(value))
    assert '..."' not in code.replace('"whsec_..."', "")
    monkeypatch.chdir(tmp_path)  # for the checkpoint
    asyncio.run(run(code, name, stripe_sandbox, payment.id))


async def run(code: str, name: str, sandbox: Sandbox, payment: str) -> None:
    """Run it with every public name, and with what the examples do not make themselves."""
    compiled = compile(code, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    with closing(sandbox.client()) as client:
        async with sandbox.async_client() as async_client:
            given: dict[str, Any] = {
                **{public: getattr(sip, public) for public in dir(sip)},
                "Client": partial(sip.Client, base_url=sandbox.base_url),
                "AsyncClient": partial(sip.AsyncClient, base_url=sandbox.base_url),
                "Sandbox": Sandbox,
                "async_client": async_client,
                "client": client,
                "datetime": datetime,
                "sandbox": sandbox,
                "timezone": timezone,
                "webhook": sandbox.invoice_payment_paid_webhook(payment, secret="whsec_..."),
            }
            result = eval(compiled, given)  # noqa: S307 - our own docstrings
            assert inspect.iscoroutine(result) is is_async(code)
            if inspect.iscoroutine(result):
                await result
