"""What the packaging tests share: commands, a copy of the project, its builds, an index."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from scripts.release.distributions import OF_AN_OUTER_MAKE, build, sha256
from scripts.release.preconditions import read_version
from stripe_invoice_payments.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "packages"
RUNTIME_LOCK = ROOT / "requirements" / "runtime.txt"
THIS_PYTHON = Path(sys.executable)
MYPY_CACHE = ROOT / ".cache" / "mypy-of-hosts"
VERSION = read_version(ROOT)

# What a test's Python, its machine or the make that runs it would hand on to a command.
NOT_INHERITED = OF_AN_OUTER_MAKE | {"PYTHONPATH", "PIP_FIND_LINKS"}

# What of the project the tests need of a clone.
PROJECT = (
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "custom",
    "generated",
    "hatch_build.py",
    "pyproject.toml",
    "scripts",
)

CALL = """
import sys
from importlib.metadata import version
from stripe_invoice_payments import Client

with Client(api_key=sys.argv[1], base_url=sys.argv[2]) as client:
    assert client.invoice_payments.list(limit=1).data[0].object == "invoice_payment"
print(version("stripe-invoice-payments"))
"""

USER, PASSWORD = "maintainer", "correct horse battery staple"


@dataclass(frozen=True)
class Distributions:
    wheel: Path
    sdist: Path

    @property
    def version(self) -> str:
        return self.wheel.name.split("-")[1]


@dataclass(frozen=True)
class Finished:
    """A command that ended."""

    code: int
    output: str


@dataclass(frozen=True)
class IndexServer:
    """A running package index.

    Attributes:
        url: Where it takes uploads.
        packages: The directory of its files.
        command_lines: Every command line that ran on this machine at the time of a login.
    """

    url: str
    packages: Path
    command_lines: Path

    @property
    def simple(self) -> str:
        return f"{self.url}simple/"

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.packages.iterdir()}


def run(
    command: Sequence[object],
    directory: Path,
    environment: Mapping[str, str | Path] | None = None,
    timeout: float = 120,
) -> Finished:
    """Run a command as a user would, with nothing of how this test is run."""
    inherited = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
    added = {name: str(value) for name, value in (environment or {}).items()}
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=directory,
        env={**inherited, **added},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Finished(finished.returncode, finished.stdout)


def succeed(
    command: Sequence[object],
    directory: Path,
    environment: Mapping[str, str | Path] | None = None,
) -> str:
    finished = run(command, directory, environment)
    assert finished.code == 0, finished.output
    return finished.output


def write_netrc(path: Path, host: str) -> None:
    """Write the login for the test's indexes as docs/adopt/installing.md says."""
    text = documented("adopt/installing.md", "machine packages.example.com")
    text = text.replace("packages.example.com", host).replace("<user>", USER)
    path.write_text(text.replace("<password>", f'"{PASSWORD}"'), "utf-8")
    path.chmod(0o600)


def call_the_sandbox(interpreter: Path, sandbox: Sandbox) -> str:
    """Use what an environment has installed; returns its version."""
    command = [interpreter, "-c", CALL, sandbox.api_key, sandbox.base_url]
    return succeed(command, interpreter.parent).strip()


def mypy_strict(
    interpreter: Path, directory: Path, *arguments: object, path: Path | str = ""
) -> str:
    """What `mypy --strict` says in a directory, with the packages of an interpreter."""
    command = [THIS_PYTHON, "-m", "mypy", "--strict", f"--cache-dir={MYPY_CACHE}"]
    command += [f"--python-executable={interpreter}"]
    return run([*command, *arguments], directory, {"MYPYPATH": path}).output


def copy_project(source: Path, directory: Path) -> Path:
    """A copy of the project as a clone has it."""
    directory.mkdir(parents=True)
    for name in PROJECT:
        if (source / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "staging-*")
            shutil.copytree(source / name, directory / name, ignore=ignored)
        else:
            shutil.copy(source / name, directory / name)
    return directory


def substitute(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), flags=re.MULTILINE)
    assert count, f"{pattern} is not in {path}"
    path.write_text(text, "utf-8")


def set_version(project: Path, version: str) -> None:
    version_file = project / "custom" / "stripe_invoice_payments" / "_version.py"
    substitute(version_file, "__version__ = .*", f'__version__ = "{version}"')


def build_distributions(project: Path, directory: Path) -> Distributions:
    sdist, wheel = build(project, directory)
    return Distributions(wheel, sdist)


def documented(page: str, containing: str) -> str:
    """The code block of a page of docs/ that contains these words, for this version."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"^ *```\w+\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    found = [dedent(block) for block in blocks if containing in block]
    assert len(found) == 1, f"{len(found)} blocks of {page} contain {containing!r}"
    return for_this_version(found[0])


def for_this_version(text: str) -> str:
    """What the documentation shows for some version, for this one."""
    return re.sub(r"(?<=stripe-invoice-payments==)[0-9.]+", VERSION, text)


def pinned(distributions: Distributions) -> str:
    """The lines that pin both files, as the documentation shows them."""
    text = documented("adopt/installing.md", "--hash=sha256:<the wheel>")
    text = text.replace("<the wheel>", sha256(distributions.wheel))
    return text.replace("<the sdist>", sha256(distributions.sdist))


@contextmanager
def index_server(directory: Path, *actions: str) -> Iterator[IndexServer]:
    """Run pypiserver on a free port of this machine; the actions ask for a login."""
    packages, command_lines = directory / "packages", directory / "command-lines"
    packages.mkdir()
    program = Path(__file__).with_name("index_server.py")
    with subprocess.Popen(
        [sys.executable, str(program), str(packages), str(command_lines), *actions],
        env={**os.environ, "INDEX_USER": USER, "INDEX_PASSWORD": PASSWORD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            assert url, "the index did not start"
            yield IndexServer(url, packages, command_lines)
        finally:
            process.kill()
