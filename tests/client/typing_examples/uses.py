"""A user's code that touches the whole API. It is only type-checked, never run.

`test_typing.py` checks that mypy and pyright, both strict, accept it and see these types.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from datetime import datetime, timezone

import httpx
from typing_extensions import assert_type

from stripe_invoice_payments import (
    API_VERSION,
    APIConnectionError,
    APIError,
    APITimeoutError,
    AppInfo,
    AsyncClient,
    AsyncPage,
    AuthenticationError,
    CardError,
    Charge,
    Client,
    CreatedFilter,
    DeletedInvoice,
    ErrorDetails,
    Event,
    IdempotencyError,
    InvalidRequestError,
    Invoice,
    InvoicePayment,
    InvoicePaymentPaidEvent,
    JSONObject,
    ListInvoicePaymentsParams,
    ListObject,
    Money,
    Page,
    PaginationError,
    PaymentFilter,
    PaymentIntent,
    PaymentRecord,
    PermissionError,
    RateLimitError,
    RawResponse,
    RequestEvent,
    RequestOptions,
    ResponseEvent,
    RetryEvent,
    SharedOptions,
    SignatureVerificationError,
    StripeError,
    Timeout,
    TLSError,
    UnexpectedResponseError,
    Webhook,
    __version__,
)
from stripe_invoice_payments.opentelemetry import opentelemetry_hooks
from stripe_invoice_payments.reconcile import Reconciliation, reconcile
from stripe_invoice_payments.sandbox import Sandbox, WebhookRequest
from stripe_invoice_payments_api.operations import (
    Request,
    list_invoice_payments,
    retrieve_invoice,
)


def on_request(event: RequestEvent) -> None:
    print(event.method, event.path, event.attempt)


def on_response(event: ResponseEvent) -> None:
    assert_type(event.status, int | None)
    assert_type(event.request_id, str | None)
    assert_type(event.elapsed, float)


def clients() -> None:
    Client()
    Client("sk_test_...")
    client = Client(
        api_key=os.environ.get("STRIPE_API_KEY"),
        http_client=httpx.Client(proxy="http://proxy.example:3128"),
        timeout=Timeout(connect=1, read=20.5),
        max_retries=3,
        retry_rate_limited=True,
        deadline=30,
        rate_limit=25,
        stripe_account="acct_1",
        stripe_version=API_VERSION,
        base_url="https://gateway.example",
        default_headers={"X-Team": "billing"},
        app_info=AppInfo("shop", version=__version__, url="https://shop.example"),
        on_request=on_request,
        on_response=on_response,
        on_retry=lambda event: print(event.delay, event.status),
    )
    with client as entered:
        assert_type(entered, Client)
    copied = client.with_options(timeout=5, stripe_account=None, rate_limit=None, deadline=None)
    assert_type(copied, Client)
    client.with_options(api_key="sk_test_other", http_client=httpx.Client(), on_retry=None)
    Client(max_retries=3, **opentelemetry_hooks()).close()
    assert_type(reconcile(client, {"gte": 1}, timeout=5), Reconciliation)
    options: SharedOptions = {"timeout": 5, "max_retries": 0}
    Client(**options).close()


def retrieve(client: Client) -> None:
    payment = client.invoice_payments.retrieve("inpay_1", expand=["invoice", "payment.charge"])
    assert_type(payment, InvoicePayment)
    assert_type(payment.id, str)
    assert_type(payment.amount_paid, int | None)
    assert_type(payment.paid, Money | None)
    assert_type(payment.requested - Money.from_decimal("1.50", "usd"), Money)
    assert_type(payment.payment.id, str | None)
    assert_type(payment.created_datetime, datetime)
    assert_type(payment.invoice_id, str)
    assert_type(payment.additional_properties, JSONObject)
    assert_type(payment.to_dict(), JSONObject)
    assert_type(payment.payment.payment_intent_id, str | None)
    if isinstance(payment.invoice, Invoice):
        assert_type(payment.invoice.number, str | None)
    elif isinstance(payment.invoice, DeletedInvoice):
        print(payment.invoice.deleted)
    elif isinstance(payment.invoice, str):
        print(payment.invoice.upper())
    assert_type(payment.expanded_invoice(), Invoice | DeletedInvoice)
    assert_type(payment.payment.expanded_charge(), Charge)
    assert_type(payment.payment.expanded_payment_intent(), PaymentIntent)
    assert_type(payment.payment.expanded_payment_record(), PaymentRecord)
    if payment.status == "paid":
        print(payment.status)


def per_call_options(client: Client, options: RequestOptions) -> None:
    client.invoice_payments.retrieve("inpay_1", **options)
    client.invoice_payments.list(
        timeout=3,
        max_retries=0,
        deadline=10,
        stripe_account=None,
        stripe_version="2026-05-27.dahlia",
        extra_headers={"X-Trace": "1"},
    )


def listing(client: Client) -> list[str]:
    created: CreatedFilter = {"gte": 1735689600, "lt": datetime.now(timezone.utc)}
    paid_by: PaymentFilter = {"type": "payment_intent", "payment_intent": "pi_1"}
    page = client.invoice_payments.list(
        invoice="in_1",
        status="paid",
        created=created,
        payment=paid_by,
        limit=100,
        starting_after=None,
        expand=["data.invoice"],
    )
    params: ListInvoicePaymentsParams = {"status": "open", "created": 1735689600}
    client.invoice_payments.list(**params)
    paid = client.invoice_payments.for_payment("ch_1", expand=["data.invoice"], timeout=3)
    assert_type(paid, Page[InvoicePayment])
    raw = client.invoice_payments.with_raw_response.for_payment("pi_1", limit=5)
    assert_type(raw, RawResponse[Page[InvoicePayment]])
    client.invoice_payments.list(ending_before="inpay_1", expand=("data.invoice",))
    assert_type(page, Page[InvoicePayment])
    assert_type(page.data, list[InvoicePayment])
    assert_type(page.has_more, bool)
    assert_type(page.url, str)
    assert_type(len(page), int)
    assert_type(page.next_page(), Page[InvoicePayment])
    assert_type(page.previous_page(), Page[InvoicePayment])
    for each in page.iter_pages(prefetch=True):
        assert_type(each, Page[InvoicePayment])
    for payment in page:
        assert_type(payment, InvoicePayment)
    with contextlib.closing(page.auto_paging_iter(prefetch=True)) as payments:
        return [payment.id for payment in payments]


def invoice_with_payments(client: Client) -> None:
    invoice = client.invoices.retrieve("in_1", expand=["payments"])
    assert_type(invoice, Invoice)
    assert_type(invoice.payments, ListObject[InvoicePayment] | None)
    if invoice.payments is not None:
        for payment in invoice.payments.auto_paging_iter(prefetch=True):
            assert_type(payment, InvoicePayment)
        for page in invoice.payments.iter_pages():
            assert_type(page, ListObject[InvoicePayment])
        with contextlib.closing(invoice.payments.auto_paging_iter()) as payments:
            assert_type(next(payments), InvoicePayment)
        older = invoice.payments.next_page()
        assert_type(older[0], InvoicePayment)
        assert_type(older.previous_page().data, list[InvoicePayment])
        any_list(older)
    any_list(client.invoice_payments.list())


def any_list(payments: ListObject[InvoicePayment]) -> None:
    assert_type(payments[0], InvoicePayment)
    assert_type(payments[1:3], list[InvoicePayment])
    assert_type(len(payments), int)
    for payment in payments:
        assert_type(payment, InvoicePayment)
    for payment in reversed(payments):
        assert_type(payment, InvoicePayment)
    if payments:
        print(payments[-1] in payments)


def raw(client: Client) -> None:
    answer = client.invoice_payments.with_raw_response.retrieve("inpay_1")
    assert_type(answer, RawResponse[InvoicePayment])
    assert_type(answer.status, int)
    assert_type(answer.headers, Mapping[str, str])
    assert_type(answer.content, bytes)
    assert_type(answer.request_id, str | None)
    assert_type(answer.elapsed, float)
    assert_type(answer.attempts, int)
    assert_type(answer.parse(), InvoicePayment)
    listed = client.invoice_payments.with_raw_response.list(limit=1)
    assert_type(listed.parse(), Page[InvoicePayment])
    assert_type(client.invoices.with_raw_response.retrieve("in_1").parse(), Invoice)


def errors(client: Client) -> None:
    try:
        client.invoice_payments.retrieve("inpay_1")
    except InvalidRequestError as error:
        assert_type(error.code, str | None)
        assert_type(error.param, str | None)
        assert_type(error.error, ErrorDetails | None)
    except RateLimitError as error:
        assert_type(error.headers, dict[str, str])
    except (AuthenticationError, PermissionError, CardError, IdempotencyError) as error:
        assert_type(error.message, str)
    except (APITimeoutError, TLSError) as error:
        print(error.__cause__)
    except APIConnectionError as error:
        assert_type(error.http_status, int | None)
    except PaginationError as error:
        assert_type(error.type, str | None)
    except UnexpectedResponseError as error:
        assert_type(error.http_body, str | None)
        assert_type(error.json_body, JSONObject | None)
    except APIError as error:
        assert_type(error.request_id, str | None)
        assert_type(error.request_log_url, str | None)
    except StripeError as error:
        assert_type(error.doc_url, str | None)


def webhook(body: bytes, headers: Mapping[str, str]) -> int:
    try:
        event = Webhook.construct_event(body, headers.get("Stripe-Signature"), "whsec_...")
    except SignatureVerificationError as error:
        assert_type(error.sig_header, str | None)
        return 400
    assert_type(event, Event)
    if isinstance(event, InvoicePaymentPaidEvent):
        assert_type(event.invoice_payment, InvoicePayment)
    assert_type(event.data.object, JSONObject)
    header = Webhook.generate_test_header(body, "whsec_...", timestamp=1)
    Webhook.construct_event(body.decode(), header, "whsec_...", tolerance=None)
    return 200


def own_tests(stripe_sandbox: Sandbox) -> None:
    client = stripe_sandbox.client()
    payment = stripe_sandbox.create_invoice_payment()
    assert_type(payment, InvoicePayment)
    client.invoice_payments.list(invoice=payment.invoice_id)
    paid = stripe_sandbox.set_invoice_payment_status(payment.id, "paid")
    assert_type(paid, InvoicePayment)
    request = stripe_sandbox.invoice_payment_paid_webhook(paid.id, secret="whsec_...", timestamp=1)
    assert_type(request, WebhookRequest)
    webhook(request.body, request.headers)


def on_retry(event: RetryEvent) -> object:
    return event.delay


async def asynchronous() -> None:
    async with AsyncClient(http_client=httpx.AsyncClient(), on_retry=on_retry) as client:
        assert_type(client, AsyncClient)
        assert_type(client.with_options(timeout=5), AsyncClient)
        payment = await client.invoice_payments.retrieve("inpay_1", expand=["invoice"])
        assert_type(payment, InvoicePayment)
        page = await client.invoice_payments.list(status="paid", limit=100, max_retries=5)
        assert_type(page, AsyncPage[InvoicePayment])
        assert_type(await page.next_page(), AsyncPage[InvoicePayment])
        assert_type(await page.previous_page(), AsyncPage[InvoicePayment])
        async for each in page.iter_pages():
            assert_type(each, AsyncPage[InvoicePayment])
        async with contextlib.aclosing(page.auto_paging_iter(prefetch=True)) as payments:
            async for payment in payments:
                assert_type(payment, InvoicePayment)
        for payment in page:
            assert_type(payment, InvoicePayment)
        invoice = await client.invoices.retrieve("in_1", expand=["payments"])
        assert_type(invoice, Invoice)
        assert_type(invoice.payments, ListObject[InvoicePayment] | None)
        if invoice.payments is not None:
            async for payment in invoice.payments.auto_paging_iter(prefetch=True):
                assert_type(payment, InvoicePayment)
            async for one_page in invoice.payments.iter_pages():
                assert_type(one_page, ListObject[InvoicePayment])
            async with contextlib.aclosing(invoice.payments.auto_paging_iter()) as some:
                assert_type(await anext(some), InvoicePayment)
            older = await invoice.payments.next_page()
            assert_type(older, ListObject[InvoicePayment])
            assert_type(await older.previous_page(), ListObject[InvoicePayment])
            any_list(older)
        any_list(page)
        assert_type(await reconcile(client, {"gte": 1}), Reconciliation)
        answer = await client.invoice_payments.with_raw_response.list()
        assert_type(await client.invoice_payments.for_payment("pr_1"), AsyncPage[InvoicePayment])
        assert_type(answer.parse(), AsyncPage[InvoicePayment])
        listed = await client.invoices.with_raw_response.retrieve("in_1")
        assert_type(listed.parse(), Invoice)
        assert_type(await client.request(list_invoice_payments({})), AsyncPage[InvoicePayment])
        assert_type(await client.request(retrieve_invoice("in_1", {})), Invoice)
        await asyncio.gather(client.invoice_payments.list(), client.invoice_payments.list())
    await AsyncClient().aclose()


def called_by_request(client: Client) -> None:
    page = client.request(list_invoice_payments({"limit": 5}), timeout=10)
    assert_type(page, Page[InvoicePayment])
    assert_type(client.request(retrieve_invoice("in_1", {})), Invoice)
    own = Request[JSONObject](method="GET", path="/v1/balance", read=lambda data: data)
    assert_type(client.request(own), JSONObject)
