import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from stripe_invoice_payments.sandbox import Sandbox

# Reading the certificates, which plain HTTP has no use for, takes longer than most of the tests.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(scope="session")
def connect() -> Callable[[str, str], httpx.Client]:
    """A new client of some sandbox: takes its base URL and a key."""

    def connect(base_url: str, api_key: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        return httpx.Client(base_url=base_url, headers=headers, verify=NO_CERTIFICATES)

    return connect


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One running sandbox for all tests that only read."""
    with Sandbox(payments=250) as running:
        yield running


@pytest.fixture(scope="session")
def http(sandbox: Sandbox, connect) -> Iterator[httpx.Client]:
    """A client of that sandbox, with its key."""
    with connect(sandbox.base_url, sandbox.api_key) as client:
        yield client


@pytest.fixture(scope="session")
def payments(http: httpx.Client) -> list[dict[str, Any]]:
    """Every payment of that sandbox, newest first."""
    collected: list[dict[str, Any]] = []
    params: dict[str, str] = {"limit": "100"}
    while True:
        page = http.get("/v1/invoice_payments", params=params).json()
        collected += page["data"]
        if not page["has_more"]:
            return collected
        params["starting_after"] = page["data"][-1]["id"]


@pytest.fixture
def ask(stripe_sandbox: Sandbox, connect) -> Iterator[httpx.Client]:
    """A client, with its key, of a sandbox that the test may change."""
    with connect(stripe_sandbox.base_url, stripe_sandbox.api_key) as client:
        yield client
