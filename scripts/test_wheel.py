"""Run the tests of what is published on the built wheel, on each Python of this machine.

The wheel is built from the tree and installed into an environment of its own, alongside the locked
test tools. The tests run on a copy of tests/ in a directory that has nothing else of the checkout.
The oldest Python gets the lowest releases of the dependencies that the wheel allows, the newest one
the newest that the index has today, and those between them the releases of the lock.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import Parser
from pathlib import Path

from attrs import define
from packaging.requirements import Requirement

from .errors import ReleaseError
from .release.distributions import build, tool_environment
from .release.environments import (
    SUPPORTED,
    find_python,
    install,
    locked_packages,
    make_environment,
    run,
)

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "packages"

# The tests find everything of the checkout beside them, but the packages in the wheel.
PACKAGES = {"custom", "generated"}
NOT_COPIED = {"__pycache__", "build", "dist", "node_modules"}

# The tests of what is published; and what a test of the checkout imports, wherever it is.
SUITES = (
    "accounts",
    "cli",
    "client",
    "export",
    "generated",
    "reconcile",
    "sandbox",
    "scan",
    "spark",
    "sync",
)
OF_THE_CHECKOUT = re.compile(
    r"^from (scripts|tests\.(any_input|contract|pipeline))\b", re.MULTILINE
)
LEFT_OUT = (
    "tests/client/test_typing.py",  # mypy and Pyright are no test tools, and check the same types
    "tests/accounts/test_killed.py",  # takes a minute, and shows nothing of one Python alone
    "tests/export/test_killed.py",  # takes minutes, and shows nothing of one Python alone
    "tests/sync/test_killed.py",  # the same
    "tests/sandbox/test_pytest_plugin.py::test_from_an_installed_wheel",  # builds one itself
)

WHERE = """
import stripe_invoice_payments, stripe_invoice_payments_api
print(stripe_invoice_payments.__file__, stripe_invoice_payments_api.__file__)
"""

RELEASES = """
from importlib.metadata import version
print(*[f"{name} {version(name)}" for name in "attrs httpx starlette uvicorn".split()], sep=", ")
"""


@define(frozen=True)
class Arguments:
    """What the command line asks for: Pythons, folders of tests, and what pytest gets."""

    versions: Iterable[str]
    suites: Iterable[str]
    of_pytest: list[str]


def not_copied(directory: str, names: list[str]) -> set[str]:
    """What of a directory of the checkout the tests do without."""
    hidden = {name for name in names if name.startswith(".")} | ({*names} & NOT_COPIED)
    return hidden | ({*names} & PACKAGES if Path(directory) == ROOT else set())


def copy_tests(directory: Path, suites: Iterable[str]) -> list[str]:
    """Copy the tests with all that they read; returns what to run in the copy."""
    shutil.copytree(ROOT, directory, ignore=not_copied)
    modules = [
        path
        for suite in suites
        for path in sorted((directory / "tests" / suite).glob("test_*.py"))
        if not OF_THE_CHECKOUT.search(path.read_text("utf-8"))
    ]
    return [str(path.relative_to(directory)) for path in modules]


def lowest(wheel: Path) -> Iterator[str]:
    """The oldest releases that the wheel, its sandbox and its command line allow, as requirements.

    But for typing-extensions: the tools that run the tests need a newer one.
    """
    with zipfile.ZipFile(wheel) as content:
        name = next(name for name in content.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(content.read(name).decode())
    for text in metadata.get_all("Requires-Dist", ()):
        requirement = Requirement(text)
        if requirement.name == "typing-extensions":
            continue
        marker = str(requirement.marker)
        if "extra" not in marker or any(f'"{extra}"' in marker for extra in ("cli", "sandbox")):
            (bound,) = (pin.version for pin in requirement.specifier if pin.operator == ">=")
            yield f"{requirement.name}=={bound}"


def runs(versions: Iterable[str]) -> Iterator[tuple[str, Path, str]]:
    """What is tested: a version of Python, the interpreter, and which dependencies it gets."""
    here = {version: python for version in SUPPORTED if (python := find_python(version))}
    if not here:
        raise ReleaseError("this machine", "has no Python that is supported", "Install one")
    oldest, newest = next(iter(here)), next(reversed(here))
    ends = {"oldest": oldest, "newest": newest}
    for version in dict.fromkeys(ends.get(name, name) for name in versions):
        if version in here:
            releases = {oldest: "lowest", newest: "newest"}.get(version, "locked")
            yield version, here[version], releases
        else:
            print(f"Python {version}: not on this machine, not tested", flush=True)


def run_tests(version: str, python: Path, releases: str, wheel: Path, what: Arguments) -> bool:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        packages = locked_packages(python, ROOT / "requirements" / "test.txt", CACHE)
        interpreter = make_environment(directory / "environment", python, packages)
        install(interpreter, f"{wheel}[sandbox]")
        if releases == "lowest":
            install(interpreter, "--ignore-installed", *lowest(wheel), index=True)
        elif releases == "newest":
            install(interpreter, "--ignore-installed", f"{wheel}[sandbox]", index=True)
        modules = copy_tests(directory / "work", what.suites)
        require_wheel(interpreter, directory)
        found = run([str(interpreter), "-c", RELEASES]).strip()
        print(f"Python {version}, {releases} dependencies: {found}", flush=True)
        left_out = [f"--deselect={name}" for name in LEFT_OUT]
        command = [str(interpreter), "-m", "pytest", "-p", "no:cacheprovider", *left_out]
        finished = subprocess.run(
            [*command, *modules, *what.of_pytest],
            cwd=directory / "work",
            env=tool_environment(),
            check=False,
        )
    return finished.returncode == 0


def require_wheel(interpreter: Path, directory: Path) -> None:
    """Refuse to test anything but the wheel."""
    finished = subprocess.run(
        [str(interpreter), "-c", WHERE],
        cwd=directory / "work",
        env=tool_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    places = finished.stdout.split()
    if not places or not all(Path(place).is_relative_to(directory) for place in places):
        raise ReleaseError(
            "the environment", f"imports {places or finished.stderr}, not the wheel", "Look at .pth"
        )


def parse_arguments(arguments: list[str] | None) -> Arguments:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.test_wheel",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Further arguments are pytest's.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--python",
        action="append",
        choices=(*SUPPORTED, "oldest", "newest"),
        help="only on this version, or on the oldest or newest one here; may be repeated",
    )
    parser.add_argument(
        "--suite",
        action="append",
        choices=SUITES,
        help="only this folder of tests; may be repeated",
    )
    options, pytest_arguments = parser.parse_known_args(arguments)
    return Arguments(options.python or SUPPORTED, options.suite or SUITES, pytest_arguments)


def main(arguments: list[str] | None = None) -> int:
    what = parse_arguments(arguments)
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        try:
            wheel = next(path for path in build(ROOT, Path(name)) if path.suffix == ".whl")
            for version, python, releases in runs(what.versions):
                started = time.monotonic()
                if not run_tests(version, python, releases, wheel, what):
                    failed.append(f"{version} with {releases} dependencies")
                print(f"Python {version}: {time.monotonic() - started:.0f} s\n", flush=True)
        except ReleaseError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    if failed:
        print(f"error: the wheel's tests failed on Python {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
