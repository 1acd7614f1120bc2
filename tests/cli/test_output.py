"""Every format holds the same data, and data is all that is on stdout."""

from __future__ import annotations

import csv
import io
import json
from argparse import Namespace
from typing import Any

import pytest

from stripe_invoice_payments.cli.output import Output
from stripe_invoice_payments.cli.rows import Amount, PartOf
from stripe_invoice_payments.cli.table import draw, width

FIELDS = "id,amount_requested,currency,created"


def rows_of(inpay, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in inpay("list", "--all", *arguments).out.splitlines()]


def test_json_is_one_document_of_the_same_rows(inpay):
    assert json.loads(inpay("list", "--all", "--format", "json").out) == rows_of(inpay)
    empty = inpay("list", "--since", "2030", "--format", "json")
    assert json.loads(empty.out) == []


@pytest.mark.parametrize(("kind", "separator"), [("csv", ","), ("tsv", "\t")])
def test_separated_values_are_the_same_rows(inpay, kind, separator):
    text = inpay("list", "--all", "--format", kind, "--fields", FIELDS).out
    read = list(csv.DictReader(io.StringIO(text), delimiter=separator))
    wanted = rows_of(inpay, "--fields", FIELDS)
    assert [{**row, "amount_requested": int(row["amount_requested"])} for row in read] == wanted


@pytest.mark.parametrize("fields", ["", ",", "id,", "ID", " id"])
def test_unknown_fields(inpay, fields):
    done = inpay("list", "--fields", fields)
    assert done.code == 2
    assert "unknown field" in done.err


def test_fields_are_in_their_order(inpay):
    assert list(rows_of(inpay, "--fields", FIELDS)[0]) == FIELDS.split(",")


def test_major_amounts_are_exact_for_every_currency(inpay):
    decimals = {"jpy": 0, "kwd": 3}
    pairs = zip(rows_of(inpay), rows_of(inpay, "--amounts", "major"), strict=True)
    for minor, major in pairs:
        places = decimals.get(minor["currency"], 2)
        shown = major["amount_requested"]
        assert len(shown.partition(".")[2]) == places
        assert int(shown.replace(".", "")) == minor["amount_requested"]


@pytest.mark.parametrize("kind", ["table", "json", "jsonl", "csv", "tsv"])
def test_no_amount_in_minor_units_is_beside_a_currency(kind, capsys):
    amount = PartOf(Amount(4000, "usd"), Amount(10000, "usd"))
    for amounts in (None, "major", "minor"):
        options = Namespace(format=kind, fields=None, amounts=amounts, tz="UTC")
        Output(options).rows([{"amount": amount}], ["amount"], ["amount"])
        shown = "40.00 of 100.00 USD"
        if amounts == "minor":
            shown = "4000 of 10000 minor units USD"
        assert shown in capsys.readouterr().out


def test_a_currency_with_unknown_decimals_is_not_guessed():
    assert Amount(4000, "xts").major() == "4000 minor units"


def test_no_text_controls_the_terminal(inpay, stripe_sandbox):
    payment = stripe_sandbox.client().invoice_payments.list(limit=1).data[0]
    stripe_sandbox.update_invoice(payment.invoice_id, number="\x1b]0;owned\x07\npaid")
    done = inpay("invoice", payment.invoice_id, "--format", "table")
    assert "\x1b" not in done.out
    assert "?]0;owned??paid" in done.out


@pytest.mark.parametrize("kind", ["table", "jsonl", "csv", "tsv"])
def test_no_currency_controls_the_terminal(kind, capsys):
    amount = Amount(4000, "\x1b]0;owned\x07")
    options = Namespace(format=kind, fields=None, amounts=None, tz="UTC")
    Output(options).rows([{"amount": PartOf(amount, amount)}], ["amount"], ["amount"])
    assert "\x1b" not in capsys.readouterr().out


def test_a_text_that_a_spreadsheet_would_run_is_defused(capsys):
    options = Namespace(format="csv", fields=None, amounts=None, tz="UTC")
    Output(options).rows([{"text": "=1+1", "amount": Amount(-5, "usd")}], ["text", "amount"], [])
    assert capsys.readouterr().out == "text,amount\n'=1+1,-5\n"


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("\u6f22\u5b57", 4), ("e\u0301", 1), ("\uff21", 2), ("", 0)]
)
def test_columns_are_as_wide_as_what_is_in_them(text, columns):
    assert width(text) == columns
    header, line = draw(["name", "x"], [[text, "y"]], [False, False])
    assert header == "name  x"
    assert line == f"{text}{' ' * (4 - columns)}  y"


def test_options_may_be_on_both_sides_of_the_command(alone):
    one = alone("--sandbox", "--format", "csv", "list", "--limit", "3")
    assert one.code == 0
    assert alone("list", "--sandbox", "--limit", "3", "--format", "csv") == one
    assert alone("--format", "json", "list", "--sandbox", "--limit", "3", "--format", "csv") == one
