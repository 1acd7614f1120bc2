"""`export`, `verify`, `sync` and `reconcile`: the library's results, and what to do next."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from stripe_invoice_payments._scan.lock import FileLock
from stripe_invoice_payments.cli.pages import _MEANINGS
from stripe_invoice_payments.reconcile import Reason, reconcile
from tests.cli.running import in_terminal


@pytest.mark.parametrize("target", ["p.csv", "p.jsonl", "p.parquet", "p.duckdb", "p/"])
def test_export_and_verify(inpay, tmp_path, target):
    path = str(tmp_path / target) + ("/" if target.endswith("/") else "")
    exported = inpay("export", "2025", "-o", path)
    assert exported.code == 0, exported.err
    certificate = json.loads(exported.out)
    assert certificate["rows"] == 250
    assert certificate["period"] == ["2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
    again = inpay("export", "2025", "-o", path)
    assert again.code == 0
    assert "already finished" in again.err
    verified = inpay("verify", path)
    assert verified.code == 0
    assert json.loads(verified.out)["is_complete"] is True


def test_verify_finds_a_payment_that_has_changed(inpay, stripe_sandbox, tmp_path):
    path = str(tmp_path / "p.csv")
    payment = stripe_sandbox.client().invoice_payments.list(status="open", limit=1).data[0]
    assert inpay("export", "2025", "-o", path).code == 0
    stripe_sandbox.set_invoice_payment_status(payment.id, "paid")
    done = inpay("verify", path, "--format", "table")
    assert done.code == 7
    assert "NOT COMPLETE" in done.out
    assert "\ndifference  " in done.out


def test_an_export_that_fails_continues(inpay, stripe_sandbox, tmp_path):
    path = str(tmp_path / "p.jsonl")
    stripe_sandbox.add_fault("server_error_no_retry", times=1)
    stopped = inpay("export", "2025", "-o", path)
    assert stopped.code == 6
    assert "repeat the same command to continue" in stopped.err
    assert inpay("export", "2025", "-o", path).code == 0
    assert inpay("verify", path).code == 0


@pytest.mark.parametrize("command", ["export", "sync"])
def test_a_target_that_cannot_be_made(inpay, stripe_sandbox, tmp_path, command):
    """Repeating the command does not help, so it must not say so."""
    (tmp_path / "file").write_text("")
    for folder in ("missing", "file"):
        path = str(tmp_path / folder / "p.duckdb")
        done = inpay("sync", path) if command == "sync" else inpay("export", "2025", "-o", path)
        assert done.code == 2
        assert "repeat" not in done.err


def test_an_export_to_stdout_is_refused(inpay, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = inpay("export", "2025", "-o", "-")
    assert done.code == 2
    assert "inpay list --all" in done.err
    assert not [*tmp_path.iterdir()]


def test_an_export_with_an_expired_key_says_so(inpay, stripe_sandbox, tmp_path):
    stripe_sandbox.add_fault("api_key_expired")
    assert inpay("export", "2025", "-o", str(tmp_path / "p.csv")).code == 4


def test_another_period_into_the_same_file_is_refused(inpay, tmp_path):
    path = str(tmp_path / "p.csv")
    assert inpay("export", "2025", "-o", path).code == 0
    done = inpay("export", "2024", "-o", path)
    assert done.code == 2
    assert "holds another export" in done.err


def test_a_file_that_is_no_export_is_not_touched(inpay, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("mine")
    assert inpay("export", "2025", "-o", str(path)).code == 2
    assert inpay("verify", str(path)).code == 2
    assert path.read_text() == "mine"


def test_an_export_without_rows_says_so(inpay, tmp_path):
    done = inpay("export", "1969", "-o", str(tmp_path / "x.csv"), "--status", "open")
    assert done.code == 0
    assert done.err == "no payments in 1969 with --status open: the export has no rows\n"


@pytest.mark.parametrize("command", [("export", "2025", "-o"), ("sync",), ("verify",)])
def test_a_file_that_is_no_database(inpay, tmp_path, command):
    path = tmp_path / "x.duckdb"
    path.write_text("mine")
    done = inpay(*command, str(path))
    assert done.code == 2
    assert f"{path} exists and is not a DuckDB database; remove it" in done.err
    assert path.read_text() == "mine"


def test_a_period_that_is_not_over_is_mentioned(inpay, tmp_path):
    path, page = str(tmp_path / "p.csv"), tmp_path / "page.html"
    done = inpay("export", "2025..2990", "-o", path)
    assert done.code == 0
    assert "the period is not over" in done.err
    assert json.loads(done.out)["is_period_over"] is False
    verified = inpay("verify", path, "--format", "table", "--html", str(page))
    assert verified.code == 0
    note = "2990-01-01T00:00:00Z, which was not over when the export started\n"
    assert note in verified.out
    assert "2990-01-01 00:00:00 UTC, which was not over" in page.read_text()
    over = inpay("export", "2025", "-o", str(tmp_path / "q.csv"))
    assert json.loads(over.out)["is_period_over"] is True


def test_exports_of_many_accounts(alone, tmp_path, stripe_sandbox, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", stripe_sandbox.api_key)
    connected = stripe_sandbox.accounts[0]
    for name, accounts in (("all", "connected"), ("one", connected)):
        done = alone(
            "export", "2025", "-o", str(tmp_path / f"{name}.csv"), "--accounts", accounts,
            "--base-url", stripe_sandbox.base_url,
        )  # fmt: skip
        assert done.code == 0, done.err
        assert json.loads(done.out)["rows"] == stripe_sandbox.sizes[connected]


READING = [("export", "2025", "-o", "p.csv"), ("verify", "p.csv"), ("sync", "p.duckdb")]


def test_progress_in_json(inpay, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in READING:
        done = inpay(*command, "--progress", "json")
        last = json.loads(done.err.splitlines()[-1])
        assert last["rows"] == 250
        assert last["share"] == 1
        assert {"rows_per_second", "requests_refused", "time_left"} < last.keys()


def test_progress_of_a_reconciliation(inpay):
    done = inpay("reconcile", "2025", "--progress", "json")
    *_, last = map(json.loads, done.err.splitlines())
    totals = inpay("reconcile", "2025", "--totals", "--progress", "none")
    assert last["rows"] == sum(json.loads(each)["invoices"] for each in totals.out.splitlines())
    assert last["share"] == 1
    assert not totals.err


def test_there_is_no_bar_where_nobody_sees_it(inpay, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in READING:
        assert not inpay(*command).err


@pytest.mark.parametrize("has_rich", [True, False])
def test_the_bar(stripe_sandbox, tmp_path, has_rich):
    at = ("--base-url", stripe_sandbox.base_url)
    env = {"STRIPE_API_KEY": stripe_sandbox.api_key}
    if not has_rich:
        (tmp_path / "rich.py").write_text("raise ImportError")
        env["PYTHONPATH"] = str(tmp_path)
    for command in READING:
        done = in_terminal(*at, *command, env=env, cwd=tmp_path, all_of_it=True)
        assert done.code == 0
        assert "250 rows" in done.out
        assert "{" not in done.out


def test_sandboxes_of_different_commands_are_one_for_files(alone, tmp_path):
    path = str(tmp_path / "p.csv")
    assert alone("--sandbox", "export", "2025", "-o", path).code == 0
    assert "already finished" in alone("--sandbox", "export", "2025", "-o", path).err
    assert alone("--sandbox", "verify", path).code == 0


def test_sync(inpay, stripe_sandbox, tmp_path):
    path = str(tmp_path / "p.duckdb")
    assert json.loads(inpay("sync", path).out)["rows_added"] == 250
    payment = stripe_sandbox.client().invoice_payments.list(status="open", limit=1).data[0]
    stripe_sandbox.set_invoice_payment_status(payment.id, "paid")
    second = json.loads(inpay("sync", path).out)
    assert (second["rows_added"], second["rows_updated"]) == (0, 1)
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE invoice_payments SET currency = 'xts' WHERE status = 'paid'")
    verified = inpay("sync", path, "--verify")
    assert verified.code == 7
    differences = json.loads(verified.out)["differences"]
    assert {each["column"] for each in differences} == {"currency"}
    assert json.loads(verified.out)["rows_verified"] == 250
    again = inpay("sync", path, "--verify", "--format", "table")
    assert again.code == 0
    assert again.err == "250 rows were compared with Stripe\n"


@pytest.fixture
def rounds(monkeypatch):
    """What happens in the pauses of `sync --every 1h`, one after the other; then Ctrl-C."""
    left: list[Callable[[], object]] = []
    sleep = time.sleep

    def pause(seconds: float) -> None:
        if seconds < 1000:
            sleep(seconds)
        elif left:
            left.pop(0)()
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", pause)
    return left


def test_sync_goes_on_after_the_file_was_in_use_and_stripe_failed(
    inpay, stripe_sandbox, tmp_path, rounds
):
    path = str(tmp_path / "p.duckdb")
    other = subprocess.Popen(  # a person who looks at the mirror
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); input()",
            path,
        ],
        stdin=subprocess.PIPE,
        encoding="utf-8",
    )
    with other:
        while not Path(path).exists():
            assert other.poll() is None
        ours = FileLock(tmp_path / ".p.duckdb.lock")
        rounds += [
            ours.release,
            lambda: other.communicate("\n"),
            lambda: stripe_sandbox.add_fault("server_error_no_retry", times=1),
            lambda: None,
        ]
        done = inpay("sync", path, "--every", "1h")
    assert done.code == 130
    *failed, interrupted = done.err.splitlines()
    assert [json.loads(line)["rows_added"] for line in done.out.splitlines()] == [250, 0]
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 ", line) for line in failed)
    for line, reason in zip(failed, ["using it", "lock", "500"], strict=True):
        assert reason in line
        assert line.endswith("; trying again in 3600 s")
    assert "repeat the same command" in interrupted


@pytest.mark.parametrize("fault", ["api_key_expired", "permission_denied"])
def test_sync_ends_when_repeating_is_of_no_use(inpay, stripe_sandbox, tmp_path, rounds, fault):
    rounds.append(lambda: stripe_sandbox.add_fault(fault))
    done = inpay("sync", str(tmp_path / "p.duckdb"), "--every", "1h")
    assert done.code == 4
    assert not rounds


def test_verify_of_a_mirror_says_how_it_is_verified(inpay, tmp_path):
    path = str(tmp_path / "p.duckdb")
    assert inpay("sync", path).code == 0
    done = inpay("verify", path)
    assert done.code == 2
    assert f"`inpay sync {path} --verify`" in done.err


def test_sync_into_something_else(inpay, tmp_path):
    done = inpay("sync", str(tmp_path / "p.csv"))
    assert done.code == 2
    assert ".duckdb" in done.err


@pytest.mark.parametrize("every", ["0s", "15", "often", "-1m"])
def test_an_interval_that_is_none(inpay, tmp_path, every):
    assert inpay("sync", str(tmp_path / "p.duckdb"), f"--every={every}").code == 2


def test_reconcile(inpay, stripe_sandbox):
    report = reconcile(stripe_sandbox.client(), {"gte": 1735689600, "lt": 1767225600})
    done = inpay("reconcile", "2025")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [(row["invoice"], row["reason"]) for row in rows] == [
        (finding.invoice, finding.reason.value) for finding in report.findings
    ]
    assert [row["difference"] for row in rows] == [f.difference.minor for f in report.findings]
    totals = [json.loads(line) for line in inpay("reconcile", "2025", "--totals").out.splitlines()]
    assert [row["paid"] for row in totals] == [total.paid.minor for total in report.totals]
    whole = json.loads(inpay("reconcile", "2025", "--format", "json").out)
    assert whole == {"findings": rows, "totals": totals}
    for arguments in (["2023"], ["2023", "--totals"]):
        empty = inpay("reconcile", *arguments)
        assert (empty.code, empty.out, empty.err) == (0, "", "no invoices in 2023\n")


def test_contradictions_have_an_exit_code(inpay, stripe_sandbox):
    payment = stripe_sandbox.client().invoice_payments.list(status="paid", limit=1).data[0]
    stripe_sandbox.update_invoice(payment.invoice_id, amount_paid=1)
    done = inpay("reconcile", "2025", "--format", "table")
    assert done.code == 7
    assert "amount_paid_differs" in done.out


def test_fields_of_a_reconciliation_are_those_of_its_findings(inpay, stripe_sandbox):
    payment = stripe_sandbox.client().invoice_payments.list(status="paid", limit=1).data[0]
    stripe_sandbox.update_invoice(payment.invoice_id, amount_paid=1)
    done = inpay("reconcile", "2025", "--format", "table", "--fields", "invoice,reason")
    assert done.code == 7
    assert done.out.startswith("invoice ")
    assert "difference" not in done.out.splitlines()[0]
    assert "amount_due" in done.out
    done = inpay("reconcile", "2025", "--totals", "--fields", "currency,paid")
    assert {*json.loads(done.out.splitlines()[0])} == {"currency", "paid"}


def test_reconcile_with_a_mirror(inpay, tmp_path):
    path = str(tmp_path / "p.duckdb")
    assert inpay("sync", path).code == 0
    at_stripe = inpay("reconcile", "2024..2026")
    assert len(at_stripe.out.splitlines()) > 10
    assert inpay("reconcile", "2024..2026", path).out == at_stripe.out
    assert inpay("reconcile", path).out == at_stripe.out


@pytest.mark.parametrize("what", [("2025", "2024"), ("a.csv", "b.csv"), ("missing.csv",)])
def test_reconcile_refuses(inpay, what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert inpay("reconcile", *what).code == 2
    assert not [*Path(tmp_path).iterdir()]


class Pages(HTMLParser):
    """Collects the text of a page, and checks that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def text_of(path: Path) -> list[str]:
    parser = Pages()
    parser.feed(path.read_text("utf-8"))
    assert not parser.open
    return parser.text


def test_the_certificate_as_a_page(inpay, stripe_sandbox, tmp_path):
    path, page = str(tmp_path / "<b>.csv"), tmp_path / "page.html"
    assert inpay("export", "2025", "-o", path).code == 0
    assert inpay("verify", path, "--html", str(page)).code == 0
    text = text_of(page)
    assert "COMPLETE" in text
    assert f"{path} (csv, finished)" in text
    assert "250" in text
    payment = stripe_sandbox.client().invoice_payments.list(status="open", limit=1).data[0]
    stripe_sandbox.set_invoice_payment_status(payment.id, "paid")
    assert inpay("verify", path, "--html", str(page)).code == 7
    assert {"NOT COMPLETE", "Differences"} <= {*text_of(page)}


def test_the_reconciliation_as_a_page(inpay, stripe_sandbox, tmp_path):
    page = tmp_path / "page.html"
    assert inpay("reconcile", "2025", "--html", str(page)).code == 0
    report = reconcile(stripe_sandbox.client(), {"gte": 1735689600, "lt": 1767225600})
    text = text_of(page)
    assert "CONSISTENT" in text
    assert {finding.invoice for finding in report.findings} <= {*text}
    for total in report.totals:
        assert f"{total.currency.upper()}: {total.paid} of {total.amount_due} paid" in text


def test_the_reconciliation_as_a_page_says_what_was_compared(inpay, tmp_path, payments):
    page, path = tmp_path / "page.html", str(tmp_path / "p.duckdb")
    assert inpay("sync", path).code == 0
    assert inpay("reconcile", "2025-01", path, "--html", str(page)).code == 0
    text = text_of(page)
    facts = {"test", path, "2025-01-01 00:00:00 UTC to before 2025-02-01 00:00:00 UTC"}
    assert facts | {"the account of the key", "Several payments paid the invoice."} <= {*text}
    written = datetime.fromisoformat(text[text.index("written") + 1].replace(" UTC", "+00:00"))
    assert abs(written.timestamp() - time.time()) < 600
    assert int(text[text.index("invoices compared") + 1]) > 50
    assert any(payment.payment.id in " ".join(text) for payment in payments)
    done = inpay("reconcile", "2023", "--html", str(page))
    assert "no invoices in 2023" in done.err
    text = text_of(page)
    assert "There is nothing to report, because there are no invoices." in text
    assert text[text.index("payments from") + 1] == "Stripe"


def test_the_page_explains_every_reason():
    assert {*_MEANINGS} == {reason.value for reason in Reason}


@pytest.mark.parametrize("command", ["verify", "reconcile"])
def test_a_page_never_replaces_another_file(inpay, stripe_sandbox, tmp_path, command):
    path, page = str(tmp_path / "p.csv"), tmp_path / "page.html"
    assert inpay("export", "2025", "-o", path).code == 0
    arguments = (command, *([] if command == "verify" else ["2025"]), path, "--html", str(page))
    assert inpay(*arguments).code == inpay(*arguments).code == 0
    page.write_text("<!doctype html>mine")
    before = stripe_sandbox.traffic().total
    done = inpay(*arguments)
    assert done.code == 2
    assert "--html must be a new file or a page that inpay has written" in done.err
    assert page.read_text() == "<!doctype html>mine"
    assert stripe_sandbox.traffic().total == before


def test_a_page_that_cannot_be_written(inpay, tmp_path):
    done = inpay("reconcile", "2025", "--html", str(tmp_path / "missing" / "page.html"))
    assert done.code == 2
    assert "page.html: No such file" in done.err


def test_a_page_is_written_through_a_link_and_never_over_a_device(inpay, tmp_path):
    page, link, device = tmp_path / "page.html", tmp_path / "link", tmp_path / "device"
    link.symlink_to(page)
    assert inpay("reconcile", "2025", "--html", str(link)).code == 0
    assert link.is_symlink()
    assert page.read_text().startswith("<!doctype html>")
    os.mkfifo(device)
    done = inpay("reconcile", "2025", "--html", str(device))
    assert done.code == 2
    assert "exists and is not a file" in done.err
    assert stat.S_ISFIFO(device.stat().st_mode)


def test_a_page_of_a_path_that_is_not_utf_8(inpay, tmp_path):
    path, page = str(tmp_path / "\udcff.csv"), tmp_path / "page.html"
    assert inpay("export", "2025", "-o", path).code == 0
    assert inpay("verify", path, "--html", str(page)).code == 0
    assert "\\udcff.csv" in page.read_text()
