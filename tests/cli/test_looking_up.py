"""`find`, `invoice` and `list`: what they find is what the client finds."""

from __future__ import annotations

import io
import json
from datetime import datetime, timezone

import pytest

from stripe_invoice_payments import InvalidRequestError
from stripe_invoice_payments.sandbox import Sandbox
from tests.cli.running import in_pipe


def ids_in(output: str) -> list[str]:
    return [json.loads(line)["id"] for line in output.splitlines()]


@pytest.fixture
def of_each_kind(payments):
    """A payment that a payment intent made, one of a charge, and one of a payment record."""
    return {payment.payment.type: payment for payment in payments}


@pytest.mark.parametrize("kind", ["payment_intent", "payment_record"])
def test_find_what_paid(inpay, of_each_kind, kind):
    payment = of_each_kind[kind]
    done = inpay("find", payment.payment.id)
    assert done.code == 0
    assert payment.id in ids_in(done.out)
    for line in done.out.splitlines():
        row = json.loads(line)
        assert row["query"] == row["paid_by"] == row[kind] == payment.payment.id


def test_find_payments_of_an_invoice(inpay, payments):
    done = inpay("find", payments[0].invoice_id)
    wanted = {each.id for each in payments if each.invoice_id == payments[0].invoice_id}
    assert {*ids_in(done.out)} == wanted


def test_find_an_invoice_payment(inpay, payments):
    done = inpay("find", payments[3].id)
    row = json.loads(done.out)
    assert row["id"] == payments[3].id
    assert row["amount_requested"] == payments[3].amount_requested
    assert row["created"] == f"{payments[3].created_datetime:%Y-%m-%dT%H:%M:%SZ}"


def test_find_ids_from_stdin(inpay, payments, monkeypatch):
    wanted = [payment.id for payment in payments[:3]]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(["", *wanted, " "])))
    assert ids_in(inpay("find", "-").out) == wanted


def test_find_goes_on_after_a_line_that_is_no_id(inpay, payments, monkeypatch):
    wanted = [payment.id for payment in payments[:3]]
    lines = [
        "\ufeffpayment",
        f"\t{wanted[0]} \r",
        "# a comment",
        "",
        f'"{wanted[1]}"',
        "pi_missing",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([*lines, wanted[2]])))
    done = inpay("find", "-")
    assert done.code == 3
    assert ids_in(done.out) == [wanted[0], wanted[2]]
    header, quoted, missing = done.err.splitlines()
    assert header.startswith("inpay: line 1 of stdin: an id must begin with ")
    assert header.endswith(", got 'payment'")
    assert quoted.startswith("inpay: line 5 of stdin: ")
    assert quoted.endswith(f", got '\"{wanted[1]}\"'")
    assert missing.startswith("inpay: pi_missing ")


def test_find_removes_the_byte_order_mark_of_stdin(inpay, payments, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\ufeff{payments[0].id}\n"))
    done = inpay("find", "-")
    assert done.code == 0
    assert ids_in(done.out) == [payments[0].id]


def test_find_goes_on_after_an_id_that_is_not_found(inpay, payments):
    done = inpay("find", "pi_missing", payments[0].id, "in_missing", "inpay_missing")
    assert done.code == 3
    assert ids_in(done.out) == [payments[0].id]
    for missing in ("pi_missing", "in_missing", "inpay_missing"):
        assert f"inpay: {missing} " in done.err


def test_find_says_what_to_do_about_a_charge_without_a_payment_intent(inpay, of_each_kind):
    charge = of_each_kind["charge"].payment.id
    done = inpay("find", charge)
    assert done.code == 3
    assert f"{charge} has no payment intent" in done.err
    assert "--since" in done.err


NO_IDS = ["cus_1", "", "nothing", "in_a/b", "in_\n1", "in_\udcff", "in_a b", f"in_{'a' * 253}"]


@pytest.mark.parametrize("wrong", [*NO_IDS, "inpay_../invoices", "pi_\u00e9", "ch_?expand"])
def test_find_refuses_other_ids(inpay, stripe_sandbox, wrong):
    done = inpay("find", wrong)
    assert done.code == 2
    assert repr(wrong[:100]) in done.err
    assert stripe_sandbox.traffic().total == 0


@pytest.mark.parametrize("wrong", [*NO_IDS, "pi_1"])
def test_invoice_refuses_other_ids(inpay, stripe_sandbox, wrong):
    assert inpay("invoice", wrong).code == 2
    assert stripe_sandbox.traffic().total == 0


@pytest.mark.parametrize("option", ["--invoice", "--payment"])
def test_list_refuses_what_is_no_text(inpay, option):
    assert inpay("list", option, "in_\udcff").code == 2


def test_find_ignores_blanks_and_marks_around_ids(inpay, payments, monkeypatch):
    wanted = [payment.id for payment in payments[:3]]
    lines = f"\ufeff{wanted[0]}\r\n\r\n\t{wanted[1]} \r\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert ids_in(inpay("find", "-", f" {wanted[2]}\n").out) == wanted


def test_find_refuses_bytes_that_are_no_text(inpay, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(b"pi_\xff\n"), encoding="ascii")
    monkeypatch.setattr("sys.stdin", stdin)
    assert inpay("find", "-").code == 2


def test_the_statement_of_an_invoice(inpay, stripe_sandbox, payments):
    client = stripe_sandbox.client()
    for payment in payments[:20]:
        try:
            invoice = client.invoices.retrieve(payment.invoice_id)
        except InvalidRequestError:  # it was deleted
            assert inpay("invoice", payment.invoice_id).code == 3
            continue
        statement = json.loads(inpay("invoice", payment.invoice_id).out)
        assert statement["due"] == invoice.amount_due
        assert statement["remaining"] == invoice.amount_remaining
        assert statement["paid"] == invoice.amount_paid
        of_invoice = [each for each in payments if each.invoice_id == invoice.id]
        assert {each["id"] for each in statement["payments"]} == {each.id for each in of_invoice}
        for status in ("open", "canceled"):
            requested = sum(e.amount_requested for e in of_invoice if e.status == status)
            assert statement[status] == requested


def test_a_statement_in_words(inpay, stripe_sandbox, payments):
    open_payment = next(each for each in payments if each.status == "open")
    invoice = open_payment.invoice_id
    text = inpay("invoice", invoice, "--format", "table").out
    rows = ("open payments", "canceled payments")
    assert all(f"\n{row} " in text for row in rows)
    assert "minor units" not in text
    assert " minor units " in inpay("invoice", invoice, "--format=table", "--amounts=minor").out


def test_a_statement_that_contradicts_itself(inpay, stripe_sandbox):
    payment = stripe_sandbox.client().invoice_payments.list(status="paid", limit=1).data[0]
    assert "contradicts" not in inpay("invoice", payment.invoice_id).err
    stripe_sandbox.update_invoice(payment.invoice_id, amount_paid=1)
    for kind in ("table", "json"):
        done = inpay("invoice", payment.invoice_id, "--format", kind)
        assert done.code == 0
        assert "the invoice contradicts its payments: it says that 0.01 " in done.err
        assert "`inpay reconcile 2025-01-01`" in done.err


def test_an_invoice_that_does_not_exist(inpay):
    done = inpay("invoice", "in_missing")
    assert done.code == 3
    assert "in_missing" in done.err
    assert not done.out


def test_list_shows_50_and_says_that_there_are_more(inpay, payments):
    done = inpay("list")
    assert ids_in(done.out) == [payment.id for payment in payments[:50]]
    assert done.err == "50 shown, there are more: --all\n"


@pytest.mark.parametrize(
    ("limit", "present", "has_more"),
    [
        (1, 0, False),
        (1, 1, False),
        (1, 2, True),
        (100, 100, False),
        (100, 101, True),
        (101, 101, False),
        (101, 102, True),
        (200, 200, False),
        (250, 120, False),
    ],
)
def test_a_limit_says_exactly_when_there_are_more(alone, monkeypatch, limit, present, has_more):
    with Sandbox(payments=present) as sandbox:
        monkeypatch.setenv("STRIPE_API_KEY", sandbox.api_key)
        done = alone("list", "--limit", str(limit), "--base-url", sandbox.base_url)
    assert len(done.out.splitlines()) == min(limit, present)
    expected = f"{limit} shown, there are more: --all\n" if has_more else ""
    assert done.err == (expected if present else "no payments\n")


@pytest.mark.parametrize("present", [0, 1, 100, 101, 10_000])
def test_all_is_all(present):
    # In a process: of 10,000 payments, it would take minutes to check what this one receives.
    done = in_pipe("--sandbox", "--sandbox-payments", str(present), "list", "--all")
    assert done.code == 0
    assert len({*ids_in(done.out)}) == len(ids_in(done.out)) == present
    assert done.err == ("" if present else "no payments\n")


def test_an_empty_list_says_so(inpay):
    for kind in ("table", "jsonl", "csv"):
        done = inpay("list", "--since", "2030", "--status", "paid", "--format", kind)
        assert done.code == 0
        assert done.err == "no payments with --status paid --since 2030\n"


def test_list_filters(inpay, payments):
    some = payments[7]
    for arguments, fits in [
        (["--status", "canceled"], lambda each: each.status == "canceled"),
        (["--invoice", some.invoice_id], lambda each: each.invoice_id == some.invoice_id),
        (["--payment", some.payment.id], lambda each: each.payment.id == some.payment.id),
        (
            ["--since", "2025-01-01T01:00:00Z", "--until", "2025-01-01T01:30:00Z"],
            lambda each: 3600 <= each.created - 1735689600 < 5400,
        ),
    ]:
        wanted = [each.id for each in payments if fits(each)]
        assert wanted
        assert ids_in(inpay("list", "--all", *arguments).out) == wanted


def test_dates_are_in_the_time_zone(inpay, payments):
    # In New York, the payments of the first two hours of 2025 in UTC were made in 2024.
    assert len(ids_in(inpay("list", "--all", "--since", "2025").out)) == len(payments)
    assert not inpay("list", "--since", "2025", "--tz", "America/New_York").out
    done = inpay("list", "--limit", "1", "--tz", "America/New_York", "--until", "2025")
    created = datetime.fromisoformat(json.loads(done.out)["created"])
    assert created.year == 2024
    assert int(created.timestamp()) == payments[0].created
    assert created.astimezone(timezone.utc) == payments[0].created_datetime


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "yesterday"),
        ("--since", "2025-13"),
        ("--since", "2025-02-30"),
        ("--since", "2025", "--until", "2025"),
        ("--tz", "Mars/Olympus"),
        ("--tz", "../../etc/passwd"),
        ("--limit", "0"),
        ("--limit", "5", "--all"),
        ("--status", "late"),
        ("--fields", "id,nothing"),
        ("--nothing",),
    ],
)
def test_invalid_arguments(inpay, arguments):
    done = inpay("list", *arguments)
    assert done.code == 2
    assert arguments[0] in done.err or "a date must be" in done.err
    assert not done.out
    assert "Traceback" not in done.err
