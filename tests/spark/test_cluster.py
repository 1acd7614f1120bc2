"""What Spark's settings mean for the rates."""

from __future__ import annotations

import os

import pytest

from stripe_invoice_payments.spark.cluster import (
    concurrent_tasks,
    refuse_key_in_settings,
    refuse_speculation,
    slots_of,
)


def UNSET(_name: str) -> None:  # noqa: N802 - like the settings below
    """Spark's settings where none is set."""


EXECUTORS = {"spark.master": "yarn", "spark.executor.instances": "10", "spark.executor.cores": "4"}


@pytest.mark.parametrize(
    ("settings", "slots"),
    [
        ({"spark.master": "local"}, 1),
        ({"spark.master": "local[3]"}, 3),
        ({"spark.master": "local[3,4]"}, 3),
        ({"spark.master": "local[*]"}, os.cpu_count()),
        ({"spark.master": "local-cluster[2,3,1024]"}, 6),
        ({"spark.master": "local[8]", "spark.task.cpus": "4"}, 2),
        ({"spark.master": "spark://host:7077", "spark.cores.max": "24"}, 24),
        ({"spark.master": "spark://host:7077"}, None),
        (EXECUTORS, 40),
        ({**EXECUTORS, "spark.task.cpus": "3"}, 10),
        ({**EXECUTORS, "spark.dynamicAllocation.enabled": "true"}, None),
        (
            {
                **EXECUTORS,
                "spark.dynamicAllocation.enabled": "true",
                "spark.dynamicAllocation.maxExecutors": "50",
            },
            200,
        ),
        (
            {
                **EXECUTORS,
                "spark.dynamicAllocation.enabled": "true",
                "spark.dynamicAllocation.maxExecutors": "2147483647",
            },
            None,
        ),
        ({}, None),
    ],
)
def test_how_many_tasks_run_at_once(settings, slots):
    assert slots_of(settings.get) == slots


def test_the_option_is_required_where_the_settings_do_not_say():
    with pytest.raises(ValueError, match=r'slots is required.*option\("slots", N\)'):
        concurrent_tasks(UNSET, None, 100)
    assert concurrent_tasks(UNSET, 12, 100) == 12


def test_there_are_no_more_tasks_than_bins():
    assert concurrent_tasks(EXECUTORS.get, None, 3) == 3


def test_a_number_that_would_exceed_the_limits_is_refused():
    with pytest.raises(ValueError, match=r"slots must be at least 40, .* got 8"):
        concurrent_tasks(EXECUTORS.get, 8, 100)
    assert concurrent_tasks(EXECUTORS.get, 8, 5) == 5
    assert concurrent_tasks(EXECUTORS.get, 80, 100) == 80


def test_speculation_is_refused_with_the_reason():
    with pytest.raises(ValueError, match=r"spark\.speculation must be false: .* rate limit"):
        refuse_speculation({"spark.speculation": "true"}.get)
    refuse_speculation({"spark.speculation": "false"}.get)
    refuse_speculation(UNSET)


def test_a_key_in_the_settings_is_refused_and_not_repeated():
    settings = {"spark.executorEnv.STRIPE_API_KEY": "sk_live_4242"}
    with pytest.raises(ValueError, match="executorEnv") as raised:
        refuse_key_in_settings(settings.get, "STRIPE_API_KEY")
    assert "4242" not in str(raised.value)
    refuse_key_in_settings(EXECUTORS.get, "STRIPE_API_KEY")
