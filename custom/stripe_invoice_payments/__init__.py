"""A typed client of Stripe's InvoicePayment API.

    from stripe_invoice_payments import Client

    with Client(api_key="sk_test_...") as client:
        page = client.invoice_payments.list(status="paid", limit=100)
        for payment in page.auto_paging_iter():
            print(payment.id, payment.amount_paid, payment.currency)

Everything public is importable from here; each name is loaded when it is first used (`_exports`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._exports import install
from ._version import __version__ as __version__

if TYPE_CHECKING or not install(__name__):
    from stripe_invoice_payments_api import API_VERSION as API_VERSION
    from stripe_invoice_payments_api.models import (
        Account as Account,
        Charge as Charge,
        DeletedInvoice as DeletedInvoice,
        ErrorDetails as ErrorDetails,
        Event as Event,
        EventData as EventData,
        EventRequest as EventRequest,
        InvalidObjectError as InvalidObjectError,
        Invoice as Invoice,
        InvoicePayment as InvoicePayment,
        InvoicePaymentDetails as InvoicePaymentDetails,
        InvoicePaymentStatusTransitions as InvoicePaymentStatusTransitions,
        InvoiceStatusTransitions as InvoiceStatusTransitions,
        JSONObject as JSONObject,
        JSONValue as JSONValue,
        ListObject as ListObject,
        NotExpandedError as NotExpandedError,
        PaymentIntent as PaymentIntent,
        PaymentRecord as PaymentRecord,
        PaymentRecordAmount as PaymentRecordAmount,
    )
    from stripe_invoice_payments_api.money import Money as Money
    from stripe_invoice_payments_api.params import (
        AttachPaymentToInvoiceParams as AttachPaymentToInvoiceParams,
        CreatedFilter as CreatedFilter,
        DueDateFilter as DueDateFilter,
        ListAccountsParams as ListAccountsParams,
        ListEventsParams as ListEventsParams,
        ListInvoicePaymentsParams as ListInvoicePaymentsParams,
        ListInvoicesParams as ListInvoicesParams,
        PaymentFilter as PaymentFilter,
        RetrieveChargeParams as RetrieveChargeParams,
        RetrieveInvoiceParams as RetrieveInvoiceParams,
        RetrieveInvoicePaymentParams as RetrieveInvoicePaymentParams,
        RetrievePaymentIntentParams as RetrievePaymentIntentParams,
        RetrievePaymentRecordParams as RetrievePaymentRecordParams,
    )

    from ._call.observability import (
        RequestEvent as RequestEvent,
        ResponseEvent as ResponseEvent,
        RetryEvent as RetryEvent,
        StripeNoticeWarning as StripeNoticeWarning,
    )
    from ._call.raw_response import RawResponse as RawResponse
    from ._client import AsyncClient as AsyncClient, Client as Client
    from ._config.settings import (
        AppInfo as AppInfo,
        RequestOptions as RequestOptions,
        SharedOptions as SharedOptions,
        Timeout as Timeout,
    )
    from ._errors import (
        APIConnectionError as APIConnectionError,
        APIError as APIError,
        APITimeoutError as APITimeoutError,
        AuthenticationError as AuthenticationError,
        CardError as CardError,
        IdempotencyError as IdempotencyError,
        InvalidRequestError as InvalidRequestError,
        PaginationError as PaginationError,
        PermissionError as PermissionError,
        RateLimitError as RateLimitError,
        ScanError as ScanError,
        SignatureVerificationError as SignatureVerificationError,
        StripeError as StripeError,
        TLSError as TLSError,
        UnexpectedResponseError as UnexpectedResponseError,
    )
    from ._pages.pages import AsyncPage as AsyncPage, Page as Page
    from ._scan.batches import ScanBatch as ScanBatch
    from ._scan.iterators import (
        AsyncScan as AsyncScan,
        AsyncScanBatches as AsyncScanBatches,
        Scan as Scan,
        ScanBatches as ScanBatches,
    )
    from ._scan.options import ScanBatchOptions as ScanBatchOptions, ScanOptions as ScanOptions
    from ._scan.progress import ScanProgress as ScanProgress
    from ._webhooks import InvoicePaymentPaidEvent as InvoicePaymentPaidEvent, Webhook as Webhook
