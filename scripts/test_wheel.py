"""Run the tests of what is published on the built wheel, on each Python of this machine.

The wheel is built from the tree and installed into an environment of its own, beside the locked
test tools. The tests run on a copy of tests/ in a directory that has nothing else of the checkout.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .release.distributions import build, tool_environment
from .release.environments import (
    SUPPORTED,
    find_python,
    install,
    locked_packages,
    make_environment,
)
from .release.errors import ReleaseError

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "packages"

# The tests find everything of the checkout beside them, but the packages in the wheel.
PACKAGES = {"custom", "generated"}
NOT_COPIED = {"__pycache__", "build", "dist", "node_modules"}

# The tests of what is published; and what a test of the checkout imports, wherever it is.
SUITES = ("client", "generated", "sandbox", "scan")
OF_THE_CHECKOUT = re.compile(r"^from (scripts|tests\.(contract|pipeline))\b", re.MULTILINE)
LEFT_OUT = (
    "tests/client/test_typing.py",  # mypy and Pyright are no test tools, and check the same types
    "tests/sandbox/test_pytest_plugin.py::test_from_an_installed_wheel",  # builds one itself
)

WHERE = """
import stripe_invoice_payments, stripe_invoice_payments_api
print(stripe_invoice_payments.__file__, stripe_invoice_payments_api.__file__)
"""


def not_copied(directory: str, names: list[str]) -> set[str]:
    """What of a directory of the checkout the tests do without."""
    hidden = {name for name in names if name.startswith(".")} | ({*names} & NOT_COPIED)
    return hidden | ({*names} & PACKAGES if Path(directory) == ROOT else set())


def copy_tests(directory: Path) -> list[str]:
    """Copy the tests with all that they read; returns what to run in the copy."""
    shutil.copytree(ROOT, directory, ignore=not_copied)
    modules = [
        path
        for suite in SUITES
        for path in sorted((directory / "tests" / suite).glob("test_*.py"))
        if not OF_THE_CHECKOUT.search(path.read_text("utf-8"))
    ]
    return [str(path.relative_to(directory)) for path in modules]


def run_tests(version: str, python: Path, wheel: Path, pytest_arguments: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        packages = locked_packages(python, ROOT / "requirements" / "test.txt", CACHE)
        interpreter = make_environment(directory / "environment", python, packages)
        install(interpreter, f"{wheel}[sandbox]")
        modules = copy_tests(directory / "work")
        require_wheel(interpreter, directory)
        print(f"Python {version}, the wheel, {len(modules)} test modules", flush=True)
        left_out = [f"--deselect={name}" for name in LEFT_OUT]
        command = [str(interpreter), "-m", "pytest", "-p", "no:cacheprovider", *left_out]
        finished = subprocess.run(
            [*command, *modules, *pytest_arguments],
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


def parse_arguments(arguments: list[str] | None) -> tuple[list[str], list[str]]:
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
        choices=SUPPORTED,
        help="only on this version; may be repeated",
    )
    options, pytest_arguments = parser.parse_known_args(arguments)
    return options.python or list(SUPPORTED), pytest_arguments


def main(arguments: list[str] | None = None) -> int:
    versions, pytest_arguments = parse_arguments(arguments)
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        try:
            wheel = next(path for path in build(ROOT, Path(name)) if path.suffix == ".whl")
            for version in versions:
                started = time.monotonic()
                python = find_python(version)
                if python is None:
                    print(f"Python {version}: not on this machine, not tested", flush=True)
                    continue
                if not run_tests(version, python, wheel, pytest_arguments):
                    failed.append(version)
                print(f"Python {version}: {time.monotonic() - started:.0f} s\n", flush=True)
        except ReleaseError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    if failed:
        print(f"error: the wheel's tests failed on Python {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
