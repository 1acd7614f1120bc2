"""`verify` and `reconcile` change nothing, so they need no permission to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments.export import export, verify
from stripe_invoice_payments.reconcile import reconcile
from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.sync import sync
from tests.export.fakes import TARGETS, FakeClient, payments

if not hasattr(os, "geteuid"):
    pytest.skip("permissions as on POSIX", allow_module_level=True)

NOBODY = 65534
HELD = payments(20)


@contextmanager
def without_permission(directory: Path) -> Iterator[None]:
    """Nothing below a directory can be written, not even by root, who is somebody else here."""
    outside = {path: path.stat().st_mode for path in directory.parents if path.stat().st_uid == 0}
    inside = {path: path.stat().st_mode for path in (directory, *directory.rglob("*"))}
    user = os.geteuid()
    try:
        for path in {*inside, *(outside if user == 0 else ())}:
            path.chmod((path.stat().st_mode | 0o555) & ~(0o222 if path in inside else 0))
        if user == 0:
            os.seteuid(NOBODY)
        yield
    finally:
        os.seteuid(user)
        for path, mode in {**inside, **outside}.items():
            if path.exists():
                path.chmod(mode)


def files(directory: Path) -> dict[Path, tuple[int, int]]:
    found = sorted(directory.rglob("*"))
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


@pytest.mark.parametrize("name", TARGETS)
def test_verify_reads_where_it_may_not_write(name, tmp_path):
    client: Any = FakeClient(HELD)
    verify_once: Any = lambda: verify(f"{tmp_path}/{name}", client)  # noqa: E731
    export(client, to=f"{tmp_path}/{name}")
    assert verify_once().is_complete  # everything is imported
    before = files(tmp_path)
    with without_permission(tmp_path):
        with pytest.raises(OSError, match="cannot be written"):
            export(client, to=f"{tmp_path}/other-{name}")
        assert verify_once().is_complete
    assert files(tmp_path) == before


@pytest.mark.parametrize("kind", ["export", "mirror"])
def test_reconcile_reads_where_it_may_not_write(kind, tmp_path):
    path = tmp_path / "x.duckdb"
    period: Any = {"gte": 5}
    with Sandbox(payments=30) as sandbox, sandbox.client() as client:
        export(client, to=path) if kind == "export" else sync(client, path)
        expected = reconcile(client, period, payments=path, now=5)
        with without_permission(tmp_path):
            assert reconcile(client, period, payments=path, now=5) == expected
        assert expected.totals


@pytest.mark.parametrize("name", TARGETS)
def test_an_export_that_runs_is_not_verified(name, tmp_path):
    client = FakeClient(HELD)

    def step() -> None:
        with pytest.raises(ValueError, match="target: another export or sync is using it"):
            verify(f"{tmp_path}/{name}", client)  # type: ignore[arg-type]

    client.step = step  # type: ignore[method-assign]
    assert export(client, to=f"{tmp_path}/{name}").is_complete  # type: ignore[arg-type]
