"""Exports and their verification through both clients, against a sandbox."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments import (
    AsyncClient,
    Client,
    PermissionError,
    ScanError,
    ScanProgress,
)
from stripe_invoice_payments.export import (
    Certificate,
    ExportProgress,
    export,
    export_async,
    payment_of,
    verify,
    verify_async,
)
from stripe_invoice_payments.export.session import Session
from stripe_invoice_payments.export.targets import Target
from stripe_invoice_payments.sandbox import Sandbox
from tests.export.fakes import TARGETS, read_back

FAST: Any = {"rate_limit": 1000}
DAY = 86_400


class Exporter:
    """Either client behind one face."""

    def __init__(self, client: Client | AsyncClient) -> None:
        self.client = client

    async def export(self, to: Path | str, **arguments: Any) -> Certificate:
        given = {**FAST, **arguments}
        if isinstance(self.client, Client):
            return export(self.client, to=to, **given)
        return await export_async(self.client, to=to, **given)

    async def verify(self, target: Path | str, **given: Any) -> Certificate:
        given = {**FAST, **given}
        if isinstance(self.client, Client):
            return verify(target, self.client, **given)
        return await verify_async(target, self.client, **given)


@pytest.fixture
def server():
    with Sandbox(payments=250, seed=5) as running:
        yield running


@pytest.fixture(params=["Client", "AsyncClient"])
async def exporter(request: Any, server: Sandbox, monkeypatch: Any) -> AsyncIterator[Exporter]:
    monkeypatch.setattr(Target, "batch_size", 60)
    if request.param == "Client":
        with server.client(max_retries=0) as client:
            yield Exporter(client)
    else:
        async with server.async_client(max_retries=0) as async_client:
            yield Exporter(async_client)


def ids(server: Sandbox) -> list[str]:
    with server.client() as client:
        return sorted(payment.id for payment in client.invoice_payments.list().auto_paging_iter())


@pytest.mark.parametrize("name", TARGETS)
async def test_an_export_has_every_payment_and_a_certificate(name, exporter, server, tmp_path):
    written = await exporter.export(f"{tmp_path}/{name}")
    assert written.is_complete
    assert written.verified_at is None
    assert [row["id"] for row in read_back(tmp_path / name)] == ids(server)
    certificate = await exporter.verify(f"{tmp_path}/{name}")
    assert certificate.is_complete
    assert certificate.verified_at is not None
    assert certificate.rows == 250
    assert certificate.pages_read >= 3
    again = await exporter.export(f"{tmp_path}/{name}")
    assert again.did_nothing


async def test_filters_and_period_decide_what_is_exported(exporter, server, tmp_path):
    with server.client() as client:
        payments = list(client.invoice_payments.list().auto_paging_iter())
    middle = payments[len(payments) // 2].created
    wanted = [each for each in payments if each.status == "paid" and each.created >= middle]
    certificate = await exporter.export(
        tmp_path / "x.jsonl",
        status="paid",
        created={"gte": middle, "lt": payments[0].created + 1},
        expand=["data.invoice"],
    )
    assert certificate.filters == {"status": "paid", "expand": ["data.invoice"]}
    assert (certificate.start, certificate.end) == (middle, payments[0].created + 1)
    rows = read_back(tmp_path / "x.jsonl")
    assert [row["id"] for row in rows] == sorted(each.id for each in wanted)
    assert all(payment_of(row).expanded_invoice().id == row["invoice"] for row in rows)
    assert (await exporter.verify(tmp_path / "x.jsonl")).is_complete


async def test_progress_speaks_of_what_is_durable(exporter, tmp_path):
    seen: list[tuple[ExportProgress, int]] = []

    def note(progress: ExportProgress) -> None:
        manifest = json.loads((tmp_path / "x.csv.manifest.json").read_text("utf-8"))
        seen.append((progress, manifest["rows"]))

    await exporter.export(tmp_path / "x.csv", progress=note)
    assert [progress.rows for progress, _ in seen] == [rows for _, rows in seen]
    assert [progress.rows for progress, _ in seen] == [60, 120, 180, 240, 250]
    assert all(progress.rows_per_second > 0 for progress, _ in seen)
    shares = [progress.share for progress, _ in seen]
    assert shares == sorted(shares)
    assert (shares[-1], seen[-1][0].time_left) == (1.0, 0.0)


async def test_the_progress_of_a_verification_is_that_of_its_scan(exporter, tmp_path):
    await exporter.export(tmp_path / "x.csv")
    seen: list[ScanProgress] = []
    certificate = await exporter.verify(tmp_path / "x.csv", progress=seen.append)
    assert [each.payments for each in seen] == sorted(each.payments for each in seen)
    assert (seen[-1].payments, seen[-1].share) == (250, 1.0)
    assert seen[-1].requests == certificate.pages_read
    with pytest.raises(TypeError, match="progress must be a plain function"):
        await exporter.verify(tmp_path / "x.csv", progress=3)


@pytest.mark.parametrize("name", TARGETS)
async def test_a_request_that_fails_stops_the_export_which_then_goes_on(
    name, exporter, server, tmp_path
):
    server.add_fault("permission_denied", skip=2)
    with pytest.raises(ScanError) as caught:
        await exporter.export(f"{tmp_path}/{name}", workers=1)
    assert isinstance(caught.value, PermissionError)
    server.clear_faults()
    assert (await exporter.export(f"{tmp_path}/{name}", workers=1)).is_complete
    assert [row["id"] for row in read_back(tmp_path / name)] == ids(server)


@pytest.mark.parametrize("name", TARGETS)
async def test_what_could_not_be_read_can_be_reported(name, exporter, server, tmp_path):
    server.add_fault("permission_denied", skip=2)
    certificate = await exporter.export(f"{tmp_path}/{name}", workers=1, on_error="report")
    assert not certificate.is_complete
    assert certificate.state == "incomplete"
    assert 0 < certificate.rows < 250
    assert all("PermissionError" in missing.reason for missing in certificate.missing)
    oldest = min(missing.start for missing in certificate.missing)
    assert oldest <= certificate.start
    assert "NOT COMPLETE" in str(certificate)
    assert "missing     " in str(certificate)
    server.clear_faults()
    checked = await exporter.verify(f"{tmp_path}/{name}")
    assert not checked.is_complete
    assert any("rows is" in difference for difference in checked.differences)
    assert (await exporter.export(f"{tmp_path}/{name}", workers=1)).is_complete
    assert (await exporter.verify(f"{tmp_path}/{name}")).is_complete


@pytest.mark.parametrize("cancellations", [1, 3])
@pytest.mark.parametrize("name", TARGETS)
async def test_a_cancelled_export_leaves_nothing_that_still_writes(
    name, cancellations, server, tmp_path, monkeypatch
):
    monkeypatch.setattr(Target, "batch_size", 60)
    store, is_storing, stored = Session.store, asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def slowly(session: Session, batch: Any) -> None:
        loop.call_soon_threadsafe(is_storing.set)
        time.sleep(0.3)
        store(session, batch)
        stored.append(batch)

    async with server.async_client() as client:
        with monkeypatch.context() as patch:
            patch.setattr(Session, "store", slowly)
            task = asyncio.ensure_future(export_async(client, to=f"{tmp_path}/{name}", **FAST))
            await is_storing.wait()
            for _ in range(cancellations):
                task.cancel()
                await asyncio.sleep(0.01)
            with pytest.raises(asyncio.CancelledError):
                await task
        assert len(stored) == 1
        assert (await export_async(client, to=f"{tmp_path}/{name}", **FAST)).is_complete
    assert [row["id"] for row in read_back(tmp_path / name)] == ids(server)


async def test_verify_finds_what_has_changed_at_stripe(exporter, server, tmp_path):
    await exporter.export(tmp_path / "x.csv")
    changed = server.create_invoice_payment(status="open", currency="usd", created=1735689600)
    certificate = await exporter.verify(tmp_path / "x.csv")
    assert not certificate.is_complete
    assert any(
        difference.startswith("usd open: rows is") for difference in certificate.differences
    ), changed
    assert "difference  usd open: rows is" in str(certificate)
    assert certificate.differences[-1] == f"at Stripe and not in the target: {changed.id}"


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl"])
async def test_verify_finds_a_row_that_was_removed(name, exporter, tmp_path):
    await exporter.export(tmp_path / name)
    lines = (tmp_path / name).read_text("utf-8").splitlines(keepends=True)
    (tmp_path / name).write_text("".join(lines[:-1]), "utf-8")
    certificate = await exporter.verify(tmp_path / name)
    assert not certificate.is_complete
    assert any("in the manifest" in difference for difference in certificate.differences)
    (identifier,) = re.findall(r"inpay_\w+", lines[-1])
    assert certificate.differences[-1] == f"at Stripe and not in the target: {identifier}"


@pytest.mark.parametrize("name", TARGETS)
def test_verify_names_ten_of_the_ids_that_only_the_target_has(name, server, tmp_path):
    removed = [server.create_invoice_payment(created=1735689600).id for _ in range(12)]
    with server.client() as client:
        export(client, to=f"{tmp_path}/{name}", **FAST)
        server.reset()
        new = server.create_invoice_payment(created=1735689600).id
        removed = [each for each in removed if each != new]
        certificate = verify(f"{tmp_path}/{name}", client, **FAST)
    *_, theirs, ours = ["", *certificate.differences]
    named, _, more = ours.removeprefix("in the target and not at Stripe: ").partition(" and ")
    assert {*named.split(", ")} <= {*removed}
    assert (len(named.split(", ")), more) == (10, f"{len(removed) - 10} more")
    assert new not in theirs


async def test_verify_of_an_id_that_is_there_twice_names_no_other(exporter, tmp_path):
    await exporter.export(tmp_path / "x.csv")
    lines = (tmp_path / "x.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "x.csv").write_text("".join([*lines, lines[-1]]), "utf-8")
    certificate = await exporter.verify(tmp_path / "x.csv")
    assert not certificate.is_complete
    assert not any("inpay_" in difference for difference in certificate.differences)


async def test_verify_needs_an_export_and_a_client_for_the_same_data(exporter, server, tmp_path):
    with pytest.raises(ValueError, match=r"target: .*x\.csv does not exist"):
        await exporter.verify(tmp_path / "x.csv")
    await exporter.export(tmp_path / "x.csv")
    with Sandbox(payments=1) as other, other.client() as client:
        with pytest.raises(ValueError, match=r"client: it reads other data .*: base_url was"):
            verify(tmp_path / "x.csv", client)


async def test_a_certificate_is_text_and_json(exporter, server, tmp_path):
    await exporter.export(
        tmp_path / "x.csv", created={"gte": 1735689600, "lt": 1735689600 + 9 * DAY}
    )
    certificate = await exporter.verify(tmp_path / "x.csv")
    text = str(certificate)
    assert text.startswith("Invoice payments: COMPLETE, counted again at ")
    assert "period      2025-01-01T00:00:00Z to before 2025-01-10T00:00:00Z" in text
    assert "account     the account of the key, test mode" in text
    content = json.loads(certificate.to_json())
    assert content["is_complete"] is True
    assert content["rows"] == certificate.rows == sum(each["rows"] for each in content["sums"])
    assert content["period"] == ["2025-01-01T00:00:00Z", "2025-01-10T00:00:00Z"]
    assert content["differences"] == content["missing"] == []


@pytest.mark.parametrize("name", TARGETS)
async def test_no_file_has_the_key(name, exporter, server, tmp_path):
    with suppress(ScanError):
        server.add_fault("permission_denied", skip=2)
        await exporter.export(f"{tmp_path}/{name}", on_error="report", workers=1)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    secret = server.api_key.encode()
    assert not any(secret in path.read_bytes() for path in files)
    assert not any(secret[-8:] in path.read_bytes() for path in files)
