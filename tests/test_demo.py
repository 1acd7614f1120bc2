"""`make run` shows each thing that the client does, against a sandbox of its own."""

from __future__ import annotations

import io
import re
from typing import NoReturn

import pytest
from rich.console import Console

from scripts import demo
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.repository import THIS_REPOSITORY, Repository
from scripts.pipeline.run import Regenerated, committed_slice


def test_the_demonstration(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    done = Regenerated(THIS_REPOSITORY, committed_slice(THIS_REPOSITORY)[0], [])
    monkeypatch.setattr(demo, "regenerate", lambda _: done)  # which has tests of its own
    assert demo.main() == 0
    shown = capsys.readouterr().out
    for part in (
        "status",
        "250 payments read",
        "payment(s)",
        "InvalidRequestError: ",
        "status 404",
        "$ inpay --sandbox list",
        '"status": "open"',
        '"currency": "usd", "invoices": ',
    ):
        assert part in shown


def test_it_ends_where_the_client_cannot_be_rendered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def refuse(_: Repository) -> NoReturn:
        raise PipelineError("spec/slice.yaml", "it was edited", "Cut it again")

    monkeypatch.setattr(demo, "regenerate", refuse)
    assert demo.main() == 2
    assert capsys.readouterr().err == "error: spec/slice.yaml: it was edited. Cut it again.\n"


@pytest.mark.parametrize("width", [34, 40, 60, 79, 80, 100, 120, 130, 200])
def test_tables_fit_and_tell_their_rows_apart(stripe_sandbox, width):
    payments = stripe_sandbox.client().invoice_payments.list(limit=100).data
    output = io.StringIO()
    terminal = Console(width=width, file=output, force_terminal=False, legacy_windows=False)
    terminal.print(demo.payments_table(payments, terminal))
    lines = [line.rstrip() for line in output.getvalue().splitlines() if "inpay" in line]

    assert len(lines) == len(payments)
    assert max(len(line) for line in lines) <= width
    shown = [line.split()[0] for line in lines]
    assert len(set(shown)) == len(payments)
    for line, part, payment in zip(lines, shown, payments, strict=True):
        start, _, end = part.partition("…")
        assert payment.id.startswith(start)
        assert payment.id.endswith(end)
        assert f"{payment.created_datetime:%Y-%m-%d %H:%M}" in line
        for word in re.findall(r"\S*…\S*", line):
            assert not word.endswith("…")
    assert ("…" in shown[0]) == (width < 110)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (None, "usd", "-"),
        (0, "usd", "0.00 USD"),
        (123456, "eur", "1,234.56 EUR"),
        (123456, "jpy", "123,456 JPY"),
        (5120, "kwd", "5.120 KWD"),
    ],
)
def test_money(amount, currency, shown):
    assert demo.money(amount, currency) == shown
