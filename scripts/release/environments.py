"""Environments with the built wheel and the locked packages, for each Python of this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from ..errors import ReleaseError
from .distributions import tool_environment

SUPPORTED = ("3.10", "3.11", "3.12", "3.13", "3.14")


def running() -> str:
    """The version of the Python that runs this."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@cache
def find_python(version: str) -> Path | None:
    """An interpreter of this version, or None where the machine has none."""
    if version == running():
        return Path(sys.executable)
    return next((path for path in _candidates(version) if _runs_as(path, version)), None)


def locked_packages(python: Path, requirements: Path, cache_directory: Path) -> Path:
    """A directory with the locked packages as this interpreter needs them.

    It is kept, by interpreter and lock, and never changes: a second call costs nothing.
    """
    arguments = ["install", "--target"]
    return _kept("packages", python, requirements, cache_directory, arguments)


def locked_wheels(python: Path, requirements: Path, cache_directory: Path) -> Path:
    """The same packages, as the files that an index has of them."""
    arguments = ["download", "--only-binary", ":all:", "--dest"]
    return _kept("wheels", python, requirements, cache_directory, arguments)


def make_environment(directory: Path, python: Path, packages: Path | None = None) -> Path:
    """A new virtual environment that sees `packages` and nothing else; returns its interpreter."""
    run([str(python), "-m", "venv", "--without-pip", str(directory)])
    scripts = "Scripts" if os.name == "nt" else "bin"
    interpreter = directory / scripts / "python"
    if packages:
        show = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site_packages = Path(run([str(interpreter), "-c", show]).strip())
        (site_packages / "locked.pth").write_text(f"{packages}\n", "utf-8")
    return interpreter


def install(interpreter: Path, *arguments: str, index: bool = False) -> None:
    """Install into an environment; without an index, from what is named or at hand."""
    offline = [] if index else ["--no-index"]
    _pip(interpreter, "install", *offline, *arguments)


def _candidates(version: str) -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    newest_first = sorted(pyenv.glob(f"versions/{version}*/bin/python"), reverse=True)
    yield from newest_first
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)


def _runs_as(python: Path, version: str) -> bool:
    show = "import sys; print('%d.%d' % sys.version_info[:2])"
    finished = subprocess.run(
        [str(python), "-c", show], capture_output=True, text=True, check=False
    )
    return finished.returncode == 0 and finished.stdout.strip() == version


def _kept(
    kind: str, python: Path, requirements: Path, cache_directory: Path, pip: Sequence[str]
) -> Path:
    lock = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    tag = run([str(python), "-c", "import sys; print(sys.implementation.cache_tag)"]).strip()
    place = cache_directory / f"{requirements.stem}-{tag}-{lock}-{kind}"
    if not place.exists():
        cache_directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache_directory, prefix="staging-") as staging:
            new = Path(staging, "new")
            _pip(python, *pip, str(new), "--require-hashes", "-r", str(requirements))
            _keep(new, place)
    return place


def _keep(new: Path, place: Path) -> None:
    try:
        new.rename(place)
    except OSError:
        if not place.exists():  # else somebody else has made the same
            raise


def _pip(python: Path, *arguments: str) -> str:
    options = ["--no-input", "--disable-pip-version-check", "--quiet"]
    return run([sys.executable, "-P", "-m", "pip", "--python", str(python), *arguments, *options])


def run(command: list[str]) -> str:
    """Run a command; returns what it prints."""
    finished = subprocess.run(
        command, env=tool_environment(), capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        raise ReleaseError(
            " ".join(command),
            f"exit code {finished.returncode}: {finished.stderr.strip()}",
            "Run it by hand to see more",
        )
    return finished.stdout
