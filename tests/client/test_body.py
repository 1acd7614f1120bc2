"""How much of a response is kept in memory, whatever a server sends."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import (
    APIError,
    AsyncClient,
    Client,
    StripeError,
    UnexpectedResponseError,
)
from stripe_invoice_payments._http.body import Body, BodyTooLongError, DecodingError

from .helpers import KEY, FakeApi, failure, payment, reply
from .wire import WireServer, answering

MEGABYTE = 1 << 20


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


ENCODINGS: dict[str, Any] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
}


@given(
    data=st.binary(max_size=300_000),
    encoding=st.sampled_from([*ENCODINGS, "raw"]),
    size=st.integers(1, 70_000),
    repeat=st.integers(1, 50),
)
def test_what_was_compressed_is_what_arrives(data, encoding, size, repeat):
    data *= repeat
    compress = raw_deflate if encoding == "raw" else ENCODINGS[encoding]
    sent = compress(data)
    size = max(size, len(sent) // 500)

    def received(limit: int) -> bytes:
        body = Body(limit, "deflate" if encoding == "raw" else encoding)
        for start in range(0, len(sent), size):
            body.add(sent[start : start + size])
        return body.content()

    assert received(len(data)) == data
    if data:
        with pytest.raises(BodyTooLongError):
            received(len(data) - 1)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_not_compressed(encoding):
    with pytest.raises(DecodingError):
        Body(100, encoding).add(b"<html>Hello</html>")


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


async def retrieve(kind: str, base_url: str, **options: Any) -> Any:
    options = {"base_url": base_url, "max_retries": 0, **options}
    try:
        if kind == "sync":
            with Client(KEY, **options) as client:
                return client.invoice_payments.retrieve("inpay_1")
        async with AsyncClient(KEY, **options) as async_client:
            return await async_client.invoice_payments.retrieve("inpay_1")
    except StripeError as error:
        return error


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_our_own_client_undoes_what_it_asked_for(kind, encoding):
    body = ENCODINGS[encoding](json.dumps(payment(1)).encode())
    headers = {"content_encoding": encoding} if encoding else {}
    with WireServer(answering(body, **headers)) as server:
        assert (await retrieve(kind, server.url)).id == "inpay_1"


@pytest.mark.parametrize("status", [200, 400, 503])
async def test_a_small_response_that_holds_a_large_one(kind, status):
    """What is held is the limit, and the pieces that are at work: not what it decompresses to."""
    bomb = gzip.compress(bytes(100 * MEGABYTE))
    with WireServer(answering(bomb, status, content_encoding="gzip", request_id="req_1")) as server:
        await retrieve(kind, server.url, max_response_bytes=1000)  # what is loaded at first
        tracemalloc.start()
        error = await retrieve(kind, server.url, max_response_bytes=2 * MEGABYTE)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert type(error) is UnexpectedResponseError
    assert "longer than max_response_bytes=2097152" in str(error)
    assert (error.http_status, error.request_id) == (status, "req_1")
    assert peak < 6 * MEGABYTE


async def test_the_limit_of_a_client_and_of_a_call(connect):
    length = len(json.dumps(payment(1)))
    api = connect(FakeApi(reply(payment(1))), max_response_bytes=length)
    assert (await api.retrieve()).id == "inpay_1"
    with pytest.raises(UnexpectedResponseError, match=f"max_response_bytes={length - 1}"):
        await api.retrieve(max_response_bytes=length - 1)
    api.client = api.client.with_options(max_response_bytes=1)
    with pytest.raises(UnexpectedResponseError, match="max_response_bytes=1 "):
        await api.retrieve()
    assert (await api.retrieve(max_response_bytes=length)).id == "inpay_1"


async def test_an_error_keeps_the_beginning_of_a_long_body(connect):
    page = ("<html>é" + "x" * 300_000).encode()
    api = connect(FakeApi(reply(page, 500), reply(page)), max_retries=0)
    with pytest.raises(APIError) as caught:
        await api.retrieve()
    assert caught.value.http_body == page.decode()[:100_000]
    with pytest.raises(UnexpectedResponseError) as caught:
        await api.retrieve()
    assert caught.value.http_body == page.decode()[:100_000]


async def test_an_error_of_megabytes_is_not_kept_as_json(connect):
    api = connect(failure(400, message="No.", code="x", more="x" * 5_000_000))
    with pytest.raises(StripeError) as caught:
        await api.retrieve()
    assert caught.value.json_body is None
    assert len(caught.value.http_body or "") == 100_000
