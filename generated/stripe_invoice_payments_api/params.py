# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""The parameters of each operation. A parameter that is `None` is not sent."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypedDict

if sys.version_info >= (3, 11):
    from typing import Required
else:
    from typing_extensions import Required

__all__ = [
    "CreatedFilter",
    "ListInvoicePaymentsParams",
    "PaymentFilter",
    "RetrieveInvoiceParams",
    "RetrieveInvoicePaymentParams",
]


class CreatedFilter(TypedDict, total=False):
    """Range of creation times. Each bound is optional, and all that are given apply; Unix seconds
    (UTC).

    Attributes:
        gt: Created later than this, Unix seconds (UTC).
        gte: Created at this time or later, Unix seconds (UTC).
        lt: Created earlier than this, Unix seconds (UTC).
        lte: Created at this time or earlier, Unix seconds (UTC).
    """

    gt: int | datetime | None
    """Created later than this, Unix seconds (UTC)."""

    gte: int | datetime | None
    """Created at this time or later, Unix seconds (UTC)."""

    lt: int | datetime | None
    """Created earlier than this, Unix seconds (UTC)."""

    lte: int | datetime | None
    """Created at this time or earlier, Unix seconds (UTC)."""


class PaymentFilter(TypedDict, total=False):
    """Selects by the paying object. `type` is required; the id goes into the field that `type`
    names.

    Attributes:
        payment_intent: With `type` `payment_intent`: the id of the only PaymentIntent to accept.
            None accepts all.
        payment_record: With `type` `payment_record`: the id of the only PaymentRecord to accept.
            None accepts all.
        type: Kind of object that pays.
    """

    payment_intent: str | None
    """With `type` `payment_intent`: the id of the only PaymentIntent to accept. None accepts
    all."""

    payment_record: str | None
    """With `type` `payment_record`: the id of the only PaymentRecord to accept. None accepts
    all."""

    type: Required[Literal["payment_intent", "payment_record"]]
    """Kind of object that pays."""


class ListInvoicePaymentsParams(TypedDict, total=False):
    """What `list_invoice_payments` can be called with.

    Attributes:
        created: Keep only what was created in this range or, given an integer, at exactly this
            time; Unix seconds (UTC).
        ending_before: Id of an invoice payment: get the nearest ones that are newer, to page
            backwards. Cannot be used together with `starting_after`.
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels. In a list every path starts with `data.`, as in `expand=["data.invoice"]`; the
            query's brackets are added for you.
        invoice: Keep only payments of this invoice, given by its id.
        limit: Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out.
        payment: Keep only what was paid through this kind of object or, with an id, through this
            very object.
        starting_after: Id of an invoice payment: get the ones that are older, to page forwards.
            Cannot be used together with `ending_before`.
        status: Keep only invoice payments in this state.
    """

    created: CreatedFilter | int | datetime | None
    """Keep only what was created in this range or, given an integer, at exactly this time; Unix
    seconds (UTC)."""

    ending_before: str | None
    """Id of an invoice payment: get the nearest ones that are newer, to page backwards. Cannot be
    used together with `starting_after`."""

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels. In a
    list every path starts with `data.`, as in `expand=["data.invoice"]`; the query's brackets are
    added for you."""

    invoice: str | None
    """Keep only payments of this invoice, given by its id."""

    limit: int | None
    """Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out."""

    payment: PaymentFilter | None
    """Keep only what was paid through this kind of object or, with an id, through this very
    object."""

    starting_after: str | None
    """Id of an invoice payment: get the ones that are older, to page forwards. Cannot be used
    together with `ending_before`."""

    status: Literal["canceled", "open", "paid"] | None
    """Keep only invoice payments in this state."""


class RetrieveInvoicePaymentParams(TypedDict, total=False):
    """What `retrieve_invoice_payment` can be called with.

    Attributes:
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels, for example `expand=["invoice", "payment.payment_intent"]`. The query's brackets
            are added for you.
    """

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels, for
    example `expand=["invoice", "payment.payment_intent"]`. The query's brackets are added for
    you."""


class RetrieveInvoiceParams(TypedDict, total=False):
    """What `retrieve_invoice` can be called with.

    Attributes:
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels, for example `expand=["payments"]`. The query's brackets are added for you.
    """

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels, for
    example `expand=["payments"]`. The query's brackets are added for you."""
