"""Changes to what is called: parameters, operations, errors, and the API as a whole."""

from __future__ import annotations

from functools import partial
from typing import Any

from scripts.spec_changes.verdicts import Level

from . import edits as e
from .case import ADDITIVE, CALLERS, DOCS, READERS, Case

REFERENCE_TO_INVOICE = {"$ref": "#/components/schemas/invoice"}


def _without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


def _without_field(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return e.without_field(schema, name)


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
        also=("bound-loosened",),
    ),
    Case(
        "parameter takes another type",
        e.parameter_schema("limit", e.to({"type": "string"})),
        "parameter-type-changed",
        "ListInvoicePaymentsParams.limit",
        CALLERS,
    ),
    # Bounds
    *(
        Case(
            f"a parameter's {key} tightened from {was} to {now}",
            e.parameter_schema(name, e.updated(**{key: now})),
            "bound-tightened",
            f"ListInvoicePaymentsParams.{name}",
            CALLERS,
            before=e.parameter_schema(name, e.updated(**{key: was})),
        )
        for name, key, was, now in (
            ("starting_after", "maxLength", 5000, 10),
            ("starting_after", "maxLength", None, 10),
            ("starting_after", "minLength", 1, 3),
            ("starting_after", "pattern", None, "^inpay_"),
            ("starting_after", "pattern", "^i", "^inpay_"),
            ("expand", "maxItems", None, 4),
            ("expand", "items", {"type": "string"}, {"type": "string", "maxLength": 20}),
            ("limit", "maximum", None, 50),
            ("limit", "multipleOf", None, 5),
        )
    ),
    *(
        Case(
            f"a parameter's {key} loosened from {was} to {now}",
            e.parameter_schema(name, e.updated(**{key: now})),
            "bound-loosened",
            f"ListInvoicePaymentsParams.{name}",
            ADDITIVE,
            before=e.parameter_schema(name, e.updated(**{key: was})),
        )
        for name, key, was, now in (
            ("starting_after", "maxLength", 10, 5000),
            ("starting_after", "maxLength", 10, None),
            ("starting_after", "pattern", "^inpay_", None),
            ("limit", "maximum", 50, 100),
            ("limit", "maximum", 50, 1000),
        )
    ),
    Case(
        "a nested parameter's bound tightened",
        e.parameter_schema("payment", e.at("properties", "type", change=e.updated(maxLength=9))),
        "bound-tightened",
        "PaymentFilter.type",
        CALLERS,
    ),
    Case(
        "another value if a parameter is left out",
        e.parameter_schema("limit", e.updated(default=20)),
        "default-changed",
        "ListInvoicePaymentsParams.limit",
        READERS,
        before=e.parameter_schema("limit", e.updated(default=10)),
    ),
    Case(
        "a default stated",
        e.parameter_schema("limit", e.updated(default=10)),
        "default-changed",
        "ListInvoicePaymentsParams.limit",
        DOCS,
    ),
    # Deprecations
    *(
        Case(f"deprecated: {symbol}", edit, "deprecated", symbol, DOCS, caution=True)
        for symbol, edit in (
            (
                "ListInvoicePaymentsParams.invoice",
                e.parameter("invoice", e.updated(deprecated=True)),
            ),
            (
                "ListInvoicePaymentsParams.status",
                e.parameter_schema("status", e.updated(deprecated=True)),
            ),
            ("Invoice.footer", e.field("invoice", "footer", e.updated(deprecated=True))),
            ("Client.invoice_payments.list", e.at(*e.LIST, change=e.updated(deprecated=True))),
        )
    ),
    Case(
        "not deprecated any more",
        e.parameter("invoice", e.updated(deprecated=None)),
        "not-deprecated",
        "ListInvoicePaymentsParams.invoice",
        DOCS,
        before=e.parameter("invoice", e.updated(deprecated=True)),
    ),
    # What one choice of several takes
    Case(
        "a list of a parameter's values as well",
        e.parameter_schema("status", lambda s: {"anyOf": [s, {"type": "array", "items": s}]}),
        "parameter-type-widened",
        "ListInvoicePaymentsParams.status",
        ADDITIVE,
    ),
    Case(
        "a list of any strings as well",
        e.parameter_schema(
            "status", lambda s: {"anyOf": [s, {"type": "array", "items": {"type": "string"}}]}
        ),
        "parameter-type-widened",
        "ListInvoicePaymentsParams.status",
        ADDITIVE,
    ),
    Case(
        "any string as well",
        e.parameter_schema("status", lambda s: {"anyOf": [s, {"type": "string"}]}),
        "parameter-enum-removed",
        "ListInvoicePaymentsParams.status",
        ADDITIVE,
    ),
    # The envelope of lists
    *(
        Case(
            f"a list without {name}",
            e.envelope(partial(_without_field, name)),
            "field-removed",
            f"ListObject.{name}",
            READERS,
        )
        for name in ("has_more", "url")
    ),
    Case(
        "a list with next_page for has_more",
        e.envelope(
            lambda s: e.with_field(e.without_field(s, "has_more"), "next_page", {"type": "string"})
        ),
        "field-removed",
        "ListObject.has_more",
        READERS,
        also=("field-added",),
    ),
    Case(
        "a list that may lack has_more",
        e.envelope(lambda s: {**s, "required": ["object", "data", "url"]}),
        "made-optional",
        "ListObject.has_more",
        READERS,
    ),
    Case(
        "has_more of another type",
        e.envelope(e.at("properties", "has_more", change=e.to({"type": "string"}))),
        "type-changed",
        "ListObject.has_more",
        READERS,
    ),
    # Operations and errors
    Case(
        "an operation with an authentication of its own",
        e.at(*e.LIST, change=e.updated(security=[])),
        "security-changed",
        "Client.invoice_payments.list",
        CALLERS,
    ),
    Case(
        "another scheme of authentication under the same name",
        e.at(
            *("components", "securitySchemes", "bearerAuth"),
            change=e.to({"type": "apiKey", "in": "header", "name": "X-Key"}),
        ),
        "security-changed",
        "Client",
        CALLERS,
    ),
    Case(
        "an answer of another content type",
        e.at(
            *(*e.LIST, "responses", "200", "content"),
            change=lambda content: {"application/xml": content["application/json"]},
        ),
        "answer-removed",
        "Client.invoice_payments.list",
        READERS,
        also=("field-removed",),
    ),
    Case(
        "an error with its object under another name",
        e.rename_field("error", "error", "fault"),
        "field-removed",
        "ErrorResponse.error",
        READERS,
        also=("field-added",),
        blocked=True,
    ),
    Case(
        "an event without its data",
        e.remove_field("event", "data"),
        "field-removed",
        "Event.data",
        READERS,
        also=("class-removed",),
        blocked=True,
    ),
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
        e.move_path("/v1/invoice_payments", "/v1/invoice-payments"),
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
