"""Answers of the API, as small as they can be. Each call gives a new one."""

from typing import Any

from stripe_invoice_payments_api.models import InvoicePayment

JSON = dict[str, Any]


def payment(**changes: Any) -> JSON:
    """An invoice payment exactly as the document describes it.

    What another version of the document adds, and what may be null, is null.
    """
    return {
        **dict.fromkeys(sorted(InvoicePayment._layout.nullable)),
        "id": "inpay_1",
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": 4200,
        "created": 1767225600,
        "currency": "usd",
        "invoice": "in_1",
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": "pi_1", "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
        **changes,
    }


def invoice(**changes: Any) -> JSON:
    return {"id": "in_1", "object": "invoice", "created": 1767225600, "total": 4200, **changes}


def payment_intent(**changes: Any) -> JSON:
    return {"id": "pi_1", "object": "payment_intent", "cancellation_reason": None, **changes}


def page(*items: JSON, **changes: Any) -> JSON:
    return {
        "object": "list",
        "data": list(items),
        "has_more": False,
        "url": "/v1/invoice_payments",
        **changes,
    }
