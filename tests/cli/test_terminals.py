"""Real processes: what people see on a terminal, in a pipe, and when they stop it.

`UPDATE_SCREENS=1` writes the screens again, to be reviewed in the difference.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from stripe_invoice_payments.sandbox import Sandbox
from tests.cli.running import COMMAND, environment, in_pipe, in_terminal

SCREENS = Path(__file__).parent / "screens"
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    with Sandbox() as sandbox, sandbox.client() as client:
        payments = client.invoice_payments.list(limit=100).data
        of_intent = next(p for p in payments if p.payment.type == "payment_intent")
        invoices = [payment.invoice_id for payment in payments]
        several = next(each for each in invoices if invoices.count(each) > 1)
    assert of_intent.payment.id is not None
    return {"PAYMENT": of_intent.payment.id, "INVOICE": several}


COMMANDS = {
    "list": ("list", "--limit", "8"),
    "list_fields": ("list", "--limit", "2", "--fields", "id,invoice,paid_by,created"),
    "find": ("find", "PAYMENT"),
    "invoice": ("invoice", "INVOICE"),
    "reconcile": ("reconcile", "2025-01-01"),
}


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", COMMANDS)
def test_screens(ids, name, columns):
    arguments = [ids.get(each, each) for each in COMMANDS[name]]
    done = in_terminal("--sandbox", *arguments, columns=columns)
    assert done.code == 0
    shown = ESCAPE.sub("", done.out)
    path = SCREENS / f"{name}_{columns}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(f"{shown}--- stderr\n{done.err}", "utf-8")
    assert f"{shown}--- stderr\n{done.err}" == path.read_text("utf-8")
    assert max(len(line) for line in shown.splitlines()) <= columns


@pytest.mark.parametrize("columns", [20, 40, 60])
def test_ids_are_whole_on_any_terminal(columns):
    done = in_terminal("--sandbox", "list", "--limit", "20", columns=columns)
    lines = in_pipe("--sandbox", "list", "--limit", "20").out.splitlines()
    wanted = [json.loads(line)["id"] for line in lines]
    assert re.findall(r"inpay_\w+", done.out) == wanted


def test_in_a_pipe_there_are_lines_of_json():
    done = in_pipe("--sandbox", "list", "--limit", "3")
    assert len([json.loads(line) for line in done.out.splitlines()]) == 3


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
def test_colors(env, has_colors):
    done = in_terminal("--sandbox", "list", "--limit", "1", env=env)
    assert ("\x1b[1m" in done.out) is has_colors


def test_every_command_on_a_terminal(tmp_path, ids):
    for command in (
        ("export", "2025", "-o", "p.csv"),
        ("verify", "p.csv"),
        ("sync", "p.duckdb"),
        ("sync", "p.duckdb", "--verify"),
        ("reconcile", "2025", "p.duckdb"),
        ("doctor",),
    ):
        done = in_terminal("--sandbox", *command, cwd=tmp_path, all_of_it=True)
        assert done.code == 0, done.out
        assert "{" not in ESCAPE.sub("", done.out), command
        assert "Traceback" not in done.out


def test_a_closed_pipe_is_no_error():
    with subprocess.Popen(
        [*COMMAND, "--sandbox", "--sandbox-payments", "5000", "list", "--all"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("list", "--all"), "interrupted"),
        (("export", "2025", "-o", "p.csv"), "repeat the same command to continue"),
        (("sync", "p.duckdb"), "repeat the same command to continue"),
    ],
)
def test_ctrl_c(command, hint, tmp_path):
    # Slow enough that it is always at work when it is interrupted.
    with Sandbox(payments=20_000, latency=0.2) as sandbox:
        with subprocess.Popen(
            [*COMMAND, *command, "--base-url", sandbox.base_url],
            env=environment({"STRIPE_API_KEY": sandbox.api_key}),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            while sandbox.traffic().total < 3:
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert hint in err
    assert "Traceback" not in err


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
