"""Reading answers into models, and writing them back."""

import copy
import json
import pickle
import typing
from datetime import datetime, timezone
from typing import Any

import pytest

from stripe_invoice_payments_api import models
from stripe_invoice_payments_api._model import (
    Model,
    as_is,
    dict_of,
    expandable,
    list_object,
    list_of,
    object_id,
    object_or_scalar,
    or_none,
)
from stripe_invoice_payments_api.models import (
    Charge,
    DeletedInvoice,
    ErrorDetails,
    ErrorResponse,
    Event,
    InvalidObjectError,
    Invoice,
    InvoicePayment,
    InvoicePaymentDetails,
    InvoicePaymentStatusTransitions,
    ListObject,
    PaymentIntent,
    PaymentRecord,
)

from .samples import invoice, page, payment, payment_intent

read_page = list_object(InvoicePayment.from_dict)


def read_slowly(data: Any) -> InvoicePayment:
    """By way of the layout, as anything irregular is read."""
    general: Any = Model.from_dict
    read: InvoicePayment = general.__func__(InvoicePayment, data)
    return read


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in payment().items() if key != name}


# --- The two gears ---

IRREGULAR = {
    "an unknown field": payment(new_field={"a": [1]}),
    "a nullable field absent": without("amount_paid"),
    "an unknown field in place of one": {**without("amount_paid"), "new_field": 1},
    "an unknown field in a part": payment(payment={"type": "charge", "charge": "ch_1", "new": 1}),
    "null in an optional field": payment(payment={"type": "charge", "charge": None}),
}
REGULAR = {
    "open": payment(),
    "paid": payment(amount_paid=1, status_transitions={"canceled_at": None, "paid_at": 2}),
    "by charge": payment(payment={"type": "charge", "charge": "ch_1"}),
    "expanded": payment(invoice=invoice(), payment={"type": "x", "payment_intent": {"id": "pi_1"}}),
}


@pytest.mark.parametrize(
    "data", [*REGULAR.values(), *IRREGULAR.values()], ids=[*REGULAR, *IRREGULAR]
)
def test_both_gears_read_the_same(data):
    fast, slow = InvoicePayment.from_dict(data), read_slowly(data)
    assert fast == slow
    assert fast.to_dict() == slow.to_dict() == data
    assert repr(fast) == repr(slow)


@pytest.fixture
def general_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that were read by way of their layouts."""
    reads: list[str] = []
    original: Any = Model.from_dict

    def spy(cls: type[Model], data: Any) -> Model:
        reads.append(cls.__name__)
        read: Model = original.__func__(cls, data)
        return read

    monkeypatch.setattr(Model, "from_dict", classmethod(spy))
    return reads


@pytest.mark.parametrize("data", [*REGULAR.values()][:3], ids=[*REGULAR][:3])
def test_a_regular_payment_takes_the_fast_gear(data, general_reads):
    InvoicePayment.from_dict(data)
    assert general_reads == []


@pytest.mark.parametrize("data", IRREGULAR.values(), ids=IRREGULAR)
def test_an_irregular_payment_takes_the_other(data, general_reads):
    InvoicePayment.from_dict(data)
    assert general_reads


@pytest.mark.parametrize("name", ["object", "currency", "status"])
def test_what_is_the_same_in_one_payment_after_the_other_is_kept_once(name):
    one, other = (InvoicePayment.from_dict(json.loads(json.dumps(payment()))) for _ in range(2))
    assert getattr(one, name) is getattr(other, name)
    assert one.payment.type is other.payment.type


# --- Round trip ---


def test_unknown_fields_are_kept_as_they_came():
    sent = payment(new_field={"nested": [1, None]}, payment={"type": "charge", "newer": True})
    read = InvoicePayment.from_dict(sent)
    assert read.additional_properties == {"new_field": {"nested": [1, None]}}
    assert read.payment.additional_properties == {"newer": True}
    assert read.to_dict() == sent


def test_unknown_fields_can_be_set():
    read = InvoicePayment.from_dict(payment())
    read.additional_properties["mine"] = 1
    assert read.to_dict() == payment(mine=1)


@pytest.mark.parametrize(
    "data",
    [
        {"id": "in_1", "object": "invoice", "number": None},  # nullable, as null
        {"id": "in_1", "object": "invoice"},  # nullable, absent
        {"id": "in_1", "object": "invoice", "amount_due": None},  # null against the document
    ],
)
def test_null_and_absent_are_told_apart(data):
    assert Invoice.from_dict(data).to_dict() == data


def test_a_model_made_by_hand_writes_null_where_stripe_does():
    made = InvoicePayment(
        id="inpay_1",
        object="invoice_payment",
        amount_requested=4200,
        created=1767225600,
        currency="usd",
        invoice="in_1",
        is_default=True,
        livemode=False,
        payment=InvoicePaymentDetails(type="payment_intent", payment_intent="pi_1"),
        status="open",
        status_transitions=InvoicePaymentStatusTransitions(),
    )
    assert made.to_dict() == payment()
    assert made == InvoicePayment.from_dict(payment())


def test_what_is_written_shares_nothing_with_the_model():
    read = InvoicePayment.from_dict(payment(invoice=invoice(metadata={"a": "b"}), new_field=[1]))
    written: Any = read.to_dict()
    before = copy.deepcopy(written)
    written["new_field"].append(2)
    written["invoice"]["metadata"]["a"] = "c"
    written["payment"]["type"] = "charge"
    assert read.to_dict() == before


def test_reading_leaves_the_source_as_it_was():
    sent = payment(new_field=[1], invoice=invoice(new_field=1))
    before = copy.deepcopy(sent)
    InvoicePayment.from_dict(sent)
    assert sent == before


# --- What cannot be read ---


@pytest.mark.parametrize("field", [name for name, value in payment().items() if value is not None])
@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (without, "missing"),
        (lambda name: payment(**{name: None}), "null where a value is required"),
    ],
    ids=["missing", "null"],
)
def test_a_required_field_is_named_with_its_object(field, spoil, problem):
    with pytest.raises(InvalidObjectError) as caught:
        InvoicePayment.from_dict(spoil(field))
    error = caught.value
    identifier = None if field == "id" else "inpay_1"
    assert (error.model, error.field, error.problem) == ("InvoicePayment", field, problem)
    assert error.object_id == identifier
    name = "InvoicePayment inpay_1" if identifier else "InvoicePayment"
    assert str(error) == f"{name}: {field}: {problem}"


@pytest.mark.parametrize(
    ("read", "data", "message"),
    [
        (
            InvoicePayment.from_dict,
            payment(payment={}),
            "InvoicePayment inpay_1: payment.type: missing",
        ),
        (
            InvoicePayment.from_dict,
            payment(payment="pi_1"),
            "InvoicePayment inpay_1: payment: an object was expected, not a string",
        ),
        (
            InvoicePayment.from_dict,
            payment(invoice={"object": "invoice"}),
            "InvoicePayment inpay_1: invoice.id: missing",
        ),
        (InvoicePayment.from_dict, [], "InvoicePayment: an object was expected, not a list"),
        (InvoicePayment.from_dict, None, "InvoicePayment: an object was expected, not null"),
        (InvoicePayment.from_dict, 1.5, "InvoicePayment: an object was expected, not a number"),
        (InvoicePayment.from_dict, True, "InvoicePayment: an object was expected, not a boolean"),
        (InvoicePayment.from_dict, {1}, "InvoicePayment: an object was expected, not a Python set"),
        (read_page, page(payment(), {"id": "inpay_2"}), "InvoicePayment inpay_2: object: missing"),
        (read_page, page(payment(), {}), "ListObject: data[1].id: missing"),
        (read_page, page(data=None), "ListObject: data: null where a value is required"),
        (read_page, page(data={}), "ListObject: data: a list was expected, not an object"),
        (read_page, page(data=[None]), "ListObject: data[0]: an object was expected, not null"),
        (
            Invoice.from_dict,
            invoice(payments=page({})),
            "Invoice in_1: payments.data[0].id: missing",
        ),
        (
            list_of(list_of(InvoicePaymentDetails.from_dict)),
            [[], [{}]],
            "list: [1][0].type: missing",
        ),
        (dict_of(InvoicePaymentDetails.from_dict), {"usd": {}}, "dict: usd.type: missing"),
        (dict_of(as_is), [], "dict: an object was expected, not a list"),
    ],
)  # fmt: skip
def test_an_error_tells_which_object_and_where_in_it(read, data, message):
    with pytest.raises(InvalidObjectError) as caught:
        read(data)
    assert str(caught.value) == message


def test_an_error_survives_pickling():
    error = InvalidObjectError("InvoicePayment", "payment.type", "inpay_1", "missing")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "InvoicePayment inpay_1: payment.type: missing"
    assert vars(again) == vars(error)


def test_a_mapping_that_is_no_plain_dict_is_read_as_well():
    class Ordered(dict[str, Any]):
        pass

    assert InvoicePayment.from_dict(Ordered(payment())) == InvoicePayment.from_dict(payment())


@pytest.mark.parametrize("model", [Charge, Invoice, PaymentIntent, PaymentRecord])
def test_of_an_expanded_object_only_its_identity_is_required(model):
    kind = typing.get_args(typing.get_type_hints(model)["object"])[0]
    read = model.from_dict({"id": "x_1", "object": kind})
    assert read.to_dict() == {"id": "x_1", "object": kind}


@pytest.mark.parametrize("data", [{}, {"error": {}}, {"error": {"type": "new_error"}}, {"x": 1}])
def test_an_error_answer_can_always_be_read(data):
    assert ErrorResponse.from_dict(data).to_dict() == data
    assert isinstance(ErrorResponse.from_dict(data).error, (ErrorDetails, type(None)))


# --- Reading leniently ---


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"id": "inpay_1", "currency": None, "new_field": 1},
        payment(payment={}),
        payment(status_transitions="soon", amount_paid=7),
    ],
)
def test_read_leniently_nothing_is_missing_and_nothing_lost(data):
    read = InvoicePayment.from_dict_leniently(data)
    assert read.to_dict() == data


def test_read_leniently_an_object_that_cannot_be_read_is_kept_aside():
    read: Any = InvoicePayment.from_dict_leniently(payment(payment={"kind": "old"}))
    assert read.payment is None
    assert read.additional_properties == {"payment": {"kind": "old"}}
    assert read.status_transitions == InvoicePaymentStatusTransitions()


def test_read_leniently_a_complete_object_is_the_same():
    assert InvoicePayment.from_dict_leniently(payment()) == InvoicePayment.from_dict(payment())


def test_read_leniently_it_still_has_to_be_an_object():
    nothing: Any = []
    with pytest.raises(InvalidObjectError, match="an object was expected, not a list"):
        InvoicePayment.from_dict_leniently(nothing)


# --- Unions ---


class Cat(Model):
    """A stand-in, to be told apart from `Dog`."""


class Dog(Model):
    """A stand-in."""


class DeadCat(Model):
    """A stand-in."""


for stand_in in (Cat, Dog, DeadCat):
    stand_in.define_layout()

read_pet = expandable({"cat": Cat, "dog": Dog}, deleted={"cat": DeadCat})


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("cat_1", str),
        ({"object": "cat"}, Cat),
        ({"object": "dog"}, Dog),
        ({"object": "cat", "deleted": True}, DeadCat),
        ({"object": "cat", "deleted": False}, Cat),
        ({"object": "dog", "deleted": True}, dict),  # of no known kind
        ({"object": "bird"}, dict),
        ({"object": ["cat"]}, dict),
        ({}, dict),
        (None, type(None)),
        (7, int),
    ],
)
def test_a_union_is_decided_by_looking(value, read):
    assert type(read_pet(value)) is read


@pytest.mark.parametrize(
    ("value", "read"), [("cat_1", str), (None, type(None)), ({}, Cat), ({"object": "x"}, Cat)]
)
def test_a_single_kind_of_object_needs_no_telling_apart(value, read):
    assert type(object_or_scalar(Cat.from_dict)(value)) is read


def test_null_can_be_let_through():
    assert or_none(Cat.from_dict)(None) is None
    assert type(or_none(Cat.from_dict)({})) is Cat


def test_an_error_in_an_expanded_object_is_raised_not_swallowed():
    with pytest.raises(InvalidObjectError):
        InvoicePayment.from_dict(payment(invoice={"object": "invoice", "id": None}))


# --- What is derived ---


@pytest.mark.parametrize(
    ("sent", "identifier"),
    [
        ("in_1", "in_1"),
        (invoice(), "in_1"),
        ({**invoice(), "deleted": True}, "in_1"),
        ({"object": "quote", "id": "qt_1"}, "qt_1"),
    ],
)
def test_the_id_of_an_expandable_field_is_there_expanded_or_not(sent, identifier):
    assert InvoicePayment.from_dict(payment(invoice=sent)).invoice_id == identifier


def test_the_id_of_an_expandable_field_without_a_value_is_none():
    assert InvoicePayment.from_dict(payment()).payment.charge_id is None


@pytest.mark.parametrize("value", [{}, {"id": 1}, InvoicePaymentDetails(type="charge")])
def test_an_expanded_object_without_an_id_is_an_error(value):
    with pytest.raises(InvalidObjectError, match="expanded object: id: missing"):
        object_id(value)


def test_each_timestamp_has_an_aware_datetime_beside_it():
    read = InvoicePayment.from_dict(payment())
    assert read.created == 1767225600
    assert read.created_datetime == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert read.status_transitions.paid_at_datetime is None


def test_every_expandable_field_and_every_timestamp_has_its_accessor():
    for model in (Charge, Event, Invoice, InvoicePayment, PaymentIntent, PaymentRecord):
        assert isinstance(model.created_datetime, property)
    for field in ("invoice",):
        assert isinstance(getattr(InvoicePayment, f"{field}_id"), property)
    for field in ("charge", "payment_intent", "payment_record"):
        assert isinstance(getattr(InvoicePaymentDetails, f"{field}_id"), property)


# --- repr and equality ---


def test_repr_shows_the_fields_that_have_a_value():
    details = InvoicePaymentDetails.from_dict({"type": "charge", "charge": "ch_1"})
    assert repr(details) == "InvoicePaymentDetails(charge='ch_1', type='charge')"


def test_repr_shows_an_expanded_object_by_its_id():
    read = InvoicePayment.from_dict(payment(invoice=invoice()))
    assert "invoice=<Invoice in_1>" in repr(read)


def test_repr_fits_on_a_screen():
    full: dict[str, Any] = dict.fromkeys(Charge.__annotations__, "x" * 1000)
    read = Charge(**full)
    assert len(repr(read)) < 2000
    assert repr(read).endswith(", ...)")


def test_repr_shows_no_secret_and_no_plain_json():
    secret = "pi_1_secret_x"
    read = PaymentIntent.from_dict(
        payment_intent(client_secret=secret, next_action={"a": secret}, new_field=secret)
    )
    assert secret not in repr(read)
    assert "client_secret='***'" in repr(read)
    assert "next_action=<dict of 1>" in repr(read)
    confirmed = Invoice.from_dict(invoice(confirmation_secret={"client_secret": secret}))
    assert secret not in repr(confirmed)


def test_repr_of_a_page_is_short():
    assert repr(read_page(page(*[payment()] * 100))) == (
        "ListObject(object='list', data=<list of 100>, has_more=False, url='/v1/invoice_payments')"
    )


@pytest.mark.parametrize(
    "change",
    [{"status": "paid"}, {"new_field": 1}, {"invoice": invoice()}, {"payment": {"type": "charge"}}],
)
def test_models_differ_if_any_field_does(change):
    one, other = InvoicePayment.from_dict(payment()), InvoicePayment.from_dict(payment(**change))
    assert one != other
    assert other == InvoicePayment.from_dict(payment(**change))


def test_a_model_equals_no_other_kind_of_thing():
    read = DeletedInvoice.from_dict({"id": "in_1", "object": "invoice", "deleted": True})
    assert read != read.to_dict()
    assert read != Invoice.from_dict({"id": "in_1", "object": "invoice", "deleted": True})


def test_having_looked_at_the_unknown_fields_makes_no_difference():
    one, other = InvoicePayment.from_dict(payment()), InvoicePayment.from_dict(payment())
    assert one.additional_properties == {}
    assert one == other


# --- The classes ---

CLASSES = [vars(models)[name] for name in models.__all__ if isinstance(vars(models)[name], type)]
MODELS = [model for model in CLASSES if issubclass(model, Model) and model is not Model]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_has_slots_takes_keywords_only_and_can_be_changed(model):
    assert not hasattr(model.__new__(model), "__dict__")
    with pytest.raises(TypeError):
        model("positional")
    name = next(iter(model.__annotations__))
    read = model.__new__(model)
    setattr(read, name, "changed")
    assert getattr(read, name) == "changed"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_annotations_can_be_resolved_at_run_time(model):
    assert typing.get_type_hints(model)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_says_what_it_is(model):
    assert model.__doc__
    assert model is ListObject or "https://docs.stripe.com/" in model.__doc__
