"""One change to the real document in each row: its class, the version bump, the Python symbol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from scripts.comparison.compare import Comparison
from scripts.comparison.python_api import compare_packages
from scripts.comparison.tolerant_overlay import apply_what_fits, read_actions
from scripts.comparison.verdicts import Effect, Level
from scripts.pipeline.slicing import SliceConfig

from . import edits as e
from .conftest import Compare, stored_slice

CALLERS, READERS, ADDITIVE, DOCS = Effect

STRICT = "invoice_payment"
DETAILS = "invoices_payments_invoice_payment_associated_payment"
REFERENCE_TO_INVOICE = {"$ref": "#/components/schemas/invoice"}


@define(frozen=True)
class Case:
    """A change, and what is expected of it.

    Attributes:
        name: What Stripe did.
        edit: The change.
        kind: The kind that it is recognised as.
        symbol: The first Python symbol that it touches.
        effect: Its class.
        before: A change that was made to the old document already.
        python: What the rendered packages show, where they are compared as well.
        also: The kinds of what comes along with it.
        caution: Whether there is something to look at.
        blocked: Whether configuration or overlay have to be edited first.
    """

    name: str
    edit: e.Edit
    kind: str
    symbol: str
    effect: Effect
    before: e.Edit = e.unchanged
    python: Level | None = None
    also: tuple[str, ...] = ()
    caution: bool = False
    blocked: bool = False


CASES = [
    # Fields of an object that is read strictly, and of one that is read leniently
    Case(
        "field removed",
        e.remove_field(STRICT, "is_default"),
        "field-removed",
        "InvoicePayment.is_default",
        READERS,
        blocked=True,
        python=Level.MAJOR,
    ),
    Case(
        "field of an expanded object removed",
        e.remove_field("invoice", "footer"),
        "field-removed",
        "Invoice.footer",
        READERS,
        blocked=True,
    ),
    Case(
        "field added",
        e.add_field(STRICT, "memo", {"type": "string"}),
        "field-added",
        "InvoicePayment.memo",
        ADDITIVE,
        python=Level.MINOR,
    ),
    Case(
        "required field added",
        e.add_field(STRICT, "memo", {"type": "string"}, required=True),
        "field-added",
        "InvoicePayment.memo",
        ADDITIVE,
        caution=True,
    ),
    Case(
        "required field added to an expanded object",
        e.add_field("charge", "memo", {"type": "string"}, required=True),
        "field-added",
        "Charge.memo",
        ADDITIVE,
    ),
    Case(
        "field of objects added",
        e.add_field("charge", "account", {"$ref": "#/components/schemas/account"}),
        "field-added",
        "Charge.account",
        ADDITIVE,
    ),
    Case(
        "field renamed",
        e.rename_field("invoice", "footer", "footer_text"),
        "field-removed",
        "Invoice.footer",
        READERS,
        also=("field-added",),
        blocked=True,
    ),
    Case(
        "field made optional",
        e.release(STRICT, "is_default"),
        "made-optional",
        "InvoicePayment.is_default",
        READERS,
    ),
    Case(
        "field made required",
        e.require(DETAILS, "charge"),
        "made-required",
        "InvoicePaymentDetails.charge",
        ADDITIVE,
        caution=True,
    ),
    # Types
    Case(
        "type changed",
        e.field(STRICT, "is_default", e.to({"type": "object"})),
        "type-changed",
        "InvoicePayment.is_default",
        READERS,
    ),
    Case(
        "integer to string",
        e.field(STRICT, "amount_requested", e.to({"type": "string"})),
        "type-changed",
        "InvoicePayment.amount_requested",
        READERS,
        python=Level.MAJOR,
    ),
    Case(
        "integer to string in an expanded object",
        e.field("invoice", "total", e.to({"type": "string"})),
        "type-changed",
        "Invoice.total",
        READERS,
    ),
    Case(
        "a list turned into an object",
        e.field("payment_intent", "payment_method_types", e.to({"type": "object"})),
        "type-changed",
        "PaymentIntent.payment_method_types",
        READERS,
        python=Level.MAJOR,
    ),
    Case(
        "an object with a class turned into plain JSON",
        e.field(STRICT, "status_transitions", e.to({"type": "object"})),
        "type-changed",
        "InvoicePayment.status_transitions",
        READERS,
        also=("class-removed",),
        blocked=True,
    ),
    Case(
        "a union narrowed",
        e.field("charge", "failure_code", e.to({"type": "string", "nullable": True})),
        "type-narrowed",
        "Charge.failure_code",
        ADDITIVE,
        before=e.field(
            "charge",
            "failure_code",
            e.to({"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True}),
        ),
    ),
    Case(
        "not a point in time any more",
        e.field(STRICT, "created", e.updated(format=None)),
        "time-removed",
        "InvoicePayment.created_datetime",
        READERS,
    ),
    Case(
        "a point in time from now on",
        e.field("charge", "amount", e.updated(format="unix-time")),
        "time-added",
        "Charge.amount_datetime",
        ADDITIVE,
    ),
    # Null
    Case(
        "null allowed",
        e.field(STRICT, "amount_requested", e.updated(nullable=True)),
        "null-allowed",
        "InvoicePayment.amount_requested",
        READERS,
        python=Level.MAJOR,
    ),
    Case(
        "null allowed in an expanded object",
        e.field("invoice", "total", e.updated(nullable=True)),
        "null-allowed",
        "Invoice.total",
        DOCS,
    ),
    Case(
        "null no longer allowed",
        e.field(STRICT, "amount_requested", e.updated(nullable=None)),
        "null-not-allowed",
        "InvoicePayment.amount_requested",
        ADDITIVE,
        before=e.field(STRICT, "amount_requested", e.updated(nullable=True)),
        caution=True,
        python=Level.MINOR,
    ),
    Case(
        "null no longer allowed where the field may be absent",
        e.field(STRICT, "amount_paid", e.updated(nullable=None)),
        "null-not-allowed",
        "InvoicePayment.amount_paid",
        DOCS,
    ),
    # Enums
    Case(
        "a new payment.type",
        e.field(DETAILS, "type", e.add_values("crypto_transfer")),
        "enum-value-added",
        "InvoicePaymentDetails.type",
        ADDITIVE,
        python=Level.MINOR,
    ),
    Case(
        "enum value added",
        e.field("charge", "status", e.add_values("disputed")),
        "enum-value-added",
        "Charge.status",
        ADDITIVE,
    ),
    Case(
        "enum value removed",
        e.field("charge", "status", e.remove_values("pending")),
        "enum-value-removed",
        "Charge.status",
        DOCS,
        python=Level.PATCH,
    ),
    Case(
        "a string's values listed",
        e.field("charge", "failure_code", e.add_values("card_declined")),
        "enum-added",
        "Charge.failure_code",
        ADDITIVE,
    ),
    Case(
        "an enum's values no longer listed",
        e.field("charge", "status", e.updated(enum=None)),
        "enum-removed",
        "Charge.status",
        DOCS,
    ),
    Case(
        "the kind of an object changed",
        e.field(STRICT, "object", e.updated(enum=["invoice.payment"])),
        "constant-changed",
        "InvoicePayment.object",
        READERS,
    ),
    # Expansion
    Case(
        "an expansion target added",
        e.field(DETAILS, "payment_record", e.add_targets("charge")),
        "expansion-target-added",
        "InvoicePaymentDetails.payment_record",
        ADDITIVE,
        python=Level.MINOR,
    ),
    Case(
        "an expansion target outside the cut added",
        e.field(DETAILS, "payment_record", e.add_targets("account")),
        "expansion-target-added",
        "InvoicePaymentDetails.payment_record",
        ADDITIVE,
        python=Level.PATCH,
    ),
    Case(
        "an expansion target removed",
        e.field("charge", "customer", e.remove_target("deleted_customer")),
        "expansion-target-removed",
        "Charge.customer",
        DOCS,
        python=Level.NONE,
    ),
    Case(
        "a field that can be expanded from now on",
        e.field("charge", "payment_method", e.add_targets("payment_method")),
        "expansion-added",
        "Charge.payment_method",
        READERS,
    ),
    Case(
        "a field that cannot be expanded any more",
        e.field("charge", "customer", e.to({"type": "string", "nullable": True})),
        "expansion-removed",
        "Charge.customer",
        READERS,
    ),
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
        python=Level.PATCH,
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

NOTHING_NEW = {
    "only prose changed": e.new_prose,
    "key order changed": e.reversed_keys,
    "an example and a length limit changed": e.field(STRICT, "currency", e.updated(maxLength=7)),
    "requiredness that an override keeps from users": e.release("invoice", "total"),
    "a schema outside the cut changed": e.remove_field("account", "type"),
}


def _without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


PythonLevel = Callable[[dict[str, Any], Comparison], Level]


@pytest.fixture(scope="module")
def python_level(
    tmp_path_factory: pytest.TempPathFactory,
    rendered: Callable[..., Path],
    config: SliceConfig,
    overlay: dict[str, Any],
) -> PythonLevel:
    """What the rendered packages show; the same document is rendered only once."""
    known: dict[str, Path] = {}

    def package(document: dict[str, Any]) -> Path:
        key = repr(document)
        if key not in known:
            known[key] = rendered(document, tmp_path_factory.mktemp("package"))
        return known[key]

    def level(old: dict[str, Any], comparison: Comparison) -> Level:
        before, _ = apply_what_fits(stored_slice(old, config), read_actions(overlay))
        return compare_packages(package(before), package(comparison.document)).level

    return level


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_has_its_class_its_bump_and_its_symbol(
    case: Case, pinned: dict[str, Any], compared: Compare, python_level: PythonLevel
) -> None:
    old = case.before(pinned)
    comparison = compared(old, case.edit(old))

    found = {(c.kind, c.symbols[0], c.effect): c for c in comparison.changes}
    change = found.get((case.kind, case.symbol, case.effect))
    assert change is not None, found.keys()
    assert {c.kind for c in comparison.changes} == {case.kind, *case.also}
    assert bool(change.caution) is case.caution
    assert bool(comparison.blocking) is case.blocked
    assert max(c.effect.level for c in comparison.changes) is case.effect.level

    if case.python is not None:
        assert python_level(old, comparison) is case.python


@pytest.mark.parametrize("name", NOTHING_NEW)
def test_what_users_do_not_see_is_nothing_new(
    name: str, pinned: dict[str, Any], compared: Compare
) -> None:
    comparison = compared(pinned, NOTHING_NEW[name](pinned))
    assert not comparison.changes
    assert not comparison.blocking


def test_prose_and_the_order_of_keys_do_not_even_touch_the_slice(
    pinned: dict[str, Any], compared: Compare
) -> None:
    before = compared(pinned, pinned).new_slice
    assert compared(pinned, e.new_prose(e.reversed_keys(pinned))).new_slice == before


def test_there_are_enough_of_them() -> None:
    assert len(CASES) + len(NOTHING_NEW) >= 25
    assert len({case.name for case in CASES}) == len(CASES)
