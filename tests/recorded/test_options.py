from __future__ import annotations

import json

from stripe_invoice_payments import API_VERSION, AsyncPage, InvoicePayment, Page, RawResponse

from .support import assert_is, ids, plays


def _sent(played, header):
    return {interaction.request_headers.get(header) for interaction in played.cassette.interactions}


# --- Connected accounts ---


@plays("accounts/client_for_it", "accounts/one_list_for_it")
def test_every_page_is_asked_for_on_behalf_of_the_connected_account(played):
    assert ids(played.result) == played.known["ids"]
    assert len(played.cassette.interactions) > 2
    assert _sent(played, "stripe-account") == {played.known["account"]}


@plays("accounts/one_call_for_it")
def test_one_call_for_a_connected_account(played):
    assert_is(played.result, played.known["payment"])
    assert _sent(played, "stripe-account") == {played.known["account"]}


@plays("accounts/answer")
def test_an_answer_tells_whose_it_is(played):
    assert played.result.headers["stripe-account"] == played.known["account"]


# --- Versions ---


@plays("versions/client_with_it", "versions/one_call_with_it")
def test_another_version_is_asked_for_and_answers(played):
    assert played.known["version"] != API_VERSION
    assert _sent(played, "stripe-version") == {played.known["version"]}
    assert played.result.headers["stripe-version"] == played.known["version"]
    assert_is(played.result.parse(), played.known["payment"])


@plays("versions/one_list_with_it")
def test_every_page_is_of_the_same_version(played):
    assert ids(played.result) == played.known["ids"]
    assert len(played.cassette.interactions) > 2
    assert _sent(played, "stripe-version") == {played.known["version"]}


# --- Raw answers ---


@plays("raw/payment")
def test_a_raw_answer_has_everything_that_came(played):
    answer, (recorded,) = played.result, played.cassette.interactions
    assert isinstance(answer, RawResponse)
    assert answer.status == 200
    assert answer.content == recorded.body.encode()
    assert json.loads(answer.content) == played.known["payment"]
    assert answer.request_id == recorded.response_headers["request-id"]
    assert recorded.response_headers.items() <= answer.headers.items()
    assert answer.attempts == 1
    assert answer.elapsed >= 0


@plays("raw/payment")
def test_a_raw_answer_becomes_what_the_plain_call_returns(played):
    assert_is(played.result.parse(), played.known["payment"])


@plays("raw/list")
def test_a_raw_list_becomes_a_page_that_goes_on(played):
    answer, payments = played.result
    page = answer.parse()
    assert isinstance(page, (Page, AsyncPage))
    assert ids(page) == played.known["ids"][:3]
    assert ids(payments) == played.known["ids"]


@plays("raw/invoice")
def test_a_raw_invoice_becomes_one_with_pages(played):
    invoice = played.result.parse()
    assert isinstance(invoice.payments, (Page, AsyncPage))
    assert all(isinstance(payment, InvoicePayment) for payment in invoice.payments)
    assert ids(invoice.payments) == played.known["invoice_payments"][:10]
