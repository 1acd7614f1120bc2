"""An answer as it came, for callers who want more than the object in it."""

from __future__ import annotations

import copy
import gzip
import json
import pickle

import attrs
import pytest

from stripe_invoice_payments import ListObject, RawResponse, UnexpectedResponseError

from .helpers import KEY, FakeList, SyncApi, listed, payment, reply


async def test_everything_about_the_answer(connect):
    api = connect(reply(payment(1), request_id="req_1", x_custom="Value"))
    raw = await api.raw_retrieve()
    assert raw.status == 200
    assert raw.headers["x-custom"] == "Value"
    assert raw.request_id == "req_1"
    assert json.loads(raw.content) == payment(1)
    assert raw.attempts == 1
    assert 0 <= raw.elapsed < 5


async def test_parse_gives_what_the_plain_call_returns(connect):
    api = connect(reply(payment(1)))
    assert (await api.raw_retrieve()).parse() == await api.retrieve()
    api = connect(reply(listed(2, 1)))
    assert (await api.raw_list()).parse() == await api.list()
    api = connect(reply({"id": "in_1", "object": "invoice", "payments": listed(2, 1)}))
    assert (await api.raw_invoice()).parse() == await api.invoice()


async def test_a_page_of_a_raw_answer_leads_to_the_others(connect):
    api = connect(FakeList(5))
    raw = await api.raw_list(limit=2)
    page = raw.parse()
    assert len([one async for one in api.items(page)]) == 5


async def test_content_is_decoded(connect):
    packed = gzip.compress(json.dumps(payment(1)).encode())
    raw = await connect(reply(packed, content_encoding="gzip")).raw_retrieve()
    assert json.loads(raw.content) == payment(1)


async def test_an_answer_that_is_not_json_can_be_looked_at(connect):
    raw = await connect(reply(b"<html>")).raw_retrieve()
    assert raw.content == b"<html>"
    with pytest.raises(UnexpectedResponseError, match="the response is not JSON"):
        raw.parse()


async def test_an_answer_without_an_id(connect):
    assert (await connect(reply(payment(1))).raw_retrieve()).request_id is None


async def test_it_fits_on_a_screen_and_does_not_change(connect):
    raw = await connect(reply(b"x" * 100_000)).raw_retrieve()
    assert "content=<100000 bytes>" in repr(raw)
    assert len(repr(raw)) < 300
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        raw.status = 500


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
async def test_a_copy_is_the_same(connect, duplicate):
    raw = await connect(reply(payment(1))).raw_retrieve()
    assert duplicate(raw) == raw
    assert duplicate(raw).parse() == raw.parse()


async def test_a_pickle_holds_what_was_read_and_no_key(connect):
    api = connect(reply(payment(1)), reply(listed(2, 1, has_more=True)))
    raw, raw_list = await api.raw_retrieve(), await api.raw_list()
    for each in (raw, raw_list):
        pickled = pickle.dumps(each)
        assert KEY.encode() not in pickled
        twin = pickle.loads(pickled)
        assert twin == each
        assert twin.parse() == each.parse()
        assert pickle.loads(pickle.dumps(twin)).parse() == each.parse()
    assert type(pickle.loads(pickle.dumps(raw_list)).parse()) is ListObject


@pytest.mark.parametrize("body", [b"<html>", b'{"id": "inpay_1"}'])
async def test_a_pickle_of_what_cannot_be_read_still_cannot_be_read(connect, body):
    raw = await connect(reply(body)).raw_retrieve()
    twin = pickle.loads(pickle.dumps(raw))
    assert twin == raw
    with pytest.raises(UnexpectedResponseError) as first:
        raw.parse()
    with pytest.raises(UnexpectedResponseError) as second:
        twin.parse()
    assert str(first.value) == str(second.value)


def test_it_says_of_which_type_it_is():
    raw = SyncApi(FakeList(1)).client.invoice_payments.with_raw_response.list()
    assert isinstance(raw, RawResponse)
