"""Which invoices a payment paid: the list of invoice payments, filtered by the object that paid.

Stripe filters that list by payment intent and by payment record. A charge is looked up first,
because the list can only be filtered by the payment intent that made it.
"""

from __future__ import annotations

from typing import Any

from stripe_invoice_payments_api._request import Request
from stripe_invoice_payments_api.models import Charge, InvoicePayment, ListObject
from stripe_invoice_payments_api.operations import list_invoice_payments, retrieve_charge

from ._config.checks import kind

# What an id names, by its beginning. Stripe shows payment records with both of theirs; charges of
# bank payments begin with `py_`.
_KINDS = {
    "pi_": "payment_intent",
    "pr_": "payment_record",
    "pyr_": "payment_record",
    "ch_": "charge",
    "py_": "charge",
}


def charge_request(payment_id: str, filters: Any) -> Request[Charge] | None:
    """The request that looks up a charge; None if the list can be filtered by this id itself.

    Raises:
        TypeError: The id or a filter is of the wrong type.
        ValueError: The id belongs to another kind of object, or a filter is invalid.
    """
    paying = _kind_of(payment_id)
    if filters.get("payment") is not None:
        raise TypeError("payment: for_payment sets this filter itself, by its first argument")
    list_invoice_payments(filters)  # refuses invalid filters before anything is sent
    return retrieve_charge(payment_id, {}) if paying == "charge" else None


def list_request(payment_id: str, filters: Any) -> Request[ListObject[InvoicePayment]]:
    """The request that lists the invoice payments of a payment intent or payment record."""
    paying = _kind_of(payment_id)
    filters = {**filters, "payment": {"type": paying, paying: payment_id}}
    return list_invoice_payments(filters)


def payment_intent_of(charge: Charge) -> str:
    """The id of the payment intent that made a charge.

    Raises:
        ValueError: It has none, so Stripe has no filter that finds what the charge paid.
    """
    if charge.payment_intent_id is None:
        raise ValueError(
            f"payment_id must be a charge with a payment intent, got {charge.id!r} without one; "
            "Stripe has no filter for it: list the invoice payments of its period, and compare "
            "payment.payment.charge_id"
        )
    return charge.payment_intent_id


def _kind_of(payment_id: object) -> str:
    if not isinstance(payment_id, str):
        raise TypeError(f"payment_id must be a string, got {kind(payment_id)}")
    # Of anything else, only the beginning is shown: it may be a key that was passed by mistake.
    prefix = payment_id[: payment_id.find("_") + 1]
    if prefix not in _KINDS or prefix == payment_id:
        raise ValueError(
            "payment_id must be the id of a payment intent (pi_...), a payment record (pr_...) or "
            f"a charge (ch_..., py_...), got {f'{prefix[:10]}...' if payment_id else payment_id!r}"
        )
    return _KINDS[prefix]
