"""Scans of many accounts, with either client behind one face."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from stripe_invoice_payments import AsyncClient, Client
from stripe_invoice_payments.accounts import (
    AccountsScan,
    AsyncAccountsScan,
    scan_accounts,
    scan_accounts_async,
)
from stripe_invoice_payments.sandbox import Sandbox

# The year in which the sandbox's payments were created.
PERIOD: Any = {"gte": 1_735_689_600, "lt": 1_767_225_600}
FAST: Any = {"created": PERIOD, "account_rate": 5000, "platform_rate": 5000, "workers": 4}


class Reading:
    """The items of a scan, one after the other."""

    def __init__(self, scan: AccountsScan | AsyncAccountsScan) -> None:
        self.scan = scan

    async def next(self) -> tuple[str, str] | None:
        """The next account and the id of its payment; None after the last."""
        if isinstance(self.scan, AccountsScan):
            item = next(self.scan, None)
        else:
            item = await anext(self.scan, None)
        return None if item is None else (item[0], item[1].id)

    async def some(self, count: int) -> list[tuple[str, str]]:
        """The next items, or fewer at the end."""
        items: list[tuple[str, str]] = []
        while len(items) < count and (item := await self.next()) is not None:
            items.append(item)
        return items

    async def rest(self) -> list[tuple[str, str]]:
        """All further items."""
        return await self.some(1 << 30)

    async def close(self) -> None:
        if isinstance(self.scan, AccountsScan):
            self.scan.close()
        else:
            await self.scan.aclose()

    async def __aenter__(self) -> Reading:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def reading(client: Client | AsyncClient, accounts: Any, **options: Any) -> Reading:
    """A scan that has to be closed."""
    options = {**FAST, **options}
    if isinstance(client, Client):
        return Reading(scan_accounts(client, accounts, **options))
    return Reading(scan_accounts_async(client, accounts, **options))


async def read(
    client: Client | AsyncClient, accounts: Any, **options: Any
) -> list[tuple[str, str]]:
    """All items of a scan."""
    async with reading(client, accounts, **options) as scan:
        return await scan.rest()


async def close(client: Client | AsyncClient) -> None:
    if isinstance(client, AsyncClient):
        await client.aclose()
    else:
        with suppress(RuntimeError):
            client.close()


def least_requests(sandbox: Sandbox) -> int:
    """How many pages all accounts have; an empty account has one as well."""
    return sum(max(1, -(-size // 100)) for size in sandbox.sizes.values())


def counts(items: list[tuple[str, str]]) -> dict[str, int]:
    """How many payments each account has, all of which must be different."""
    assert len({*items}) == len(items)
    return dict(Counter(account for account, _ in items))


def expected(sandbox: Sandbox) -> dict[str, int]:
    """What `counts` should be."""
    return {account: size for account, size in sandbox.sizes.items() if size}
