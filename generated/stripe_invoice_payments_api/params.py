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
    "AttachPaymentToInvoiceParams",
    "CreatedFilter",
    "DueDateFilter",
    "ListAccountsParams",
    "ListEventsParams",
    "ListInvoicePaymentsParams",
    "ListInvoicesParams",
    "PaymentFilter",
    "RetrieveChargeParams",
    "RetrieveInvoiceParams",
    "RetrieveInvoicePaymentParams",
    "RetrievePaymentIntentParams",
    "RetrievePaymentRecordParams",
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


class DueDateFilter(TypedDict, total=False):
    """Range of due dates. Each bound is optional, and all that are given apply; Unix seconds (UTC).

    Attributes:
        gt: Due later than this, Unix seconds (UTC).
        gte: Due at this time or later, Unix seconds (UTC).
        lt: Due earlier than this, Unix seconds (UTC).
        lte: Due at this time or earlier, Unix seconds (UTC).
    """

    gt: int | datetime | None
    """Due later than this, Unix seconds (UTC)."""

    gte: int | datetime | None
    """Due at this time or later, Unix seconds (UTC)."""

    lt: int | datetime | None
    """Due earlier than this, Unix seconds (UTC)."""

    lte: int | datetime | None
    """Due at this time or earlier, Unix seconds (UTC)."""


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


class ListAccountsParams(TypedDict, total=False):
    """What `list_accounts` can be called with.

    Attributes:
        created: Keep only what was created in this range or, given an integer, at exactly this
            time; Unix seconds (UTC).
        ending_before: Id of an item: get the nearest ones that are newer, to page backwards. Cannot
            be used together with `starting_after`.
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels. The query's brackets are added for you.
        limit: Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out.
        starting_after: Id of an item: get the ones that are older, to page forwards. Cannot be used
            together with `ending_before`.
    """

    created: CreatedFilter | int | datetime | None
    """Keep only what was created in this range or, given an integer, at exactly this time; Unix
    seconds (UTC)."""

    ending_before: str | None
    """Id of an item: get the nearest ones that are newer, to page backwards. Cannot be used
    together with `starting_after`."""

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels. The
    query's brackets are added for you."""

    limit: int | None
    """Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out."""

    starting_after: str | None
    """Id of an item: get the ones that are older, to page forwards. Cannot be used together with
    `ending_before`."""


class RetrieveChargeParams(TypedDict, total=False):
    """What `retrieve_charge` can be called with.

    Attributes:
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels, for example `expand=["customer"]`. The query's brackets are added for you.
    """

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels, for
    example `expand=["customer"]`. The query's brackets are added for you."""


class ListEventsParams(TypedDict, total=False):
    """What `list_events` can be called with.

    Attributes:
        created: Keep only what was created in this range or, given an integer, at exactly this
            time; Unix seconds (UTC).
        delivery_success: True keeps only events that all webhook endpoints have received; False
            keeps those that are pending or have failed at one of them.
        ending_before: Id of an item: get the nearest ones that are newer, to page backwards. Cannot
            be used together with `starting_after`.
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels. The query's brackets are added for you.
        limit: Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out.
        starting_after: Id of an item: get the ones that are older, to page forwards. Cannot be used
            together with `ending_before`.
        type: Keep only events of this type; `*` stands for any part, as in `invoice_payment.*`.
            Cannot be used together with `types`.
        types: Keep only events of these types, at most 20. Cannot be used together with `type`.
    """

    created: CreatedFilter | int | datetime | None
    """Keep only what was created in this range or, given an integer, at exactly this time; Unix
    seconds (UTC)."""

    delivery_success: bool | None
    """True keeps only events that all webhook endpoints have received; False keeps those that are
    pending or have failed at one of them."""

    ending_before: str | None
    """Id of an item: get the nearest ones that are newer, to page backwards. Cannot be used
    together with `starting_after`."""

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels. The
    query's brackets are added for you."""

    limit: int | None
    """Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out."""

    starting_after: str | None
    """Id of an item: get the ones that are older, to page forwards. Cannot be used together with
    `ending_before`."""

    type: str | None
    """Keep only events of this type; `*` stands for any part, as in `invoice_payment.*`. Cannot be
    used together with `types`."""

    types: Sequence[str] | None
    """Keep only events of these types, at most 20. Cannot be used together with `type`."""


class ListInvoicePaymentsParams(TypedDict, total=False):
    """What `list_invoice_payments` can be called with.

    Attributes:
        created: Keep only what was created in this range or, given an integer, at exactly this
            time; Unix seconds (UTC).
        ending_before: Id of an item: get the nearest ones that are newer, to page backwards. Cannot
            be used together with `starting_after`.
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels. In a list every path starts with `data.`, as in `expand=["data.invoice"]`; the
            query's brackets are added for you.
        invoice: Keep only payments of this invoice, given by its id.
        limit: Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out.
        payment: Keep only what was paid through this kind of object or, with an id, through this
            very object.
        starting_after: Id of an item: get the ones that are older, to page forwards. Cannot be used
            together with `ending_before`.
        status: Keep only invoice payments in this state.
    """

    created: CreatedFilter | int | datetime | None
    """Keep only what was created in this range or, given an integer, at exactly this time; Unix
    seconds (UTC)."""

    ending_before: str | None
    """Id of an item: get the nearest ones that are newer, to page backwards. Cannot be used
    together with `starting_after`."""

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
    """Id of an item: get the ones that are older, to page forwards. Cannot be used together with
    `ending_before`."""

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


class ListInvoicesParams(TypedDict, total=False):
    """What `list_invoices` can be called with.

    Attributes:
        collection_method: Keep only invoices that are collected in this way.
        created: Keep only what was created in this range or, given an integer, at exactly this
            time; Unix seconds (UTC).
        customer: Keep only invoices of this customer, given by its id.
        customer_account: Keep only invoices of the customer that this account represents, given by
            the id of the account.
        due_date: Keep only invoices that are due in this range or, given an integer, at exactly
            this time; Unix seconds (UTC).
        ending_before: Id of an item: get the nearest ones that are newer, to page backwards. Cannot
            be used together with `starting_after`.
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels. In a list every path starts with `data.`, as in `expand=["data.payments"]`; the
            query's brackets are added for you.
        limit: Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out.
        starting_after: Id of an item: get the ones that are older, to page forwards. Cannot be used
            together with `ending_before`.
        status: Keep only invoices in this state.
        subscription: Keep only invoices of this subscription, given by its id.
    """

    collection_method: Literal["charge_automatically", "send_invoice"] | None
    """Keep only invoices that are collected in this way."""

    created: CreatedFilter | int | datetime | None
    """Keep only what was created in this range or, given an integer, at exactly this time; Unix
    seconds (UTC)."""

    customer: str | None
    """Keep only invoices of this customer, given by its id."""

    customer_account: str | None
    """Keep only invoices of the customer that this account represents, given by the id of the
    account."""

    due_date: DueDateFilter | int | datetime | None
    """Keep only invoices that are due in this range or, given an integer, at exactly this time;
    Unix seconds (UTC)."""

    ending_before: str | None
    """Id of an item: get the nearest ones that are newer, to page backwards. Cannot be used
    together with `starting_after`."""

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels. In a
    list every path starts with `data.`, as in `expand=["data.payments"]`; the query's brackets are
    added for you."""

    limit: int | None
    """Most items to return in one page, from 1 to 100. Stripe uses 10 if it is left out."""

    starting_after: str | None
    """Id of an item: get the ones that are older, to page forwards. Cannot be used together with
    `ending_before`."""

    status: Literal["draft", "open", "paid", "uncollectible", "void"] | None
    """Keep only invoices in this state."""

    subscription: str | None
    """Keep only invoices of this subscription, given by its id."""


class RetrieveInvoiceParams(TypedDict, total=False):
    """What `retrieve_invoice` can be called with.

    Attributes:
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels, for example `expand=["payments"]`. The query's brackets are added for you.
    """

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels, for
    example `expand=["payments"]`. The query's brackets are added for you."""


class AttachPaymentToInvoiceParams(TypedDict, total=False):
    """What `attach_payment_to_invoice` can be called with.

    Attributes:
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels. The form's brackets are added for you.
        payment_intent: Id of the PaymentIntent to attach; it starts with `pi_`.
        payment_record: Id of the PaymentRecord to attach. Use it for what was paid outside Stripe.
    """

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels. The
    form's brackets are added for you."""

    payment_intent: str | None
    """Id of the PaymentIntent to attach; it starts with `pi_`."""

    payment_record: str | None
    """Id of the PaymentRecord to attach. Use it for what was paid outside Stripe."""


class RetrievePaymentIntentParams(TypedDict, total=False):
    """What `retrieve_payment_intent` can be called with.

    Attributes:
        client_secret: Client secret of the PaymentIntent; required with a publishable key.
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels, for example `expand=["latest_charge"]`. The query's brackets are added for you.
    """

    client_secret: str | None
    """Client secret of the PaymentIntent; required with a publishable key."""

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels, for
    example `expand=["latest_charge"]`. The query's brackets are added for you."""


class RetrievePaymentRecordParams(TypedDict, total=False):
    """What `retrieve_payment_record` can be called with.

    Attributes:
        expand: Fields to get as full objects in place of ids, as dotted paths of at most four
            levels. The query's brackets are added for you.
    """

    expand: Sequence[str] | None
    """Fields to get as full objects in place of ids, as dotted paths of at most four levels. The
    query's brackets are added for you."""
