"""What the stock generator gets wrong on this very document: each trap of the issue, gone."""

import copy
import inspect
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import stripe_invoice_payments_api
from stripe_invoice_payments_api import models, operations, params
from stripe_invoice_payments_api.models import (
    Charge,
    DeletedInvoice,
    Invoice,
    InvoicePayment,
    PaymentIntent,
    PaymentRecord,
)

from .samples import invoice, page, payment, payment_intent

PACKAGE = Path(stripe_invoice_payments_api.__file__).parent
SOURCES = sorted(PACKAGE.glob("*.py"))


def test_a_created_range_is_sent_as_one_bracketed_key_for_each_bound():
    request = operations.list_invoice_payments({"created": {"gte": 1, "lt": 9}})
    assert request.query == "created%5Bgte%5D=1&created%5Blt%5D=9"


def test_a_created_integer_is_sent_as_it_is():
    assert operations.list_invoice_payments({"created": 5}).query == "created=5"


def test_the_payment_filter_keeps_its_prefix():
    request = operations.list_invoice_payments(
        {"payment": {"type": "payment_intent", "payment_intent": "pi_1"}}
    )
    assert request.query == "payment%5Btype%5D=payment_intent&payment%5Bpayment_intent%5D=pi_1"


def test_expand_has_brackets():
    request = operations.retrieve_invoice("in_1", {"expand": ["payments", "customer"]})
    assert request.query == "expand%5B%5D=payments&expand%5B%5D=customer"


@pytest.mark.parametrize(
    "request_",
    [
        operations.list_invoice_payments({}),
        operations.retrieve_invoice_payment("inpay_1", {}),
        operations.retrieve_invoice("in_1", {}),
    ],
    ids=lambda request: request.path,
)
def test_a_get_has_no_form_and_so_no_content_type(request_):
    assert request_.method == "GET"
    assert request_.form is None


@pytest.mark.parametrize(
    "operation",
    [
        operations.list_invoice_payments,
        operations.retrieve_invoice_payment,
        operations.retrieve_invoice,
    ],
    ids=lambda operation: operation.__name__,
)
def test_no_operation_has_a_body_argument(operation):
    assert "body" not in inspect.signature(operation).parameters


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (PaymentIntent, "cancellation_reason"),
        (PaymentIntent, "setup_future_usage"),
        (PaymentRecord, "customer_presence"),
        (Invoice, "billing_reason"),
        (Invoice, "status"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_null_in_a_nullable_enum_is_none(model, field):
    data = {"id": "x_1", "object": "x", field: None}
    read = model.from_dict(data)
    assert getattr(read, field) is None
    assert read.to_dict()[field] is None


@pytest.mark.parametrize(
    ("field", "sent", "model"),
    [
        ("invoice", invoice(), Invoice),
        ("invoice", {**invoice(), "deleted": True}, DeletedInvoice),
    ],
)
def test_an_expanded_field_is_a_model(field, sent, model):
    assert type(getattr(InvoicePayment.from_dict(payment(**{field: sent})), field)) is model


@pytest.mark.parametrize(
    ("kind", "model"),
    [("charge", Charge), ("payment_intent", PaymentIntent), ("payment_record", PaymentRecord)],
)
def test_an_expanded_payment_is_a_model_though_its_nullable_enums_are_null(kind, model):
    sent = {"id": "x_1", "object": kind, "cancellation_reason": None, "customer_presence": None}
    read = InvoicePayment.from_dict(payment(payment={"type": kind, kind: sent}))
    assert type(getattr(read.payment, kind)) is model


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "new_status"},
        {"payment": {"type": "new_kind"}},
        {"object": "new_object"},
        {"invoice": invoice(status="new_status", billing_reason="new_reason")},
        {"payment": {"type": "payment_intent", "payment_intent": payment_intent(status="new")}},
        {"new_field": {"nested": [1]}},
    ],
    ids="-".join,
)
def test_what_stripe_adds_tomorrow_does_not_kill_a_page(changes):
    sent = page(payment(), payment(**changes))
    read = operations.list_invoice_payments({}).read(sent)
    assert len(read.data) == 2
    assert read.to_dict() == sent


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
@pytest.mark.parametrize("trace", ["Unset", "UNSET", "object at 0x", "StrEnum", "AnyOf"])
def test_no_trace_of_the_stock_generator_is_left(source, trace):
    assert trace not in source.read_text("utf-8")


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))],
    ids=["copy", "deepcopy", "pickle"],
)
@pytest.mark.parametrize(
    "sent",
    [
        payment(),
        payment(invoice=invoice(status=None), new_field=1),
        {key: value for key, value in payment().items() if key != "amount_paid"},
    ],
    ids=["regular", "expanded-and-unknown", "absent"],
)
def test_copies_are_equal_and_write_the_same(duplicate, sent):
    original = InvoicePayment.from_dict(sent)
    again = duplicate(original)
    assert again == original
    assert json.dumps(again.to_dict()) == json.dumps(original.to_dict())
    assert again.to_dict() == sent


def test_names_are_stripes_own_words():
    assert operations.__all__ == [
        "PATHS",
        "Request",
        "attach_payment_to_invoice",
        "list_accounts",
        "list_events",
        "list_invoice_payments",
        "list_invoices",
        "retrieve_charge",
        "retrieve_invoice",
        "retrieve_invoice_payment",
        "retrieve_payment_intent",
        "retrieve_payment_record",
    ]
    for name in (*models.__all__, *params.__all__, *operations.__all__):
        assert len(name) <= len("InvoicePaymentStatusTransitions"), name
    read = InvoicePayment.from_dict(payment())
    assert (read.object, read.payment.type, read.id) == (
        "invoice_payment",
        "payment_intent",
        "inpay_1",
    )
    for model in (vars(models)[name] for name in models.__all__):
        attributes = [field.name for field in getattr(model, "__attrs_attrs__", ())]
        assert not [name for name in attributes if name.endswith("_")]


@pytest.mark.parametrize(
    ("model", "field", "annotation"),
    [
        (models.Event, "request", "EventRequest | None"),
        (Invoice, "last_finalization_error", "ErrorDetails | None"),
        (PaymentIntent, "last_payment_error", "ErrorDetails | None"),
    ],
)
def test_a_nullable_union_of_one_is_that_one_or_none(model, field, annotation):
    assert model.__annotations__[field] == annotation
    required = {"id": "x_1", "object": "event", "created": 1, "livemode": True, "type": "x"}
    required |= {"pending_webhooks": 0, "data": {"object": {}}}
    read = model.from_dict({**required, field: None})
    assert getattr(read, field) is None
    assert type(getattr(model.from_dict({**required, field: {}}), field)).__name__ in annotation


def test_importing_one_module_does_not_import_what_it_has_no_use_for():
    code = (
        "import sys; before = set(sys.modules);"
        "import stripe_invoice_payments_api.models;"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert loaded.isdisjoint({"httpx", "dateutil", "ssl", "json", "datetime", "urllib", "asyncio"})


def test_a_model_does_not_have_a_module_of_its_own():
    assert len(SOURCES) < 14 < len(models.__all__)
