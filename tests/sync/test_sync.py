"""Syncs through both clients, against a sandbox that changes in between."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any

import pytest

from stripe_invoice_payments import PermissionError, ScanError, ScanProgress, StripeError
from stripe_invoice_payments.export import export, verify
from stripe_invoice_payments.reconcile import reconcile
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.server import CONNECTED_ACCOUNT
from stripe_invoice_payments.sync import AsyncMirror, Difference, Mirror, sync, sync_async
from tests.sync.mirrors import FAST, Syncer, at_stripe, execute, in_mirror

DAY = 86_400


def payments(server: Sandbox, status: str | None = None) -> list[Any]:
    """Those of the sandbox, newest first."""
    with server.client() as client:
        page = client.invoice_payments.list(limit=100)
        return [each for each in page.auto_paging_iter() if status in (None, each.status)]


async def test_the_first_sync_reads_everything_and_the_next_one_nothing_new(syncer, server, path):
    first = await syncer.sync(path)
    assert (first.rows_added, first.rows_updated, first.rows_removed) == (250, 0, 0)
    assert in_mirror(path) == at_stripe(server)
    newest = payments(server)[0].created
    assert first.watermark == newest
    assert first.watermark_datetime == datetime.fromtimestamp(newest, timezone.utc)
    server.clear_traffic()
    again = await syncer.sync(path)
    assert (again.rows_added, again.rows_updated, again.read_again) == (0, 0, 0)
    assert again.requests == server.traffic().total == 2
    assert again.watermark == newest


async def test_progress_is_that_of_each_scan(syncer, server, path):
    seen: list[ScanProgress] = []
    await syncer.sync(path, progress=seen.append)
    assert (seen[-1].payments, seen[-1].share) == (250, 1.0)
    seen.clear()
    await syncer.sync(path, progress=seen.append, verify=True)
    ends = [each.payments for each in seen if each.share == 1]
    *_, of_open, of_all = dict.fromkeys(ends)
    assert of_open == len(at_stripe(server, status="open")) < of_all
    with pytest.raises(TypeError, match="progress must be a plain function"):
        await syncer.sync(path, progress=3)


async def test_what_is_new_and_what_was_open_is_found_after_any_time(syncer, server, path):
    await syncer.sync(path)
    still_open = payments(server, "open")
    newest = payments(server)[0].created
    server.set_invoice_payment_status(still_open[3].id, "paid", amount_paid=1)
    server.set_invoice_payment_status(still_open[-1].id, "canceled")
    for number in range(3):
        server.create_invoice_payment(status="open", created=newest + (20 + number) * DAY)
    server.clear_traffic()
    result = await syncer.sync(path)
    assert (result.rows_added, result.rows_updated, result.read_again) == (3, 2, 2)
    # What is new, what is open, and two payments that are far from each other.
    assert result.requests == server.traffic().total == 4
    assert in_mirror(path) == at_stripe(server)
    assert result.watermark == newest + 22 * DAY


async def test_many_changes_at_once_are_read_from_the_list(syncer, server, path):
    await syncer.sync(path)
    for each in payments(server, "open"):
        server.set_invoice_payment_status(each.id, "paid")
    server.clear_traffic()
    result = await syncer.sync(path)
    assert result.rows_updated == result.read_again > 30
    assert result.requests == server.traffic().total <= 2 + 3
    assert in_mirror(path) == at_stripe(server)


async def test_the_functions_do_a_whole_sync(server, path):
    with server.client() as client:
        assert sync(client, path, **FAST).rows_added == 250
    async with server.async_client() as async_client:
        assert (await sync_async(async_client, str(path), **FAST)).rows_added == 0
    assert in_mirror(path) == at_stripe(server)


async def test_a_payment_that_appears_late_is_seen_within_the_look_back(blocking, server, path):
    newest = (await blocking.sync(path)).watermark
    late = server.create_invoice_payment(status="paid", created=newest - 30)
    too_late = server.create_invoice_payment(status="paid", created=newest - 90)
    assert (await blocking.sync(path)).rows_added == 1
    ids = {row["id"] for row in in_mirror(path)}
    assert late.id in ids
    assert too_late.id not in ids
    assert (await blocking.sync(path, look_back=90)).rows_added == 1
    assert in_mirror(path) == at_stripe(server)


async def test_a_payment_of_the_future_does_not_hide_those_of_today(blocking, server, path):
    server.create_invoice_payment(created=int(time.time()) + 30 * DAY)
    await blocking.sync(path)
    server.create_invoice_payment(status="paid")
    assert (await blocking.sync(path)).rows_added == 1
    assert in_mirror(path) == at_stripe(server)


async def test_a_payment_that_is_open_again_is_in_the_list_of_open_ones(blocking, server, path):
    await blocking.sync(path)
    paid = payments(server, "paid")[-1]
    for status in ("open", "canceled", "open"):
        server.set_invoice_payment_status(paid.id, status)
    assert (await blocking.sync(path)).rows_updated == 1
    assert in_mirror(path) == at_stripe(server)
    server.set_invoice_payment_status(paid.id, "paid", amount_paid=2)
    assert (await blocking.sync(path)).rows_updated == 1
    assert in_mirror(path) == at_stripe(server)


async def test_the_values_of_open_payments_follow(blocking, server, path):
    """As those of a default payment, whose amount Stripe adapts to what remains to be paid."""
    await blocking.sync(path)
    execute(path, "UPDATE invoice_payments SET amount_requested = 1 WHERE status = 'open'")
    result = await blocking.sync(path)
    assert result.rows_updated == len(payments(server, "open"))
    assert (result.read_again, result.requests) == (0, 2)
    assert in_mirror(path) == at_stripe(server)


async def test_what_was_canceled_after_an_invoice_was_paid_in_part(blocking, server, path):
    invoice = server.create_invoice(total=1000, created=1735689600)
    options: Any = {"invoice": invoice.id, "created": 1735689600}
    server.create_invoice_payment(amount_requested=400, status="paid", **options)
    rest = server.create_invoice_payment(amount_requested=600, **options)
    await blocking.sync(path)
    server.set_invoice_payment_status(rest.id, "canceled")
    server.delete_invoice(invoice.id)
    assert (await blocking.sync(path)).rows_updated == 1
    assert in_mirror(path) == at_stripe(server)


async def test_a_payment_that_stripe_has_no_more_is_removed(blocking, server, path):
    await blocking.sync(path)
    execute(
        path,
        "UPDATE invoice_payments SET id = 'inpay_gone' WHERE id = ?",
        payments(server, "open")[-1].id,
    )
    result = await blocking.sync(path)
    assert (result.rows_added, result.rows_removed) == (1, 1)
    assert in_mirror(path) == at_stripe(server)


async def test_a_status_that_is_not_known_may_change_any_time(blocking, server, path):
    await blocking.sync(path)
    execute(
        path,
        "UPDATE invoice_payments SET status = 'processing' WHERE id = ?",
        payments(server, "paid")[-1].id,
    )
    assert (await blocking.sync(path)).rows_updated == 1
    assert in_mirror(path) == at_stripe(server)


# --- The assumption, and its check ----------------------------------------------------------------


async def test_verify_finds_what_changed_although_it_was_final(blocking, server, path):
    await blocking.sync(path)
    paid, other = payments(server, "paid")[-2:]
    server.set_invoice_payment_status(paid.id, "canceled", at=1735689700)
    server.set_invoice_payment_status(
        other.id, "paid", amount_paid=1, at=other.status_transitions.paid_at
    )
    assert (await blocking.sync(path)).rows_updated == 0
    result = await blocking.sync(path, verify=True)
    canceled_at = datetime(2025, 1, 1, 0, 1, 40, tzinfo=timezone.utc)
    paid_at = datetime.fromtimestamp(paid.status_transitions.paid_at, timezone.utc)
    assert set(result.differences) >= {
        Difference(paid.id, "status", "paid", "canceled"),
        Difference(paid.id, "amount_paid", paid.amount_paid, None),
        Difference(paid.id, "paid_at", paid_at, None),
        Difference(paid.id, "canceled_at", None, canceled_at),
        Difference(other.id, "amount_paid", other.amount_paid, 1),
    }
    assert {each.id for each in result.differences} == {paid.id, other.id}
    assert result.rows_updated == 2
    assert in_mirror(path) == at_stripe(server)
    assert (await blocking.sync(path, verify=True)).differences == ()


async def test_verify_does_not_report_what_any_sync_finds(blocking, server, path):
    await blocking.sync(path)
    changed, *_, reopened = payments(server)
    server.set_invoice_payment_status(payments(server, "open")[-1].id, "paid")
    server.set_invoice_payment_status(reopened.id, "open")
    server.set_invoice_payment_status(changed.id, "canceled")
    result = await blocking.sync(path, verify=True)
    assert result.differences == ()
    assert result.rows_updated >= 2
    assert in_mirror(path) == at_stripe(server)


async def test_verify_finds_rows_that_were_changed_added_and_removed(syncer, server, path):
    await syncer.sync(path)
    moved, changed, removed, renamed = payments(server, "paid")[-4:]
    execute(
        path, "UPDATE invoice_payments SET created = '2024-01-01 00:00:00Z' WHERE id = ?", moved.id
    )
    created = datetime.fromtimestamp(moved.created, timezone.utc)
    changed, removed, renamed = (each.id for each in (changed, removed, renamed))
    execute(path, "UPDATE invoice_payments SET currency = 'xxx' WHERE id = ?", changed)
    execute(path, "DELETE FROM invoice_payments WHERE id = ?", removed)
    execute(path, "UPDATE invoice_payments SET id = 'inpay_none' WHERE id = ?", renamed)
    currency = next(row["currency"] for row in at_stripe(server) if row["id"] == changed)
    result = await syncer.sync(path, verify=True)
    assert set(result.differences) == {
        Difference(moved.id, "created", datetime(2024, 1, 1, tzinfo=timezone.utc), created),
        Difference(changed, "currency", "xxx", currency),
        Difference(removed, "id", None, removed),
        Difference(renamed, "id", None, renamed),
        Difference("inpay_none", "id", "inpay_none", None),
    }
    assert (result.rows_added, result.rows_updated, result.rows_removed) == (2, 2, 1)
    assert in_mirror(path) == at_stripe(server)


async def test_a_verify_that_is_interrupted_corrects_nothing_and_hides_nothing(
    blocking, server, path
):
    await blocking.sync(path)
    before = in_mirror(path)
    old = payments(server, "paid")[80:]
    changed = next(each for each in old if each.payment.type == "payment_intent")
    server.set_invoice_payment_status(changed.id, "canceled")
    # What is new, what is open, and the first page of everything.
    server.add_fault("permission_denied", skip=3)
    with pytest.raises(ScanError):
        await blocking.sync(path, verify=True, workers=1)
    server.clear_faults()
    assert in_mirror(path) == before
    result = await blocking.sync(path, verify=True)
    assert {each.id for each in result.differences} == {changed.id}
    assert in_mirror(path) == at_stripe(server)


# --- Continuing -----------------------------------------------------------------------------------


async def test_a_sync_that_failed_is_continued_and_then_brought_up_to_date(syncer, server, path):
    server.add_fault("permission_denied", skip=2)
    with pytest.raises(ScanError) as caught:
        await syncer.sync(path, workers=1)
    assert isinstance(caught.value, PermissionError)
    server.clear_faults()
    read = {row["id"]: row for row in in_mirror(path)}
    assert 0 < len(read) < 250
    changed = next(row["id"] for row in read.values() if row["status"] == "open")
    server.set_invoice_payment_status(changed, "canceled")
    server.create_invoice_payment(status="paid")
    server.clear_traffic()
    await syncer.sync(path, workers=1)
    # The rest, what is new, what is open, and the one that is not any more.
    assert server.traffic().total <= 2 + 1 + 1 + 1
    assert in_mirror(path) == at_stripe(server)


async def test_reading_again_that_failed_keeps_what_was_stored(syncer, server, path, monkeypatch):
    await syncer.sync(path)
    for each in payments(server, "open"):
        server.set_invoice_payment_status(each.id, "paid")
    server.add_fault("permission_denied", skip=2)
    with pytest.raises(PermissionError):
        await syncer.sync(path)
    server.clear_faults()
    await syncer.sync(path)
    assert in_mirror(path) == at_stripe(server)


async def test_columns_that_are_new_are_filled_by_reading_everything_again(blocking, server, path):
    await blocking.sync(path)
    execute(path, "ALTER TABLE invoice_payments DROP COLUMN is_default")
    result = await blocking.sync(path)
    assert result.rows_updated == 250
    assert in_mirror(path) == at_stripe(server)


# --- Exports --------------------------------------------------------------------------------------


async def test_an_export_becomes_a_mirror(blocking, server, path):
    with server.client() as client:
        export(client, to=path, **FAST)
        changed = payments(server, "open")[-1]
        server.set_invoice_payment_status(changed.id, "paid")
        server.create_invoice_payment(status="open")
        result = await blocking.sync(path)
        assert (result.rows_added, result.rows_updated) == (1, 1)
        assert result.requests <= 3
        assert in_mirror(path) == at_stripe(server)
        with pytest.raises(ValueError, match="is a mirror; update it with sync"):
            export(client, to=path, **FAST)
        with pytest.raises(ValueError, match=r"is a mirror; sync\(verify=True\) checks it"):
            verify(path, client)


async def test_the_mirror_of_an_export_starts_where_the_export_did(blocking, server, path):
    middle = payments(server)[120].created
    with server.client() as client:
        export(client, to=path, created={"gte": middle, "lt": middle + DAY}, **FAST)
    old = payments(server)[-1]
    server.set_invoice_payment_status(old.id, "open")
    server.create_invoice_payment(status="open")
    await blocking.sync(path, verify=True)
    assert in_mirror(path) == at_stripe(server, created={"gte": middle})


async def test_an_export_with_filters_or_unfinished_is_refused(blocking, server, path, tmp_path):
    with server.client(max_retries=0) as client:
        export(client, to=path, status="paid", **FAST)
        with pytest.raises(
            ValueError, match=r"must have no filters but its period, got \{'status'"
        ):
            await blocking.sync(path)
        many = tmp_path / "many.duckdb"
        export(client, to=many, accounts=[CONNECTED_ACCOUNT])
        with pytest.raises(ValueError, match=r"no filters but its period, got \{'accounts'"):
            await blocking.sync(many)
        other = tmp_path / "other.duckdb"
        server.add_fault("permission_denied", skip=1)
        export(client, to=other, on_error="report", **FAST)
        with pytest.raises(ValueError, match="must be finished, got 'incomplete'"):
            await blocking.sync(other)


# --- Refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "options", "error", "words"),
    [
        ("x.parquet", {}, ValueError, r"target must end in \.duckdb, because only .*x\.parquet'"),
        ("payments/", {}, ValueError, r"target must end in \.duckdb"),
        (3, {}, TypeError, "target must be a path, got int"),
        ("x.duckdb", {"look_back": -1}, ValueError, "look_back must be finite and at least 0"),
        ("x.duckdb", {"look_back": "1"}, TypeError, "look_back: a number was expected"),
        ("x.duckdb", {"status": "paid"}, TypeError, "unknown option 'status'"),
        ("x.duckdb", {"workers": 0}, ValueError, "workers must be at least 1, got 0"),
        ("x.duckdb", {"verify": 1}, TypeError, "verify"),
        ("nowhere/x.duckdb", {}, OSError, "No such file"),
    ],
)
async def test_what_is_invalid_is_refused(  # noqa: PLR0917 - a table
    target, options, error, words, blocking, server, tmp_path
):
    given = tmp_path / target if isinstance(target, str) else target
    with pytest.raises(error, match=words):
        await blocking.sync(given, **options)
    assert server.traffic().total == 0


async def test_a_client_for_other_data_is_refused(blocking, server, path):
    await blocking.sync(path)
    with pytest.raises(
        ValueError, match=r"client: it reads other data .*: stripe_account was None"
    ):
        await blocking.sync(path, stripe_account=server.accounts[0])
    with Sandbox(payments=1) as other, other.client() as client:
        with pytest.raises(ValueError, match="base_url was"):
            await Syncer(client).sync(path)
    assert in_mirror(path) == at_stripe(server)


async def test_a_mirror_of_a_connected_account_names_it(blocking, server, path):
    account = server.accounts[0]
    await blocking.sync(path, stripe_account=account)
    assert {row["account"] for row in in_mirror(path)} == {account}
    assert in_mirror(path) == at_stripe(server, stripe_account=account)


async def test_a_table_of_somebody_else_is_not_touched(blocking, path):
    execute(path, "CREATE TABLE invoice_payments AS SELECT 1 AS mine")
    with pytest.raises(ValueError, match="neither an export nor a mirror"):
        await blocking.sync(path)
    assert execute(path, "FROM invoice_payments") == [(1,)]


async def test_a_mirror_in_use_or_of_a_newer_release_is_refused(blocking, server, path):
    await blocking.sync(path)
    with server.client() as client, Mirror(client, path):
        with pytest.raises(ValueError, match="another export or sync is using it"):
            await blocking.sync(path)
    execute(
        path,
        "UPDATE invoice_payments_sync SET state = replace(state, '_version\": 1', '_version\": 9')",
    )
    with pytest.raises(ValueError, match=r"written by release .* and version 9 of the columns"):
        await blocking.sync(path)


async def test_a_mirror_that_is_closed_says_so(server, path):
    with server.client() as client, Mirror(client, path) as mirror:
        mirror.close()
        with pytest.raises(RuntimeError, match="The mirror is closed"):
            mirror.sync()
    async with server.async_client() as async_client:
        async with AsyncMirror(async_client, path) as other:
            assert repr(other) == f"<AsyncMirror {str(path)!r}>"
        with pytest.raises(RuntimeError, match="The mirror is closed"):
            await other.sync()


async def test_the_file_does_not_have_the_key(blocking, server, path):
    server.add_fault("permission_denied", skip=2)
    with pytest.raises(ScanError):
        await blocking.sync(path, workers=1)
    server.clear_faults()
    await blocking.sync(path)
    assert server.api_key.encode()[-8:] not in path.read_bytes()


def test_the_time_of_a_row_is_when_it_was_last_different(server, path, monkeypatch):
    with server.client() as client:
        sync(client, path, **FAST)
        monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
        changed = payments(server, "open")[-1].id
        server.set_invoice_payment_status(changed, "paid", at=1735689600)
        sync(client, path, **FAST)
    found = execute(path, "SELECT id FROM invoice_payments WHERE year(_extracted_at) > 2090")
    assert found == [(changed,)]


async def test_verify_finds_a_payment_that_has_several_rows(blocking, server, path):
    await blocking.sync(path)
    (doubled,) = execute(path, "SELECT id FROM invoice_payments ORDER BY created LIMIT 1")[0]
    again = "INSERT INTO invoice_payments SELECT * FROM invoice_payments WHERE id = ?"
    execute(path, again, doubled)
    execute(path, again, doubled)
    result = await blocking.sync(path, verify=True)
    assert result.differences == (Difference(doubled, "id", f"{doubled} in 4 rows", doubled),)
    assert in_mirror(path) == at_stripe(server)
    assert (await blocking.sync(path, verify=True)).differences == ()


async def test_a_mirror_that_lost_its_table_is_read_again(blocking, server, path):
    await blocking.sync(path)
    execute(path, "DROP TABLE invoice_payments")
    await blocking.sync(path)
    assert in_mirror(path) == at_stripe(server)


async def test_tables_of_another_schema_have_nothing_to_do_with_a_mirror(blocking, server, path):
    execute(path, "CREATE SCHEMA old")
    for table in ("invoice_payments", "invoice_payments_sync", "invoice_payments_export"):
        execute(path, f"CREATE TABLE old.{table} (extra VARCHAR)")
    await blocking.sync(path)
    await blocking.sync(path)
    assert in_mirror(path) == at_stripe(server)


@pytest.mark.parametrize("state", ["", "x", "[]", "{}", "5", None])
async def test_a_state_that_is_invalid_is_named(state, blocking, path):
    await blocking.sync(path)
    execute(path, "DELETE FROM invoice_payments_sync")
    if state is not None:
        execute(path, "INSERT INTO invoice_payments_sync VALUES (?)", state)
    with pytest.raises(ValueError, match=f"{path}, table .*: not the state of a mirror"):
        await blocking.sync(path)


# --- Outages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["server_error", "connection_reset"])
async def test_an_outage_while_payments_are_read_again_is_waited_out(kind, syncer, server, path):
    await syncer.sync(path)
    payment = payments(server, "open")[-1]
    server.set_invoice_payment_status(payment.id, "paid")
    server.add_fault(kind, path=f"/v1/invoice_payments/{payment.id}", times=3)
    result = await syncer.sync(path)
    assert (result.rows_updated, result.read_again) == (1, 1)
    assert in_mirror(path) == at_stripe(server)
    server.set_invoice_payment_status(payment.id, "open")
    await syncer.sync(path)
    server.set_invoice_payment_status(payment.id, "canceled")
    server.add_fault(kind, path=f"/v1/invoice_payments/{payment.id}", times=3)
    with pytest.raises(StripeError):
        await syncer.sync(path, max_outage=0)


def test_a_mirror_of_no_payments_can_be_reconciled(path):
    with Sandbox(payments=0) as empty, empty.client() as client:
        assert sync(client, path).watermark is None
        invoice = empty.create_invoice(total=100, created=1_790_000_000).id
        found = reconcile(client, {"gte": 5}, payments=path)
    assert {finding.invoice for finding in found.findings} <= {invoice}
    assert found.totals[0].invoices == 1
