"""Fixtures for pytest, found by it wherever this package is installed.

    def test_mine(stripe_sandbox):
        client = stripe_sandbox.client()
        assert client.invoice_payments.list(limit=3).has_more

The sandbox needs the extra `sandbox`. Nothing of it is loaded unless a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox


@pytest.fixture(scope="session")
def stripe_sandbox_options() -> dict[str, Any]:
    """The options of the sandbox, as `Sandbox` takes them. Override this fixture to set some."""
    return {}


@pytest.fixture(scope="session")
def stripe_sandbox_server(stripe_sandbox_options: dict[str, Any]) -> Iterator[Sandbox]:
    """One running sandbox for the whole session; tests ask for `stripe_sandbox` instead."""
    try:
        from .sandbox import Sandbox
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    with Sandbox(**stripe_sandbox_options) as sandbox:
        yield sandbox


@pytest.fixture
def stripe_sandbox(stripe_sandbox_server: Sandbox) -> Iterator[Sandbox]:
    """A running server that behaves like Stripe, as it was at the start of the session.

    `client()` and `async_client()` make clients of it, `base_url` and `api_key` configure others.
    What a test changes or sets is undone after it, and what `client()` made is closed.
    """
    stripe_sandbox_server.reset()
    yield stripe_sandbox_server
    stripe_sandbox_server.close_clients()
    stripe_sandbox_server.reset()
