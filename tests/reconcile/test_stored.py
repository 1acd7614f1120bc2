"""Invoices against the payments of an export or a mirror: the same result as from the API."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments import Client
from stripe_invoice_payments.export import export
from stripe_invoice_payments.reconcile import Reason, Reconciliation, reconcile
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sync import sync

NOW = 1_800_000_000
SECOND = 1_790_000_000
PERIOD: Any = {"gte": 1_735_689_600}
FORMATS = ["x.csv", "x.jsonl", "x.parquet", "x/", "x.duckdb"]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(payments=300, seed=5, accounts=["acct_1"]) as running:
        paid: Any = {"status": "paid", "created": SECOND}
        intent = None
        for amount in (400, 600, 700):  # one intent pays all three, and the last one too much
            invoice = running.create_invoice(total=1000, created=SECOND).id
            for _ in range(2):
                payment = running.create_invoice_payment(
                    invoice=invoice, amount_requested=amount, payment_intent=intent, **paid
                )
                intent = payment.payment.id
        yield running


@pytest.fixture
def client(sandbox):
    with sandbox.client() as client:
        yield client


@pytest.fixture(scope="module")
def expected(sandbox: Sandbox) -> Reconciliation:
    with sandbox.client() as client:
        found = reconcile(client, PERIOD, now=NOW)
    assert len({finding.reason for finding in found.findings}) > 4
    return found


def exported(client: Client, to: Path) -> None:
    export(client, to=f"{to}/" if to.suffix == "" else to)


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_gives_what_the_api_does(client, expected, tmp_path, name):
    exported(client, tmp_path / name)
    assert reconcile(client, PERIOD, payments=tmp_path / name, now=NOW) == expected


def test_a_mirror_gives_what_the_api_does(client, expected, tmp_path):
    sync(client, tmp_path / "mirror.duckdb")
    assert reconcile(client, PERIOD, payments=tmp_path / "mirror.duckdb", now=NOW) == expected


def test_an_async_client_too(sandbox, client, expected, tmp_path):
    exported(client, tmp_path / "x.parquet")

    async def read() -> Any:
        async with sandbox.async_client() as asynchronous:
            return await reconcile(asynchronous, PERIOD, payments=tmp_path / "x.parquet", now=NOW)

    assert asyncio.run(read()) == expected


def test_a_payment_since_the_export_is_missing(tmp_path):
    with Sandbox(payments=20) as sandbox, sandbox.client() as client:
        invoice = sandbox.create_invoice(total=100, created=SECOND).id
        exported(client, tmp_path / "x.csv")
        sandbox.create_invoice_payment(invoice=invoice, amount_requested=100, status="paid")
        found = reconcile(client, {"gte": SECOND}, payments=tmp_path / "x.csv", now=NOW)
        assert not reconcile(client, {"gte": SECOND}, now=NOW).findings
    row = next(row for row in found.findings if row.reason is Reason.AMOUNT_PAID_DIFFERS)
    assert (row.invoice, row.expected.minor, row.found.minor) == (invoice, 100, 0)


def test_invoices_are_read_without_their_payments(sandbox, client, tmp_path):
    exported(client, tmp_path / "x.csv")
    before = len(sandbox.traffic().requests)
    reconcile(client, PERIOD, payments=tmp_path / "x.csv")
    seen = sandbox.traffic().requests[before:]
    assert seen
    assert {request.path for request in seen} == {"/v1/invoices"}
    assert not any("payments" in str(request.query) for request in seen)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"status": "paid"}, "must have no filters but its period, got .*paid"),
        ({"accounts": ["acct_1"]}, "must have no filters but its period, got .*acct_1"),
        ({"created": {"gte": SECOND + 1}}, f"the time of all .* from {SECOND + 1}$"),
        ({"created": {"lt": SECOND}}, f"the time of all invoices, .* to {SECOND}"),
    ],
)
def test_a_table_that_lacks_payments_is_refused(client, tmp_path, options, message):
    export(client, to=tmp_path / "x.csv", **options)
    with pytest.raises(ValueError, match=message):
        reconcile(client, PERIOD, payments=tmp_path / "x.csv")


def test_a_table_of_other_data_is_refused(client, tmp_path):
    exported(client, tmp_path / "x.csv")
    with Sandbox(payments=20) as other, other.client() as theirs:
        with pytest.raises(ValueError, match=r"client: it reads other data .* base_url was"):
            reconcile(theirs, PERIOD, payments=tmp_path / "x.csv")


def test_an_unfinished_export_is_refused(client, sandbox, tmp_path):
    sandbox.add_fault("permission_denied", skip=1)
    certificate = export(client, to=tmp_path / "x.csv", on_error="report", workers=1)
    sandbox.clear_faults()
    assert not certificate.is_complete
    with pytest.raises(ValueError, match="must be finished and complete"):
        reconcile(client, PERIOD, payments=tmp_path / "x.csv")


@pytest.mark.parametrize("name", ["x.csv", "x.duckdb", "x/"])
def test_a_table_that_is_not_there_is_refused(client, tmp_path, name):
    with pytest.raises(ValueError, match=f"payments: .*{name.strip('/')}.* does not exist"):
        reconcile(client, PERIOD, payments=tmp_path / name)
    assert not list(tmp_path.iterdir())
