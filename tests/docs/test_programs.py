"""What programs on pages are said to print is what they print, and the tests on pages pass."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.client.helpers import listed
from tests.client.test_connection_errors import CERTIFICATE
from tests.client.wire import WireServer, answering
from tests.docs.programs import DOCS, printed, programs
from tests.docs.test_site import PYTHON, needs_builders

ROOT = Path(__file__).parents[2]
PROGRAMS = list(programs())
ERRORS = (DOCS / "configure" / "errors.md").read_text("utf-8")


def blocks(page: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    found: list[str] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found


def test_there_are_such_programs():
    assert {"index.md", "find.md", "errors.md"} <= {page.name for page, _, _ in PROGRAMS}


@pytest.mark.parametrize(
    ("page", "code", "output"),
    PROGRAMS,
    ids=[f"{page.stem}-{i}" for i, (page, _, _) in enumerate(PROGRAMS)],
)
def test_a_program_prints_what_its_page_says(page, code, output):
    assert printed(code, page) == output


TESTS = [
    (code, name)
    for code in blocks("use/tests.md")
    for name in re.findall(r"^def (test_\w+)", code, re.MULTILINE)
]


@pytest.mark.parametrize(("code", "name"), TESTS, ids=[name for _, name in TESTS])
def test_a_test_of_a_page_passes(code, name, stripe_sandbox):
    given: dict[str, object] = {}
    exec(compile(code, "tests.md", "exec"), given)  # noqa: S102 - our own page
    test = given[name]
    assert callable(test)
    test(stripe_sandbox)


# What each framework's own test client says; run where the frameworks are.
POST = {
    "flask": """
def post(body, header):
    return app.test_client().post("/webhooks", data=body, headers=header).status_code
""",
    "fastapi": """
from fastapi.testclient import TestClient
def post(body, header):
    return TestClient(app).post("/webhooks", content=body, headers=header).status_code
""",
    "django": """
import django, sys
from django.conf import settings
settings.configure(ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"], SECRET_KEY="-")
django.setup()
from django.test import Client
def post(body, header):
    client = Client(enforce_csrf_checks=True)
    kind = "application/json"
    return client.post("/webhooks", body, content_type=kind, headers=header).status_code
""",
}


@needs_builders
@pytest.mark.parametrize("framework", POST)
def test_an_endpoint_accepts_what_stripe_signs_and_nothing_else(framework, stripe_sandbox):
    (code,) = (block for block in blocks("use/webhooks.md") if f"from {framework}" in block)
    payment = stripe_sandbox.create_invoice_payment(status="paid")
    webhook = stripe_sandbox.invoice_payment_paid_webhook(payment.id, secret="whsec_...")
    header = {"Stripe-Signature": webhook.headers["Stripe-Signature"]}
    bodies = [(webhook.body, header), (webhook.body + b" ", header), (b"", {})]
    calls = f"print(*[post(body, header) for body, header in {bodies!r}])"
    done = subprocess.run(
        [PYTHON, "-c", f"{code}\n{POST[framework]}\n{calls}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'custom'}{os.pathsep}{ROOT / 'generated'}"},
    )
    assert done.stdout.split("\n")[-2:] == ["200 400 400", ""], done.stderr
    assert payment.invoice_id in done.stdout


def test_the_client_on_the_page_about_proxies_trusts_the_authority_of_the_company(
    tmp_path, monkeypatch, capsys
):
    (code,) = (block for block in blocks("configure/proxies.md") if "company-ca.pem" in block)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    shutil.copyfile(CERTIFICATE, tmp_path / "company-ca.pem")
    monkeypatch.chdir(tmp_path)
    with WireServer(answering(listed(1)), tls=context) as server:
        url = server.url.replace("http://127.0.0.1", "https://localhost")
        changes = {
            'proxy="http://proxy.example:3128", ': "",
            "Client(http_client=http)": f"Client('sk_test_1', base_url={url!r}, http_client=http)",
        }
        for old, new in changes.items():
            assert code.count(old) == 1
            code = code.replace(old, new)
        exec(compile(code, "configure/proxies.md", "exec"), {})  # noqa: S102 - our own page
    assert "Page of 1" in capsys.readouterr().out


def test_the_table_of_errors_has_every_class():
    import stripe_invoice_payments as sip

    classes = {
        name
        for name in dir(sip)
        if isinstance(value := getattr(sip, name), type)
        and issubclass(value, sip.StripeError)
        and value is not sip.StripeError
    }
    rows = re.findall(r"^\| `(\w+)` \|", ERRORS, re.MULTILINE)
    assert set(rows) == classes


FAULTS = {
    "api_key_expired": "AuthenticationError",
    "account_revoked": "PermissionError",
    "permission_denied": "PermissionError",
    "rate_limit": "RateLimitError",
    "rate_limit_400": "RateLimitError",
    "lock_timeout_429": "RateLimitError",
    "lock_timeout": "APIError",
    "idempotency_error": "IdempotencyError",
    "idempotency_conflict": "IdempotencyError",
    "card_error": "CardError",
    "server_error": "APIError",
    "connection_closed": "APIConnectionError",
    "cut_json": "UnexpectedResponseError",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_table_of_errors_is_true(fault, stripe_sandbox):
    import stripe_invoice_payments as sip

    stripe_sandbox.add_fault(fault)
    with pytest.raises(sip.StripeError) as caught:
        stripe_sandbox.client(max_retries=0).invoice_payments.list()
    assert type(caught.value).__name__ == FAULTS[fault]
    statuses = " ".join(re.findall(rf"^\| `{FAULTS[fault]}` \| ([^|]*) \|", ERRORS, re.MULTILINE))
    if (status := caught.value.http_status) not in (None, 200):
        assert str(status) in statuses or (status >= 500 and "5xx" in statuses)
