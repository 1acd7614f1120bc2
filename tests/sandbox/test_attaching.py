"""`POST /v1/invoices/{invoice}/attach_payment`, its errors, and idempotency keys."""

import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from stripe_invoice_payments.sandbox import Sandbox


@pytest.fixture
def attach(ask: httpx.Client) -> Callable[..., httpx.Response]:
    """Attaches a payment to an invoice; returns the response."""

    def attach(invoice: str, key: str = "", **form: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return ask.post(f"/v1/invoices/{invoice}/attach_payment", data=form, headers=headers)

    return attach


def events(ask) -> list[str]:
    return [event["type"] for event in ask.get("/v1/events", params={"limit": 100}).json()["data"]]


def error(response: httpx.Response) -> tuple[int, str | None, str | None]:
    body = response.json()["error"]
    return response.status_code, body.get("code"), body.get("param")


class TestAPayment:
    def test_that_succeeded_is_credited_at_once(self, ask, attach, stripe_sandbox):
        invoice = stripe_sandbox.create_invoice(total=1000)
        intent = stripe_sandbox.create_payment_intent(amount=600, status="succeeded", created=1000)

        attached = attach(invoice.id, payment_intent=intent.id, **{"expand[]": "payments"}).json()

        (payment,) = attached["payments"]["data"]
        assert (attached["status"], attached["amount_remaining"]) == ("open", 400)
        assert (payment["status"], payment["amount_paid"]) == ("paid", 600)
        assert payment["payment"] == {"payment_intent": intent.id, "type": "payment_intent"}
        assert ask.get(f"/v1/invoice_payments/{payment['id']}").json() == payment
        assert ask.get(f"/v1/payment_intents/{intent.id}").json() == intent.to_dict()

    def test_that_is_open_pays_when_it_succeeds(self, ask, attach, stripe_sandbox):
        invoice = stripe_sandbox.create_invoice(total=700)
        intent = stripe_sandbox.create_payment_intent(amount=700)

        assert attach(invoice.id, payment_intent=intent.id).json()["status"] == "open"
        query = {"payment[type]": "payment_intent", "payment[payment_intent]": intent.id}
        (payment,) = ask.get("/v1/invoice_payments", params=query).json()["data"]
        stripe_sandbox.set_invoice_payment_status(payment["id"], "paid")

        paid = ask.get(f"/v1/invoices/{invoice.id}").json()
        assert (paid["status"], paid["amount_paid"]) == ("paid", 700)
        succeeded = ask.get(f"/v1/payment_intents/{intent.id}").json()
        assert (succeeded["status"], succeeded["amount_received"]) == ("succeeded", 700)
        assert ask.get(f"/v1/charges/{succeeded['latest_charge']}").json()["amount"] == 700

    def test_can_be_a_record(self, ask, attach, stripe_sandbox):
        invoice = stripe_sandbox.create_invoice(total=500, currency="eur")
        record = stripe_sandbox.create_payment_record(amount=500, currency="eur")

        attached = attach(invoice.id, payment_record=record.id).json()

        assert (attached["status"], attached["amount_paid_off_stripe"]) == ("paid", 500)
        assert ask.get(f"/v1/payment_records/{record.id}").json() == record.to_dict()

    def test_beyond_the_total_is_overpaid(self, attach, stripe_sandbox):
        invoice = stripe_sandbox.create_invoice(total=100)
        intent = stripe_sandbox.create_payment_intent(amount=150, status="succeeded")

        attached = attach(invoice.id, payment_intent=intent.id).json()

        assert (attached["status"], attached["amount_overpaid"]) == ("paid", 50)

    def test_that_is_not_attached_makes_no_invoice_payment(self, ask, stripe_sandbox):
        intent = stripe_sandbox.create_payment_intent()
        query = {"payment[type]": "payment_intent", "payment[payment_intent]": intent.id}

        assert ask.get("/v1/invoice_payments", params=query).json()["data"] == []
        assert ask.get(f"/v1/payment_intents/{intent.id}").json() == intent.to_dict()

    def test_of_a_connected_account_or_of_live_data_stays_there(self, connect, stripe_sandbox):
        account, key = stripe_sandbox.accounts[0], stripe_sandbox.live_api_key
        where = {"account": account, "livemode": True}
        invoice = stripe_sandbox.create_invoice(**where)
        intent = stripe_sandbox.create_payment_intent(**where)
        path = f"/v1/invoices/{invoice.id}/attach_payment"

        with connect(stripe_sandbox.base_url, key) as live:
            elsewhere = live.post(path, data={"payment_intent": intent.id})
            there = live.post(
                path, data={"payment_intent": intent.id}, headers={"Stripe-Account": account}
            )

        assert error(elsewhere) == (404, "resource_missing", "invoice")
        assert there.json()["livemode"] is True

    def test_leaves_events_that_name_the_request(self, ask, attach, stripe_sandbox):
        invoice = stripe_sandbox.create_invoice(total=300)
        intent = stripe_sandbox.create_payment_intent(amount=300, status="succeeded")

        response = attach(invoice.id, "key-1", payment_intent=intent.id)

        listed = ask.get("/v1/events").json()["data"]
        caused = [event for event in listed if event["request"]["id"] is not None]
        assert sorted(event["type"] for event in caused) == [
            "invoice.paid",
            "invoice.updated",
            "invoice_payment.paid",
        ]
        by = {"id": response.headers["request-id"], "idempotency_key": "key-1"}
        assert all(event["request"] == by for event in caused)

    def test_is_posted_to_webhooks(self, attach, stripe_sandbox, connect):
        stripe_sandbox.post_webhooks_to("http://127.0.0.1:9", secret="whsec_test")  # nobody listens
        invoice = stripe_sandbox.create_invoice()
        intent = stripe_sandbox.create_payment_intent(status="succeeded")

        attach(invoice.id, payment_intent=intent.id)

        (delivery,) = stripe_sandbox.webhook_deliveries()
        assert delivery.event.startswith("evt_")


class TestErrors:
    @pytest.fixture
    def invoice(self, stripe_sandbox) -> str:
        return str(stripe_sandbox.create_invoice(total=1000).id)

    def test_an_unknown_invoice(self, attach, stripe_sandbox):
        intent = stripe_sandbox.create_payment_intent()
        expected = (404, "resource_missing", "invoice")

        assert error(attach("in_unknown", payment_intent=intent.id)) == expected
        invoice = stripe_sandbox.create_invoice().id
        stripe_sandbox.delete_invoice(invoice)
        assert error(attach(invoice, payment_intent=intent.id)) == expected

    @pytest.mark.parametrize("status", ["draft", "paid", "void"])
    def test_an_invoice_that_takes_no_payment(self, attach, stripe_sandbox, invoice, status):
        stripe_sandbox.update_invoice(invoice, status=status)
        intent = stripe_sandbox.create_payment_intent()

        response = attach(invoice, payment_intent=intent.id)

        assert error(response) == (400, None, "invoice")
        assert status in response.json()["error"]["message"]

    def test_a_draft_that_was_created_as_one(self, attach, stripe_sandbox):
        draft = stripe_sandbox.create_invoice(status="draft")
        intent = stripe_sandbox.create_payment_intent()

        assert error(attach(draft.id, payment_intent=intent.id)) == (400, None, "invoice")

    @pytest.mark.parametrize("kind", ["payment_intent", "payment_record"])
    def test_an_unknown_payment(self, attach, invoice, kind):
        assert error(attach(invoice, **{kind: "x_1"})) == (400, "resource_missing", kind)

    def test_a_payment_that_is_attached_already(self, attach, stripe_sandbox, invoice):
        seeded = stripe_sandbox.create_invoice_payment().payment.payment_intent_id
        record = stripe_sandbox.create_payment_record(amount=100).id

        assert error(attach(invoice, payment_intent=seeded)) == (400, None, "payment_intent")
        assert attach(invoice, payment_record=record).status_code == 200
        assert error(attach(invoice, payment_record=record)) == (400, None, "payment_record")

    def test_a_payment_that_was_canceled(self, attach, stripe_sandbox, invoice):
        intent = stripe_sandbox.create_payment_intent(status="canceled")

        response = attach(invoice, payment_intent=intent.id)

        assert error(response) == (400, "payment_intent_unexpected_state", "payment_intent")

    def test_another_currency(self, attach, stripe_sandbox, invoice):
        intent = stripe_sandbox.create_payment_intent(currency="jpy")

        assert error(attach(invoice, payment_intent=intent.id)) == (400, None, "payment_intent")

    @pytest.mark.parametrize(
        ("form", "expected"),
        [
            ({}, (400, "parameter_missing", "payment_intent")),
            ({"payment_intent": "pi_1", "payment_record": "pyr_1"}, (400, None, None)),
            ({"payment_intent": ""}, (400, "parameter_invalid_empty", "payment_intent")),
            ({"payment_intent": "pi_1", "colour": "red"}, (400, "parameter_unknown", "colour")),
            ({"payment_intent": "pi_1", "expand": "payments"}, (400, None, "expand")),
            ({"payment_intent": "pi_1", "expand[]": "nope"}, (400, None, None)),
        ],
    )
    def test_wrong_parameters(self, attach, invoice, form, expected):
        assert error(attach(invoice, **form)) == expected

    def test_a_body_that_is_no_form(self, ask, invoice):
        response = ask.post(f"/v1/invoices/{invoice}/attach_payment", json={"payment_intent": "p"})

        assert error(response) == (400, None, None)

    def test_another_method(self, ask, invoice):
        assert ask.get(f"/v1/invoices/{invoice}/attach_payment").status_code == 404
        assert ask.post(f"/v1/invoices/{invoice}").status_code == 404

    def test_a_key_that_opens_nothing(self, connect, stripe_sandbox, invoice):
        with connect(stripe_sandbox.base_url, "sk_test_wrong") as stranger:
            response = stranger.post(f"/v1/invoices/{invoice}/attach_payment")

        assert response.status_code == 401


class TestIdempotencyKeys:
    @pytest.fixture
    def form(self, stripe_sandbox) -> dict[str, str]:
        return {"payment_intent": stripe_sandbox.create_payment_intent(status="succeeded").id}

    @pytest.fixture
    def invoice(self, stripe_sandbox) -> str:
        return str(stripe_sandbox.create_invoice(total=5000).id)

    def test_a_retry_gets_the_same_response_and_changes_nothing(self, ask, attach, form, invoice):
        first = attach(invoice, "key", **form)
        before = events(ask)
        again = attach(invoice, "key", **form)

        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert events(ask) == before
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"
        assert again.headers["original-request"] == first.headers["request-id"]
        assert again.headers["request-id"] != first.headers["request-id"]
        assert {r.headers["idempotency-key"] for r in (first, again)} == {"key"}

    def test_without_a_key_nothing_is_replayed(self, attach, form, invoice):
        assert attach(invoice, **form).status_code == 200
        assert error(attach(invoice, **form)) == (400, None, "payment_intent")

    def test_other_parameters_are_an_error(self, attach, form, invoice, stripe_sandbox):
        attach(invoice, "key", **form)
        other = stripe_sandbox.create_payment_intent()

        for response in (
            attach(invoice, "key", payment_intent=other.id),
            attach(invoice, "key", **form, **{"expand[]": "payments"}),
            attach(stripe_sandbox.create_invoice().id, "key", **form),
        ):
            assert response.status_code == 400
            assert response.json()["error"]["type"] == "idempotency_error"

    def test_an_error_of_the_operation_is_replayed_too(self, attach, stripe_sandbox, invoice):
        record = stripe_sandbox.create_payment_record(amount=10, currency="eur")
        first = attach(invoice, "key", payment_record=record.id)
        again = attach(invoice, "key", payment_record=record.id)

        assert (first.status_code, again.content) == (400, first.content)
        assert again.headers["idempotent-replayed"] == "true"

    def test_wrong_parameters_are_not_saved(self, attach, form, invoice):
        assert attach(invoice, "key").status_code == 400
        assert attach(invoice, "key", **form).status_code == 200

    def test_each_account_has_its_own_keys(self, ask, attach, form, invoice, stripe_sandbox):
        account = stripe_sandbox.accounts[0]
        other = stripe_sandbox.create_invoice(account=account)
        record = stripe_sandbox.create_payment_record(account=account)
        attach(invoice, "key", **form)

        response = ask.post(
            f"/v1/invoices/{other.id}/attach_payment",
            data={"payment_record": record.id},
            headers={"Idempotency-Key": "key", "Stripe-Account": account},
        )

        assert response.json()["id"] == other.id

    def test_a_reset_forgets_them(self, attach, form, invoice, stripe_sandbox):
        attach(invoice, "key", **form)
        stripe_sandbox.reset()

        assert error(attach(invoice, "key", **form)) == (404, "resource_missing", "invoice")

    def test_a_key_has_at_most_255_characters(self, attach, form, invoice):
        assert error(attach(invoice, "k" * 256, **form)) == (400, None, None)
        assert attach(invoice, "k" * 255, **form).status_code == 200

    def test_a_key_in_use_is_a_conflict(self, attach, form, invoice, stripe_sandbox):
        stripe_sandbox.add_fault("slow_headers", times=1, seconds=1)
        responses: list[httpx.Response] = []
        slow = threading.Thread(target=lambda: responses.append(attach(invoice, "key", **form)))
        slow.start()
        while stripe_sandbox.traffic().in_progress == 0:
            time.sleep(0.01)
        early = attach(invoice, "key", **form)
        slow.join()
        late = attach(invoice, "key", **form)

        assert error(early) == (409, "idempotency_key_in_use", None)
        assert early.json()["error"]["type"] == "idempotency_error"
        assert [response.status_code for response in (*responses, late)] == [200, 200]
        assert late.headers["idempotent-replayed"] == "true"

    def test_a_response_that_got_lost_is_replayed(self, attach, form, invoice, stripe_sandbox):
        stripe_sandbox.add_fault("connection_reset", times=1)
        with pytest.raises(httpx.TransportError):
            attach(invoice, "key", **form)

        again = attach(invoice, "key", **form)

        assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")

    @pytest.mark.parametrize(
        "fault", ["server_error", "rate_limit", "lock_timeout", "error_without_body", "proxy_503"]
    )
    def test_an_error_in_place_of_the_operation_changes_nothing(
        self, attach, form, invoice, stripe_sandbox, fault
    ):
        stripe_sandbox.add_fault(fault, times=1)
        assert attach(invoice, "key", **form).status_code >= 400

        retried = attach(invoice, "key", **form)

        assert retried.status_code == 200
        assert "idempotent-replayed" not in retried.headers

    @pytest.mark.parametrize("latency", [0.0, 0.05])
    def test_the_body_outlives_a_latency(self, attach, form, invoice, stripe_sandbox, latency):
        stripe_sandbox.set_latency(latency)

        assert attach(invoice, "key", **form).status_code == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=st.integers(1, 10_000),
    amounts=st.lists(st.tuples(st.integers(0, 5_000), st.booleans(), st.booleans()), max_size=6),
)
def test_what_is_attached_adds_up(stripe_sandbox: Sandbox, attach, ask, total, amounts):
    invoice = stripe_sandbox.create_invoice(total=total)
    credited = 0
    for amount, succeeded, is_record in amounts:
        if is_record:
            form = {"payment_record": stripe_sandbox.create_payment_record(amount=amount).id}
        else:
            status = "succeeded" if succeeded else "requires_payment_method"
            intent = stripe_sandbox.create_payment_intent(amount=amount, status=status)
            form = {"payment_intent": intent.id}
        response = attach(invoice.id, **form)
        assert response.status_code == (400 if credited >= total else 200)
        if credited < total and (is_record or succeeded):
            credited += amount

    shown = ask.get(f"/v1/invoices/{invoice.id}", params={"expand[]": "payments"}).json()
    assert shown["amount_paid"] == credited
    assert shown["amount_remaining"] == max(total - credited, 0)
    assert shown["amount_overpaid"] == max(credited - total, 0)
    assert shown["status"] == ("paid" if credited >= total else "open")
    assert credited == sum(payment["amount_paid"] or 0 for payment in shown["payments"]["data"])


# --- One payment intent for several invoices ------------------------------------------------------


def test_a_payment_intent_pays_several_invoices():
    with Sandbox(payments=12) as sandbox, sandbox.client() as client:
        first = sandbox.create_invoice_payment(status="paid", created=1_767_225_600)
        intent = first.payment.id
        assert intent is not None
        second = sandbox.create_invoice_payment(
            status="paid", created=1_767_225_601, payment_intent=intent
        )
        other = sandbox.create_payment_intent(currency="eur")
        third = sandbox.create_invoice_payment(payment_intent=other.id)
        assert second.payment.payment_intent_id == intent
        assert second.invoice_id != first.invoice_id
        assert third.currency == "eur"
        by_intent = client.invoice_payments.list(
            payment={"type": "payment_intent", "payment_intent": intent}
        )
        assert [found.id for found in by_intent] == [second.id, first.id]
        (found,) = client.invoice_payments.list(
            payment={"type": "payment_intent", "payment_intent": other.id}
        )
        assert found.id == third.id
        with pytest.raises(ValueError, match="no such payment_intent"):
            sandbox.create_invoice_payment(payment_intent="pi_unknown")
        with pytest.raises(ValueError, match="must be in the payment's currency"):
            sandbox.create_invoice_payment(payment_intent=intent, currency="eur")
        with pytest.raises(ValueError, match="type must be payment_intent"):
            sandbox.create_invoice_payment(payment_intent=intent, type="payment_record")


def test_an_invoice_with_a_due_date_is_sent():
    with Sandbox(payments=12) as sandbox, sandbox.client() as client:
        invoice = sandbox.create_invoice()
        sent = sandbox.update_invoice(invoice.id, due_date=1_767_225_600)
        assert (sent.due_date, sent.collection_method) == (1_767_225_600, "send_invoice")
        matching: list[dict[str, Any]] = [
            {"collection_method": "send_invoice"},
            {"due_date": 1_767_225_600},
            {"due_date": {"gte": 1_767_225_600, "lt": 1_767_225_601}},
        ]
        for filters in matching:
            assert [found.id for found in client.invoices.list(**filters)] == [invoice.id]
        assert not client.invoices.list(due_date={"gt": 1_767_225_600})
        assert not client.invoices.list(due_date={"lt": 1_767_225_600})
        automatic = client.invoices.list(collection_method="charge_automatically", limit=100)
        assert invoice.id not in {found.id for found in automatic}
        with pytest.raises(ValueError, match="due_date must be from 0"):
            sandbox.update_invoice(invoice.id, due_date=-1)
