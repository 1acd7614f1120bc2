"""A sandbox, a target, and both clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments.export.targets import Target
from stripe_invoice_payments.sandbox import Sandbox
from tests.sync.mirrors import Syncer


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(payments=250, seed=5) as running:
        yield running


@pytest.fixture(params=["Client", "AsyncClient"])
async def syncer(request: Any, server: Sandbox, monkeypatch: Any) -> AsyncIterator[Syncer]:
    monkeypatch.setattr(Target, "batch_size", 60)
    if request.param == "Client":
        with server.client(max_retries=0) as client:
            yield Syncer(client)
    else:
        async with server.async_client(max_retries=0) as async_client:
            yield Syncer(async_client)


@pytest.fixture
def blocking(server: Sandbox, monkeypatch: Any) -> Iterator[Syncer]:
    """Only `Client`, where the other one has nothing of its own to show."""
    monkeypatch.setattr(Target, "batch_size", 60)
    with server.client(max_retries=0) as client:
        yield Syncer(client)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "payments.duckdb"
