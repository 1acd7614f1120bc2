"""Measuring side by side: contenders take turns, so that a slow moment of the machine hits all."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Literal

import httpx
from attrs import define

KEY = "sk_test_benchmark"


@define(frozen=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        target: The number of the target it belongs to; 0 for what has none.
        name: What was measured, against what.
        value: The result.
        unit: Its unit; `x` for a ratio.
        bound: What it should be at the least or at the most; None if it is only told.
        better: Whether more or less is better.
        note: What the reader has to know.
    """

    target: int
    name: str
    value: float
    unit: str = "x"
    bound: float | None = None
    better: Literal["more", "less"] = "less"
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the bound is kept; None without one."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.better == "more" else self.value <= self.bound


def side_by_side(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, calls: int = 1
) -> dict[str, float]:
    """The median seconds of a call of each contender, over interleaved rounds.

    The garbage collector runs between rounds and not within, as in `timeit`.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender()
    for _ in range(rounds):
        for name, contender in contenders.items():
            gc.collect()
            gc.disable()
            started = time.perf_counter()
            for _ in range(calls):
                contender()
            seconds[name].append((time.perf_counter() - started) / calls)
            gc.enable()
    return {name: median(values) for name, values in seconds.items()}


def cpu_side_by_side(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, calls: int
) -> dict[str, float]:
    """The median CPU seconds of a call of each contender, over interleaved rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender()
    for _ in range(rounds):
        for name, contender in contenders.items():
            gc.collect()
            started = time.process_time()
            for _ in range(calls):
                contender()
            seconds[name].append((time.process_time() - started) / calls)
    return {name: median(values) for name, values in seconds.items()}


def processes_side_by_side(
    programs: Mapping[str, str], *, rounds: int, arguments: tuple[str, ...] = ()
) -> dict[str, float]:
    """The median of the seconds that each program prints, run in processes of their own."""
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for round_number in range(rounds + 1):  # the first fills the caches of files and bytecode
        for name, program in programs.items():
            done = subprocess.run(
                [sys.executable, "-c", program, *arguments],
                capture_output=True,
                text=True,
                check=True,
            )
            if round_number:
                seconds[name].append(float(done.stdout))
    return {name: median(values) for name, values in seconds.items()}


@contextmanager
def running_server(**options: object) -> Generator[str, None, None]:
    """The benchmark's server in a process of its own; the result is its base URL."""
    arguments = [f"--{name}={value}" for name, value in options.items() if value is not None]
    command = [sys.executable, "-m", "scripts.benchmarks.server", *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - narrows the type
        assert process.stdin is not None  # noqa: S101 - narrows the type
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()  # which ends it
            process.wait()


def counters(base_url: str) -> dict[str, Any]:
    """How many requests the server has had and refused since the last time it was asked."""
    answer: dict[str, Any] = json.loads(httpx.get(f"{base_url}/counters").content)
    return answer


@contextmanager
def running_sandbox(**options: object) -> Generator[str, None, None]:
    """The sandbox in a process of its own; the result is its base URL."""
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "stripe_invoice_payments.sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - narrows the type
        try:
            yield process.stdout.readline().split()[2]  # Stripe sandbox: URL with API key KEY
        finally:
            process.terminate()
            process.wait()


def traffic(base_url: str) -> dict[str, Any]:
    """What the sandbox says about the requests that it has had."""
    response: dict[str, Any] = httpx.post(f"{base_url}/_sandbox/traffic").raise_for_status().json()
    return response


def peak_memory() -> int:
    """The peak of this process in bytes.

    `getrusage` would begin with the peak of the process that has started this one.
    """
    status = Path("/proc/self/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found is not None  # noqa: S101 - narrows the type
    return int(found[1]) * 1024
