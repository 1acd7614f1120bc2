"""What goes wrong is said with the account and the option, and nothing is read twice or lost."""

from __future__ import annotations

import pytest

from scripts.benchmarks.killing import killing_tasks
from stripe_invoice_payments.spark import requirements, split

from .counting import expected, ids


def test_an_account_that_is_refused_fails_the_job_with_its_id(load, platform):
    refused = max(platform.sizes, key=lambda each: platform.sizes[each])
    platform.add_fault("account_revoked", account=refused)
    with pytest.raises(Exception, match=f"the scan stopped in account {refused}"):
        load().collect()


def test_with_report_it_is_a_row_of_a_second_table(load, platform, spark, tmp_path):
    refused = max(platform.sizes, key=lambda each: platform.sizes[each])
    platform.add_fault("account_revoked", account=refused)

    load(on_error="report").write.parquet(str(tmp_path / "payments"))
    payments, missing = split(spark.read.parquet(str(tmp_path / "payments")))

    others = {each: size for each, size in expected(platform).items() if each != refused}
    assert ids(payments) == others
    (row,) = missing.collect()
    assert (row.account, row.status) == (refused, 403)
    assert refused in row.error
    assert row.left == [[1735689600, 1767225600]]


def test_tasks_that_are_killed_and_a_storm_of_500s_change_nothing(load, platform, record_property):
    platform.add_fault("server_error", rate=0.2)
    platform.set_latency(0.05)
    with killing_tasks(every=1.5, most=2) as killed:  # a task may fail twice
        assert ids(load()) == expected(platform)
    record_property("killed Spark tasks", len(killed))
    assert killed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"acounts": "connected"}, "unknown option 'acounts'; did you mean 'accounts'"),
        ({"accounts": None}, "accounts is required"),
        ({"created__gte": "yesterday"}, "created.gte must be a date"),
        ({"api_key": "sk_live_4242"}, "must not contain a secret"),
    ],
)
def test_options_are_refused_when_they_are_loaded(load, options, message):
    with pytest.raises(Exception, match=message) as raised:
        load(**options)
    assert "4242" not in str(raised.value)


def test_another_schema_is_refused(spark, platform):
    reader = spark.read.format("stripe_invoice_payments").schema("id STRING, amount INT")
    with pytest.raises(Exception, match="schema must not be set"):
        reader.options(accounts="connected", base_url=platform.base_url).load().collect()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("spark.speculation", "true", "spark.speculation must be false"),
        ("spark.executorEnv.STRIPE_API_KEY", "sk_live_4242", "event log and UI show settings"),
    ],
)
def test_settings_that_would_do_harm_are_refused(load, spark, name, value, message):
    spark.sparkContext.setLocalProperty(name, value)
    try:
        with pytest.raises(Exception, match=message) as raised:
            load().collect()
    finally:
        spark.sparkContext.setLocalProperty(name, None)
    assert "4242" not in str(raised.value)


def test_what_is_missing_is_said_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(requirements, "find_spec", lambda name: name)
    assert requirements.missing() == (
        f"Java 17 or newer is required, and there is none in JAVA_HOME, which is {tmp_path}"
    )
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    java.chmod(0o755)
    assert requirements.missing() == f"Java 17 or newer is required, and {java} is Java 8"
    monkeypatch.setattr(requirements, "find_spec", lambda name: None)
    assert requirements.missing() == (
        "pyspark is required; install it with pip install 'stripe-invoice-payments[spark]'"
    )
