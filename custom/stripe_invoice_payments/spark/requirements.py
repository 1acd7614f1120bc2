"""What Spark requires of a machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.util import find_spec

OLDEST_JAVA = 17


def missing() -> str | None:
    """What is missing, in one sentence; None if pyspark and Java are present."""
    if find_spec("pyspark") is None:
        return "pyspark is required; install it with pip install 'stripe-invoice-payments[spark]'"
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        place = f"JAVA_HOME, which is {home}" if home else "PATH"
        return f"Java {OLDEST_JAVA} or newer is required, and there is none in {place}"
    version = _version(java)
    if version is not None and version < OLDEST_JAVA:
        return f"Java {OLDEST_JAVA} or newer is required, and {java} is Java {version}"
    return None


def _version(java: str) -> int | None:
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    match = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(match[1]) if match else None
