"""`inpay webhook`: an endpoint, and what verifies and signs."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import socket
import struct
import subprocess
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from stripe_invoice_payments import Webhook
from tests.cli.running import COMMAND, environment

SECRET = "whsec_of_the_tests"


@pytest.fixture
def webhook(stripe_sandbox):
    payment = stripe_sandbox.client().invoice_payments.list(status="paid", limit=1).data[0]
    return stripe_sandbox.invoice_payment_paid_webhook(payment.id, secret=SECRET)


@pytest.fixture
def body(webhook, tmp_path):
    path = tmp_path / "body.json"
    path.write_bytes(webhook.body)
    return str(path)


def test_verify(alone, webhook, body, monkeypatch):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    done = alone("webhook", "verify", body, "--signature", webhook.headers["Stripe-Signature"])
    assert done.code == 0
    row, event = json.loads(done.out), json.loads(webhook.body)
    assert row["type"] == "invoice_payment.paid"
    assert row["id"] == event["id"]
    assert row["object"] == event["data"]["object"]["id"]


def test_verify_refuses_another_secret(alone, webhook, body, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("whsec_another")
    secret.chmod(0o600)
    signature = webhook.headers["Stripe-Signature"]
    done = alone("webhook", "verify", body, "--signature", signature, "--secret-file", str(secret))
    assert done.code == 7
    assert "no signature" in done.err
    assert "whsec_another" not in done.err


def test_verify_an_old_one(alone, webhook, body, monkeypatch):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    old = Webhook.generate_test_header(webhook.body, SECRET, timestamp=1_700_000_000)
    assert alone("webhook", "verify", body, "--signature", old).code == 7
    assert alone("webhook", "verify", body, "--signature", old, "--any-age").code == 0


def test_sign(alone, webhook, monkeypatch):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(webhook.body)))
    done = alone("webhook", "sign", "-")
    assert Webhook.construct_event(webhook.body, done.out.strip(), SECRET).id


@pytest.mark.parametrize("created", [None, "x", 1.5, 10**18, 253_402_300_799])
def test_an_event_with_another_time(alone, webhook, body, monkeypatch, created):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    content = json.dumps({**json.loads(webhook.body), "created": created}).encode()
    Path(body).write_bytes(content)
    signature = Webhook.generate_test_header(content, SECRET)
    done = alone("webhook", "verify", body, "--signature", signature, "--tz", "Asia/Tokyo")
    assert done.code == 0
    wanted = "9999-12-31T23:59:59Z" if created == 253_402_300_799 else None
    assert json.loads(done.out)["created"] == wanted


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_does_not_exist(alone, monkeypatch, port):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    assert alone("webhook", "listen", "--count", "0", "--port", port).code == 2


def test_without_a_secret(alone, body):
    done = alone("webhook", "sign", body)
    assert done.code == 4
    assert "STRIPE_WEBHOOK_SECRET" in done.err


def test_a_body_that_is_not_there(alone, monkeypatch):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    done = alone("webhook", "sign", "nowhere.json")
    assert done.code == 2
    assert "nowhere.json: No such file" in done.err


@contextmanager
def listening(*arguments: str):
    """`inpay webhook listen` as a process, and its port."""
    command = [*COMMAND, "webhook", "listen", "--port", "0", *arguments]
    with subprocess.Popen(
        command,
        env=environment({"STRIPE_WEBHOOK_SECRET": SECRET}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stderr is not None
        try:
            yield process, int(process.stderr.readline().rpartition(":")[2])
        finally:
            process.kill()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_command_on_the_page_posts_an_event(webhook, tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "use" / "command-line.md").read_text("utf-8")
    (line,) = re.findall(r"^\$ (curl .*4242)$", page, re.MULTILINE)
    # A line break at the end, as editors add it, which must be posted as well.
    (tmp_path / "event.json").write_bytes(webhook.body + b"\n")
    with listening("--count", "1") as (process, port):
        subprocess.run(
            [
                "/bin/sh",
                "-c",
                line.replace("inpay", shlex.join(COMMAND)).replace("4242", str(port)),
            ],
            env=environment({"STRIPE_WEBHOOK_SECRET": SECRET}),
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
        out, _ = process.communicate()
    assert json.loads(out)["id"] == json.loads(webhook.body)["id"]


def post(port: int, content: bytes, signature: str | None) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {} if signature is None else {"Stripe-Signature": signature}
    connection.request("POST", "/anything", content, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_listen(webhook):
    signature = webhook.headers["Stripe-Signature"]
    with listening("--count", "2") as (process, port):
        assert post(port, webhook.body, None) == 400
        assert post(port, webhook.body + b" ", signature) == 400
        assert post(port, b"not JSON", Webhook.generate_test_header(b"not JSON", SECRET)) == 400
        assert post(port, webhook.body, signature) == 200
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())  # at once, not at the end
        assert first["type"] == "invoice_payment.paid"
        assert post(port, webhook.body, signature) == 200
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert json.loads(out) == first
    assert err.count("refused: ") == 3
    assert SECRET not in out + err


def test_listen_goes_on_after_a_connection_that_breaks(webhook):
    with listening("--count", "1") as (process, port):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
            reset = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        assert process.stderr is not None
        assert process.stderr.readline().startswith("disconnected: ")
        assert post(port, webhook.body, webhook.headers["Stripe-Signature"]) == 200
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in err


def test_a_slow_client_keeps_no_other_waiting(webhook):
    with listening("--count", "1") as (process, port):
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
            started = time.monotonic()
            assert post(port, webhook.body, webhook.headers["Stripe-Signature"]) == 200
            process.communicate(timeout=20)
            assert time.monotonic() - started < 8  # it is disconnected after 10
    assert process.returncode == 0


def test_a_port_in_use(webhook):
    with listening() as (_, port):
        done = subprocess.run(
            [*COMMAND, "webhook", "listen", "--port", str(port)],
            env=environment({"STRIPE_WEBHOOK_SECRET": SECRET}),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 2
    assert f"port {port} of this machine is in use; --port selects another one" in done.stderr
