"""One Spark session for all tests that need one, with what they may look at afterwards.

A session takes 4 s and two cores, and pyspark 500 MB, so the ordinary suite skips these tests;
`make test-spark` runs them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from stripe_invoice_payments.sandbox import Sandbox
from stripe_invoice_payments.spark.requirements import missing

# The year in which the sandbox's payments were created.
PERIOD = {"created.gte": "2025-01-01", "created.lt": "2026-01-01"}


@pytest.fixture(scope="session")
def platform() -> Iterator[Sandbox]:
    """Forty accounts with very different sizes."""
    with Sandbox(accounts=40, account_sizes="heavy_tail", payments=300, seed=7) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def event_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session writes its event log."""
    return tmp_path_factory.mktemp("events")


@pytest.fixture(scope="session")
def spark(event_log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session with two cores, which starts a failed task up to three times."""
    if problem := missing():
        pytest.skip(f"{problem}; `make test-spark` runs these tests")
    from stripe_invoice_payments.spark import StripeInvoicePayments

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("STRIPE_API_KEY", Sandbox.api_key)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        session = (
            import_module("pyspark.sql")
            .SparkSession.builder.master("local[2,3]")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.eventLog.enabled", "true")
            .config("spark.eventLog.dir", event_log.as_uri())
            .config("spark.eventLog.compress", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
            .config("spark.ui.port", "0")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        session.dataSource.register(StripeInvoicePayments)
        yield session
        session.stop()


@pytest.fixture
def load(spark: Any, platform: Sandbox) -> Any:
    """Reads all accounts with some options, or without some of the usual ones (None)."""

    def load(**options: Any) -> Any:
        every = {
            **PERIOD,
            "accounts": "connected",
            "base_url": platform.base_url,
            "platform_rate": 5000,
            "account_rate": 2500,
            **{name.replace("__", "."): value for name, value in options.items()},
        }
        given = {name: value for name, value in every.items() if value is not None}
        return spark.read.format("stripe_invoice_payments").options(**given).load()

    platform.reset()
    return load
