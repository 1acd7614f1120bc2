# Generated from Stripe's OpenAPI document 2026-05-27.dahlia by `make regenerate`.
# Do not edit: change spec/ or templates/ and run that command.

"""The flat table: one row an object, the same columns in every format and in every release.

A column is never moved, renamed or removed. What Stripe adds becomes a column at the end.
"""

from __future__ import annotations

from json import dumps
from typing import Any

from ._columns import MAX_INTEGER, MAX_TIME, MIN_INTEGER, MIN_TIME, Column, split
from .models import InvoicePayment

SCHEMA_VERSION = 1
"""Increased whenever there are new columns."""

COLUMNS: tuple[Column, ...] = (
    Column("account", "string"),
    Column("id", "string", path=("id",)),
    Column("status", "string", path=("status",)),
    Column("amount_requested", "int64", path=("amount_requested",)),
    Column("amount_paid", "int64", path=("amount_paid",), is_nullable=True),
    Column("currency", "string", path=("currency",)),
    Column("created", "timestamp", path=("created",)),
    Column("paid_at", "timestamp", path=("status_transitions", "paid_at"), is_nullable=True),
    Column(
        "canceled_at", "timestamp", path=("status_transitions", "canceled_at"), is_nullable=True
    ),
    Column("invoice", "string", path=("invoice",), is_expandable=True),
    Column("payment_type", "string", path=("payment", "type")),
    Column("payment_intent", "string", path=("payment", "payment_intent"), is_expandable=True),
    Column("charge", "string", path=("payment", "charge"), is_expandable=True),
    Column("payment_record", "string", path=("payment", "payment_record"), is_expandable=True),
    Column("is_default", "bool", path=("is_default",)),
    Column("livemode", "bool", path=("livemode",)),
    Column("extra", "string"),
    Column("_extracted_at", "timestamp"),
    Column("_api_version", "string"),
)
"""All columns, in their order."""

CONSTANTS: dict[str, str] = {"object": "invoice_payment"}
"""What every object has and no column holds."""

_FIELDS = tuple(column for column in COLUMNS if column.path)


def flat(
    row: InvoicePayment, account: str | None, extracted_at: int, api_version: str | None
) -> tuple[Any, ...]:
    """The values of all columns, in their order. Timestamps are in Unix seconds.

    What is as the document describes it is read here, attribute by attribute. Everything else,
    such as an expanded object or a field that is not known, goes the long way of `split`.
    """
    whole: Any = row
    try:
        in_payment = whole.payment
        in_status_transitions = whole.status_transitions
        of_id = whole.id
        of_status = whole.status
        of_amount_requested = whole.amount_requested
        of_amount_paid = whole.amount_paid
        of_currency = whole.currency
        of_created = whole.created
        of_status_transitions_paid_at = in_status_transitions.paid_at
        of_status_transitions_canceled_at = in_status_transitions.canceled_at
        of_invoice = whole.invoice
        of_payment_type = in_payment.type
        of_payment_payment_intent = in_payment.payment_intent
        of_payment_charge = in_payment.charge
        of_payment_payment_record = in_payment.payment_record
        of_is_default = whole.is_default
        of_livemode = whole.livemode
        if (
            whole._irregularities is None
            and whole.object == "invoice_payment"
            and in_payment._irregularities is None
            and in_status_transitions._irregularities is None
            and type(of_id) is str
            and type(of_status) is str
            and type(of_amount_requested) is int
            and MIN_INTEGER <= of_amount_requested <= MAX_INTEGER
            and (
                of_amount_paid is None
                or type(of_amount_paid) is int
                and MIN_INTEGER <= of_amount_paid <= MAX_INTEGER
            )
            and type(of_currency) is str
            and type(of_created) is int
            and MIN_TIME <= of_created <= MAX_TIME
            and (
                of_status_transitions_paid_at is None
                or type(of_status_transitions_paid_at) is int
                and MIN_TIME <= of_status_transitions_paid_at <= MAX_TIME
            )
            and (
                of_status_transitions_canceled_at is None
                or type(of_status_transitions_canceled_at) is int
                and MIN_TIME <= of_status_transitions_canceled_at <= MAX_TIME
            )
            and type(of_invoice) is str
            and type(of_payment_type) is str
            and (of_payment_payment_intent is None or type(of_payment_payment_intent) is str)
            and (of_payment_charge is None or type(of_payment_charge) is str)
            and (of_payment_payment_record is None or type(of_payment_payment_record) is str)
            and type(of_is_default) is bool
            and type(of_livemode) is bool
            and "".join(
                (
                    of_id,
                    of_status,
                    of_currency,
                    of_invoice,
                    of_payment_type,
                    of_payment_payment_intent or "",
                    of_payment_charge or "",
                    of_payment_payment_record or "",
                )
            ).isprintable()
        ):
            return (
                account,
                of_id,
                of_status,
                of_amount_requested,
                of_amount_paid,
                of_currency,
                of_created,
                of_status_transitions_paid_at,
                of_status_transitions_canceled_at,
                of_invoice,
                of_payment_type,
                of_payment_payment_intent,
                of_payment_charge,
                of_payment_payment_record,
                of_is_default,
                of_livemode,
                None,
                extracted_at,
                api_version,
            )
    except AttributeError:
        pass  # an object in it is none; nothing is lost, it is read below
    return _flat_slowly(row, account, extracted_at, api_version)


def _flat_slowly(
    row: InvoicePayment, account: str | None, extracted_at: int, api_version: str | None
) -> tuple[Any, ...]:
    data = row.to_dict()
    for name, value in CONSTANTS.items():
        if data.get(name) == value:
            del data[name]
    values, rest = split(data, _FIELDS)
    values["account"] = account
    values["extra"] = dumps(rest, separators=(",", ":")) if rest else None
    values["_extracted_at"] = extracted_at
    values["_api_version"] = api_version
    return tuple(values.get(column.name) for column in COLUMNS)
