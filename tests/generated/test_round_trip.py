"""Reading and writing back whatever is valid by the document."""

import copy
import json
import pickle
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from scripts.pipeline.openapi import Document
from scripts.pipeline.inputs.parsing import parse_document
from scripts.pipeline.repository import THIS_REPOSITORY
from stripe_invoice_payments_api import models
from stripe_invoice_payments_api._model import Model, list_object
from stripe_invoice_payments_api.models import InvalidObjectError, InvoicePayment
from tests.pipeline.instances import attributes_conform, instances

# Needs python-jsonpath: of the pipeline's tools, which a Python that only runs the client lacks.
overlays = pytest.importorskip("scripts.pipeline.document.overlay", exc_type=ModuleNotFoundError)


def overlaid_slice() -> Document:
    text = THIS_REPOSITORY.slice.read_text("utf-8")
    actions = overlays.read_overlay(THIS_REPOSITORY.overlay)
    document: Document = overlays.apply_overlay(
        parse_document(text, "the slice"), actions
    ).fitting()
    return document


SCHEMAS = overlaid_slice()["components"]["schemas"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_valid_instance_round_trips(name):
    model = vars(models)[SCHEMAS[name]["title"]]

    @settings(max_examples=40)
    @given(instances(SCHEMAS, SCHEMAS[name]))
    def check(data):
        before = copy.deepcopy(data)
        read = model.from_dict(data)
        assert read.to_dict() == data == before
        assert attributes_conform(read)
        assert read == model.from_dict(json.loads(json.dumps(data)))
        assert read == pickle.loads(pickle.dumps(read))
        assert len(repr(read)) < 2000
        assert_accessors_agree(read)

    check()


def assert_accessors_agree(model: Any) -> None:
    """What is derived from a field says the same as the field."""
    for name, accessor in vars(type(model)).items():
        if not isinstance(accessor, property):
            continue
        if "Money" in accessor.fget.__annotations__["return"]:
            with suppress(InvalidObjectError):  # of a currency that nobody knows
                money = getattr(model, name)
                assert money is None or money.currency == model.currency.lower()
        elif name == "id":
            assert model.id == getattr(model, f"{model.type}_id", None)
        elif name.endswith("_datetime"):
            value, derived = getattr(model, name.removesuffix("_datetime")), getattr(model, name)
            assert value == (None if derived is None else int(derived.timestamp()))
        else:
            value = getattr(model, name.removesuffix("_id"))
            if not isinstance(value, dict):  # plain JSON, which may have no id
                assert getattr(model, name) == getattr(value, "id", value)


PAYMENTS = instances(SCHEMAS, SCHEMAS["invoice_payment"])


@settings(max_examples=100)
@given(PAYMENTS)
def test_both_gears_read_the_same(data):
    general: Any = Model.from_dict
    fast = InvoicePayment.from_dict(data)
    slow = general.__func__(InvoicePayment, data)
    assert fast == slow
    assert fast.to_dict() == slow.to_dict() == data


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A payment in which something, at any depth, was replaced by something else or removed."""
    data: Any = draw(PAYMENTS)
    holder = data
    while True:
        key = draw(st.sampled_from(sorted(holder)))
        inner = holder[key]
        if not isinstance(inner, dict) or not inner or draw(st.booleans()):
            break
        holder = inner
    if draw(st.booleans()):
        del holder[key]
    else:
        holder[key] = draw(
            st.sampled_from([None, "", 0, True, [], {}, [{}], {"object": "invoice"}])
        )
    return data


def outcome(read: Any, data: Any) -> Any:
    try:
        return read(data)
    except models.InvalidObjectError as error:
        return str(error)


@settings(max_examples=200)
@given(spoiled())
def test_both_gears_refuse_the_same_with_the_same_words(data):
    general: Any = Model.from_dict
    fast = outcome(InvoicePayment.from_dict, data)
    assert fast == outcome(lambda data: general.__func__(InvoicePayment, data), data)
    if isinstance(fast, InvoicePayment):
        assert fast.to_dict() == data


@settings(max_examples=100)
@given(spoiled())
def test_read_leniently_nothing_is_lost_and_nothing_raised(data):
    assert InvoicePayment.from_dict_leniently(data).to_dict() == data


@settings(max_examples=50)
@given(st.lists(PAYMENTS, max_size=3), st.booleans())
def test_a_page_round_trips(items, has_more):
    sent = {"object": "list", "data": items, "has_more": has_more, "url": "/v1/invoice_payments"}
    read = list_object(InvoicePayment.from_dict)(sent)
    assert read.to_dict() == sent
    assert all(type(item) is InvoicePayment for item in read.data)
