"""One scenario, either client.

A scenario is a generator that yields what it calls and is handed the results:

    page = yield client.invoice_payments.list(limit=2)
    payments = yield page.auto_paging_iter()

What a `Client` returns is the result; what an `AsyncClient` returns has to be awaited. An iterator
of either kind becomes a list. An error is raised where the call is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any, TypeAlias

from stripe_invoice_payments import AsyncClient, Client

AnyClient: TypeAlias = "Client | AsyncClient"
Steps: TypeAlias = Generator[Any, Any, Any]


def drive(steps: Steps) -> Any:
    """Go through the steps of a scenario for `Client`; returns its result."""
    step: Any = None
    try:
        step = next(steps)
        while True:
            try:
                value = list(step) if isinstance(step, Iterator) else step  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - of anything
            except Exception as error:  # noqa: BLE001 - the scenario decides about it
                step = steps.throw(error)
            else:
                step = steps.send(value)
    except StopIteration as stop:
        return stop.value


async def drive_async(steps: Steps) -> Any:
    """Go through the steps of a scenario for `AsyncClient`; returns its result."""
    try:
        step = next(steps)
        while True:
            try:
                if isinstance(step, AsyncIterator):
                    value = [item async for item in step]  # pyright: ignore[reportUnknownVariableType] - of anything
                else:
                    value = await step
            except Exception as error:  # noqa: BLE001 - the scenario decides about it
                step = steps.throw(error)
            else:
                step = steps.send(value)
    except StopIteration as stop:
        return stop.value
