"""`make check-locks` notices a lock that a newer release breaks."""

import hashlib
from pathlib import Path

import pytest

from scripts.check_locks import (
    Check,
    locked_versions,
    resolve_among_newer,
    unlike_base,
    write_wheel,
)
from scripts.errors import ReleaseError
from scripts.release.environments import locked_wheels, running
from tests.packaging.support import CACHE, ROOT, THIS_PYTHON


@pytest.fixture
def wheels(tmp_path):
    """An index with a tool, and the library that the tool needs with an extra."""
    directory = tmp_path / "wheels"
    directory.mkdir()
    write_wheel(directory, "tool", "1.0", "library[toml]>=1")
    write_wheel(directory, "library", "1.0")
    return directory


def check(wheels: Path, pip: str, *pins: str) -> Check:
    lines = []
    for pin in pins:
        name, version = pin.replace("[toml]", "").split("==")
        content = (wheels / f"{name}-{version}-py3-none-any.whl").read_bytes()
        lines.append(f"{pin} \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}\n")
    lock = wheels.parent / "lock.txt"
    lock.write_text("".join(lines), "utf-8")
    kept = locked_wheels(THIS_PYTHON, ROOT / "requirements" / f"pip-{pip}.txt", CACHE)
    return Check(lock, THIS_PYTHON, running(), next(kept.glob("*.whl")))


@pytest.mark.parametrize("pip", ["oldest", "newest"])
def test_a_lock_that_keeps_extras_installs_what_it_names(wheels, pip):
    report = resolve_among_newer(check(wheels, pip, "tool==1.0", "library[toml]==1.0"), wheels)

    installed = {
        package["metadata"]["name"]: package["metadata"]["version"] for package in report["install"]
    }
    assert installed == {"tool": "1.0", "library": "1.0"}


def test_a_lock_without_its_extras_fails_with_the_oldest_pip(wheels):
    with pytest.raises(ReleaseError, match="hash"):
        resolve_among_newer(check(wheels, "oldest", "tool==1.0", "library==1.0"), wheels)


def test_the_lock_with_spark_extends_that_of_the_tests(tmp_path):
    base, lock = ROOT / "requirements" / "test.txt", ROOT / "requirements" / "spark.txt"
    assert unlike_base(lock, base) == []

    changed = tmp_path / "spark.txt"
    changed.write_text(lock.read_text("utf-8").replace("pytest==", "pytest==1"), "utf-8")
    assert [pin.partition("==")[0] for pin in unlike_base(changed, base)] == ["pytest"]


@pytest.mark.parametrize(
    "lock", sorted(ROOT.glob("requirements/*.txt")), ids=lambda path: path.name
)
def test_every_lock_pins_each_package_with_hashes_and_no_address(lock):
    text = lock.read_text("utf-8")

    assert locked_versions(lock)
    assert text.count("==") <= text.count("--hash=sha256:") + text.count(" ; ")
    assert "://" not in text
