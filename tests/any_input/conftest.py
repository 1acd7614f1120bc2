from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from stripe_invoice_payments import StripeError
from stripe_invoice_payments._config import defaults as _defaults

from .servers import ask_and_use, ask_and_use_async

Ask: TypeAlias = Callable[..., StripeError | None]


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    """One event loop for all examples: a new one for each would take longer than they do."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session", params=["sync", "async"])
def ask(request: pytest.FixtureRequest, loop: asyncio.Runner) -> Ask:
    """Makes a call that gets any answers, and uses the result; with both clients."""
    if request.param == "sync":
        return ask_and_use

    def ask(*args: Any, **options: Any) -> StripeError | None:
        return loop.run(ask_and_use_async(*args, **options))

    return ask


@pytest.fixture(scope="module", autouse=True)  # a session's would go on in other directories
def _nobody_waits() -> Iterator[None]:
    """Retries follow at once, whatever an answer's headers ask for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_defaults, "INITIAL_RETRY_DELAY", 0.0)
        patch.setattr(_defaults, "MAX_RETRY_AFTER", 0.0)
        yield
