"""Objects in a REPL and a traceback, lists as sequences, and the habits of other libraries."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from attrs import define

from stripe_invoice_payments_api import models
from stripe_invoice_payments_api.models import InvalidObjectError, Invoice, InvoicePayment, Model
from stripe_invoice_payments_api.operations import list_invoice_payments

from .samples import invoice, page, payment

CLASSES = [
    value
    for value in (getattr(models, name) for name in models.__all__)
    if isinstance(value, type) and issubclass(value, Model)
]


def read_page(*numbers: int, **changes: Any) -> Any:
    data = page(*(payment(id=f"inpay_{number}") for number in numbers), **changes)
    return list_invoice_payments({}).read(data)


# --- Half read ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", CLASSES)
def test_whatever_is_missing_repr_works(model):
    half = model.__new__(model)
    assert repr(half) == f"{model.__name__}()"
    assert half == model.__new__(model)
    assert dir(half)
    for _, attribute in model._layout.fields:
        setattr(half, attribute, 1)
        assert repr(half).startswith(f"{model.__name__}(")


def test_repr_survives_what_cannot_be_shown():
    class Bad:
        def __repr__(self) -> str:
            raise ZeroDivisionError

    one: Any = InvoicePayment.from_dict(payment())
    one.amount_requested, one.amount_paid = 10**5000, Bad()
    assert "amount_paid=<Bad>" in repr(one)
    one.payment.payment_intent = one.payment
    assert repr(one)


# --- Lists --------------------------------------------------------------------------------------


def test_a_list_is_a_sequence_of_its_own_objects():
    found = read_page(3, 2, 1, has_more=True)
    assert [one.id for one in found] == ["inpay_3", "inpay_2", "inpay_1"]
    assert len(found) == 3
    assert found[0] is found.data[0]
    assert found[-1] is found.data[2]
    assert found[:2] == found.data[:2]
    assert list(reversed(found)) == found.data[::-1]
    assert found.data[1] in found
    assert "inpay_1" not in found
    assert "has_more=True" in repr(found)
    with pytest.raises(IndexError):
        found[3]


def test_a_list_of_nothing_is_false_as_every_empty_sequence():
    assert not read_page()
    assert read_page(1)


def test_a_list_in_an_expanded_object_can_be_iterated():
    inner = invoice(payments=page(payment(id="inpay_9"), has_more=True))
    found = InvoicePayment.from_dict(payment(invoice=inner)).expanded_invoice()
    assert isinstance(found, Invoice)
    assert found.payments is not None
    assert [one.id for one in found.payments] == ["inpay_9"]


# --- Completion ---------------------------------------------------------------------------------


def test_completion_shows_what_users_need():
    shown = {name for name in dir(InvoicePayment.from_dict(payment())) if name[0] != "_"}
    fields = set(payment()) - {"object"}
    assert fields | {"object", "invoice_id", "created_datetime", "to_dict"} <= shown
    assert "additional_properties" in shown
    assert not {"define_layout", "from_dict_leniently", "bind", "get", "keys", "list"} & shown
    assert not {name for name in dir(read_page(1)) if name.startswith("_") and name[1] != "_"}


@pytest.mark.parametrize("model", CLASSES)
def test_completion_names_nothing_that_is_not_there(model):
    with_fields: Any = type("WithFields", (model,), {})
    one = with_fields.__new__(with_fields)
    for _, attribute in model._layout.fields:
        setattr(one, attribute, 1)
    one._irregularities = None
    one.extra = 1
    assert "extra" in dir(one)
    for name in dir(one):
        with suppress(InvalidObjectError):  # what is made of a 1 that is no time or no id
            assert name.startswith("__") or hasattr(one, name), name


# --- Habits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "spelling"),
    [("id", "write .id in place of ['id']"), ("colour", "write .to_dict()['colour'] in place of")],
)
def test_an_object_is_no_dict(key, spelling):
    one: Any = InvoicePayment.from_dict(payment(colour="red"))
    with pytest.raises(TypeError) as caught:
        one[key]
    assert "InvoicePayment is no dict" in str(caught.value)
    assert spelling in str(caught.value)
    with pytest.raises(TypeError, match="InvoicePayment is no dict"):
        assert key in one
    with pytest.raises(TypeError, match="not iterable"):
        iter(one)
    with pytest.raises(TypeError):
        dict(one)
    some: Any = read_page(1)
    with pytest.raises(TypeError, match=r"ListObject is no dict: write \.data in place"):
        some["data"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("get", "fields are attributes, and to_dict"),
        ("items", "fields are attributes, and to_dict"),
        ("to_dict_recursive", "to_dict"),
        ("refresh", "use a client"),
        ("list", "use a client"),
        ("retrieve", "use a client"),
        ("last_response", "with_raw_response"),
    ],
)
def test_what_other_libraries_have_is_named(name, hint):
    for one in (InvoicePayment.from_dict(payment()), InvoicePayment):
        with pytest.raises(AttributeError, match=f"InvoicePayment has no '{name}': .*{hint}"):
            getattr(one, name)
        assert not hasattr(one, name)


def test_a_field_of_such_a_name_is_a_field():
    namespace = {"__annotations__": {"items": "int"}, "items": 0}
    made: Any = define(kw_only=True, eq=False, repr=False)(type("Made", (Model,), namespace))
    made.define_layout()
    one = made.from_dict({"items": 3, "list": 4})
    assert one.items == 3
    assert "items" in dir(one)
    assert one.additional_properties == {"list": 4}
    assert one.to_dict() == {"items": 3, "list": 4}

