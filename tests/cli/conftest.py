"""`inpay` in this process, connected to the sandbox of the tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stripe_invoice_payments.cli.program import main
from stripe_invoice_payments.sandbox import Sandbox
from tests.cli.running import Done

Inpay = Callable[..., Done]


@pytest.fixture(autouse=True)
def _no_key_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    monkeypatch.delenv("STRIPE_WEBHOOK_SECRET", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")


@pytest.fixture
def alone(capsys: pytest.CaptureFixture[str]) -> Inpay:
    """Runs `inpay` with these arguments, and nothing else."""

    def run(*arguments: str) -> Done:
        try:
            code = main(arguments)
        except SystemExit as end:  # as argparse ends
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


@pytest.fixture
def inpay(alone: Inpay, stripe_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Inpay:
    """Runs `inpay` with a key of the sandbox."""
    monkeypatch.setenv("STRIPE_API_KEY", stripe_sandbox.api_key)

    def run(*arguments: str) -> Done:
        return alone("--base-url", stripe_sandbox.base_url, *arguments)

    return run
