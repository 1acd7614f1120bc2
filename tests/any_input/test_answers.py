"""Whatever is answered: a result that can be used, or an error that is documented."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import PaginationError, StripeError, UnexpectedResponseError
from tests.contract.documents import Operation, operations

from .answers import ANY_JSON, ODDITIES, SCHEMAS, any_json, encoded
from .conftest import Ask
from .servers import KEY, Answer

STATUSES = st.sampled_from(
    [
        *(100, 101, 199, 204, 206, 300, 302, 304, 400, 401, 402, 403, 404, 405, 409, 410, 418, 422),
        *(424, 429, 500, 501, 502, 503, 504, 520, 529, 599, 999),
    ]
)
HEADER_NAMES = st.sampled_from(
    [
        *("Request-Id", "Retry-After", "Stripe-Should-Retry", "Content-Type", "Content-Encoding"),
        *("Content-Length", "Date", "Location", "Set-Cookie", "X-Anything"),
    ]
)
HEADER_VALUES = st.one_of(
    st.sampled_from(["true", "FALSE", "gzip", "br", "0", "-1", "1e9", "9" * 400, "NaN", "inf"]),
    st.sampled_from(["Fri, 31 Dec 9999 23:59:59 -0000", "Thu, 1 Jan 1970 00:00:00 GMT"]),
    st.sampled_from(["text/html; charset=nonsense", "application/json; charset=utf-16"]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00")),
)
HEADERS = st.lists(
    st.tuples(HEADER_NAMES.map(str.encode), HEADER_VALUES.map(lambda v: v.encode("latin-1"))),
    max_size=3,
).map(tuple)

every_operation = pytest.mark.parametrize("operation", operations(), ids=str)


def use_error(error: StripeError) -> None:
    """Look at an error in every way that there is."""
    assert KEY not in repr(error) + str(error) + (error.http_body or "")
    restored = pickle.loads(pickle.dumps(error))
    assert repr(restored) == repr(error)
    assert repr(copy.deepcopy(error)) == repr(error)
    if (details := error.error) is not None:
        repr(details)
        details.to_dict()
    for text in (error.code, error.param, error.type, error.doc_url, error.request_log_url):
        assert text is None or isinstance(text, str)
    json.dumps(error.json_body)


@every_operation
@given(data=st.data())
def test_a_success_with_any_json(ask: Ask, operation: Operation, data: st.DataObject):
    contents = data.draw(st.lists(encoded(any_json(operation.result)), min_size=1, max_size=4))

    error = ask(operation, [Answer(content) for content in contents])

    if error is not None:
        assert isinstance(error, UnexpectedResponseError)
        # A page may be a list, and yet no page to go on from.
        assert error.http_status == 200 or isinstance(error, PaginationError)
        use_error(error)


@given(operation=st.sampled_from(operations()), content=st.binary(max_size=50))
def test_a_success_with_any_bytes(ask: Ask, operation: Operation, content: bytes):
    error = ask(operation, [Answer(content)])

    if error is not None:
        use_error(error)


@pytest.mark.parametrize("content", ODDITIES, ids=lambda content: repr(content[:40]))
def test_an_odd_success(ask: Ask, content: bytes):
    for operation in operations():
        error = ask(operation, [Answer(content)])
        if error is not None:
            use_error(error)


@pytest.mark.parametrize("content", ODDITIES, ids=lambda content: repr(content[:40]))
def test_an_odd_failure(ask: Ask, content: bytes):
    error = ask(operations()[0], [Answer(content, status=400)])

    assert error is not None
    assert error.http_status == 400
    use_error(error)


@given(
    operation=st.sampled_from(operations()),
    status=STATUSES,
    headers=HEADERS,
    content=encoded(any_json(SCHEMAS["error"])) | st.binary(max_size=50),
)
def test_a_failure_with_any_answer(ask: Ask, operation, status, headers, content):
    error = ask(operation, [Answer(content, status, headers)])

    if error is not None:
        use_error(error)
    else:
        assert 200 <= status < 300


@given(operation=st.sampled_from(operations()), headers=HEADERS, value=ANY_JSON)
def test_a_success_with_any_headers(ask: Ask, operation, headers, value: Any):
    error = ask(operation, [Answer(json.dumps(value).encode(), 200, headers)])

    if error is not None:
        use_error(error)
