"""A slice of what takes and returns money, without a word of overlay: names, and checks of forms.

The forms have objects and arrays of objects in them, several levels deep.
"""

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from scripts.pipeline.openapi import FORM, Document, Schema

from .test_other_slices import NO_WORDS, Rendered, check_types, rendered

RESOURCES = ("charges", "coupons", "customers", "payouts", "refunds", "subscriptions")
SCHEMAS = (
    *("charge", "coupon", "customer", "payout", "refund", "subscription"),
    *("deleted_coupon", "deleted_customer", "error", "payment_method"),
)
PLAIN_NAMES = """
cancel_payout cancel_refund cancel_subscription capture_charge close_charge_dispute
create_charge create_customer create_customer_tax_id create_payout create_refund
create_subscription delete_coupon delete_customer list_charges list_customers
list_customer_payment_methods list_refunds refund_charge retrieve_charge retrieve_customer
retrieve_customer_cash_balance reverse_payout search_charges search_customers
update_customer update_customer_cash_balance
"""


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, full_document: Document, document_file: str
) -> Rendered:
    """All operations on some resources and on what is directly in them, without any overlay."""
    operations = [
        f"{method.upper()} {path}"
        for path, item in full_document["paths"].items()
        for method in item
        if path.split("/")[2] in RESOURCES and path.count("{") < 2
    ]
    operations += ["POST /v1/payment_methods", "POST /v1/payment_intents/{intent}/confirm"]
    schemas = {**dict.fromkeys(SCHEMAS), "api_errors": {"only": "scalars"}}
    files = {
        "slice": {"operations": operations, "schemas": schemas},
        "overlay": NO_WORDS,
        "generator": {},
    }
    return rendered(tmp_path_factory.mktemp("shop"), document_file, "shop", **files)


def test_mypy_has_no_objection(shop, tmp_path):
    check_types(
        "mypy", "--strict", "--cache-dir", tmp_path, "--python-version", "3.10", shop.package
    )


def test_operations_have_names_that_nobody_gave_them(shop):
    assert set(PLAIN_NAMES.split()) <= set(shop.modules["operations"].__all__)


def test_the_objects_in_parameters_are_named_by_operation_and_path(shop):
    names = shop.modules["params"].__all__
    assert {
        "CreatedFilter",
        "CreateCustomerParamsInvoiceSettingsCustomField",
        "CreateSubscriptionParamsItemPriceData",
        "ListSubscriptionsParamsAutomaticTax",
        "SearchChargesParams",
        # One of two kinds of object.
        "CreatePaymentMethodParamsCard",
        "CreatePaymentMethodParamsCard2",
    } <= set(names)
    for name in names:
        assert re.fullmatch(r"([A-Z][a-z0-9]*)+", name)
        assert not re.search(r"Type\d|Item\d|Body|Post|Get", name), name


def test_limits_are_bounded_and_times_may_be_datetimes(shop):
    call = shop.modules["operations"]
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
    request = call.list_charges({"created": {"gte": noon}, "limit": 100})
    assert parse_qsl(request.query) == [("created[gte]", "1767268800"), ("limit", "100")]
    assert call.list_payouts({"arrival_date": noon}).query == "arrival_date=1767268800"
    for limit in (0, 101):
        with pytest.raises(ValueError, match=f"limit: {limit} is "):
            call.list_charges({"limit": limit})


@pytest.mark.parametrize(
    ("custom_fields", "complaint"),
    [
        (7, "invoice_settings[custom_fields]: a list or a string was expected, not int"),
        ("x", "invoice_settings[custom_fields]: the only string that can be sent is an empty one"),
        ([7], "invoice_settings[custom_fields][0]: a mapping was expected, not int"),
        (
            [{"name": "a", "value": "b"}, {"value": "b"}],
            "invoice_settings[custom_fields][1][name]: required, but not given",
        ),
        (
            [{"name": 7, "value": "b"}],
            "invoice_settings[custom_fields][0][name]: a string was expected, not int",
        ),
        (
            [{"name": "a", "value": "b", "colour": "red"}],
            "invoice_settings[custom_fields][0]: unknown parameter 'colour'; known are name, value",
        ),
    ],
)
def test_an_array_of_objects_is_checked(shop, custom_fields, complaint):
    params = {"invoice_settings": {"custom_fields": custom_fields}}
    with pytest.raises((TypeError, ValueError)) as caught:
        shop.modules["operations"].create_customer(params)
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize("card", [{"token": "tok_1"}, {"number": "4242", "cvc": "123"}])
def test_one_of_two_kinds_of_object_is_sent(shop, card):
    call = shop.modules["operations"].create_payment_method
    assert call({"card": card}).form.count("card") == len(card)
    for wrong in (7, [card], {**card, "colour": "red"}, dict.fromkeys(card, 7)):
        with pytest.raises(TypeError, match=r"^card(: |\[)"):
            call({"card": wrong})


def test_an_array_of_objects_is_sent_with_numbers(shop):
    fields = [{"name": "a", "value": "b"}, {"name": "c", "value": "d"}]
    params = {"invoice_settings": {"custom_fields": fields}, "phone": ""}
    form = shop.modules["operations"].create_customer(params).form
    assert parse_qsl(form, keep_blank_values=True) == [
        ("invoice_settings[custom_fields][0][name]", "a"),
        ("invoice_settings[custom_fields][0][value]", "b"),
        ("invoice_settings[custom_fields][1][name]", "c"),
        ("invoice_settings[custom_fields][1][value]", "d"),
        ("phone", ""),
    ]


@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_is_wrong_in_a_form_is_refused_where_it_is(shop, data):
    paths = shop.document["paths"]
    forms = {
        operation["operationId"]: operation["requestBody"]["content"][FORM]["schema"]
        for item in paths.values()
        for operation in item.values()
        if "requestBody" in operation
    }
    names = ("create_customer", "create_subscription", "create_charge", "create_payout")
    name = data.draw(st.sampled_from(names))
    call = getattr(shop.modules["operations"], name)
    form, places = data.draw(forms_of(forms[name]))
    call(form)  # what is right is taken
    spoil = data.draw(st.sampled_from(places))
    error, complaint = spoil()
    with pytest.raises(error) as caught:
        call(form)
    assert str(caught.value).startswith(complaint)


Spoil = Callable[[], tuple[type[Exception], str]]


@st.composite
def forms_of(draw: st.DrawFn, schema: Schema) -> tuple[dict[str, Any], list[Spoil]]:
    """A form that fits its schema, and ways to spoil it, each of which tells what is then wrong."""
    places: list[Spoil] = []
    return draw_value(draw, schema, "", places, depth=4), places


def draw_value(draw: st.DrawFn, schema: Schema, path: str, places: list[Spoil], depth: int) -> Any:
    if "anyOf" in schema:
        member = draw(st.sampled_from(schema["anyOf"]))
        return draw_value(draw, member, path, places, depth)
    kind = schema.get("type")
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if kind == "array":
        size = draw(st.integers(1, 2)) if depth else 0
        items = [
            draw_value(draw, schema["items"], f"{path}[{n}]", places, depth - 1)
            for n in range(size)
        ]
        places += [spoilt(items, n, f"{path}[{n}]") for n in range(size)]
        return items
    if kind != "object":
        scalars = {"string": "text", "integer": 7, "number": 1.5, "boolean": True}
        return scalars[str(kind)]
    if "properties" not in schema:
        return {"any": "text"}
    required = schema.get("required", [])
    optional = sorted(schema["properties"].keys() - set(required))
    chosen = draw(st.sets(st.sampled_from(optional), max_size=3)) if optional and depth else set()
    found: dict[str, Any] = {}
    for name in sorted({*required, *chosen}):
        inner = f"{path}[{name}]" if path else name
        found[name] = draw_value(draw, schema["properties"][name], inner, places, depth - 1)
        places.append(spoilt(found, name, inner))
        if name in required:
            places.append(without(found, name, inner))
    places.append(with_unknown(found, f"{path}: " if path else ""))
    return found


def spoilt(holder: Any, key: Any, path: str) -> Spoil:
    def spoil() -> tuple[type[Exception], str]:
        holder[key] = {1}  # a set, which nothing is sent as
        return TypeError, f"{path}: "

    return spoil


def without(holder: dict[str, Any], name: str, path: str) -> Spoil:
    def spoil() -> tuple[type[Exception], str]:
        del holder[name]
        return ValueError, f"{path}: required"

    return spoil


def with_unknown(holder: dict[str, Any], prefix: str) -> Spoil:
    def spoil() -> tuple[type[Exception], str]:
        holder["colour"] = "red"
        return TypeError, f"{prefix}unknown parameter 'colour'; known are "

    return spoil
