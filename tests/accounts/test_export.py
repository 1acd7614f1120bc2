"""`export` and `verify` of many accounts, into every format."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments import AsyncClient, Client, PermissionError
from stripe_invoice_payments.export import Certificate, export, export_async, verify, verify_async
from stripe_invoice_payments.sandbox import Sandbox
from tests.export.fakes import TARGETS, read_back

from .reading import PERIOD, expected

FAST: Any = {"account_rate": 5000, "platform_rate": 5000}


async def exported(client: Client | AsyncClient, to: Path, **options: Any) -> Certificate:
    options = {"created": PERIOD, **FAST, **options}
    if isinstance(client, Client):
        return export(client, to=to, **options)
    return await export_async(client, to=to, **options)


async def verified(client: Client | AsyncClient, target: Path) -> Certificate:
    if isinstance(client, Client):
        return verify(target, client, **FAST)
    return await verify_async(target, client, **FAST)


def accounts_in(target: Path) -> dict[str, int]:
    rows = read_back(target)
    assert len({(row["account"], row["id"]) for row in rows}) == len(rows)
    return dict(Counter(row["account"] for row in rows))


@pytest.mark.parametrize("name", TARGETS)
async def test_every_row_has_its_account(client, platform, tmp_path, name):
    certificate = await exported(client, tmp_path / name, accounts="connected")
    assert certificate.is_complete
    assert (certificate.account, certificate.accounts) == (None, "connected")
    assert certificate.rows == sum(platform.sizes.values())
    assert accounts_in(tmp_path / name) == expected(platform)
    assert "account     all connected accounts (30), test mode" in str(certificate)
    again = await exported(client, tmp_path / name, accounts="connected")
    assert again.did_nothing


async def test_a_verification_reads_all_accounts_again(client, platform, tmp_path):
    target = tmp_path / "payments.csv"
    some = platform.accounts[:12]
    await exported(client, target, accounts=iter(some))
    certificate = await verified(client, target)
    assert certificate.is_complete
    assert certificate.accounts == tuple(some)
    assert f"account     12 accounts ({', '.join(some[:3])}, ...)" in str(certificate)
    platform.create_invoice_payment(account=some[3], created=PERIOD["lt"] - 5)
    certificate = await verified(client, target)
    assert not certificate.is_complete
    assert any("rows" in difference for difference in certificate.differences)


async def test_the_certificate_has_the_sizes_for_the_next_run(client, platform, tmp_path):
    certificate = await exported(client, tmp_path / "payments.csv", accounts="connected")
    stored = json.loads(certificate.to_json())
    sizes = stored["rows_by_account"]
    assert certificate.rows_by_account == sizes == expected(platform)
    assert stored["accounts_read"] == certificate.accounts_read == 30
    for account, rows in sizes.items():
        assert f"\n            {account}: {rows} rows\n" in f"{certificate}\n"
    again = await exported(client, tmp_path / "again.csv", accounts="connected", sizes=sizes)
    assert again.checksum == certificate.checksum


async def test_a_verification_names_the_account_that_differs(client, platform, tmp_path):
    some = platform.accounts[:5]
    await exported(client, tmp_path / "payments.jsonl", accounts=some)
    platform.create_invoice_payment(account=some[3], created=PERIOD["lt"] - 5)
    certificate = await verified(client, tmp_path / "payments.jsonl")
    rows = certificate.rows_by_account.get(some[3], 0)
    assert f"{some[3]}: rows is {rows} in the target, {rows + 1} at Stripe" in str(certificate)


@pytest.mark.parametrize("kind", ["list", "iterator", "file"])
async def test_no_account_at_all_is_a_mistake(client, tmp_path, kind):
    empty = tmp_path / "accounts.txt"
    empty.write_text("\n \n", "utf-8")
    accounts: Any = {"list": [], "iterator": iter(()), "file": empty}[kind]
    with pytest.raises(ValueError, match="accounts must name at least one account, got none"):
        await exported(client, tmp_path / "payments.csv", accounts=accounts)
    assert [*tmp_path.iterdir()] == [empty]


async def test_a_platform_without_accounts_is_a_fact(tmp_path):
    with Sandbox(payments=3, accounts=[]) as empty, empty.client() as client:
        certificate = await exported(client, tmp_path / "payments.csv", accounts="connected")
        assert certificate.is_complete
        assert (certificate.accounts_read, certificate.rows) == (0, 0)
        assert "account     all connected accounts (0), test mode" in str(certificate)


async def test_other_accounts_are_another_export(client, platform, tmp_path):
    target = tmp_path / "payments.csv"
    await exported(client, target, accounts=platform.accounts[:2])
    with pytest.raises(ValueError, match="holds another export: accounts was"):
        await exported(client, target, accounts=platform.accounts[:3])


@pytest.mark.parametrize("name", ["payments.jsonl", "payments.duckdb"])
async def test_an_account_that_cannot_be_read_is_in_the_certificate(
    client, platform, tmp_path, name
):
    target = tmp_path / name
    account = max(platform.sizes, key=platform.sizes.__getitem__)
    platform.add_fault("account_revoked", account=account, skip=2)
    with pytest.raises(PermissionError, match=account):
        await exported(client, target, accounts="connected")
    certificate = await exported(client, target, accounts="connected", on_error="report")
    assert (certificate.state, certificate.is_complete) == ("incomplete", False)
    assert {one.account for one in certificate.missing} == {account}
    assert f"missing     {account} " in str(certificate)
    assert json.loads(certificate.to_json())["missing"][0]["account"] == account
    others = {a: size for a, size in expected(platform).items() if a != account}
    assert {a: n for a, n in accounts_in(target).items() if a != account} == others
    platform.clear_faults()
    certificate = await exported(client, target, accounts="connected")
    assert certificate.is_complete
    assert accounts_in(target) == expected(platform)


async def test_an_export_that_was_interrupted_goes_on(client, platform, tmp_path, monkeypatch):
    target = tmp_path / "payments.jsonl"
    monkeypatch.setattr("stripe_invoice_payments.export.targets.Target.batch_size", 300)

    def interrupt(progress: Any) -> None:
        if progress.rows >= 900:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await exported(client, target, accounts="connected", progress=interrupt)
    seen: list[Any] = []
    certificate = await exported(client, target, accounts="connected", progress=seen.append)
    assert certificate.is_complete
    assert seen[0].rows > 900
    assert (seen[-1].share, seen[-1].time_left) == (1.0, 0.0)
    assert accounts_in(target) == expected(platform)
