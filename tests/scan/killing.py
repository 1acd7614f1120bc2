"""A program that is killed or interrupted at random moments, until it comes to its end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def run_and_kill(
    program: Path,
    argument: str,
    *,
    kills: int,
    progress: Callable[[], object],
    ended: Callable[[], object],
) -> None:
    """Run a program again and again, until it ends by itself after so many kills.

    Every second one is an interrupt, as by Ctrl-C, after which it may write what it still has.

    Args:
        program: It is run in its folder.
        argument: What it is called with.
        kills: How often it is killed, at a random moment after it has begun to work.
        progress: Something that changes when it works.
        ended: Called each time that it has come to its end.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    rng = random.Random(0)
    killed = 0
    while True:
        before = progress()
        with subprocess.Popen(
            [sys.executable, program.name, argument], cwd=program.parent, env=environment
        ) as process:
            if killed < kills:
                deadline = time.monotonic() + 20
                while time.monotonic() < deadline and process.poll() is None:
                    if progress() != before:
                        break
                    time.sleep(0.002)
                time.sleep(rng.random() * 0.15)
                if process.poll() is None:
                    process.send_signal(signal.SIGINT if killed % 2 else signal.SIGKILL)
                    killed += 1
            assert process.wait(60) in (0, -signal.SIGINT, -signal.SIGKILL)
        if process.returncode == 0:
            ended()
            if killed >= kills:
                return
