"""Kills tasks of Spark at random, to see what their work is worth."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_WORKER = "pyspark.daemon\0pyspark.worker\0"


@contextmanager
def killing_tasks(every: float, most: int) -> Generator[list[int], None, None]:
    """Kill a process that runs tasks, below this one, now and then.

    Args:
        every: Seconds from one to the next.
        most: How many are killed at most.
    """
    killed: list[int] = []
    is_over = threading.Event()

    def run() -> None:
        while not is_over.wait(every) and len(killed) < most:
            for pid in [each for each in task_processes() if each not in killed][:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield killed
    finally:
        is_over.set()
        thread.join()


def task_processes() -> list[int]:
    """The processes that run tasks: those that a daemon of Spark below this process has forked."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            status = (directory / "stat").read_text("utf-8", "replace")
            names[int(directory.name)] = (directory / "cmdline").read_text("utf-8", "replace")
        except OSError:  # it has ended meanwhile
            continue
        parents[int(directory.name)] = int(status.rpartition(")")[2].split()[1])

    def is_ours(pid: int) -> bool:
        while pid in parents:
            if pid == os.getpid():
                return True
            pid = parents[pid]
        return False

    workers = {pid for pid, name in names.items() if name.endswith(_WORKER)}
    return [pid for pid in workers if parents[pid] in workers and is_ours(pid)]
