from collections.abc import AsyncIterator, Iterator

import pytest

from stripe_invoice_payments import AsyncClient, Client
from stripe_invoice_payments.sandbox import Sandbox

from .reading import close


@pytest.fixture(scope="session")
def running_platform() -> Iterator[Sandbox]:
    with Sandbox(accounts=30, account_sizes="heavy_tail", payments=200, seed=7) as sandbox:
        yield sandbox


@pytest.fixture
def platform(running_platform: Sandbox) -> Sandbox:
    """A platform with thirty accounts of very different sizes."""
    running_platform.reset()
    return running_platform


@pytest.fixture(params=["sync", "async"])
async def client(
    request: pytest.FixtureRequest, platform: Sandbox
) -> AsyncIterator[Client | AsyncClient]:
    """Either client of the platform."""
    made = platform.client() if request.param == "sync" else platform.async_client()
    yield made
    await close(made)
