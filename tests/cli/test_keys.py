"""Where the key may be from, and that nothing shows it."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from stripe_invoice_payments.sandbox import Sandbox
from tests.cli.running import at_work, in_terminal

KEY = "sk_test_51Abcdefghijklmnopqrstuvwxyz0123456789"


def private_file(path: Path, text: str, mode: int = 0o600) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--api-key", KEY),
        ("list", f"--api-key={KEY}"),
        ("list", "--apikey", "hidden"),
        ("--key=hidden", "list"),
        ("find", KEY),
        ("list", "--base-url", f"https://{KEY}@api.stripe.com"),
        ("list", "--api-key-command", f"echo {KEY}"),
        ("find", "rk_live_abcdef"),
        ("find", "sk_org_live_abcdef"),
        ("webhook", "listen", "--secret", "hidden"),
        ("webhook", "sign", "whsec_abc"),
        ("sandbox", "--port", KEY),
    ],
)
def test_a_secret_in_the_arguments_is_refused_and_not_repeated(alone, arguments):
    done = alone(*arguments)
    assert done.code == 2
    assert "a secret must not be in the arguments" in done.err
    assert "STRIPE_API_KEY" in done.err
    for secret in (KEY, "hidden", "abcdef", "whsec_abc"):
        assert secret not in done.err + done.out


def test_a_secret_among_the_ids_of_stdin_is_not_repeated(alone, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    done = alone("--sandbox", "find", "-")
    assert done.code == 3
    assert "sk_test_***" in done.err
    assert KEY not in done.err


def test_arguments_that_look_similar_are_none(alone):
    done = alone("--sandbox", "find", "in_desk_test_1", "pi_task_live_1")
    assert done.code == 3


def test_the_environment(inpay):
    assert inpay("list", "--limit", "1").code == 0


def test_a_private_file(alone, stripe_sandbox, tmp_path, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_of_the_environment")
    path = private_file(tmp_path / "key", f"{stripe_sandbox.api_key}\n")
    done = alone("list", "--api-key-file", path, "--base-url", stripe_sandbox.base_url)
    assert done.code == 0


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_that_others_can_use_is_refused(alone, tmp_path, mode):
    done = alone("list", "--api-key-file", private_file(tmp_path / "key", KEY, mode))
    assert done.code == 4
    assert f"its mode is {mode:04o}" in done.err
    assert KEY not in done.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"sk_test_two\nlines", b""])
def test_a_file_without_a_key(alone, tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    done = alone("list", "--api-key-file", str(path))
    assert done.code == 4
    assert "Traceback" not in done.err
    assert "api_key=" not in done.err  # as the library says it


@pytest.mark.parametrize("content", ["\ufeff{}", "{}\r\n", " {}\n\n"])
def test_a_file_as_editors_write_it(alone, stripe_sandbox, tmp_path, content, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    private_file(tmp_path / "key", content.format(stripe_sandbox.api_key))
    done = alone("list", "--api-key-file", "~/key", "--base-url", stripe_sandbox.base_url)
    assert done.code == 0


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("whsec_abcdefgh", "signing secret of a webhook endpoint"),
        ("sk_live_abcdefgh", "if it is a live key, add --live"),
        ("STRIPE_API_KEY=sk_test_abcdefgh", "does not begin with sk_test_"),
        ("sk_test_abcdefgh sk_test_abcdefgh", "a space, a line break"),
        ("pk_test_abcdefgh", "publishable key"),
    ],
)
def test_what_is_no_test_key(alone, monkeypatch, key, problem):
    monkeypatch.setenv("STRIPE_API_KEY", key)
    done = alone("list", "--base-url", "http://127.0.0.1:9")
    assert done.code == 4
    assert problem in done.err
    assert "abcdefgh" not in done.err


def test_a_signing_secret_is_never_sent_as_a_key(alone, stripe_sandbox, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "whsec_abcdefgh")
    assert alone("list", "--live", "--base-url", stripe_sandbox.base_url).code == 4
    assert stripe_sandbox.traffic().total == 0


def test_a_command(alone, stripe_sandbox, tmp_path):
    script = tmp_path / "print_key.py"
    script.write_text(f"print({stripe_sandbox.api_key!r})")
    command = f"'{sys.executable}' '{script}'"
    done = alone("list", "--api-key-command", command, "--base-url", stripe_sandbox.base_url)
    assert done.code == 0


def test_a_command_gets_no_key_of_the_environment(alone, tmp_path, monkeypatch):
    given = tmp_path / "environment"
    script = tmp_path / "print_key.py"
    script.write_text(
        "import os, pathlib, sys\n"
        f"pathlib.Path({str(given)!r}).write_text(repr(dict(os.environ)) + repr(sys.argv))\n"
        "print('sk_test_of_the_command')"
    )
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_hidden")
    monkeypatch.setenv("OLD_KEYS", f"a=rk_live_hidden b={KEY}")
    monkeypatch.setenv("OP_SERVICE_ACCOUNT_TOKEN", "what the command needs")
    command = f"'{sys.executable}' '{script}'"
    done = alone("list", "--api-key-command", command, "--base-url", "http://127.0.0.1:9")
    assert done.code == 5
    environment = given.read_text()
    assert "what the command needs" in environment
    assert "PATH" in environment
    assert KEY not in environment
    assert "hidden" not in environment


@pytest.mark.parametrize(
    "command", ["", "'", "no-such-command-here", f"{sys.executable} -c exit(3)"]
)
def test_a_command_that_fails(alone, command):
    done = alone("list", "--api-key-command", command)
    assert done.code == 4
    assert "--api-key-command" in done.err


def test_live_data_must_be_asked_for(alone, stripe_sandbox, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", stripe_sandbox.live_api_key)
    at = ("--base-url", stripe_sandbox.base_url)
    refused = alone("list", *at)
    assert refused.code == 4
    assert "--live" in refused.err
    assert stripe_sandbox.traffic().total == 0
    done = alone("list", "--live", "--limit", "1", *at)
    assert json.loads(done.out)["livemode"] is True
    monkeypatch.setenv("STRIPE_API_KEY", stripe_sandbox.api_key)
    assert alone("list", "--live", *at).code == 4
    assert alone("list", "--sandbox", "--live").code == 2


def test_without_a_key_it_says_what_to_do(alone):
    done = alone("list")
    assert done.code == 4
    assert "STRIPE_API_KEY" in done.err
    assert "--sandbox" in done.err


COMMANDS = [
    ("list",),
    ("find", "pi_missing"),
    ("invoice", "in_missing"),
    ("export", "2025", "-o", "payments.csv"),
    ("sync", "payments.duckdb"),
    ("reconcile", "2025"),
    ("doctor",),
    ("list", "--format", "table", "--nothing"),
    ("list", "--status", "late"),
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    path = tmp_path / "home"
    path.mkdir()
    monkeypatch.chdir(path)
    monkeypatch.setenv("HOME", str(path))
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("is_in_file", [True, False])
def test_the_key_is_in_nothing_that_is_written(inpay, command, is_in_file, home, monkeypatch):
    """Stripe refuses this key, and shows it masked; nothing else may show it either."""
    # Plain http to this machine is allowed for any key.
    if is_in_file:
        path = private_file(home.parent / "key", KEY)
        done = inpay(*command, "--api-key-file", path)
    else:
        monkeypatch.setenv("STRIPE_API_KEY", KEY)
        done = inpay(*command)
    assert done.code in {2, 4}
    texts = [done.out, done.err, *(p.read_text("latin-1") for p in home.rglob("*") if p.is_file())]
    assert not any(KEY in text or KEY[:-4] in text for text in texts)


def test_the_key_is_not_on_a_terminal(stripe_sandbox):
    env = {"STRIPE_API_KEY": KEY}
    done = in_terminal("doctor", "--base-url", stripe_sandbox.base_url, env=env, all_of_it=True)
    assert done.code == 4
    assert f"ends in {KEY[-4:]}" in done.out
    assert KEY not in done.out
    assert KEY[-8:] not in done.out


def test_no_core_and_no_arguments_have_the_key(slow, home):
    """What others can see of a process at work, and what remains of it after a crash."""
    arguments = ("list", "--all", "--base-url", slow.base_url)
    env = {"STRIPE_API_KEY": slow.api_key, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    before = slow.traffic().total
    with at_work(*arguments, env=env, cwd=home) as (process, screen):
        while slow.traffic().total == before:
            assert process.poll() is None, screen.shown
        about = Path(f"/proc/{process.pid}")
        assert slow.api_key.encode() not in (about / "cmdline").read_bytes()
        limits = (about / "limits").read_text()
        assert re.search(r"Max core file size +0 ", limits)
        # It writes a core where that is allowed, like SIGQUIT, which background jobs ignore.
        process.send_signal(signal.SIGABRT)
        assert process.wait(30) == -signal.SIGABRT
    assert not [*home.iterdir()]
    assert slow.api_key not in screen.shown


def test_a_key_without_a_permission(alone, monkeypatch):
    with Sandbox() as sandbox:
        monkeypatch.setenv("STRIPE_API_KEY", sandbox.restricted_api_key)
        done = alone("list", "--base-url", sandbox.base_url)
    assert done.code == 4
