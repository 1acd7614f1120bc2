"""Set up a virtual environment with exactly what a lock names, and this project in it.

Run by make before anything else, so it needs nothing but Python, and Pythons from 3.7 on can read
it far enough to learn that they are too old. The environment is made anew whenever the lock, the
Python or the place of the clone changes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)

# Settings of pip that would install elsewhere, or something else, than the lock says.
REDIRECTIONS = (
    "PIP_CONSTRAINT",
    "PIP_PREFIX",
    "PIP_REQUIREMENT",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONHOME",
    "PYTHONPATH",
)

# What to try when a step has failed.
ADVICE = {
    "environment": "Is the disk full, or Python's venv module incomplete? On Debian and Ubuntu: "
    "apt install python3-venv",
    "lock": "pip could not install the locked tools. Is the package index reachable, and pip "
    "configured for your proxy or internal index (pip.conf, PIP_INDEX_URL, HTTPS_PROXY)? Running "
    "the command by hand shows more",
    "project": "The tools are installed, but this project is not; try `make clean`, then again",
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment", type=Path)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--project", action="store_true", help="install this project, editable")
    options = parser.parse_args(arguments)
    refuse_old_python(sys.version_info[:2])
    environment: Path = options.environment.absolute()
    refuse_unwritable(environment)
    started = time.monotonic()
    wanted = fingerprint(environment, options.lock)
    stamp = environment / "locked"
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        say(f"Setting up {options.environment} with the locked tools (once, a minute or two) ...")
        run("environment", [sys.executable, "-m", "venv", "--clear", str(environment)])
        pip(environment, "lock", "--require-hashes", "-r", str(options.lock))
        stamp.write_text(wanted, "utf-8")
        say(f"Set up in {time.monotonic() - started:.0f} s.")
    if options.project:
        pip(environment, "project", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    (environment / "ready").touch()


def refuse_old_python(version: tuple[int, int]) -> None:
    if version < OLDEST:
        fail(
            f"{sys.executable} is Python {version[0]}.{version[1]}, but 3.11 or newer is required",
            "install a newer one, or name one: make PYTHON=python3.12",
        )


def refuse_unwritable(environment: Path) -> None:
    place = next(path for path in (environment, *environment.parents) if path.exists())
    if not os.access(str(place), os.W_OK):
        fail(
            f"you may not write {place}",
            "set up the environment elsewhere: make VENV=/tmp/venv",
        )


def fingerprint(environment: Path, lock: Path) -> str:
    """What an environment depends on; also its own path, since the scripts in it name that."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return f"{environment}\n{sys.version}\n{digest}\n"


def pip(environment: Path, step: str, *arguments: str) -> None:
    scripts = "Scripts" if os.name == "nt" else "bin"
    command = [str(environment / scripts / "python"), "-m", "pip", "install", "-qq"]
    options = ["--no-input", "--disable-pip-version-check", "--no-compile"]
    run(step, [*command, *options, *arguments])


def run(step: str, command: list[str]) -> None:
    """Run a command; if it fails, say which one it was and what to try."""
    settings = {name: value for name, value in os.environ.items() if name not in REDIRECTIONS}
    if subprocess.run(command, env=settings, check=False).returncode != 0:
        fail(f"this command failed: {' '.join(command)}", ADVICE[step])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fail(problem: str, remedy: str) -> NoReturn:
    say(f"error: {problem}\n{remedy}")
    sys.exit(2)


if __name__ == "__main__":
    main()
