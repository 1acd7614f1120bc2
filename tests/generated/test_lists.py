"""Finding the lists inside of what was read, in whatever holds them."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_invoice_payments_api._lists import read_with_lists
from stripe_invoice_payments_api._model import (
    ListObject,
    as_is,
    dict_of,
    list_object,
    list_of,
    object_or_scalar,
    or_none,
)
from stripe_invoice_payments_api.models import Invoice, InvoicePayment

from .samples import invoice, page, payment

read_list = list_object(InvoicePayment.from_dict)
ONE = page(payment())


@pytest.mark.parametrize(
    ("read", "data", "paths"),
    [
        (read_list, ONE, []),
        (as_is, [ONE, {"some": ONE}], []),  # plain JSON stays what it is
        (InvoicePayment.from_dict, payment(invoice="in_1"), []),
        (InvoicePayment.from_dict, payment(invoice=invoice(payments=ONE)), ["invoice.payments"]),
        (read_list, page(payment(invoice=invoice(payments=ONE))), ["data.invoice.payments"]),
        (list_object(read_list), page(ONE, ONE), ["data", "data"]),
        (list_of(or_none(read_list)), [ONE, None, ONE], ["", ""]),
        (dict_of(read_list), {"a": ONE, "b": ONE}, ["b", "a"]),
        (list_of(dict_of(object_or_scalar(read_list))), [{"a": ONE}, {"b": 1}], ["a"]),
    ],
)
def test_each_list_is_found_once_and_can_be_replaced(read, data, paths):
    found, lists = read_with_lists(read, data)
    assert sorted(one.path for one in lists) == sorted(paths)
    for number, one in enumerate(lists):
        assert one.read(ONE).to_dict() == one.page.to_dict() == ONE
        one.replace(ListObject[Any](data=[], has_more=True, url=f"/{number}"))
    _, again = read_with_lists(lambda _: found, None)
    assert again == []  # nothing was read
    urls = [url for url in _urls(found) if len(url) == len("/0")]
    assert sorted(urls) == [f"/{number}" for number in range(len(lists))]


def _urls(value: Any) -> list[str]:
    """The urls of all lists in it."""
    if isinstance(value, ListObject):
        return [value.url, *_urls(value.data)]
    if isinstance(value, dict):
        return _urls(list(value.values()))
    if isinstance(value, list):
        return [url for member in value for url in _urls(member)]
    if isinstance(value, InvoicePayment) and isinstance(value.invoice, Invoice):
        return _urls(value.invoice.payments)
    return []


def test_what_is_read_elsewhere_is_no_part_of_it():
    read_list(ONE)
    _, lists = read_with_lists(InvoicePayment.from_dict, payment())
    assert lists == []
    with pytest.raises(ValueError, match="missing"):
        read_with_lists(read_list, {})
    read_list(ONE)
    _, lists = read_with_lists(InvoicePayment.from_dict, payment())
    assert lists == []
