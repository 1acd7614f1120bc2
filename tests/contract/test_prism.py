"""Prism, which nobody here wrote, has no objection to any request that the SDK can make.

What it does not look at, even in the copy of the document that it is given: see
`test_what_prism_does_not_check`. openapi-core, in `conformance.py`, does look at that.
"""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import assume, given, reject, settings, strategies as st

from scripts.pipeline.document.validation import validate_document
from stripe_invoice_payments import APIError, Client, InvalidRequestError, PaginationError

from . import prism
from .calls import Call, calls
from .documents import Operation, operations, overlaid_slice

LIST = "/v1/invoice_payments"
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1)

pytestmark = pytest.mark.xdist_group("prism")  # one server is enough


@pytest.fixture(scope="session")
def prism_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with prism.serving(
            prism.for_prism(overlaid_slice()), tmp_path_factory.mktemp("prism")
        ) as url:
            yield url
    except prism.PrismUnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sent() -> list[object]:
    """What has been sent to Prism."""
    return []


@pytest.fixture(autouse=True)
def _requests_are_counted(
    sent: list[object], record_property: Callable[[str, object], None]
) -> Iterator[None]:
    before = len(sent)
    yield
    record_property("requests that Prism checked", len(sent) - before)


@pytest.fixture(scope="session")
def client(prism_url: str, sent: list[object]) -> Iterator[Client]:
    with Client(
        api_key="sk_test_prism", base_url=prism_url, max_retries=0, on_request=sent.append
    ) as client:
        yield client


@pytest.fixture(scope="session")
def get(prism_url: str, sent: list[object]) -> Iterator[Callable[[str], int]]:
    """The status that Prism answers a request with."""
    options: Any = {
        "headers": {"Authorization": "Bearer sk_test_prism"},
        "event_hooks": {"request": [sent.append]},
        "verify": False,  # it is plain http
    }
    with httpx.Client(base_url=prism_url, **options) as http:
        yield lambda target: http.get(target).status_code


def test_the_copy_for_prism_is_still_an_openapi_document():
    validate_document(prism.for_prism(overlaid_slice()), "the copy for Prism")


@given(call=calls())
def test_accepts_every_request_that_the_sdk_can_make(client: Client, call: Call):
    assert call(client).status == 200


@pytest.mark.parametrize("operation", operations(), ids=str)
@settings(max_examples=settings().max_examples // 4)  # Prism takes its time for these
@given(data=st.data())
def test_its_invented_answers_decode(client: Client, operation: Operation, data: st.DataObject):
    call = data.draw(calls([operation]))
    call.parameters.pop("created", None)  # the inventions are of any time, and in any order
    seed = data.draw(st.integers(0, 10_000))
    call.parameters["extra_headers"] = {"Prefer": f"dynamic=true, seed={seed}"}

    try:
        answer = call(client)
    except PaginationError as error:
        assert " twice; " in str(error)  # noqa: PT017 - two of the short ids that it invents
        reject()
    except APIError as error:
        # Prism's own generator trips over some lists of empty objects, and says so.
        assert "json-schema-faker" in (error.http_body or "")  # noqa: PT017
        reject()

    decoded = answer.parse()
    assert decoded.to_dict() == json.loads(answer.content)


@pytest.mark.parametrize(
    "target",
    [
        f"{LIST}?limit=0",
        f"{LIST}?limit=101",
        f"{LIST}?limit=1.5",
        f"{LIST}?status=bogus",
        f"{LIST}?status=Paid",
        f"{LIST}?payment[type]=charge",
        f"{LIST}?payment[payment_intent]=pi_1",
        f"{LIST}?created=yesterday",
        f"{LIST}?created[gte]=yesterday",
        f"{LIST}?created[lt]=1.5",
        f"{LIST}?expand=data.invoice",
        f"{LIST}/inpay_1?expand=invoice",
        f"{LIST}?limit=5&limit=6",
    ],
)
def test_refuses_a_wrong_request(get, target):
    assert get(target) == 422


@given(text=LETTERS)
def test_refuses_words_where_numbers_belong(get, text):
    assume(text not in {"nan", "infinity"})
    for name in ("limit", "created", "created[gt]", "created[gte]", "created[lt]", "created[lte]"):
        assert get(f"{LIST}?{name}={text}") == 422


@given(text=LETTERS)
def test_refuses_unknown_values(get, text):
    assume(text not in {"open", "paid", "canceled"})
    assert get(f"{LIST}?status={text}") == 422
    assert get(f"{LIST}?payment[type]={text}") == 422


def test_refuses_a_request_without_a_key(prism_url):
    assert httpx.get(f"{prism_url}{LIST}", verify=False).status_code == 401  # noqa: S501 - it is plain http


@pytest.mark.parametrize("path", ["/v1/nope", "/v1/customers", f"{LIST}/inpay_1/refund"])
def test_refuses_another_path(get, path):
    assert get(path) == 404


def test_a_refusal_becomes_an_error_of_the_sdk(prism_url):
    with Client("sk_test_prism", base_url=f"{prism_url}/v0") as client:
        with pytest.raises(InvalidRequestError, match="NO_PATH_MATCHED_ERROR") as caught:
            client.invoice_payments.list()

    assert caught.value.http_status == 404


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(f"{LIST}?colour=red", id="unknown parameters"),
        pytest.param(f"{LIST}?created[until]=1", id="unknown names inside a parameter"),
        pytest.param(f"{LIST}?payment=pi_1", id="a scalar where an object belongs"),
        pytest.param(f"{LIST}?invoice=", id="empty values"),
        pytest.param(f"{LIST}?limit=0x10", id="whether a number is in decimal"),
        pytest.param(f"{LIST}?LIMIT=5", id="upper and lower case in names"),
        pytest.param(f"{LIST}?starting_after=a&ending_before=b", id="both cursors"),
        pytest.param(f"{LIST}?expand[]=nope", id="what can be expanded"),
    ],
)
def test_what_prism_does_not_check(get, target):
    """To be taken off this list when a newer Prism does."""
    assert get(target) == 200
