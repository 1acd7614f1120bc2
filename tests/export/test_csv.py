"""Cells of CSV: what a spreadsheet would run is text there, and the same text when read back."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments import InvoicePayment
from stripe_invoice_payments.export import export
from stripe_invoice_payments.export.text_files import defused, restored
from tests.export.fakes import FakeClient, read_back
from tests.generated import samples


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("inpay_1", "inpay_1"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("'quoted", "''quoted"),
        ("", "'"),
        ('{"a":1}', '{"a":1}'),
        ("a=1", "a=1"),
    ],
)
def test_a_cell_that_looks_like_a_formula_is_text(text, cell):
    assert defused(text) == cell
    assert restored(cell) == text


@given(st.text())
def test_any_text_is_the_same_after_it_was_a_cell(text):
    cell = defused(text)
    assert restored(cell) == text
    assert cell
    assert cell.lstrip()[:1] not in {*"=+-@"}


def test_a_malicious_payment_is_harmless_in_the_file_and_whole_when_read(tmp_path):
    evil = '=HYPERLINK("http://evil.example","pay")'
    payment = InvoicePayment.from_dict(
        samples.payment(currency=evil, status="@x", invoice="-2+3", amount_requested=-5)
    )
    export(FakeClient([payment]), to=tmp_path / "x.csv")  # type: ignore[arg-type]
    text = (tmp_path / "x.csv").read_text("utf-8")
    (raw,) = csv.DictReader(StringIO(text))
    assert raw["currency"] == f"'{evil}"
    assert raw["amount_requested"] == "-5"  # a number stays one
    (row,) = read_back(tmp_path / "x.csv")
    assert (row["currency"], row["status"], row["invoice"]) == (evil, "@x", "-2+3")
