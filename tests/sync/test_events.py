"""Events only shorten the delay: in any order, any number of times, while a sync runs or not."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Literal

import pytest

from stripe_invoice_payments import Client, InvoicePayment, PermissionError, Webhook
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sync import AsyncMirror, Mirror, SyncResult
from stripe_invoice_payments.sync.plan import Read
from tests.sync.mirrors import FAST, about, at_stripe, event, in_mirror


def one(server: Sandbox, status: Literal["open", "paid"]) -> InvoicePayment:
    """The oldest payment with this status."""
    with server.client() as client:
        page = client.invoice_payments.list(limit=100, status=status)
        return list(page.auto_paging_iter())[-1]


async def test_a_webhook_updates_the_mirror_at_once(syncer, server, path):
    await syncer.sync(path)
    payment = one(server, "open")
    server.set_invoice_payment_status(payment.id, "paid")
    request = server.invoice_payment_paid_webhook(payment.id, secret="whsec_tests")
    signature = request.headers["Stripe-Signature"]
    received = Webhook.construct_event(request.body, signature, "whsec_tests")
    result = await syncer.apply(path, received)
    assert (result.rows_updated, result.read_again, result.requests) == (1, 1, 1)
    assert in_mirror(path) == at_stripe(server)
    assert (await syncer.apply(path, received)).rows_updated == 0


async def test_an_old_event_that_arrives_late_does_no_harm(blocking, server, path):
    payment = one(server, "open")
    server.set_invoice_payment_status(payment.id, "paid")
    request = server.invoice_payment_paid_webhook(payment.id, secret="whsec_tests")
    server.set_invoice_payment_status(payment.id, "canceled")
    await blocking.sync(path)
    signature = request.headers["Stripe-Signature"]
    received = Webhook.construct_event(request.body, signature, "whsec_tests")
    assert (await blocking.apply(path, received)).rows_updated == 0
    assert in_mirror(path) == at_stripe(server)


async def test_an_event_about_an_invoice_reads_all_of_its_payments(syncer, server, path):
    await syncer.sync(path)
    payment = one(server, "open")
    server.set_invoice_payment_status(payment.id, "canceled")
    server.create_invoice_payment(invoice=payment.invoice_id, status="paid")
    invoice = {"id": payment.invoice_id, "object": "invoice"}
    result = await syncer.apply(path, event("invoice.updated", invoice))
    assert (result.rows_added, result.rows_updated, result.requests) == (1, 1, 1)
    assert in_mirror(path) == at_stripe(server)


async def test_an_event_about_a_payment_intent_reads_what_it_pays(blocking, server, path):
    """There is no event for an invoice payment that was canceled."""
    await blocking.sync(path)
    with server.client() as client:
        page = client.invoice_payments.list(limit=100, status="open")
        payment = [each for each in page.data if each.payment.type == "payment_intent"][-1]
    server.set_invoice_payment_status(payment.id, "canceled")
    intent = {"id": payment.payment.payment_intent_id, "object": "payment_intent"}
    assert (await blocking.apply(path, event("payment_intent.canceled", intent))).rows_updated == 1
    assert in_mirror(path) == at_stripe(server)


async def test_a_payment_before_the_watermark_of_the_next_sync(blocking, server, path):
    """An event about the newest payment does not hide those that were created before it."""
    watermark = (await blocking.sync(path)).watermark
    before = server.create_invoice_payment(created=watermark + 1000)
    newest = server.create_invoice_payment(created=watermark + 9000)
    result = await blocking.apply(path, about(newest.id))
    assert (result.rows_added, result.watermark) == (1, watermark)
    await blocking.sync(path)
    assert before.id in {row["id"] for row in in_mirror(path)}
    assert in_mirror(path) == at_stripe(server)


async def test_an_event_before_the_first_sync(blocking, server, path):
    assert (await blocking.apply(path, about(one(server, "open").id))).rows_added == 1
    assert (await blocking.sync(path)).rows_added == 249
    assert in_mirror(path) == at_stripe(server)


@pytest.mark.parametrize(
    "received",
    [
        event("invoice_payment.paid", {"id": "inpay_none", "object": "invoice_payment"}),
        event("invoice.deleted", {"id": "in_none", "object": "invoice"}),
        event("payment_intent.succeeded", {"id": "pi_none", "object": "payment_intent"}),
        event("customer.updated", {"id": "cus_1", "object": "customer"}),
        event("balance.available", {"object": "balance"}),
    ],
    ids=lambda received: received.type,
)
async def test_what_concerns_no_payment_does_nothing(received, blocking, server, path):
    await blocking.sync(path)
    result = await blocking.apply(path, received)
    assert (result.rows_added, result.rows_updated, result.rows_removed) == (0, 0, 0)
    assert in_mirror(path) == at_stripe(server)


@pytest.mark.parametrize(
    ("received", "words"),
    [
        (about("inpay_1", livemode=True), "evt_1 is of live mode, the mirror of test mode"),
        (about("inpay_1", account="acct_9"), "evt_1 is of the account acct_9, the mirror of the"),
    ],
)
async def test_an_event_of_other_data_is_refused(received, words, blocking, path):
    with pytest.raises(ValueError, match=words):
        await blocking.apply(path, received)


async def test_what_is_no_event_is_refused(syncer, path):
    with pytest.raises(TypeError, match="event must be an Event, got dict"):
        await syncer.apply(path, {"id": "evt_1"})


async def test_an_event_whose_request_fails_is_an_error_and_the_sync_makes_up_for_it(
    syncer, server, path
):
    await syncer.sync(path)
    payment = one(server, "open")
    server.set_invoice_payment_status(payment.id, "paid")
    server.add_fault("permission_denied", times=1)
    with pytest.raises(PermissionError):
        await syncer.apply(path, about(payment.id))
    await syncer.sync(path)
    assert in_mirror(path) == at_stripe(server)


# --- While a sync runs ----------------------------------------------------------------------------


def test_a_sync_applies_the_events_that_arrive_meanwhile(server, path):
    """The pages of a scan may be older than the event, so the object is read after it."""
    with server.client() as client, Mirror(client, path, **FAST) as mirror:
        mirror.sync()
        payment = one(server, "open")
        server.set_latency(0.2)
        syncing = threading.Thread(target=mirror.sync)
        syncing.start()
        while server.traffic().in_progress == 0:
            pass
        server.set_invoice_payment_status(payment.id, "paid")
        assert mirror.apply(about(payment.id)) == SyncResult()
        syncing.join()
        server.set_latency(0)
    assert in_mirror(path) == at_stripe(server)


async def in_progress(server: Sandbox) -> None:
    """Wait until a request is."""
    while server.traffic().in_progress == 0:  # noqa: ASYNC110 - the server is in another thread
        await asyncio.sleep(0.001)


async def test_tasks_do_the_same(server, path):
    async with server.async_client() as client, AsyncMirror(client, path, **FAST) as mirror:
        await mirror.sync()
        payment = one(server, "open")
        server.set_latency(0.2)
        syncing = asyncio.ensure_future(mirror.sync())
        await in_progress(server)
        server.set_invoice_payment_status(payment.id, "paid")
        assert await mirror.apply(about(payment.id)) == SyncResult()
        await syncing
        server.set_latency(0)
    assert in_mirror(path) == at_stripe(server)


def test_many_threads_apply_events_and_none_is_lost(server, path):
    with server.client() as client, Mirror(client, path, **FAST) as mirror:
        mirror.sync()
        page = client.invoice_payments.list(limit=100, status="open")
        changed = [each.id for each in page.auto_paging_iter()][:24]
        for each in changed:
            server.set_invoice_payment_status(each, "paid")
        results: list[SyncResult] = []

        def apply(ids: list[str]) -> None:
            results.extend(mirror.apply(about(each)) for each in ids)

        threads = [threading.Thread(target=apply, args=(changed[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(result.rows_updated for result in results) == len(changed)
    assert in_mirror(path) == at_stripe(server)


async def test_a_cancelled_sync_leaves_a_mirror_that_goes_on(server, path):
    async with server.async_client() as client:
        async with AsyncMirror(client, path, **FAST) as mirror:
            server.set_latency(0.1)
            syncing: Any = asyncio.ensure_future(mirror.sync())
            await in_progress(server)
            syncing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await syncing
            server.set_latency(0)
            await mirror.sync()
    assert in_mirror(path) == at_stripe(server)


# --- Events that fail -----------------------------------------------------------------------------


async def test_the_failure_of_an_event_does_not_hide_the_result_of_a_sync(
    syncer, server, path, caplog
):
    """The event came while the sync was running."""
    is_sync = isinstance(syncer.client, Client)
    mirror: Any = (Mirror if is_sync else AsyncMirror)(syncer.client, path, **FAST)
    mirror._waiting.append(Read(("inpay_denied",)))
    mirror._waiting.append(Read((one(server, "open").id,)))
    server.add_fault("permission_denied", path="/v1/invoice_payments/inpay_denied")
    result = mirror.sync()
    result = result if is_sync else await result
    assert result.rows_added == 250
    assert "an event was not applied, the next sync reads what it is about" in caplog.text
    assert not mirror._waiting
    received = about("inpay_denied")
    with pytest.raises(PermissionError):  # its own caller receives it
        mirror.apply(received) if is_sync else await mirror.apply(received)
    mirror.close() if is_sync else await mirror.aclose()
    assert in_mirror(path) == at_stripe(server)
