"""`python -m stripe_invoice_payments.sandbox`."""

import inspect
import re
import signal
import subprocess
import sys
import time

import pytest

from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sandbox.__main__ import main

COMMAND = [sys.executable, "-m", "stripe_invoice_payments.sandbox"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX sends them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_comes(connect, number):
    arguments = ["--port", "0", "--payments", "3", "--seed", "5", "--log-level", "info"]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            url = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
            key = next(word for word in line.split() if word.startswith("sk_test_"))
            with connect(url, key) as client:
                page = client.get("/v1/invoice_payments").json()
            assert len(page["data"]) == 3
            process.send_signal(number)
            rest, log = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode == 0
    assert rest == ""
    assert "GET /v1/invoice_payments" in log
    assert key not in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--payments", "-1"], "--payments: must be a whole number of at least 0, got '-1'"),
        (["--payments", "many"], "--payments: must be a whole number of at least 0, got 'many'"),
        (["--port", "65536"], "--port: must be at most 65535, got 65536"),
        (["--seed", "x"], "--seed"),
        (["--log-level", "loud"], "--log-level"),
        (["--latency", "-1"], "--latency: seconds must be from 0 to 3600, got '-1'"),
        (["--jitter", "x"], "--jitter: seconds must be from 0 to 3600, got 'x'"),
        (["--rate-limit", "0"], "--rate-limit: must be a number above 0, got '0'"),
        (
            ["--endpoint-rate-limit", "many"],
            "--endpoint-rate-limit: must be a number above 0, got 'many'",
        ),
        (["--fault", "nope"], "--fault: no such fault: 'nope'. Faults: rate_limit, "),
        (["--fault", "server_error:2"], "--fault: the share must be from 0 to 1, got '2'"),
        (["--fault", "server_error:x"], "--fault: could not convert string to float: 'x'"),
        (["--pay", "3"], "--pay"),
        (["--payments", "1000000001"], "payments must be from 0 to 1000000000, got 1000000001"),
        (["--accounts", "acct_1,acct 2"], "accounts must be ids such as acct_1, got 'acct 2'"),
        (["--accounts", "10001"], "accounts must be from 0 to 10000, got 10001"),
    ],
)
def test_bad_input_is_named(capsys, arguments, words):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_a_port_in_use_is_named(sandbox):
    port = sandbox.base_url.rpartition(":")[2]
    result = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}: " in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_help_says_what_there_is(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])

    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    options = set(re.findall(r"^  --([a-z-]+)", shown, re.MULTILINE))
    assert options == {
        *(name.replace("_", "-") for name in inspect.signature(Sandbox).parameters),
        *("fault", "log-level"),
    }
    for word in ("--fault ", "--log-level ", "acct_"):
        assert word in shown
    assert {"()", "[]", "None"}.isdisjoint(re.findall(r"\(default:\s+([^\s)]*\)?)\)", shown))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX sends them")
def test_faults_latency_and_limits(connect):
    arguments = ["--latency", "0.1", "--jitter", "0.01", "--rate-limit", "100"]
    arguments += ["--endpoint-rate-limit", "2", "--fault", "lock_timeout:0", "--fault", "proxy_520"]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            url = next(word for word in words if word.startswith("http://127.0.0.1:"))
            with connect(url, words[-1]) as client:
                started = time.perf_counter()
                assert client.get("/v1/invoice_payments").status_code == 520
                assert time.perf_counter() - started >= 0.09
                client.post("/_sandbox/clear_faults")
                statuses = [client.get("/v1/invoice_payments").status_code for _ in range(3)]
            assert 429 in statuses
        finally:
            process.terminate()


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_extra_the_error_names_it(missing):
    code = f"import sys; sys.modules[{missing!r}] = None; import stripe_invoice_payments.sandbox"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert result.returncode == 1
    assert "with its extra `sandbox`" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX sends them")
def test_in_a_container(connect):
    arguments = ["--host", "0.0.0.0", "--accounts", "2", "--allowed-hosts", "stripe.internal"]  # noqa: S104 - what is tested
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first, second = process.stdout.readline(), process.stdout.readline()
            url = next(word for word in first.split() if word.startswith("http://127.0.0.1:"))
            port = url.rpartition(":")[2]
            assert f"From another container or machine: http://NAME:{port}, " in second
            with connect(url, first.split()[-1]) as client:
                for host in ("sandbox", "stripe.internal", f"sandbox:{port}"):
                    headers = {"Host": host, "Stripe-Context": "acct_1SandboxConnected2"}
                    assert client.get("/v1/invoice_payments", headers=headers).status_code == 200
        finally:
            process.terminate()
