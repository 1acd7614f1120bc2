"""Which error an unsuccessful answer becomes, whatever the answer looks like."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    PaginationError,
    PaymentIntent,
    PermissionError,
    RateLimitError,
    ScanError,
    SignatureVerificationError,
    StripeError,
    TLSError,
    UnexpectedResponseError,
    Webhook,
)
from stripe_invoice_payments._errors import error_from_response, json_object, one_line

from .helpers import FakeApi, SyncApi, failure, reply

ATTRIBUTES = [
    "message",
    "http_status",
    "code",
    "param",
    "type",
    "doc_url",
    "request_id",
    "request_log_url",
    "headers",
    "http_body",
    "json_body",
]

# --- The class ----------------------------------------------------------------------------------

BY_STATUS = {
    **dict.fromkeys([400, 404], InvalidRequestError),
    401: AuthenticationError,
    402: CardError,
    403: PermissionError,
    429: RateLimitError,
    **dict.fromkeys([300, 302, 304, 399, 405, 408, 409, 410, 418, 422, 424, 451, 499], APIError),
    **dict.fromkeys([500, 501, 502, 503, 504, 520, 530, 599, 600, 999], APIError),
}
BODIES: dict[str, bytes] = {
    "the usual error": b'{"error": {"type": "invalid_request_error", "message": "No."}}',
    "an unknown type": b'{"error": {"type": "brand_new_error", "message": "No."}}',
    "error without message": b'{"error": {}}',
    "error with a type that is no text": b'{"error": {"type": 3, "code": [], "message": {}}}',
    "error as a string": b'{"error": "invalid_grant", "error_description": "Expired."}',
    "error is null": b'{"error": null}',
    "error is a list": b'{"error": [{"message": "No."}]}',
    "error is absent": b'{"message": "No."}',
    "empty": b"",
    "white space": b" \r\n\t ",
    "null": b"null",
    "a list": b"[]",
    "a number": b"42",
    "a string": b'"error"',
    "cut off": b'{"error": {"type": "invalid_request_error", "message": "No',
    "cut off in a character": '{"error": {"message": "\N{SNOWMAN}'.encode()[:-1],
    "HTML": b"<!DOCTYPE html><html>\n<body><h1>502 Bad Gateway</h1></body></html>",
    "text": b"upstream connect error or disconnect/reset before headers",
    "latin-1": '{"error": {"message": "Ungültig"}}'.encode("latin-1"),
    "UTF-8 with a byte order mark": b'\xef\xbb\xbf{"error": {"message": "No."}}',
    "UTF-16": '{"error": {"message": "No."}}'.encode("utf-16"),
    "UTF-32": '{"error": {"message": "No."}}'.encode("utf-32"),
    "binary": bytes(range(256)),
    "gzip that nobody announced": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "zeros": b"\x00" * 50,
    "nested too deeply": b'{"error": ' + b"[" * 100_000,
    "a number of too many digits": b'{"error": ' + b"9" * 10_000 + b"}",
    "huge JSON": b'{"error": {"message": "' + b"x" * 3_000_000 + b'"}}',
    "huge HTML": b"<html>" + b"<p>sorry</p>" * 200_000,
}


@pytest.mark.parametrize("innermost", ["{}", '{"a": 1}'])
@pytest.mark.parametrize(("start", "end"), [('{"a": ', "}"), ("[", "]")])
@pytest.mark.parametrize(("levels", "is_read"), [(2, True), (49, True), (50, True), (51, False)])
def test_json_of_up_to_50_levels_is_read(levels, is_read, start, end, innermost):
    nested = levels - 2
    body = f'{{"error": {start * nested}{innermost}{end * nested}}}'.encode()
    error = error_from_response(400, {}, body)
    assert error.json_body == (json.loads(body) if is_read else None)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", BY_STATUS)
def test_the_mapping_is_total(status, body):
    headers = {"request-id": "req_1", "content-type": "text/html"}
    error = error_from_response(status, headers, BODIES[body])
    assert type(error) is BY_STATUS[status]
    assert error.http_status == status
    assert error.request_id == "req_1"
    assert error.headers == headers
    assert error.http_body == BODIES[body].decode(errors="replace")[:100_000]
    assert error.message
    line = str(error)
    assert line.isprintable()
    assert len(line) < 1000
    assert f"status {status}" in line
    assert "request req_1" in line
    for attribute in ATTRIBUTES:
        getattr(error, attribute)
    assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__


@given(
    status=st.integers(100, 999).filter(lambda status: not 200 <= status < 300),
    headers=st.dictionaries(
        st.sampled_from(["request-id", "content-type", "location", "retry-after"]), st.text()
    ),
    body=st.binary(max_size=200)
    | st.text(max_size=100).map(str.encode)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["error", "type", "code", "message", "param", "doc_url"]), inner
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)
def test_any_answer_becomes_an_error(status, headers, body):
    error = error_from_response(status, headers, body)
    assert isinstance(error, StripeError)
    assert type(error) in {BY_STATUS.get(status, APIError), RateLimitError, IdempotencyError}
    assert str(error).isprintable()
    assert len(str(error)) < 1000
    assert error.message
    assert pickle.loads(pickle.dumps(error)).__dict__.keys() == error.__dict__.keys()
    if error.error is not None:
        assert error.json_body is not None
        assert error.error.to_dict() == error.json_body["error"]


@pytest.mark.parametrize(
    ("status", "details", "error"),
    [
        (400, {"code": "rate_limit"}, RateLimitError),
        (400, {"code": "rate_limit", "type": "invalid_request_error"}, RateLimitError),
        (400, {"code": "rate_limit", "type": "idempotency_error"}, RateLimitError),
        (429, {"code": "lock_timeout", "type": "invalid_request_error"}, RateLimitError),
        (429, {"type": "idempotency_error"}, RateLimitError),
        (400, {"type": "idempotency_error"}, IdempotencyError),
        (404, {"type": "idempotency_error"}, IdempotencyError),
        (409, {"type": "idempotency_error"}, IdempotencyError),
        (409, {"type": "invalid_request_error"}, APIError),
        (401, {"type": "invalid_request_error"}, AuthenticationError),
        (402, {"type": "card_error", "code": "card_declined"}, CardError),
        (402, {"type": "invalid_request_error"}, CardError),
        (403, {"type": "idempotency_error"}, PermissionError),
        (404, {"type": "invalid_request_error", "code": "resource_missing"}, InvalidRequestError),
        (500, {"type": "card_error"}, APIError),
    ],
)
def test_the_class_follows_the_status_and_what_stripe_says(status, details, error):
    answer = failure(status, **details)
    assert type(error_from_response(status, {}, answer.content)) is error


async def test_both_clients_raise_what_the_mapping_says(connect, at_once):
    for status, error in BY_STATUS.items():
        api = connect(failure(status, message="No.", headers={"request_id": "req_1"}))
        for call in (api.list, api.retrieve, api.invoice, api.raw_list, api.raw_retrieve):
            with pytest.raises(error, match=r"No\. \(status \d{3}, request req_1\)") as caught:
                await call()
            assert type(caught.value) is error


def test_the_tree_is_the_documented_one():
    parents = {cls.__name__: cls.__bases__[0].__name__ for cls in every_class()}
    assert parents == {
        "StripeError": "Exception",
        "APIError": "StripeError",
        "UnexpectedResponseError": "APIError",
        "PaginationError": "UnexpectedResponseError",
        "APIConnectionError": "StripeError",
        "APITimeoutError": "APIConnectionError",
        "TLSError": "APIConnectionError",
        "AuthenticationError": "StripeError",
        "CardError": "StripeError",
        "IdempotencyError": "StripeError",
        "InvalidRequestError": "StripeError",
        "PermissionError": "StripeError",
        "RateLimitError": "StripeError",
        "ScanError": "StripeError",
        "SignatureVerificationError": "StripeError",
    }


# --- What it carries ----------------------------------------------------------------------------


async def test_everything_that_stripe_says_is_there(connect):
    details = {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "message": "No such invoice payment: 'inpay_1'",
        "param": "invoice_payment",
        "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
        "request_log_url": "https://dashboard.stripe.com/test/logs/req_1",
        "decline_code": "generic_decline",
        "brand_new": True,
    }
    api = connect(failure(404, **details, headers={"request_id": "req_1", "x_other": "1"}))
    with pytest.raises(InvalidRequestError) as caught:
        await api.retrieve()
    error = caught.value
    told = {name: value for name, value in details.items() if name in ATTRIBUTES}
    assert {name: getattr(error, name) for name in told} == told
    assert (error.http_status, error.request_id) == (404, "req_1")
    assert error.headers["x-other"] == "1"
    assert error.json_body == {"error": details}
    assert error.http_body == json.dumps({"error": details})
    assert error.error is not None
    assert error.error.decline_code == "generic_decline"
    assert error.error.additional_properties == {"brand_new": True}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("error as a string", "invalid_grant: Expired."),
        ("empty", "the API responded with an error and an empty body"),
        ("white space", "the API responded with an error and an empty body"),
        ("latin-1", "Ung\N{REPLACEMENT CHARACTER}ltig"),
        ("UTF-8 with a byte order mark", "No."),
        ("UTF-16", "No."),
        ("UTF-32", "No."),
        ("error is absent", 'is not its usual JSON (text/html): {"message": "No."}'),
        ("cut off", "is not its usual JSON (text/html): {"),
        ("HTML", "(text/html): <!DOCTYPE html><html> <body><h1>502 Bad Gateway</h1></body></html>"),
    ],
)
def test_the_message_is_the_best_there_is(body, message):
    error = error_from_response(502, {"content-type": "text/html"}, BODIES[body])
    assert message in error.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_says_why_it_is_not_followed(status):
    error = error_from_response(status, {"location": "https://evil.example/"}, b"")
    assert type(error) is APIError
    assert "redirect, which is not followed" in str(error)


def test_not_modified_is_no_redirect():
    assert "redirect" not in str(error_from_response(304, {}, b""))


def test_without_an_error_object_there_are_no_details():
    assert error_from_response(500, {}, b"<html>").error is None


@pytest.mark.parametrize("body", [b"", b"null", b"3", b"[]", b"{", b"\xff\xfe", b"\x00"])
def test_what_is_no_json_object_is_none(body):
    assert json_object(body) is None


# --- How it looks -------------------------------------------------------------------------------


def test_one_helpful_line():
    error = error_from_response(
        404,
        {"request-id": "req_1"},
        failure(404, message="No such\ninvoice", code="resource_missing", param="invoice").content,
    )
    line = "No such invoice (status 404, code resource_missing, param invoice, request req_1)"
    assert str(error) == line
    assert repr(error) == f'InvalidRequestError("{line}")'.replace('"', "'")
    assert error.message == "No such\ninvoice"  # the whole, as it came


@pytest.mark.parametrize(
    "message",
    ["a\r\nb\tc", "\x1b[31mred\x1b[0m", "\ud800", "\u202egnirts", "\x00" * 3000, "x" * 10_000_000],
)
def test_a_line_stays_a_line(message):
    details = {"message": message, "code": message, "param": message}
    error = error_from_response(
        400, {"request-id": message}, json.dumps({"error": details}).encode()
    )
    for text in (str(error), repr(error)):
        assert text.isprintable()
        assert len(text) < 1000
        text.encode()


def test_a_cut_line_shows_that_it_is_cut():
    assert one_line("abc def", 7) == "abc def"
    assert one_line("abc def", 6) == "abc de..."
    assert one_line(" " * 20 + "abc", 7) == "..."


# --- Copies -------------------------------------------------------------------------------------


def every_class() -> list[type[StripeError]]:
    """All but those that a `ScanError` makes of itself and of its cause, whenever there is one."""
    found = [StripeError]
    for cls in found:
        if cls is not ScanError:
            subclasses = cls.__subclasses__()
            found += [sub for sub in subclasses if sub.__module__.startswith("stripe_inv")]
    return [cls for cls in dict.fromkeys(found) if cls is ScanError or ScanError not in cls.__mro__]


def every_error() -> list[StripeError]:
    facts: dict[str, Any] = {
        "http_status": 404,
        "headers": {"request-id": "req_1", "x": "y"},
        "http_body": '{"error": {"code": "c"}}',
        "json_body": {"error": {"code": "c", "param": "p", "type": "t", "doc_url": "d"}},
    }
    classes = [cls for cls in every_class() if cls is not SignatureVerificationError]
    refused = SignatureVerificationError("not signed", "t=1,v1=00", "{}")
    return [*(cls("message", **facts) for cls in classes), *(cls("x") for cls in classes), refused]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy]
    + [
        lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ],
)
def test_every_error_can_be_copied_and_pickled(duplicate, error):
    error.add_note("a note") if hasattr(error, "add_note") else None
    twin = duplicate(error)
    assert type(twin) is type(error)
    assert twin.__dict__ == error.__dict__
    assert twin.args == error.args
    assert (str(twin), repr(twin)) == (str(error), repr(error))


def test_a_refused_webhook_keeps_its_header():
    with pytest.raises(SignatureVerificationError) as caught:
        Webhook.construct_event("{}", "t=1,v1=00", "whsec_1")
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (twin.sig_header, twin.http_body) == ("t=1,v1=00", "{}")


def test_subclasses_of_users_can_be_pickled_too():
    error = OwnError("message", http_status=400)
    error.extra = [1]
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), twin.extra, twin.http_status) == (OwnError, [1], 400)


class OwnError(APIError):
    extra: list[int]


# --- Successful, and yet not --------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 203, 204, 206, 299])
@pytest.mark.parametrize("body", [name for name in BODIES if "JSON" not in name])
async def test_a_success_that_cannot_be_understood(connect, status, body):
    api = connect(reply(BODIES[body], status, request_id="req_1"))
    for call in (api.list, api.retrieve, api.invoice):
        with pytest.raises(UnexpectedResponseError) as caught:
            await call()
        error = caught.value
        assert (error.http_status, error.request_id) == (status, "req_1")
        assert error.http_body == BODIES[body].decode(errors="replace")[:100_000]
        assert len(str(error)) < 1000
        assert str(error).isprintable()
        assert isinstance(error.__cause__, (ValueError, RecursionError))


async def test_an_object_that_lacks_what_it_must_have(connect):
    lacking = {"id": "inpay_1", "object": "invoice_payment"}
    with pytest.raises(UnexpectedResponseError, match="InvoicePayment inpay_1: amount_requested"):
        await connect(reply(lacking)).retrieve()


@given(st.binary(max_size=300))
def test_any_body_of_a_success_is_an_object_or_an_error(body):
    client = SyncApi(FakeApi(reply(body))).client
    with pytest.raises(UnexpectedResponseError):
        client.invoice_payments.list()


def test_errors_of_connections_are_errors_too():
    assert issubclass(APITimeoutError, APIConnectionError)
    assert issubclass(TLSError, APIConnectionError)
    assert issubclass(PaginationError, APIError)


# --- Objects in an error --------------------------------------------------------------------------


async def test_the_payment_intent_of_a_failed_payment_is_typed(connect):
    intent = {"id": "pi_1", "object": "payment_intent", "status": "requires_payment_method"}
    api = connect(failure(402, type="card_error", charge="ch_1", payment_intent=intent))
    with pytest.raises(CardError) as caught:
        await api.retrieve()
    details: Any = caught.value.error
    assert isinstance(details.payment_intent, PaymentIntent)
    assert details.payment_intent.status == "requires_payment_method"
    assert details.expanded_payment_intent().id == "pi_1"
    assert details.charge == "ch_1"
    assert details.additional_properties == {}


@pytest.mark.parametrize(
    "payment_intent", ["pi_1", None, 5, [], {}, {"id": None, "object": "payment_intent"}]
)
async def test_whatever_is_in_its_place_the_error_is_readable(connect, payment_intent):
    sent = {"type": "card_error", "payment_intent": payment_intent, "setup_intent": {"id": "seti"}}
    with pytest.raises(CardError) as caught:
        await connect(failure(402, **sent)).retrieve()
    details: Any = caught.value.error
    assert details.type == "card_error"
    assert details.to_dict() == sent


@pytest.mark.parametrize("kind", [StripeError, *StripeError.__subclasses__()])
def test_a_repr_in_a_traceback_never_fails(kind):
    assert repr(kind.__new__(kind)) == f"{kind.__name__}('')"
