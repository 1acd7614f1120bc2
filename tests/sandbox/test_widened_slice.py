"""The lists of invoices, events and accounts, and single objects of what pays."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from stripe_invoice_payments.sandbox import Sandbox

INVOICES, EVENTS, ACCOUNTS = "/v1/invoices", "/v1/events", "/v1/accounts"


def everything(ask: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    """All objects of a list, newest first, in pages of 30."""
    collected: list[dict[str, Any]] = []
    params = {"limit": 30, **params}
    while True:
        page = ask.get(path, params=params).raise_for_status().json()
        assert (page["object"], page["url"]) == ("list", path)
        collected += page["data"]
        if not page["has_more"]:
            return collected
        params["starting_after"] = page["data"][-1]["id"]


@pytest.fixture(scope="module")
def invoices(http: httpx.Client) -> list[dict[str, Any]]:
    """Every invoice of a sandbox that nobody changes."""
    return everything(http, INVOICES)


@pytest.fixture(scope="module")
def platform(connect: Callable[..., httpx.Client]) -> Iterator[httpx.Client]:
    """A client of a sandbox with connected accounts, one of them below another."""
    accounts = ["acct_a", "acct_b", "acct_a/acct_c", "acct_d"]
    with (
        Sandbox(payments=1, accounts=accounts) as sandbox,
        connect(sandbox.base_url, sandbox.api_key) as client,
    ):
        yield client


class TestInvoices:
    def test_are_those_of_the_payments_without_the_deleted_ones(self, http, payments, invoices):
        expanded = {
            payment["invoice"]: http.get(f"/v1/invoices/{payment['invoice']}")
            for payment in payments
        }
        standing = {key for key, found in expanded.items() if found.status_code == 200}

        assert {invoice["id"] for invoice in invoices} == standing
        assert 0 < len(standing) < len(expanded)
        assert len(invoices) == len(standing)
        assert all(expanded[invoice["id"]].json() == invoice for invoice in invoices)

    def test_come_newest_first(self, invoices):
        created = [invoice["created"] for invoice in invoices]

        assert created == sorted(created, reverse=True)

    def test_go_backwards_as_well(self, http, invoices):
        ids = [invoice["id"] for invoice in invoices]
        page = http.get(INVOICES, params={"limit": 3, "ending_before": ids[5]}).json()

        assert [invoice["id"] for invoice in page["data"]] == ids[2:5]
        assert page["has_more"]

    @settings(max_examples=60)
    @given(data=st.data())
    def test_any_filters_leave_what_they_should(self, http, invoices, data):
        seconds = st.sampled_from([invoice["created"] for invoice in invoices]).flatmap(
            lambda second: st.sampled_from([second - 1, second, second + 1])
        )
        params: dict[str, Any] = data.draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "status": st.sampled_from(["draft", "open", "paid", "uncollectible", "void"]),
                    "customer": st.sampled_from(sorted({i["customer"] for i in invoices})),
                    "created[gte]": seconds,
                    "created[gt]": seconds,
                    "created[lt]": seconds,
                    "created[lte]": seconds,
                },
            )
        )
        expected = [
            invoice["id"]
            for invoice in invoices
            if params.get("status") in (None, invoice["status"])
            and params.get("customer") in (None, invoice["customer"])
            and params.get("created[gte]", 0) <= invoice["created"]
            and params.get("created[gt]", 0) < invoice["created"]
            and invoice["created"] < params.get("created[lt]", 1 << 40)
            and invoice["created"] <= params.get("created[lte]", 1 << 40)
        ]

        assert [invoice["id"] for invoice in everything(http, INVOICES, **params)] == expected

    @pytest.mark.parametrize(
        "params", [{"collection_method": "send_invoice"}, {"due_date[gte]": "1"}, {"due_date": "5"}]
    )
    def test_none_is_sent_or_due(self, http, params):
        assert http.get(INVOICES, params=params).json()["data"] == []

    def test_all_are_charged_automatically(self, http, invoices):
        assert everything(http, INVOICES, collection_method="charge_automatically") == invoices

    @pytest.mark.parametrize("kind", ["customer", "subscription", "customer_account"])
    def test_a_filter_by_what_does_not_exist(self, http, kind):
        response = http.get(INVOICES, params={kind: "x_1"})

        assert response.status_code == 400
        assert response.json()["error"]["code"] == "resource_missing"
        assert response.json()["error"]["param"] == kind

    def test_can_show_their_payments(self, http, invoices):
        page = http.get(INVOICES, params={"expand[]": "data.payments", "limit": 5}).json()

        for invoice in page["data"]:
            shown = invoice.pop("payments")
            listed = http.get("/v1/invoice_payments", params={"invoice": invoice["id"]}).json()
            assert shown["data"] == listed["data"]
        assert page["data"] == invoices[:5]

    def test_a_new_one_takes_its_place(self, ask, stripe_sandbox):
        before = everything(ask, INVOICES)
        middle = before[len(before) // 2]
        older = stripe_sandbox.create_invoice(created=middle["created"] - 1, customer="cus_new")
        newest = stripe_sandbox.create_invoice_payment().invoice_id

        after = [invoice["id"] for invoice in everything(ask, INVOICES)]

        assert after[0] == newest
        assert after.index(older.id) > after.index(middle["id"])
        assert [one for one in after if one not in {older.id, newest}] == [i["id"] for i in before]
        assert [i["id"] for i in everything(ask, INVOICES, customer="cus_new")] == [older.id]

    def test_a_deleted_one_is_gone(self, ask, stripe_sandbox):
        first = ask.get(INVOICES, params={"limit": 1}).json()["data"][0]["id"]
        stripe_sandbox.delete_invoice(first)

        assert first not in [invoice["id"] for invoice in everything(ask, INVOICES)]

    def test_a_draft_has_no_number_yet(self, ask, stripe_sandbox):
        draft = stripe_sandbox.create_invoice(status="draft", total=50, currency="eur")
        (shown,) = everything(ask, INVOICES, status="draft")

        assert shown == ask.get(f"{INVOICES}/{draft.id}").json() == draft.to_dict()
        assert (shown["number"], shown["status_transitions"]["finalized_at"]) == (None, None)
        assert (shown["total"], shown["currency"], shown["attempted"]) == (50, "eur", False)

    def test_any_number_of_payments_has_its_invoices(self, connect):
        for size in (0, 1, 2, 11, 12, 13, 25):
            with (
                Sandbox(payments=size) as sandbox,
                connect(sandbox.base_url, sandbox.api_key) as client,
            ):
                payments = everything(client, "/v1/invoice_payments")
                shown = {payment["invoice"] for payment in payments}
                listed = {invoice["id"] for invoice in everything(client, INVOICES)}
                missing = shown - listed
                assert listed <= shown
                assert all(client.get(f"{INVOICES}/{one}").status_code == 404 for one in missing)


class TestSingleObjects:
    @pytest.mark.parametrize("kind", ["payment_intent", "charge", "payment_record"])
    def test_are_what_expansion_shows(self, http, payments, kind):
        paying = [payment for payment in payments if payment["payment"]["type"] == kind][:5]

        for payment in paying:
            path = f"/v1/invoice_payments/{payment['id']}"
            expanded = http.get(path, params={"expand[]": f"payment.{kind}"}).json()
            shown = http.get(f"/v1/{kind}s/{payment['payment'][kind]}").json()
            assert shown == expanded["payment"][kind]
        assert paying

    def test_a_charge_and_its_payment_intent_name_each_other(self, http, payments):
        paid = next(
            p for p in payments if p["status"] == "paid" and "payment_intent" in p["payment"]
        )
        intent = http.get(f"/v1/payment_intents/{paid['payment']['payment_intent']}").json()
        charge = http.get(
            f"/v1/charges/{intent['latest_charge']}", params={"expand[]": "payment_intent"}
        ).json()

        assert charge["payment_intent"] == intent

    @pytest.mark.parametrize(
        ("path", "param"),
        [
            ("/v1/payment_intents/pi_x", "intent"),
            ("/v1/charges/ch_x", "id"),
            ("/v1/payment_records/pyr_x", "id"),
        ],
    )
    def test_that_do_not_exist(self, http, path, param):
        response = http.get(path)

        assert response.status_code == 404
        assert response.json()["error"]["code"] == "resource_missing"
        assert response.json()["error"]["param"] == param

    def test_a_charge_that_never_succeeded_does_not_exist(self, ask, stripe_sandbox):
        payment = stripe_sandbox.create_invoice_payment(status="paid")
        intent = ask.get(f"/v1/payment_intents/{payment.payment.payment_intent_id}").json()
        path = f"/v1/charges/{intent['latest_charge']}"
        assert ask.get(path).status_code == 200
        stripe_sandbox.set_invoice_payment_status(payment.id, "open")

        assert ask.get(path).status_code == 404

    def test_unknown_parameters_and_expansions(self, http, payments):
        intent = next(
            p["payment"]["payment_intent"] for p in payments if "payment_intent" in p["payment"]
        )
        for params in ({"colour": "red"}, {"expand[]": "customer"}, {"limit": "1"}):
            assert http.get(f"/v1/payment_intents/{intent}", params=params).status_code == 400


class TestEvents:
    def test_nothing_has_happened_at_first(self, http):
        assert http.get(EVENTS).json()["data"] == []

    def test_tell_what_a_test_changed(self, ask, stripe_sandbox):
        payment = stripe_sandbox.create_invoice_payment()
        assert everything(ask, EVENTS) == []
        stripe_sandbox.set_invoice_payment_status(payment.id, "paid", at=2_000_000_000)
        invoice = stripe_sandbox.create_invoice(created=2_000_000_001)

        created, paid_invoice, paid = everything(ask, EVENTS)

        assert [created["type"], paid_invoice["type"], paid["type"]] == [
            *("invoice.created", "invoice.paid", "invoice_payment.paid"),
        ]
        assert created["data"]["object"] == invoice.to_dict()
        assert paid["data"]["object"] == ask.get(f"/v1/invoice_payments/{payment.id}").json()
        assert paid["created"] == paid_invoice["created"] == 2_000_000_000
        assert paid["request"] == {"id": None, "idempotency_key": None}

    def test_keep_the_object_as_it_was(self, ask, stripe_sandbox):
        invoice = stripe_sandbox.create_invoice(total=100)
        stripe_sandbox.update_invoice(invoice.id, total=200)
        stripe_sandbox.delete_invoice(invoice.id)

        totals = {e["type"]: e["data"]["object"]["total"] for e in everything(ask, EVENTS)}

        assert totals == {"invoice.created": 100, "invoice.updated": 200, "invoice.deleted": 200}

    def test_are_those_that_webhooks_post(self, ask, stripe_sandbox):
        stripe_sandbox.post_webhooks_to("http://127.0.0.1:9", secret="whsec_test")  # nobody listens
        payment = stripe_sandbox.create_invoice_payment(status="paid")

        (delivery,) = stripe_sandbox.webhook_deliveries()
        (event,) = everything(ask, EVENTS, type="invoice_payment.paid")
        webhook = stripe_sandbox.invoice_payment_paid_webhook(payment.id, secret="whsec_test")

        assert delivery.event == event["id"]
        assert httpx.Response(200, content=webhook.body).json() == event

    def test_a_payment_that_is_paid_again_has_one_event(self, ask, stripe_sandbox):
        payment = stripe_sandbox.create_invoice_payment(status="paid", created=1_900_000_000)
        stripe_sandbox.set_invoice_payment_status(payment.id, "open")
        stripe_sandbox.set_invoice_payment_status(payment.id, "paid", at=1_900_000_500)

        (event,) = everything(ask, EVENTS, type="invoice_payment.paid")

        assert event["created"] == 1_900_000_500

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"type": "invoice.created"}, ["invoice.created"] * 3),
            ({"types[]": "invoice.created"}, ["invoice.created"] * 3),
            ({"types[]": ["invoice.created", "invoice.paid"]}, ["invoice.created"] * 3),
            ({"type": "charge.failed"}, []),
            ({"created[gt]": 1001}, ["invoice.created"]),
            ({"created": 1001}, ["invoice.created"]),
            ({"delivery_success": "true"}, ["invoice.created"] * 3),
            ({"delivery_success": "false"}, []),
        ],
    )
    def test_filters(self, ask, stripe_sandbox, params, expected):
        for second in (1000, 1002, 1001):
            stripe_sandbox.create_invoice(created=second)

        listed = everything(ask, EVENTS, **params)

        assert [event["type"] for event in listed] == expected
        assert sorted(listed, key=lambda event: -event["created"]) == listed

    @pytest.mark.parametrize(
        "params",
        [
            {"type": "a", "types[]": "b"},
            {"delivery_success": "yes"},
            {"starting_after": "evt_x"},
            {"colour": "red"},
            {"expand[]": "data.object"},
            {"types": "invoice.paid"},
        ],
    )
    def test_wrong_parameters(self, http, params):
        assert http.get(EVENTS, params=params).status_code == 400

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seconds=st.lists(st.integers(1, 9), max_size=8), limit=st.integers(1, 4))
    def test_pages_miss_nothing(self, ask, stripe_sandbox, seconds, limit):
        stripe_sandbox.reset()
        for second in seconds:
            stripe_sandbox.create_invoice(created=second)

        listed = everything(ask, EVENTS, limit=limit)

        assert [event["created"] for event in listed] == sorted(seconds, reverse=True)
        assert len({event["id"] for event in listed}) == len(seconds)
        for position, event in enumerate(listed):
            page = ask.get(EVENTS, params={"ending_before": event["id"], "limit": limit}).json()
            assert page["data"] == listed[max(position - limit, 0) : position]

    def test_of_an_account_are_its_own_and_name_it(self, ask, stripe_sandbox):
        account = stripe_sandbox.accounts[0]
        stripe_sandbox.create_invoice(account=account)

        listed = ask.get(EVENTS, headers={"Stripe-Account": account}).json()["data"]

        assert [event["account"] for event in listed] == [account]
        assert ask.get(EVENTS).json()["data"] == []

    def test_a_reset_forgets_them(self, ask, stripe_sandbox):
        stripe_sandbox.create_invoice()
        stripe_sandbox.reset()

        assert ask.get(EVENTS).json()["data"] == []


class TestAccounts:
    def test_are_those_of_the_sandbox_the_last_first(self, platform):
        listed = everything(platform, ACCOUNTS)

        assert [account["id"] for account in listed] == ["acct_d", "acct_b", "acct_a"]
        assert {account["object"] for account in listed} == {"account"}
        created = [account["created"] for account in listed]
        assert created == sorted(created, reverse=True)

    def test_of_an_account_are_those_below_it(self, platform):
        for context, ids in (("acct_a", ["acct_c"]), ("acct_b", []), ("acct_a/acct_c", [])):
            page = platform.get(ACCOUNTS, headers={"Stripe-Context": context}).json()
            assert [account["id"] for account in page["data"]] == ids

    def test_go_in_pages(self, platform):
        assert [a["id"] for a in everything(platform, ACCOUNTS, limit=1)] == [
            *("acct_d", "acct_b", "acct_a"),
        ]
        page = platform.get(ACCOUNTS, params={"ending_before": "acct_a", "limit": 1}).json()
        assert ([a["id"] for a in page["data"]], page["has_more"]) == (["acct_b"], True)
        assert platform.get(ACCOUNTS, params={"starting_after": "acct_x"}).status_code == 400

    def test_can_be_filtered_by_their_second(self, platform):
        newest, middle, _oldest = everything(platform, ACCOUNTS)

        assert everything(platform, ACCOUNTS, created=middle["created"]) == [middle]
        assert everything(platform, ACCOUNTS, **{"created[gt]": middle["created"]}) == [newest]
        assert everything(platform, ACCOUNTS, **{"created[gt]": 1 << 40}) == []

    def test_each_can_be_asked_for(self, platform):
        for account in everything(platform, ACCOUNTS):
            headers = {"Stripe-Account": account["id"]}
            assert platform.get(INVOICES, headers=headers).status_code == 200


@pytest.mark.parametrize("path", [INVOICES, EVENTS, ACCOUNTS, "/v1/charges/ch_x"])
class TestWhatHoldsForAll:
    def test_a_key_is_required(self, sandbox, connect, path):
        with connect(sandbox.base_url) as stranger:
            assert stranger.get(path).status_code == 401

    def test_an_account_that_is_not_connected(self, http, path):
        for header in ("Stripe-Account", "Stripe-Context"):
            response = http.get(path, headers={header: "acct_unknown"})
            assert (response.status_code, response.json()["error"]["code"]) == (
                *(403, "account_invalid"),
            )

    def test_faults_and_limits(self, ask, stripe_sandbox, path):
        stripe_sandbox.add_fault("server_error", path=path, times=1)
        assert ask.get(path).status_code == 500
        stripe_sandbox.set_rate_limit(None, endpoint=1)
        first, second = ask.get(path), ask.get(path)
        assert first.status_code in {200, 404}
        assert (second.status_code, second.headers["stripe-rate-limited-reason"]) == (
            *(429, "endpoint-rate"),
        )

    def test_wrong_parameters(self, http, path):
        assert http.get(path, params={"colour": "red"}).status_code == 400
        assert http.get(path, params={"expand": "data"}).status_code == 400
