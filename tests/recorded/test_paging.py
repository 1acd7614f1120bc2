from __future__ import annotations

from itertools import pairwise

from stripe_invoice_payments import AsyncPage, InvoicePayment, Page, PaymentIntent, PaymentRecord

from .support import ids, plays


@plays("paging/forward", "paging/forward_prefetched")
def test_reading_on_gives_every_payment_once(played):
    assert all(isinstance(payment, InvoicePayment) for payment in played.result)
    assert ids(played.result) == played.known["ids"]
    assert len(played.cassette.interactions) == -(-len(played.known["ids"]) // 3)


@plays("paging/forward_pages")
def test_pages_one_by_one(played):
    pages = played.result
    assert all(isinstance(page, (Page, AsyncPage)) for page in pages)
    assert [payment_id for page in pages for payment_id in ids(page)] == played.known["ids"]
    assert [len(page) for page in pages[:-1]] == [3] * (len(pages) - 1)
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]


@plays("paging/forward_filtered_and_expanded")
def test_filters_and_expansions_hold_on_every_page(played):
    assert ids(played.result) == played.known["ids"]
    assert len(played.cassette.interactions) > 2
    for payment in played.result:
        assert isinstance(payment.payment.payment_record, PaymentRecord)
    queries = [dict(interaction.query) for interaction in played.cassette.interactions]
    cursors = [query.pop("starting_after", None) for query in queries]
    assert all(query == queries[0] for query in queries)
    assert cursors == [None, *played.known["ids"][2::3]][: len(cursors)]


@plays("paging/to_and_fro")
def test_to_the_next_page_and_back(played):
    first, second, back, beyond = played.result
    assert ids(first) + ids(second) == played.known["ids"][:6]
    assert ids(back) == ids(first)
    assert ids(beyond) == []


@plays("paging/backward")
def test_reading_backward_the_oldest_comes_first(played):
    assert ids(played.result) == played.known["ids"]
    assert len(played.cassette.interactions) == 3
    assert all(older.created <= newer.created for older, newer in pairwise(played.result))


@plays("paging/backward_pages")
def test_backward_each_page_is_newest_first(played):
    pages = played.result
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [i for page in pages for i in reversed(ids(page))] == played.known["ids"]


@plays("paging/embedded")
def test_the_payments_of_an_invoice_go_on_where_the_invoice_ends(played):
    assert ids(played.result) == played.known["ids"]
    first, *following = played.cassette.interactions
    assert first.url.endswith(f"/v1/invoices/{played.known['invoice']}")
    assert len(following) >= 2
    for interaction in following:
        assert interaction.url.endswith("/v1/invoice_payments")
        assert ("invoice", played.known["invoice"]) in interaction.query


@plays("paging/embedded_expanded")
def test_expansions_hold_beyond_the_invoice(played):
    assert ids(played.result) == played.known["ids"]
    assert len(played.cassette.interactions) >= 2
    for payment in played.result:
        if payment.payment.type == "payment_intent":
            assert isinstance(payment.payment.payment_intent, PaymentIntent)
