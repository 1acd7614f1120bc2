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
    """The options of the sandbox, which are those of `Sandbox`. Override this to set some."""
    return {}


@pytest.fixture(scope="session")
def stripe_sandbox_server(stripe_sandbox_options: dict[str, Any]) -> Iterator[Sandbox]:
    """One running sandbox for the whole session; tests use `stripe_sandbox` instead."""
    try:
        from .sandbox import Sandbox
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    with Sandbox(**stripe_sandbox_options) as sandbox:
        yield sandbox


@pytest.fixture
def stripe_sandbox(stripe_sandbox_server: Sandbox) -> Iterator[Sandbox]:
    """A running server that behaves like Stripe, reset before each test.

    `client()` and `async_client()` return clients of it; other clients need its `base_url` and
    `api_key`. After a test, its changes are undone, and clients from `client()` are closed.
    """
    stripe_sandbox_server.reset()
    yield stripe_sandbox_server
    stripe_sandbox_server.close_clients()
    stripe_sandbox_server.reset()
