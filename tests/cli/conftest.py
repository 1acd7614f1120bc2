"""`inpay` in this process, connected to the sandbox of the tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator

import pytest

from stripe_invoice_payments import InvoicePayment
from stripe_invoice_payments.cli.program import main
from stripe_invoice_payments.sandbox import Sandbox
from tests.cli.running import FOREIGN, Done, Screen

Inpay = Callable[..., Done]


@pytest.fixture(scope="session", autouse=True)
def _processes_keep_their_bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Even where it is not to be kept: to compile everything takes longer than all that they do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        yield


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")


@pytest.fixture
def alone(capsys: pytest.CaptureFixture[str]) -> Inpay:
    """Runs `inpay` with these arguments, and nothing else; with `columns`, on a terminal."""

    def run(*arguments: str, columns: int | None = None) -> Done:
        screen = None if columns is None else Screen(columns)
        try:
            code = main(arguments) if screen is None else _shown_on(screen, arguments)
        except SystemExit as end:  # as argparse ends
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Done(code, captured.out if screen is None else screen.shown, captured.err)

    return run


def _shown_on(screen: Screen, arguments: tuple[str, ...]) -> int:
    try:
        with pytest.MonkeyPatch.context() as patch, os.fdopen(screen.side, "w") as stdout:
            patch.setattr("sys.stdout", stdout)
            return main(arguments)
    finally:
        screen.close()


@pytest.fixture
def inpay(alone: Inpay, stripe_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Inpay:
    """Runs `inpay` with a key of the sandbox."""
    monkeypatch.setenv("STRIPE_API_KEY", stripe_sandbox.api_key)

    def run(*arguments: str, columns: int | None = None) -> Done:
        return alone("--base-url", stripe_sandbox.base_url, *arguments, columns=columns)

    return run


@pytest.fixture(scope="session")
def payments(stripe_sandbox_server: Sandbox) -> Generator[list[InvoicePayment], None, None]:
    """The payments of the sandbox, newest first, as every test finds them."""
    stripe_sandbox_server.reset()
    with stripe_sandbox_server.client() as client:
        yield list(client.invoice_payments.list(limit=100).auto_paging_iter())


@pytest.fixture(scope="session")
def slow() -> Iterator[Sandbox]:
    """A server so slow that who reads from it is always at work when it is interrupted."""
    with Sandbox(payments=3000, latency=0.5) as sandbox:
        yield sandbox
