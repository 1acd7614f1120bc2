"""The key is nowhere that Spark shows or stores anything."""

from __future__ import annotations

import urllib.request
from importlib import import_module
from typing import Any, cast

import pytest

from stripe_invoice_payments.sandbox import Sandbox


@pytest.fixture
def pages(spark: Any, load: Any) -> dict[str, str]:
    """What the UI shows after a read, by address."""
    load().count()
    base = spark.sparkContext.uiWebUrl
    application = f"{base}/api/v1/applications/{spark.sparkContext.applicationId}"
    addresses = [
        *(f"{base}/{each}/" for each in ("environment", "SQL", "jobs", "stages", "executors")),
        f"{base}/SQL/execution/?id=0",
        *(f"{application}/{each}" for each in ("environment", "sql?details=true", "jobs")),
    ]
    return {each: urllib.request.urlopen(each).read().decode() for each in addresses}  # noqa: S310


def test_the_ui_does_not_show_the_key(pages, platform):
    assert any("BatchScan stripe_invoice_payments" in page for page in pages.values())
    assert not [place for place, page in pages.items() if Sandbox.api_key in page]


def test_a_plan_does_not_show_the_key(load, capsys):
    load().explain(True)
    shown = capsys.readouterr().out
    assert "stripe_invoice_payments" in shown
    assert Sandbox.api_key not in shown


def test_the_event_log_does_not_have_the_key(load, event_log):
    load().count()
    logs = [path for path in event_log.rglob("*") if path.is_file()]
    content = "".join(path.read_text("utf-8") for path in logs)
    assert "stripe_invoice_payments" in content
    assert Sandbox.api_key not in content


def test_a_pickled_reader_does_not_have_the_key(spark, platform, monkeypatch):
    dumps = import_module("pyspark.cloudpickle").dumps
    from stripe_invoice_payments.spark import StripeInvoicePayments

    monkeypatch.setenv("STRIPE_API_KEY", Sandbox.api_key)
    options = {"accounts": "connected", "base_url": platform.base_url}
    source: Any = cast("Any", StripeInvoicePayments)(options)
    reader = source.reader(spark.createDataFrame([], source.schema()).schema)
    planned = reader.partitions()
    for pickled in (dumps(source), dumps(reader), dumps(planned)):
        assert Sandbox.api_key.encode() not in pickled


@pytest.mark.parametrize("option", ["api_key_file", "api_key_command"])
def test_the_key_may_be_in_a_file_or_the_output_of_a_command(
    option, load, platform, tmp_path, monkeypatch
):
    key = tmp_path / "key"
    key.write_text(f"{platform.live_api_key}\n")
    given = str(key) if option == "api_key_file" else f"cat {key}"
    account = next(each for each, size in platform.sizes.items() if size)
    rows = load(**{option: given}, accounts=f"{account},").select("livemode").distinct().collect()
    assert [row.livemode for row in rows] == [True]
