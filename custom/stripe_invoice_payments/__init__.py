"""A typed client of Stripe's InvoicePayment API.

    from stripe_invoice_payments import Client

    with Client(api_key="sk_test_...") as client:
        page = client.invoice_payments.list(status="paid", limit=100)
        for payment in page.auto_paging_iter():
            print(payment.id, payment.amount_paid, payment.currency)

Everything public is importable from here; each name is loaded when it is first used, so that the
import itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:
    from stripe_invoice_payments_api import API_VERSION
    from stripe_invoice_payments_api.models import (
        Account,
        Charge,
        DeletedInvoice,
        ErrorDetails,
        Event,
        EventData,
        EventRequest,
        InvalidObjectError,
        Invoice,
        InvoicePayment,
        InvoicePaymentDetails,
        InvoicePaymentStatusTransitions,
        InvoiceStatusTransitions,
        JSONObject,
        JSONValue,
        ListObject,
        NotExpandedError,
        PaymentIntent,
        PaymentRecord,
        PaymentRecordAmount,
    )
    from stripe_invoice_payments_api.params import (
        AttachPaymentToInvoiceParams,
        CreatedFilter,
        DueDateFilter,
        ListAccountsParams,
        ListEventsParams,
        ListInvoicePaymentsParams,
        ListInvoicesParams,
        PaymentFilter,
        RetrieveChargeParams,
        RetrieveInvoiceParams,
        RetrieveInvoicePaymentParams,
        RetrievePaymentIntentParams,
        RetrievePaymentRecordParams,
    )

    from ._call.observability import RequestEvent, ResponseEvent, RetryEvent, StripeNoticeWarning
    from ._call.raw_response import RawResponse
    from ._client import AsyncClient, Client
    from ._config.settings import (
        AppInfo,
        RequestOptions,
        SharedOptions,
        Timeout,
    )
    from ._errors import (
        APIConnectionError,
        APIError,
        APITimeoutError,
        AuthenticationError,
        CardError,
        IdempotencyError,
        InvalidRequestError,
        PaginationError,
        PermissionError,
        RateLimitError,
        ScanError,
        SignatureVerificationError,
        StripeError,
        TLSError,
        UnexpectedResponseError,
    )
    from ._pages.pages import AsyncPage, Page
    from ._scan.iterators import AsyncScan, Scan
    from ._scan.options import ScanOptions
    from ._scan.state import ScanProgress
    from ._webhooks import InvoicePaymentPaidEvent, Webhook

__all__ = [
    "API_VERSION",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "Account",
    "AppInfo",
    "AsyncClient",
    "AsyncPage",
    "AsyncScan",
    "AttachPaymentToInvoiceParams",
    "AuthenticationError",
    "CardError",
    "Charge",
    "Client",
    "CreatedFilter",
    "DeletedInvoice",
    "DueDateFilter",
    "ErrorDetails",
    "Event",
    "EventData",
    "EventRequest",
    "IdempotencyError",
    "InvalidObjectError",
    "InvalidRequestError",
    "Invoice",
    "InvoicePayment",
    "InvoicePaymentDetails",
    "InvoicePaymentPaidEvent",
    "InvoicePaymentStatusTransitions",
    "InvoiceStatusTransitions",
    "JSONObject",
    "JSONValue",
    "ListAccountsParams",
    "ListEventsParams",
    "ListInvoicePaymentsParams",
    "ListInvoicesParams",
    "ListObject",
    "NotExpandedError",
    "Page",
    "PaginationError",
    "PaymentFilter",
    "PaymentIntent",
    "PaymentRecord",
    "PaymentRecordAmount",
    "PermissionError",
    "RateLimitError",
    "RawResponse",
    "RequestEvent",
    "RequestOptions",
    "ResponseEvent",
    "RetrieveChargeParams",
    "RetrieveInvoiceParams",
    "RetrieveInvoicePaymentParams",
    "RetrievePaymentIntentParams",
    "RetrievePaymentRecordParams",
    "RetryEvent",
    "Scan",
    "ScanError",
    "ScanOptions",
    "ScanProgress",
    "SharedOptions",
    "SignatureVerificationError",
    "StripeError",
    "StripeNoticeWarning",
    "TLSError",
    "Timeout",
    "UnexpectedResponseError",
    "Webhook",
    "__version__",
]

# Where each name is loaded from when it is first used; all others come from the generated package.
_MODULES = {
    "AsyncClient": "_client",
    "Client": "_client",
    "APIConnectionError": "_errors",
    "APIError": "_errors",
    "APITimeoutError": "_errors",
    "AuthenticationError": "_errors",
    "CardError": "_errors",
    "IdempotencyError": "_errors",
    "InvalidRequestError": "_errors",
    "PaginationError": "_errors",
    "PermissionError": "_errors",
    "RateLimitError": "_errors",
    "AsyncScan": "_scan.iterators",
    "Scan": "_scan.iterators",
    "ScanError": "_errors",
    "ScanOptions": "_scan.options",
    "ScanProgress": "_scan.state",
    "SignatureVerificationError": "_errors",
    "StripeError": "_errors",
    "TLSError": "_errors",
    "UnexpectedResponseError": "_errors",
    "RequestEvent": "_call.observability",
    "ResponseEvent": "_call.observability",
    "RetryEvent": "_call.observability",
    "StripeNoticeWarning": "_call.observability",
    "AsyncPage": "_pages.pages",
    "Page": "_pages.pages",
    "RawResponse": "_call.raw_response",
    "AppInfo": "_config.settings",
    "RequestOptions": "_config.settings",
    "SharedOptions": "_config.settings",
    "Timeout": "_config.settings",
    "InvoicePaymentPaidEvent": "_webhooks",
    "Webhook": "_webhooks",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Whole `from X import Y` statements for the generated package: tools that vendor both packages
    # under another name rewrite these, and nothing more clever.
    source: object
    if name in _MODULES:
        source = import_module(f".{_MODULES[name]}", __name__)
    elif name == "API_VERSION":
        from stripe_invoice_payments_api import API_VERSION

        return API_VERSION
    else:
        from stripe_invoice_payments_api import models, params

        source = params if name in params.__all__ else models
    value: object = getattr(source, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
