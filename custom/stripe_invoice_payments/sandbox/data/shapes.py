"""The JSON of each object, nothing expanded, as the API version of the package writes it.

These are the fields of several API versions. Those that the models of this package do not know are
left out, so that the sandbox sends the fields of the package's own version.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from stripe_invoice_payments_api.models import (
    Charge,
    Invoice,
    JSONObject,
    PaymentIntent,
    PaymentRecord,
)

from ..._config.defaults import API_VERSION
from . import unfilled
from .events import Event as EventFacts
from .facts import CUSTOMERS, Invoice as InvoiceFacts, Payment
from .ids import Ids

# As many as divide CUSTOMERS, so that each customer keeps its name.
# Names beyond ASCII and beyond Latin-1, so that an encoding mistake in a client shows.
_CUSTOMER_NAMES = (
    "Jenny Rosen",
    "Zoë Müller",
    "José Niño",
    "株式会社さくら",
    "Łucja Wójcik",
    "O'Neill & Søn",
)

PAYMENT_INTENT_STATUSES: Mapping[str, str] = {
    "open": "requires_payment_method",
    "paid": "succeeded",
    "canceled": "canceled",
}
"""The status of a payment intent, by that of the invoice payment that it makes."""

_UNFILLED_INVOICE: JSONObject = dict.fromkeys(unfilled.INVOICE)
_UNFILLED_PAYMENT_INTENT: JSONObject = dict.fromkeys(unfilled.PAYMENT_INTENT)
_UNFILLED_CHARGE: JSONObject = dict.fromkeys(unfilled.CHARGE)
_UNFILLED_PAYMENT_RECORD: JSONObject = dict.fromkeys(unfilled.PAYMENT_RECORD)
_UNFILLED_LINE_ITEM: JSONObject = dict.fromkeys(unfilled.LINE_ITEM)


def invoice_payment(payment: Payment, ids: Ids, livemode: bool) -> JSONObject:
    """An `invoice_payment`."""
    return {
        "id": ids["invoice_payment"].encode(payment.number),
        "object": "invoice_payment",
        "amount_paid": payment.amount_paid,
        "amount_requested": payment.amount_requested,
        "created": payment.created,
        "currency": payment.currency,
        "invoice": ids["invoice"].encode(payment.invoice_number),
        "is_default": payment.is_default,
        "livemode": livemode,
        "payment": {payment.type: ids[payment.type].encode(payment.source), "type": payment.type},
        "status": payment.status,
        "status_transitions": {"canceled_at": payment.canceled_at, "paid_at": payment.paid_at},
    }


def deleted_invoice(number: int, ids: Ids) -> JSONObject:
    """A deleted `invoice`: only its id remains."""
    return {"id": ids["invoice"].encode(number), "object": "invoice", "deleted": True}


def invoice(facts: InvoiceFacts, ids: Ids, livemode: bool) -> JSONObject:
    """An `invoice` without its `payments`, which Stripe includes on demand only."""
    invoice_id = ids["invoice"].encode(facts.number)
    draft = facts.status == "draft"
    return _as_known(
        Invoice,
        {
            "id": invoice_id,
            "object": "invoice",
            **_UNFILLED_INVOICE,
            **_invoice_settings(),
            "collection_method": collection_method(facts),
            "due_date": facts.edits.due_date,
            **_invoice_amounts(facts),
            **_invoice_customer(facts, ids),
            "attempt_count": len(facts.payments),
            "attempted": bool(facts.payments),
            "created": facts.created,
            "currency": facts.currency,
            "effective_at": None if draft else facts.finalized_at,
            "lines": {
                "object": "list",
                "data": [_line_item(facts, invoice_id, ids, livemode)],
                "has_more": False,
                "url": f"/v1/invoices/{invoice_id}/lines",
            },
            "livemode": livemode,
            "metadata": dict(facts.edits.metadata or {}),
            "number": facts.edits.number or (None if draft else f"SANDBOX-{facts.number + 1:04d}"),
            "period_end": facts.created,
            "period_start": facts.created,
            "status": facts.status,
            "status_transitions": _invoice_status_transitions(facts),
        },
    )


def payment_intent(payment: Payment, ids: Ids, livemode: bool) -> JSONObject:
    """The `payment_intent` behind a payment of that type."""
    return _as_known(
        PaymentIntent,
        {
            "id": ids["payment_intent"].encode(payment.source),
            "object": "payment_intent",
            **_UNFILLED_PAYMENT_INTENT,
            "amount": payment.amount_requested,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": payment.amount_paid or 0,
            "canceled_at": payment.canceled_at,
            "capture_method": "automatic",
            "confirmation_method": "automatic",
            "created": payment.created,
            "currency": payment.currency,
            "customer": _customer_of_source(payment, ids),
            "latest_charge": ids["charge"].encode(payment.source)
            if payment.status == "paid"
            else None,
            "livemode": livemode,
            "metadata": {},
            "payment_method_types": ["card"],
            "status": PAYMENT_INTENT_STATUSES[payment.status],
        },
    )


def charge(payment: Payment, ids: Ids, livemode: bool) -> JSONObject:
    """The successful `charge` behind a payment: its own, or that of its payment intent."""
    payment_intent_id = None
    if payment.type == "payment_intent":
        payment_intent_id = ids["payment_intent"].encode(payment.source)
    return _as_known(
        Charge,
        {
            "id": ids["charge"].encode(payment.source),
            "object": "charge",
            **_UNFILLED_CHARGE,
            "amount": payment.amount_paid,
            "amount_captured": payment.amount_paid,
            "amount_refunded": 0,
            "billing_details": {
                "address": None,
                "email": None,
                "name": None,
                "phone": None,
                "tax_id": None,
            },
            "captured": True,
            "created": payment.paid_at,
            "currency": payment.currency,
            "customer": _customer_of_source(payment, ids),
            "disputed": False,
            "livemode": livemode,
            "metadata": {},
            "paid": True,
            "payment_intent": payment_intent_id,
            "refunded": False,
            "status": "succeeded",
        },
    )


def payment_record(payment: Payment, ids: Ids, livemode: bool) -> JSONObject:
    """The `payment_record` behind a payment of that type: money that moved outside Stripe."""

    def amount(value: int) -> JSONObject:
        return {"currency": payment.currency, "value": value}

    canceled = payment.status == "canceled"
    return _as_known(
        PaymentRecord,
        {
            "id": ids["payment_record"].encode(payment.source),
            "object": "payment_record",
            **_UNFILLED_PAYMENT_RECORD,
            "amount": amount(payment.amount_requested),
            "amount_authorized": amount(payment.amount_paid or 0),
            "amount_canceled": amount(payment.amount_requested if canceled else 0),
            "amount_failed": amount(0),
            "amount_guaranteed": amount(payment.amount_paid or 0),
            "amount_refunded": amount(0),
            "amount_requested": amount(payment.amount_requested),
            "created": payment.created,
            "livemode": livemode,
            "metadata": {},
            "processor_details": {
                "type": "custom",
                "custom": {"payment_reference": f"sandbox-{payment.source}"},
            },
            "reported_by": "self",
        },
    )


def event(facts: EventFacts, ids: Ids, *, account: str | None, livemode: bool) -> JSONObject:
    """An `event`, about the object as it was then."""
    # Only what happens in a connected account names the account.
    origin: JSONObject = {} if account is None else {"account": account}
    return {
        "id": ids["event"].encode(facts.number),
        "object": "event",
        **origin,
        "api_version": API_VERSION,
        "created": facts.created,
        "data": {"object": facts.object},
        "livemode": livemode,
        "pending_webhooks": 1,
        "request": {
            "id": facts.cause.request_id,
            "idempotency_key": facts.cause.idempotency_key,
        },
        "type": facts.type,
    }


def account(account_id: str, created: int) -> JSONObject:
    """A connected `account`."""
    return {
        "id": account_id,
        "object": "account",
        "business_profile": None,
        "business_type": None,
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": f"{account_id}@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }


_Known: TypeAlias = "type[Charge | Invoice | PaymentIntent | PaymentRecord]"

_unknown: dict[_Known, tuple[str, ...]] = {}


def _as_known(model: _Known, value: JSONObject) -> JSONObject:
    """An object without the fields that its model does not have."""
    unknown = _unknown.get(model)
    if unknown is None:
        unknown = _unknown[model] = tuple(model.from_dict(value).additional_properties)
    for name in unknown:
        value.pop(name, None)
    return value


def _line_item(facts: InvoiceFacts, invoice_id: str, ids: Ids, livemode: bool) -> JSONObject:
    """The one line of an invoice."""
    return {
        "id": ids["line_item"].encode(facts.number),
        "object": "line_item",
        **_UNFILLED_LINE_ITEM,
        "amount": facts.total,
        "currency": facts.currency,
        "description": "Sandbox services",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice_id,
        "livemode": livemode,
        "metadata": {},
        "period": {"end": facts.created, "start": facts.created},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "subtotal": facts.total,
        "taxes": [],
    }


def _invoice_settings() -> JSONObject:
    return {
        "account_country": "US",
        "auto_advance": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_reason": "manual",
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
    }


def collection_method(facts: InvoiceFacts) -> str:
    """How an invoice is collected: only one that is sent has a due date."""
    return "charge_automatically" if facts.edits.due_date is None else "send_invoice"


def _invoice_amounts(facts: InvoiceFacts) -> JSONObject:
    total, amount_paid = facts.total, facts.amount_paid
    return {
        "amount_due": total,
        "amount_overpaid": max(amount_paid - total, 0),
        "amount_paid": amount_paid,
        "amount_paid_off_stripe": facts.amount_paid_off_stripe,
        "amount_remaining": max(total - amount_paid, 0),
        "amount_shipping": 0,
        "ending_balance": 0,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }


def _invoice_customer(facts: InvoiceFacts, ids: Ids) -> JSONObject:
    customer_id = customer_of(facts, ids)
    return {
        "customer": customer_id,
        "customer_email": f"{customer_id}@example.com",
        "customer_name": _CUSTOMER_NAMES[facts.number % len(_CUSTOMER_NAMES)],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
    }


def customer_of(facts: InvoiceFacts, ids: Ids) -> str:
    """The id of an invoice's customer."""
    return facts.edits.customer or _customer_id(facts.number, ids)


def _customer_of_source(payment: Payment, ids: Ids) -> str | None:
    # What a test made without an invoice has no customer, and attaching it gives it none.
    if payment.attached is not None or payment.is_unattached:
        return None
    return _customer_id(payment.invoice_number, ids)


def _customer_id(invoice_number: int, ids: Ids) -> str:
    return ids["customer"].encode(invoice_number % CUSTOMERS)


def _invoice_status_transitions(facts: InvoiceFacts) -> JSONObject:
    paid_at = [payment.paid_at for payment in facts.payments if payment.paid_at is not None]
    canceled_at = [
        payment.canceled_at for payment in facts.payments if payment.canceled_at is not None
    ]
    finalized_at = None if facts.status == "draft" else facts.finalized_at
    uncollectible = facts.status == "uncollectible"
    return {
        "finalized_at": finalized_at,
        "marked_uncollectible_at": finalized_at if uncollectible else None,
        "paid_at": max(paid_at, default=finalized_at) if facts.status == "paid" else None,
        "voided_at": max(canceled_at, default=finalized_at) if facts.status == "void" else None,
    }
