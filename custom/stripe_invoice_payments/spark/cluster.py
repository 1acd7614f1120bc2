"""What Spark's settings say about tasks that run at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

Setting = Callable[[str], "str | None"]
"""Returns the value of a setting; None if it is not set."""


def refuse_speculation(setting: Setting) -> None:
    """Refuse to run where Spark starts a slow task a second time.

    Raises:
        ValueError: It does.
    """
    if (setting("spark.speculation") or "").lower() == "true":
        raise ValueError(
            "spark.speculation must be false: a task that waits for Stripe's rate limit looks slow "
            "to Spark, and its second run would send the same requests beyond the limit"
        )


def refuse_key_in_settings(setting: Setting, variable: str) -> None:
    """Refuse a key in Spark's settings, which the event log and the UI show.

    Raises:
        ValueError: There is one.
    """
    for name in (f"spark.executorEnv.{variable}", f"spark.yarn.appMasterEnv.{variable}"):
        if setting(name):
            raise ValueError(
                f"{name} must not be set, because Spark's event log and UI show settings; set the "
                "environment variable where the executors are started, or use the option "
                "api_key_file or api_key_command"
            )


def slots_of(setting: Setting) -> int | None:
    """How many tasks run at once at most; None if the settings do not say so."""
    each = max(1, int(setting("spark.task.cpus") or 1))
    master = setting("spark.master") or ""
    if match := re.fullmatch(r"local(?:\[(\d+|\*)(?:,\s*\d+)?\])?", master):
        cores = (os.cpu_count() or 1) if match[1] == "*" else int(match[1] or 1)
        return max(1, cores // each)
    if match := re.fullmatch(r"local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*\d+\s*\]", master):
        return int(match[1]) * max(1, int(match[2]) // each)
    if total := setting("spark.cores.max"):
        return max(1, int(total) // each)
    cores = int(setting("spark.executor.cores") or 0)
    is_dynamic = (setting("spark.dynamicAllocation.enabled") or "").lower() == "true"
    executors = setting(
        "spark.dynamicAllocation.maxExecutors" if is_dynamic else "spark.executor.instances"
    )
    if not cores or not executors or int(executors) > _UNBOUNDED:
        return None
    return int(executors) * max(1, cores // each)


# The default of `maxExecutors` stands for no limit.
_UNBOUNDED = 100_000


def concurrent_tasks(setting: Setting, slots: int | None, bins: int) -> int:
    """How many tasks of a job run at once at most.

    Args:
        setting: Spark's settings.
        slots: The option; None if it was not set.
        bins: How many tasks the job has.

    Raises:
        ValueError: That is unknown, or the option is less.
    """
    known = slots_of(setting)
    if slots is None and known is None:
        raise ValueError(
            "slots is required, because Spark's settings do not say how many tasks run at once: "
            'pass .option("slots", N), by which platform_rate is divided'
        )
    if slots is not None and known is not None and slots < min(known, bins):
        raise ValueError(
            f"slots must be at least {known}, because that many tasks run at once, got {slots}"
        )
    return min(slots or known or 1, bins)
