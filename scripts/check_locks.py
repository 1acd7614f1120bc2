"""Check that time cannot break the locks: the oldest and the newest pip install what they name.

Each lock is resolved, without installing anything, against an index that holds the locked
packages and a made-up newer release of every one of them. With `--index` it is resolved against
the real index instead, whatever has been released there since.

The lock of `make test-spark` is compared with that of the tests instead, which it extends: pyspark
has no wheel, and 450 MB.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from attrs import frozen
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .errors import ReleaseError
from .release.environments import find_python, locked_wheels, run, running

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "packages"
LOCKS = ROOT / "requirements"

# The locks of what runs on every supported Python; the others are for the tools.
ON_EVERY_PYTHON = ("runtime", "test")
FOR_TOOLS = ("dev", "docs", "mutate", "lock")
# The lock that is too large to resolve, and the one that it extends.
EXTENDED, BASE = "spark", "test"
# pip 22.3.1 came with Python 3.10.9 and 3.11.1 and does not run on 3.12.
OLDEST_RUNS_ON = ("3.10", "3.11")

NEWER = "9999"

# What is read of pip's report: {"install": [{"metadata": {"name": ..., "version": ...}}]}
Report: TypeAlias = "dict[str, list[dict[str, dict[str, str]]]]"


@frozen
class Check:
    """One lock, resolved by one pip."""

    lock: Path
    python: Path
    version: str
    pip: Path

    def __str__(self) -> str:
        pip = self.pip.name.split("-")[1]
        return f"{self.lock.name} with pip {pip} on Python {self.version}"


def checks() -> Iterator[Check]:
    """Every combination of lock, Python and pip that this machine can try."""
    for version in dict.fromkeys(("3.10", running())):
        python = find_python(version)
        if python is None:
            print(f"Python {version}: not on this machine, not checked", flush=True)
            continue
        names = ON_EVERY_PYTHON + (FOR_TOOLS if version == running() else ())
        pips = ["newest", *(["oldest"] if version in OLDEST_RUNS_ON else [])]
        for pip in pips:
            wheel = next(locked_wheels(python, LOCKS / f"pip-{pip}.txt", CACHE).glob("*.whl"))
            for name in names:
                yield Check(LOCKS / f"{name}.txt", python, version, wheel)


def differences(check: Check, index: bool) -> list[str]:
    """What pip would install other than what the lock names.

    Raises:
        ReleaseError: pip refuses the lock.
    """
    if index:
        report = resolve(check, [])
    else:
        report = resolve_among_newer(check, locked_wheels(check.python, check.lock, CACHE))
    locked = locked_versions(check.lock)
    found: list[str] = []
    for package in report["install"]:
        metadata = package["metadata"]
        name = canonicalize_name(metadata["name"])
        if metadata["version"] not in locked.get(name, ()):
            found.append(f"{name} {metadata['version']}")
    return found


def resolve_among_newer(check: Check, wheels: Path) -> Report:
    """Pip's report where the index has `wheels`, and a newer release of each locked package."""
    with tempfile.TemporaryDirectory() as newer:
        for package in locked_versions(check.lock):
            write_wheel(Path(newer), package, NEWER)
        return resolve(check, ["--no-index", "--find-links", str(wheels), "--find-links", newer])


def resolve(check: Check, sources: list[str]) -> Report:
    """Pip's report on what it would install, for an environment that has nothing yet."""
    with tempfile.TemporaryDirectory() as name:
        report = Path(name, "report.json")
        run(
            [
                *(str(check.python), str(check.pip / "pip"), "install", "--dry-run", "--quiet"),
                *("--no-input", "--disable-pip-version-check", "--ignore-installed"),
                *("--report", str(report), *sources),
                *("--require-hashes", "-r", str(check.lock)),
            ]
        )
        content: Report = json.loads(report.read_text("utf-8"))
        return content


def locked_versions(lock: Path) -> dict[str, set[str]]:
    """The versions that a lock names for each package; more than one where markers decide."""
    versions: dict[str, set[str]] = {}
    for line in re.findall(r"^[A-Za-z0-9].*", lock.read_text("utf-8"), re.MULTILINE):
        requirement = Requirement(line.rstrip(" \\"))
        (pin,) = requirement.specifier
        versions.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return versions


def unlike_base(lock: Path, base: Path) -> list[str]:
    """What a lock pins in another way than its base, hashes included."""
    known = entries(base)
    names = {Requirement(pin).name for pin in known}
    return [
        pin
        for pin, hashes in entries(lock).items()
        if Requirement(pin).name in names and known.get(pin) != hashes
    ]


def entries(lock: Path) -> dict[str, set[str]]:
    """The pins of a lock, without their markers, and the hashes of each."""
    found: dict[str, set[str]] = {}
    hashes: set[str] = set()
    for line in lock.read_text("utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            found[line.partition(" ")[0]] = hashes = set()
        elif match := re.search(r"--hash=(\S+)", line):
            hashes.add(match[1])
    return found


def write_wheel(directory: Path, package: str, version: str, *requirements: str) -> Path:
    """A wheel without content, as an index could have it."""
    stem = f"{package.replace('-', '_')}-{version}"
    metadata = [f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requirements]
    tags = "Wheel-Version: 1.0\nGenerator: check_locks\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    path = directory / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", "\n".join([*metadata, ""]))
        wheel.writestr(f"{stem}.dist-info/WHEEL", tags)
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
    return path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.check_locks", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--index", action="store_true", help="resolve against the real index")
    options = parser.parse_args(arguments)
    failed = 0
    if others := unlike_base(LOCKS / f"{EXTENDED}.txt", LOCKS / f"{BASE}.txt"):
        print(f"{EXTENDED}.txt: FAILED: {BASE}.txt has not {', '.join(others)}", flush=True)
        failed += 1
    else:
        print(f"{EXTENDED}.txt: extends {BASE}.txt", flush=True)
    for check in checks():
        started = time.monotonic()
        try:
            problem = ", ".join(differences(check, options.index))
            problem = problem and f"would install {problem}"
        except ReleaseError as error:
            problem = str(error)
        verdict = f"FAILED: {problem}" if problem else "installs what it names"
        print(f"{check}: {verdict} ({time.monotonic() - started:.0f} s)", flush=True)
        failed += bool(problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
