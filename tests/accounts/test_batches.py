"""`scan_accounts_batches`: what a batch has, and what its token covers."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from stripe_invoice_payments import AsyncClient, Client
from stripe_invoice_payments.accounts import (
    AccountsBatch,
    scan_accounts_batches,
    scan_accounts_batches_async,
)

from .reading import FAST, PERIOD, counts, expected


async def batches(
    client: Client | AsyncClient, accounts: Any, most: int = 1 << 30, **options: Any
) -> list[AccountsBatch]:
    """The first batches of a scan."""
    found: list[AccountsBatch] = []
    options = {**FAST, **options}
    if isinstance(client, Client):
        with scan_accounts_batches(client, accounts, **options) as scan:
            while len(found) < most and (batch := next(scan, None)) is not None:
                found.append(batch)
    else:
        async with scan_accounts_batches_async(client, accounts, **options) as scan_async:
            while len(found) < most and (batch := await anext(scan_async, None)) is not None:
                found.append(batch)
    return found


def items(found: list[AccountsBatch]) -> list[tuple[str, str]]:
    return [
        (account, payment.id)
        for batch in found
        for account, payment in zip(batch.accounts, batch.payments, strict=True)
    ]


@pytest.mark.parametrize("size", [150, 2000, 100_000])
async def test_batches_are_full_but_for_the_last(client, platform, size):
    found = await batches(client, "connected", batch_size=size)
    assert counts(items(found)) == expected(platform)
    assert {len(batch.payments) for batch in found[:-1]} <= {size}
    assert [batch.is_last for batch in found] == [False] * (len(found) - 1) + [True]
    assert {batch.left for batch in found[:-1]} <= {((PERIOD["gte"], PERIOD["lt"]),)}
    assert found[-1].left == ()
    again = await batches(client, "connected", resume_from=found[-1].token)
    assert items(again) == []


@pytest.mark.parametrize("seed", range(3))
async def test_a_token_covers_its_batch_and_all_before(client, platform, seed):
    draw = random.Random(seed)
    stored: list[tuple[str, str]] = []
    token: str | None = None
    for _ in range(4):
        found = await batches(
            client, platform.accounts, draw.randint(1, 5), batch_size=170, resume_from=token
        )
        stored, token = stored + items(found), found[-1].token
    stored += items(await batches(client, platform.accounts, resume_from=token))
    assert counts(stored) == expected(platform)


async def test_commits_of_batches(client, platform, tmp_path):
    path = tmp_path / "all.scan"
    with scan_accounts_batches(
        platform.client(), platform.accounts, batch_size=400, checkpoint=path, **FAST
    ) as scan:
        first, second, _ = next(scan), next(scan), next(scan)
        second.commit()
        first.commit()  # does nothing, since a later one was committed
    rest = await batches(client, platform.accounts, checkpoint=path)
    assert counts(items([first, second, *rest])) == expected(platform)


async def test_what_is_missing_is_left(client, platform):
    account = max(platform.sizes, key=platform.sizes.__getitem__)
    platform.add_fault("account_revoked", account=account, skip=2)
    found = await batches(client, platform.accounts, on_error="report")
    assert (found[-1].is_last, found[-1].left) == (True, ((PERIOD["gte"], PERIOD["lt"]),))
    platform.clear_faults()
    rest = await batches(client, platform.accounts, resume_from=found[-1].token)
    assert {*rest[0].accounts} == {account}
    assert counts(items([*found, *rest])) == expected(platform)


def test_the_query(platform):
    client = platform.client()
    with scan_accounts_batches(client, ["acct_1"], created={"gte": 5}, status="paid") as scan:
        query = json.loads(json.dumps(scan.query))
        assert query["accounts"] == ["acct_1"]
        assert (query["filters"], query["start"], query["end"]) == ({"status": "paid"}, 5, None)
    with scan_accounts_batches(client, "connected") as scan:
        assert scan.query["accounts"] == "connected"


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"resume_from": 5}, TypeError, "resume_from: a string was expected, not int"),
        ({"resume_from": "5"}, ValueError, "resume_from: not a token"),
        ({"resume_from": "{}", "checkpoint": "x"}, ValueError, "so pass only one"),
    ],
)
def test_options_that_cannot_be_meant(platform, options, error, words):
    with pytest.raises(error, match=words):
        scan_accounts_batches(platform.client(), ["acct_1"], **options)
