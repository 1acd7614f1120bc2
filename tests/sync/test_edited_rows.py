"""Rows that somebody has made in a mirror: `verify` reports and removes them."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_invoice_payments.export import export, verify
from stripe_invoice_payments.reconcile import reconcile
from stripe_invoice_payments.sync import Difference
from tests.sync.mirrors import at_stripe, execute, in_mirror

PERIOD: Any = {"gte": 5}


@pytest.mark.parametrize("status", ["open", "paid", None])
@pytest.mark.parametrize("created", ["2025-03-01T00:00:00Z", None])
async def test_a_row_without_id(status, created, syncer, server, path):
    await syncer.sync(path)
    execute(path, "INSERT INTO invoice_payments (status, created) VALUES (?, ?)", status, created)
    assert (await syncer.sync(path)).rows_removed == 0
    result = await syncer.sync(path, verify=True)
    assert result.differences == (Difference("", "id", "1 rows without id or time", None),)
    assert result.rows_removed == 1
    assert in_mirror(path) == at_stripe(server)
    assert (await syncer.sync(path, verify=True)).differences == ()


async def test_a_row_without_time(blocking, server, path):
    await blocking.sync(path)
    execute(path, "INSERT INTO invoice_payments (id, status) VALUES ('inpay_x', 'paid')")
    assert (await blocking.sync(path, verify=True)).rows_removed == 1
    assert in_mirror(path) == at_stripe(server)


@pytest.mark.parametrize("column", ["id", "status", "currency", "created", "invoice"])
async def test_reconcile_names_what_a_row_lacks(column, blocking, path):
    await blocking.sync(path)
    one = "(SELECT min(id) FROM invoice_payments)"
    execute(path, f"UPDATE invoice_payments SET {column} = NULL WHERE id = {one}")  # noqa: S608 - a constant
    with pytest.raises(
        ValueError, match=rf"every row of .*duckdb must have {column}, got one"
    ) as e:
        reconcile(blocking.client, PERIOD, payments=path)
    assert "sync(verify=True)" in str(e.value)


async def test_verify_counts_rows_without_values(blocking, tmp_path):
    path = tmp_path / "x.duckdb"
    export(blocking.client, to=path)
    execute(path, "INSERT INTO invoice_payments (extra) VALUES (NULL)")
    differences = verify(path, blocking.client).differences
    assert any("rows is 0 in the manifest, 1 in the target" in each for each in differences)
