"""Changes to what is called: parameters, operations, errors, and the API as a whole."""

from __future__ import annotations

from typing import Any

from scripts.comparison.verdicts import Level

from . import edits as e
from .case import ADDITIVE, CALLERS, DOCS, READERS, Case

REFERENCE_TO_INVOICE = {"$ref": "#/components/schemas/invoice"}


def _without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


CASES = [
    # Parameters
    Case(
        "parameter added",
        e.add_parameter("currency", {"type": "string"}),
        "parameter-added",
        "ListInvoicePaymentsParams.currency",
        ADDITIVE,
    ),
    Case(
        "required parameter added",
        e.add_parameter("currency", {"type": "string"}, required=True),
        "required-parameter-added",
        "ListInvoicePaymentsParams.currency",
        CALLERS,
    ),
    Case(
        "parameter removed",
        e.remove_parameter("status"),
        "parameter-removed",
        "ListInvoicePaymentsParams.status",
        CALLERS,
        blocked=True,
        python=Level.MAJOR,
    ),
    Case(
        "parameter made required",
        e.parameter("invoice", e.updated(required=True)),
        "parameter-made-required",
        "ListInvoicePaymentsParams.invoice",
        CALLERS,
        python=Level.MAJOR,
    ),
    Case(
        "nested parameter made optional",
        e.parameter_schema("payment", e.updated(required=None)),
        "parameter-made-optional",
        "PaymentFilter.type",
        ADDITIVE,
    ),
    Case(
        "nested parameter removed",
        e.at(
            *e.LIST,
            "parameters",
            change=lambda given: [
                e.at("schema", "properties", change=lambda p: _without(p, "payment_record"))(g)
                if g["name"] == "payment"
                else g
                for g in given
            ],
        ),
        "parameter-removed",
        "PaymentFilter.payment_record",
        CALLERS,
        blocked=True,
    ),
    Case(
        "parameter value added",
        e.parameter_schema("status", e.add_values("refunded")),
        "parameter-value-added",
        "ListInvoicePaymentsParams.status",
        ADDITIVE,
        python=Level.MINOR,
    ),
    Case(
        "parameter value removed",
        e.parameter_schema("status", e.remove_values("canceled")),
        "parameter-value-removed",
        "ListInvoicePaymentsParams.status",
        CALLERS,
        python=Level.MAJOR,
    ),
    Case(
        "parameter narrowed to some values",
        e.parameter_schema("invoice", e.add_values("in_1", "in_2")),
        "parameter-enum-added",
        "ListInvoicePaymentsParams.invoice",
        CALLERS,
    ),
    Case(
        "parameter takes more types",
        e.parameter_schema("invoice", e.to({"anyOf": [{"type": "string"}, {"type": "integer"}]})),
        "parameter-type-widened",
        "ListInvoicePaymentsParams.invoice",
        ADDITIVE,
    ),
    Case(
        "parameter takes another type",
        e.parameter_schema("limit", e.to({"type": "string"})),
        "parameter-type-changed",
        "ListInvoicePaymentsParams.limit",
        CALLERS,
    ),
    Case(
        "parameter sent in another way",
        e.parameter("expand", e.updated(style="form")),
        "parameter-moved",
        "ListInvoicePaymentsParams.expand",
        CALLERS,
        python=Level.NONE,
    ),
    # Operations and errors
    Case(
        "an operation gone",
        e.remove_operation("/v1/invoices/{invoice}", "get"),
        "operation-removed",
        "Client.invoices.retrieve",
        CALLERS,
        blocked=True,
        python=Level.MAJOR,
    ),
    Case(
        "an operation moved",
        e.move_path("/v1/invoice_payments", "/v2/invoice_payments"),
        "path-renamed",
        "Client.invoice_payments.list",
        DOCS,
        blocked=True,
    ),
    Case(
        "an operation answers with something else",
        e.at(
            *e.RETRIEVE,
            *("responses", "200", "content", "application/json", "schema"),
            change=e.to(REFERENCE_TO_INVOICE),
        ),
        "answer-changed",
        "Client.invoice_payments.retrieve",
        READERS,
        python=Level.MAJOR,
    ),
    Case(
        "a new error type",
        e.field("api_errors", "type", e.add_values("quota_error")),
        "enum-value-added",
        "ErrorDetails.type",
        ADDITIVE,
    ),
    Case(
        "an error's field removed",
        e.remove_field("api_errors", "doc_url"),
        "field-removed",
        "ErrorDetails.doc_url",
        READERS,
        blocked=True,
    ),
    Case(
        "an event's field removed",
        e.remove_field("event", "pending_webhooks"),
        "field-removed",
        "Event.pending_webhooks",
        READERS,
        blocked=True,
    ),
    # The whole
    Case(
        "a schema renamed",
        e.rename_schema("charge", "payment_charge"),
        "schema-renamed",
        "Charge",
        DOCS,
        blocked=True,
        python=Level.NONE,
    ),
    Case(
        "a new version of the API",
        e.version("2999-01-01.dahlia"),
        "api-version",
        "API_VERSION",
        ADDITIVE,
        python=Level.MINOR,
    ),
    Case(
        "a new release of the API",
        e.version("2999-01-01.eggplant"),
        "api-version",
        "API_VERSION",
        ADDITIVE,
        caution=True,
    ),
    Case(
        "another address",
        e.at("servers", change=lambda _: [{"url": "https://api.example.com/"}]),
        "base-url-changed",
        "BASE_URL",
        CALLERS,
        python=Level.MAJOR,
    ),
]
