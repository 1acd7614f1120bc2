"""What people see on a terminal, in a pipe, and when they stop it.

`UPDATE_SCREENS=1` writes the screens again, to be reviewed in the difference.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from stripe_invoice_payments import Webhook
from tests.cli.running import COMMAND, CTRL_C, at_work, environment, in_pipe, in_terminal

SCREENS = Path(__file__).parent / "screens"
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
SECRET = "whsec_of_the_screens"
SIGNED = 1735689600

COMMANDS = {
    "list": ("list", "--limit", "8"),
    "list_fields": ("list", "--limit", "2", "--fields", "id,invoice,paid_by,created"),
    "find": ("find", "PAYMENT"),
    "find_invoice": ("find", "INVOICE"),
    "invoice": ("invoice", "INVOICE"),
    "export": ("export", "2025", "-o", "p.csv"),
    "verify": ("verify", "p.csv"),
    "sync": ("sync", "p.duckdb"),
    "reconcile": ("reconcile", "2025-01-01"),
    "doctor": ("doctor",),
    "webhook": ("webhook", "verify", "body.json", "--signature", "SIGNATURE", "--any-age"),
}
# What differs each time, and on each machine.
UNSTEADY = (
    (r"\S+/(p\.\w+ \()", r"/\1"),
    (r"(counted again at |exported +).+", r"\1TIME"),
    (r"\d+ pages", "N pages"),
    (r"(?m)\d(?=  2025-01-01 02:03$)", "N"),
    (r"(?m)^(?!key)(.+  ok  ).+$", r"\1..."),
)


@pytest.fixture
def arguments_of(payments, stripe_sandbox, tmp_path, monkeypatch):
    """The arguments of a command, in a directory with what it reads."""
    monkeypatch.chdir(tmp_path)
    paid = next(each for each in payments if each.payment.type == "payment_intent")
    event = stripe_sandbox.invoice_payment_paid_webhook(paid.id, secret=SECRET)
    Path("body.json").write_bytes(event.body)
    invoice, number = Counter(each.invoice_id for each in payments[:100]).most_common(1)[0]
    assert number > 1
    known = {
        "PAYMENT": paid.payment.id,
        "INVOICE": invoice,
        "SIGNATURE": Webhook.generate_test_header(event.body, SECRET, timestamp=SIGNED),
    }
    return lambda name: [known.get(each, each) for each in COMMANDS[name]]


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", COMMANDS)
def test_screens(inpay, arguments_of, monkeypatch, name, columns):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    if name == "verify":
        assert inpay(*COMMANDS["export"]).code == 0
    done = inpay(*arguments_of(name), columns=columns)
    assert done.code == 0, done.err
    shown = f"{ESCAPE.sub('', done.out)}--- stderr\n{done.err}"
    for unsteady, steady in UNSTEADY:
        shown = re.sub(unsteady, steady, shown)
    path = SCREENS / f"{name}_{columns}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
    assert max(len(line) for line in shown.splitlines()) <= columns


def test_there_is_a_screen_of_every_command_that_ends():
    screens = {f"{name}_{columns}.txt" for name in COMMANDS for columns in (80, 120)}
    assert {path.name for path in SCREENS.iterdir()} == screens


@pytest.mark.parametrize("columns", [20, 40, 60])
def test_ids_are_whole_on_any_terminal(inpay, payments, columns):
    done = inpay("list", "--limit", "20", columns=columns)
    assert re.findall(r"inpay_\w+", done.out) == [payment.id for payment in payments[:20]]


@pytest.mark.parametrize(
    ("env", "has_colors"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colors(inpay, monkeypatch, env, has_colors):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    done = inpay("list", "--limit", "1", columns=80)
    assert ("\x1b[1m" in done.out) is has_colors


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_as_a_process_on_a_terminal_and_in_a_pipe(arguments_of, stripe_sandbox, name):
    """The same twice; the exports and mirrors of the first are there for the second."""
    env = {"STRIPE_API_KEY": stripe_sandbox.api_key, "STRIPE_WEBHOOK_SECRET": SECRET}
    at = ("--base-url", stripe_sandbox.base_url)
    arguments = [*at, *arguments_of(name)]
    if name == "verify":
        assert in_pipe(*at, *COMMANDS["export"], env=env).code == 0
    on_terminal = in_terminal(*arguments, env=env, all_of_it=True)
    assert on_terminal.code == 0, on_terminal.out
    shown = ESCAPE.sub("", on_terminal.out)
    assert shown
    assert "{" not in shown
    assert "Traceback" not in shown
    piped = in_pipe(*arguments, env=env)
    assert piped.code == 0, piped.err
    assert all(isinstance(json.loads(line), dict) for line in piped.out.splitlines())
    assert piped.out


@pytest.mark.parametrize("command", [("600", "list", "--all"), ("2000", "reconcile", "2025")])
def test_a_closed_pipe_is_no_error(command):
    with subprocess.Popen(
        [*COMMAND, "--sandbox", "--sandbox-payments", *command],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()  # with more to come than a pipe holds
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("list", "--all"), "inpay: interrupted\n"),
        (("export", "2025", "-o", "p.csv"), "interrupted; repeat the same command to continue"),
        (("sync", "p.duckdb"), "interrupted; repeat the same command to continue"),
        (("reconcile", "2025"), "inpay: interrupted\n"),
    ],
)
def test_ctrl_c(command, hint, slow, tmp_path):
    before = slow.traffic().total
    arguments = (*command, "--base-url", slow.base_url)
    env = {"STRIPE_API_KEY": slow.api_key}
    with at_work(*arguments, env=env, cwd=tmp_path) as (process, screen):
        while slow.traffic().total < before + 3:
            assert process.poll() is None, screen.shown
        screen.press(CTRL_C)
        assert process.wait(30) == 130, screen.shown
    assert hint in screen.shown
    assert "Traceback" not in screen.shown


def test_sync_repeats_until_ctrl_c(stripe_sandbox, tmp_path):
    arguments = ("sync", "p.duckdb", "--every", "1s", "--base-url", stripe_sandbox.base_url)
    env = {"STRIPE_API_KEY": stripe_sandbox.api_key}
    with at_work(*arguments, "--format", "jsonl", env=env, cwd=tmp_path) as (process, screen):
        screen.wait_for(lambda shown: shown.count('"rows_added"') >= 2, process)
        screen.press(CTRL_C)
        assert process.wait(30) == 130, screen.shown
    rounds = [json.loads(line) for line in re.findall(r"\{.*\}", screen.shown)]
    assert [each["rows_added"] for each in rounds[:2]] == [250, 0]
    assert all(next(iter(each)) == "time" for each in rounds)
    assert "interrupted; repeat the same command to continue" in screen.shown
    assert "Traceback" not in screen.shown


def test_the_sandbox_as_a_command():
    with subprocess.Popen(
        [*COMMAND, "sandbox", "--payments", "7"],
        env=environment(),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        url = re.findall(r"http://\S+", process.stdout.readline())[0]
        done = in_pipe(
            "list", "--all", "--base-url", url, env={"STRIPE_API_KEY": "sk_test_sandbox"}
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert len(done.out.splitlines()) == 7
