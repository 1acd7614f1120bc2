"""Each exit code, and that it is documented."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from stripe_invoice_payments.cli.exits import MEANINGS, Exit
from stripe_invoice_payments.cli.program import COMMANDS, make_parser
from tests.cli.running import COMMAND, environment, in_pipe

PAGE = Path(__file__).parents[2] / "docs" / "use" / "command-line.md"


def test_the_help_and_the_page_have_every_code_and_every_command(alone):
    shown = " ".join(alone("--help").out.split())
    page = PAGE.read_text("utf-8")
    assert {*MEANINGS} == {*Exit}
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in shown
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {*Exit}
    for name in COMMANDS:
        assert f"`inpay {name}" in page
        assert f" {name} " in shown


def test_the_page_has_every_option():
    page = PAGE.read_text("utf-8")
    named = set(re.findall(r"--[a-z-]+", make_parser().format_help()))
    of_examples = {"--help", "--version", "--account", "--api-version"}
    assert named - of_examples <= set(re.findall(r"--[a-z-]+", page))


def test_help_of_every_command(alone):
    for name in COMMANDS:
        done = alone(name, "--help")
        assert done.code == 0
        assert "usage: " in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("lst",),
        ("list", "--allx"),
        ("--sand", "list"),
        ("--sandbox", "sandbox"),
        ("--base-url", "http://127.0.0.1:9", "sandbox"),
        ("--sandbox", "sync", "x.duckdb", "--every", "0s"),
        ("--sandbox", "sync", "x.duckdb", "--every", "15"),
        ("--sandbox", "sync", "x.duckdb", "--every", "366d"),
        ("--sandbox", "sync", "x.duckdb", "--every", f"{'9' * 400}s"),
    ],
)
def test_usage(alone, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it was accepted"))
    assert alone(*arguments).code == 2


def test_a_sandbox_that_cannot_listen(alone, stripe_sandbox):
    done = alone("sandbox", "--port", stripe_sandbox.base_url.rpartition(":")[2])
    assert done.code == 2
    assert "Cannot listen" in done.err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("lst",), "did you mean 'list'?"),
        (("--sandbox", "reconcil", "2025"), "did you mean 'reconcile'?"),
        (("webhook", "listn"), "did you mean 'listen'?"),
        (("list", "--format", "jason"), "did you mean 'json'?"),
        (("list", "--allx"), "see inpay --help"),
        (("reconcile", "march"), "2025-03"),
    ],
)
def test_advice(alone, arguments, advice):
    done = alone("--sandbox", *arguments)
    assert done.code == 2
    assert advice in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("list", "--base-url", "nonsense"), "--base-url must be "),
        (("list", "--payment", "in_1"), "--payment must be "),
        (("export", "2025", "-o", "x.foo"), "--output must end in "),
        (("verify", "x.csv"), "TARGET: x.csv does not exist"),
        (("sync", "x.csv"), "TARGET must end in .duckdb"),
        (("--sandbox", "reconcile", "2025", "/"), "TARGET must not be "),
    ],
)
def test_messages_name_the_options_and_not_the_arguments_of_the_library(
    alone, arguments, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_1")
    done = alone(*arguments)
    assert done.code == 2
    assert done.err.startswith(f"inpay: {message}")


def test_the_help_of_the_sandbox_names_the_command(alone):
    assert alone("sandbox", "--help").out.startswith("usage: inpay sandbox ")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("api_key_expired", Exit.KEY),
        ("permission_denied", Exit.KEY),
        ("server_error_no_retry", Exit.UNAVAILABLE),
        ("rate_limit", Exit.UNAVAILABLE),
        ("proxy_200", Exit.UNAVAILABLE),
        ("cut_json", Exit.UNAVAILABLE),
        ("redirect", Exit.UNAVAILABLE),
    ],
)
@pytest.mark.parametrize("command", ["list", "find", "invoice", "doctor"])
def test_errors_of_the_api(inpay, stripe_sandbox, fault, code, command):
    payment = stripe_sandbox.client().invoice_payments.list(limit=1).data[0]
    stripe_sandbox.add_fault(fault)
    arguments = {"find": [payment.id], "invoice": [payment.invoice_id]}
    done = inpay(command, *arguments.get(command, []))
    assert done.code == code
    assert "Traceback" not in done.err
    assert done.err.startswith("inpay: ") or command == "doctor"


CONTINUING = [("export", "2025", "-o", "p.csv"), ("sync", "p.duckdb")]
STARTING_AGAIN = [("verify", "done.csv"), ("list", "--all")]


@pytest.fixture
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_a_folder")
@pytest.mark.parametrize("skip", [0, 1])
@pytest.mark.parametrize("command", [*CONTINUING, *STARTING_AGAIN], ids=lambda each: each[0])
def test_a_failure_has_one_code_wherever_it_happens(inpay, stripe_sandbox, command, skip):
    assert inpay("export", "2025", "-o", "done.csv").code == Exit.OK
    stripe_sandbox.add_fault("server_error_no_retry", skip=skip)
    done = inpay(*command)
    assert done.code == (Exit.STOPPED if command in CONTINUING else Exit.UNAVAILABLE)
    assert ("repeat the same command to continue" in done.err) is (command in CONTINUING)
    stripe_sandbox.clear_faults()
    assert inpay(*command).code == Exit.OK


@pytest.mark.parametrize(
    ("fault", "repeats", "code"),
    [("server_error_no_retry", True, 0), ("api_key_expired", False, Exit.KEY)],
)
def test_the_loop_on_the_page_repeats_what_continues(
    stripe_sandbox, tmp_path, fault, repeats, code
):
    page = PAGE.read_text("utf-8")
    (loop,) = re.findall(r"^```sh\n(until .*?)```$", page, re.MULTILINE | re.DOTALL)
    program = f"{shlex.join(COMMAND)} --base-url {stripe_sandbox.base_url}"
    for old, new in {"inpay": program, "sleep 600": "echo repeated"}.items():
        assert loop.count(old) == 1
        loop = loop.replace(old, new)
    stripe_sandbox.add_fault(fault, times=1)
    done = subprocess.run(
        ["/bin/sh", "-c", loop],
        env=environment({"STRIPE_API_KEY": stripe_sandbox.api_key}),
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert ("repeated\n" in done.stdout) is repeats


def test_nothing_listens(alone, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_sandbox")
    done = alone("list", "--base-url", "http://127.0.0.1:9")
    assert done.code == Exit.UNAVAILABLE


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "http://example.com", "nonsense", "http://127.0.0.1:99999"]
)
def test_a_wrong_address(alone, monkeypatch, url):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_of_an_account")
    done = alone("list", "--base-url", url)
    assert done.code == Exit.USAGE
    assert done.err.startswith("inpay: --base-url")


def test_a_bug_has_its_traceback(tmp_path):
    # A module that fails to import stands for any bug.
    (tmp_path / "zoneinfo.py").write_text("raise RuntimeError('a bug')")
    done = in_pipe("list", "--sandbox", "--tz", "Europe/Berlin", env={"PYTHONPATH": str(tmp_path)})
    assert done.code == Exit.BUG
    assert "Traceback" in done.err
    assert "a bug" in done.err


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="only Linux has it")
@pytest.mark.parametrize(
    ("streams", "code"),
    [
        ("> /dev/full", Exit.USAGE),
        ("2> /dev/full", Exit.NOT_FOUND),
        (">&-", Exit.NOT_FOUND),
        ("2>&-", Exit.NOT_FOUND),
        ("<&- >&- 2>&-", Exit.NOT_FOUND),
    ],
)
def test_streams_that_cannot_be_used(streams, code, stripe_sandbox, payments):
    """One id is found, one is missing: data for stdout, and a message for stderr."""
    arguments = ("--base-url", stripe_sandbox.base_url, "find", payments[0].id, "pi_missing", "-")
    done = subprocess.run(
        ["/bin/sh", "-c", f"{shlex.join([*COMMAND, *arguments])} {streams}"],
        env=environment({"STRIPE_API_KEY": stripe_sandbox.api_key}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_every_command(alone, shell):
    done = alone("--print-completion", shell)
    assert done.code == 0
    for name in COMMANDS:
        assert name in done.out
    assert "--progress" in done.out


def test_completion_in_bash(alone, tmp_path):
    bash = shutil.which("bash")
    assert bash is not None
    script = tmp_path / "completion.sh"
    script.write_text(
        f"{alone('--print-completion', 'bash').out}\n"
        "COMP_WORDS=(inpay exp); COMP_CWORD=1; _shtab_inpay; echo ${COMPREPLY[@]}\n"
    )
    done = subprocess.run([bash, script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "export\n"
