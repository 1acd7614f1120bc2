"""Mistakes of a user's, one a line. It is only type-checked, never run.

`test_typing.py` checks that mypy and pyright both object to each line that has their comments, and
to no other. Without these comments the project itself would not pass.
"""

from __future__ import annotations

import httpx

from stripe_invoice_payments import (
    AppInfo,
    AsyncClient,
    AsyncPage,
    Client,
    CreatedFilter,
    InvoicePayment,
    InvoicePaymentPaidEvent,
    ListInvoicePaymentsParams,
    Page,
    PaymentFilter,
    RequestEvent,
    RetryEvent,
    StripeError,
    Timeout,
    Webhook,
)
from stripe_invoice_payments_api.operations import retrieve_invoice


def clients(client: Client) -> None:
    Client(5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(apikey="sk_test_...")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Client("sk_test_...", "https://api.stripe.com")  # type: ignore[arg-type, call-arg] # pyright: ignore[reportCallIssue]
    Client(timeout="5")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(timeout=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(max_retries=1.5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(rate_limit="25")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(stripe_account=5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(stripe_version=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(base_url=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(default_headers={"X-Team": 5})  # type: ignore[dict-item] # pyright: ignore[reportArgumentType]
    Client(default_headers=["X-Team"])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(app_info="shop")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(retry_rate_limited="yes")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(http_client=httpx.AsyncClient())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    AsyncClient(http_client=httpx.Client())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(http_client="http://proxy.example")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(on_request=wrong_hook)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(on_response="print")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Client(extra_headers={})  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.with_options(colour="red")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.with_options(api_key=5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.api_key  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    client.invoice_payments = 5  # type: ignore[assignment, misc] # pyright: ignore[reportAttributeAccessIssue]
    Timeout(connect="5")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Timeout(write=5)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    AppInfo(version="1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def wrong_hook(event: RetryEvent) -> None: ...


def retrieve(client: Client) -> None:
    client.invoice_payments.retrieve()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.invoice_payments.retrieve(None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.retrieve(5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.retrieve("inpay_1", "inpay_2")  # type: ignore[arg-type, call-arg] # pyright: ignore[reportCallIssue]
    client.invoice_payments.retrieve("inpay_1", expand=[5])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
    client.invoice_payments.retrieve("inpay_1", limit=5)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.invoice_payments.retrieve("inpay_1", colour="red")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.invoice_payments.retrieve("inpay_1", timeout="5")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.retrieve("inpay_1", max_retries=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.retrieve("inpay_1", default_headers={})  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.invoice_payments.retrieve("inpay_1", extra_headers={"X": 5})  # type: ignore[dict-item] # pyright: ignore[reportArgumentType]
    client.invoices.retrieve(None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoices.create()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    client.invoice_payments.create()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    payment = client.invoice_payments.retrieve("inpay_1")
    payment.amount_paid + 1  # type: ignore[operator] # pyright: ignore[reportOptionalOperand, reportUnusedExpression]
    payment.invoice.number  # type: ignore[union-attr] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    payment.colour  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    payment.created_datetime + 5  # type: ignore[operator] # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    name: str = payment.payment.charge_id  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
    print(name)


def listing(client: Client) -> None:
    client.invoice_payments.list("in_1")  # type: ignore[arg-type, call-arg] # pyright: ignore[reportCallIssue]
    client.invoice_payments.list(limit="100")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(status="payed")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(status=True)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(invoice=5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(created="2025-01-01")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(created={"from": 1})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(created={"gte": "1"})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(payment={"payment_intent": "pi_1"})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(payment={"type": "charge"})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(payment="pi_1")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(expand={"data.invoice": True})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(starting_after=5)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.invoice_payments.list(page=2)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    created: CreatedFilter = {"since": 1}  # type: ignore[typeddict-unknown-key] # pyright: ignore[reportAssignmentType]
    paid_by: PaymentFilter = {"payment_record": "pr_1"}  # type: ignore[typeddict-item] # pyright: ignore[reportAssignmentType]
    params: ListInvoicePaymentsParams = {"limit": "5"}  # type: ignore[typeddict-item] # pyright: ignore[reportAssignmentType]
    print(created, paid_by, params)
    page = client.invoice_payments.list()
    page.next()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    page["data"]  # type: ignore[call-overload] # pyright: ignore[reportArgumentType, reportCallIssue]
    page.data[0]["id"]  # type: ignore[index] # pyright: ignore[reportIndexIssue]
    page.data[0].get("id")  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    page.auto_paging_iter(True)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    page.auto_paging_iter(prefetch=1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    page.data.id  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    wrong: Page[str] = page  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
    print(wrong)
    for payment in page.auto_paging_iter():
        payment.append(1)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def invoice(client: Client) -> None:
    found = client.invoices.retrieve("in_1", expand=["payments"])
    found.payments.data  # type: ignore[union-attr] # pyright: ignore[reportOptionalMemberAccess]
    for payment in found.payments:  # type: ignore[union-attr] # pyright: ignore[reportOptionalIterable]
        print(payment)


def errors(error: StripeError) -> None:
    error.code.upper()  # type: ignore[union-attr] # pyright: ignore[reportOptionalMemberAccess]
    error.json_body["error"]  # type: ignore[index] # pyright: ignore[reportOptionalSubscript]
    error.status  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def webhooks(body: bytes) -> None:
    Webhook.construct_event({"id": "evt_1"}, "t=1", "whsec_...")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Webhook.construct_event(body, "t=1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Webhook.construct_event(body, "t=1", None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Webhook.construct_event(body, "t=1", "whsec_...", tolerance="300")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Webhook.construct_event(body, "t=1", "whsec_...").invoice_payment  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    paid: InvoicePaymentPaidEvent = Webhook.construct_event(body, "t=1", "whsec_...")  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
    print(paid)


def events(event: RequestEvent) -> None:
    event.status  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    event.path = "/elsewhere"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


async def asynchronous(client: AsyncClient, page: AsyncPage[InvoicePayment]) -> None:
    client.invoice_payments.retrieve("inpay_1").id  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    client.invoice_payments.list().data  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    (await client.invoice_payments.list()).next_page().data  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    client.invoice_payments.list()  # type: ignore[unused-coroutine] # pyright: ignore[reportUnusedCoroutine]
    page.next_page()  # type: ignore[unused-coroutine] # pyright: ignore[reportUnusedCoroutine]
    for _ in page.auto_paging_iter():  # type: ignore[attr-defined] # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
        pass
    async for _ in page:  # type: ignore[attr-defined] # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
        pass
    await page.auto_paging_iter()  # type: ignore[misc] # pyright: ignore[reportGeneralTypeIssues]
    with client:  # type: ignore[attr-defined] # pyright: ignore[reportGeneralTypeIssues]
        pass
    client.close()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await client.invoice_payments.list(status="payed")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def mixed(client: Client) -> None:
    await client.invoice_payments.list()  # type: ignore[misc] # pyright: ignore[reportGeneralTypeIssues]
    async with client:  # type: ignore[attr-defined] # pyright: ignore[reportGeneralTypeIssues]
        pass
    async for _ in client.invoice_payments.list().auto_paging_iter():  # type: ignore[attr-defined] # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
        pass


def requested(client: Client) -> None:
    client.request("/v1/balance")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
    client.request(retrieve_invoice("in_1", {}), tiemout=1)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
