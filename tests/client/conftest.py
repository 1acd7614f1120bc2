from __future__ import annotations

import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from stripe_invoice_payments._config import defaults as _defaults

from .helpers import Answer, Api, AsyncApi, FakeApi, SyncApi


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=[SyncApi, AsyncApi], ids=["sync", "async"])
def api_class(request: pytest.FixtureRequest) -> Any:
    """Both clients, one after the other."""
    return request.param


@pytest.fixture
async def connect(api_class) -> AsyncIterator[Callable[..., Api]]:
    """A client of a scripted API: takes the handler, or the answers, and the client's options."""
    opened: list[Api] = []

    def connect(*answers: Answer, **options: Any) -> Api:
        is_handler = len(answers) == 1 and isinstance(answers[0], FakeApi)
        handler: Any = answers[0] if is_handler else FakeApi(*answers)
        opened.append(api_class(handler, **options))
        return opened[-1]

    yield connect
    for api in opened:
        await api.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once."""
    monkeypatch.setattr(_defaults, "INITIAL_RETRY_DELAY", 0.0)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing from outside: no key, and no proxy."""
    for name in (
        "STRIPE_API_KEY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Every thread that a test starts has ended with it; sockets report themselves, as errors."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive(), thread.name


@pytest.fixture(scope="module", autouse=True)
def no_socket_is_left() -> Iterator[None]:
    """What nobody refers to any more is found in the module that has forgotten it."""
    yield
    gc.collect()
