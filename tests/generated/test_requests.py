"""Parameters in, a request as data out."""

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_invoice_payments_api._model import Model
from stripe_invoice_payments_api._request import encode, path_segment
from stripe_invoice_payments_api.models import Invoice, InvoicePayment
from stripe_invoice_payments_api.operations import (
    list_invoice_payments,
    retrieve_invoice,
    retrieve_invoice_payment,
)

from .samples import invoice, page, payment

NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc)


def pairs(**params: Any) -> list[tuple[str, str]]:
    """What a server reads of these parameters."""
    return parse_qsl(encode(params), keep_blank_values=True, strict_parsing=True)


@pytest.mark.parametrize(
    ("params", "read"),
    [
        ({"status": "paid"}, [("status", "paid")]),
        ({"limit": 100}, [("limit", "100")]),
        ({"rate": 0.5}, [("rate", "0.5")]),
        ({"active": True, "inactive": False}, [("active", "true"), ("inactive", "false")]),
        ({"created": {"gte": 1, "lt": 9}}, [("created[gte]", "1"), ("created[lt]", "9")]),
        ({"expand": ["a", "b"]}, [("expand[]", "a"), ("expand[]", "b")]),
        ({"expand": ("a",)}, [("expand[]", "a")]),
        ({"items": [{"id": "x"}, {"id": "y"}]}, [("items[0][id]", "x"), ("items[1][id]", "y")]),
        ({"a": {"b": {"c": ["d"]}}}, [("a[b][c][]", "d")]),
        ({"created": NEW_YEAR}, [("created", "1767225600")]),
        ({"created": {"gte": NEW_YEAR}}, [("created[gte]", "1767225600")]),
        (
            {"created": NEW_YEAR.astimezone(timezone(timedelta(hours=9)))},
            [("created", "1767225600")],
        ),
        ({"metadata": {"ö & co": "=?#/"}}, [("metadata[ö & co]", "=?#/")]),
        ({"discount": ""}, [("discount", "")]),
    ],
)
def test_parameters_are_written_as_stripe_reads_them(params, read):
    assert pairs(**params) == read


@pytest.mark.parametrize("value", [None, [], {}, {"gte": None}, [None]])
def test_what_has_no_value_is_not_sent(value):
    assert encode({"created": value, "limit": None}) == ""


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"limit": {1, 2}}, TypeError, "limit: a value of type set cannot be sent"),
        ({"limit": b"1"}, TypeError, "limit: a value of type bytes cannot be sent"),
        (
            {"created": {"gte": object()}},
            TypeError,
            "created[gte]: a value of type object cannot be",
        ),
        ({"created": date(2026, 1, 1)}, TypeError, "created: a value of type date cannot be sent"),
        (
            {"created": {"gte": NEW_YEAR.replace(tzinfo=None)}},
            ValueError,
            "created[gte]: the datetime 2026-01-01 00:00:00 has no timezone; give it one",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused_before_it_is(params, error, message):
    with pytest.raises(error, match=re.escape(message)):
        encode(params)


KEYS = st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1, max_size=5)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=5)
    | st.datetimes(timezones=st.just(timezone.utc)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def expected(key: str, value: Any) -> list[tuple[str, str]]:
    """What a server should read, said once more and in another way."""
    match value:
        case None:
            return []
        case True | False:
            return [(key, "true" if value else "false")]
        case str() | int() | float():
            return [(key, f"{value}")]
        case datetime():
            return [(key, f"{int(value.timestamp())}")]
        case dict():
            return [pair for name in value for pair in expected(f"{key}[{name}]", value[name])]
        case _:
            slots = [f"[{i}]" if isinstance(item, dict) else "[]" for i, item in enumerate(value)]
            parts = zip(slots, value, strict=True)
            return [pair for slot, item in parts for pair in expected(key + slot, item)]


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_a_standard_parser_reads_back_what_was_meant(params):
    query = encode(params)
    meant = [pair for name in params for pair in expected(name, params[name])]
    assert query.isascii()
    assert parse_qsl(query, keep_blank_values=True) == meant


@given(st.text())
def test_a_path_segment_is_one_segment_or_refused(value):
    try:
        segment = path_segment("invoice", value)
    except ValueError:
        return
    assert unquote(segment) == value
    assert segment.isascii()
    assert not set(segment) & set("/?#")
    assert segment not in {"", ".", ".."}


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("", ValueError),
        (" ", ValueError),
        (".", ValueError),
        ("..", ValueError),
        ("../charges", ValueError),
        ("in_1/pay", ValueError),
        ("in_1\n", ValueError),
        ("\ud800", ValueError),
        (None, TypeError),
        (7, TypeError),
        (b"in_1", TypeError),
    ],
)
@pytest.mark.parametrize("operation", [retrieve_invoice, retrieve_invoice_payment])
def test_what_is_no_id_is_refused_before_any_request(operation, value, error):
    with pytest.raises(error):
        operation(value, {})


def test_an_id_is_percent_encoded():
    assert retrieve_invoice("a?b#c d%2F", {}).path == "/v1/invoices/a%3Fb%23c%20d%252F"


@pytest.mark.parametrize(
    ("request_", "path", "sent", "model"),
    [
        (retrieve_invoice("in_1", {}), "/v1/invoices/in_1", invoice(), Invoice),
        (
            retrieve_invoice_payment("inpay_1", {}),
            "/v1/invoice_payments/inpay_1",
            payment(),
            InvoicePayment,
        ),
    ],
)
def test_a_request_knows_its_path_and_how_its_answer_is_read(request_, path, sent, model):
    assert request_.path == path
    assert type(request_.read(sent)) is model


def test_a_list_is_read_as_a_page_of_models():
    request = list_invoice_payments({"limit": 2})
    assert (request.method, request.path, request.query) == (
        "GET",
        "/v1/invoice_payments",
        "limit=2",
    )
    read = request.read(page(payment(), payment(id="inpay_2"), has_more=True))
    assert [item.id for item in read.data] == ["inpay_1", "inpay_2"]
    assert read.has_more
    assert isinstance(read, Model)


def test_every_parameter_is_sent_and_no_other():
    parameters: Any = {
        "created": {"gt": 1},
        "ending_before": "inpay_1",
        "expand": ["data.invoice"],
        "invoice": "in_1",
        "limit": 1,
        "payment": {"type": "payment_record", "payment_record": "pr_1"},
        "starting_after": "inpay_2",
        "status": "open",
    }
    assert len(parse_qsl(list_invoice_payments(parameters).query)) == 9
    parameters["colour"] = "red"
    with pytest.raises(TypeError, match="unknown parameter 'colour'"):
        list_invoice_payments(parameters)
