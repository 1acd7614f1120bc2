"""What goes wrong is said with the account and the option, and nothing is read twice or lost."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

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
    killed: list[int] = []
    with killing_tasks(killed):
        rows = load()
        assert ids(rows) == expected(platform)
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


class killing_tasks:  # noqa: N801 - read as a statement
    """Kills a process of a task now and then: one that Spark's daemon of this process forked."""

    def __init__(self, killed: list[int]) -> None:
        self._killed = killed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        # Each task may fail twice.
        while not self._over.wait(1.5) and len(self._killed) < 2:
            for pid in [each for each in task_processes() if each not in self._killed][:1]:
                os.kill(pid, signal.SIGKILL)
                self._killed.append(pid)


def task_processes() -> list[int]:
    """The processes that run tasks, below this one."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            status = (directory / "stat").read_text()
            names[int(directory.name)] = (directory / "cmdline").read_text()
        except OSError:
            continue
        parents[int(directory.name)] = int(status.rpartition(")")[2].split()[1])

    def is_ours(pid: int) -> bool:
        while pid in parents:
            if pid == os.getpid():
                return True
            pid = parents[pid]
        return False

    workers = [
        pid for pid, name in names.items() if name.endswith("pyspark.daemon\0pyspark.worker\0")
    ]
    return [pid for pid in workers if parents[pid] in workers and is_ours(pid)]
