"""`make setup`, with which every target begins: what it does, and what it says when it fails."""

import os
import stat
import sys

import pytest

from scripts.release.environments import find_python
from tests.packaging.support import ROOT, THIS_PYTHON, run

SET_UP = ROOT / "scripts" / "set_up.py"
EMPTY_LOCK = "# nothing\n"
CLOSED_PORT = "http://127.0.0.1:9/simple/"
WANTED = f"nothing-like-it==1.0 --hash=sha256:{'0' * 64}\n"


@pytest.fixture
def place(tmp_path):
    """A directory with a blank in its name, and a lock in it."""
    directory = tmp_path / "my clone"
    directory.mkdir()
    (directory / "lock.txt").write_text(EMPTY_LOCK, "utf-8")
    return directory


def set_up(place, python=THIS_PYTHON, **environment):
    return run([python, SET_UP, ".venv", "lock.txt"], place, environment)


def test_the_life_of_an_environment(place, tmp_path):
    # Settings that would install elsewhere are ignored.
    elsewhere = {"PIP_USER": "1", "PIP_TARGET": tmp_path / "target", "PIP_CONSTRAINT": "missing"}
    first = set_up(place, **elsewhere)
    assert first.code == 0, first.output
    assert "Setting up .venv with the locked tools (once, a minute or two)" in first.output
    assert "Set up in " in first.output
    assert (place / ".venv" / "ready").exists()

    second = set_up(place)
    assert (second.code, second.output) == (0, "")

    (place / ".venv" / "left-over").touch()
    (place / "lock.txt").write_text(EMPTY_LOCK * 2, "utf-8")
    assert "Setting up" in set_up(place).output  # another lock
    assert not (place / ".venv" / "left-over").exists()

    moved = place.rename(place.with_name("moved"))
    assert "Setting up" in set_up(moved).output  # the scripts in it name the old place


def test_a_failure_names_the_command_and_what_to_try(place):
    (place / "lock.txt").write_text(WANTED, "utf-8")

    finished = set_up(place, PIP_INDEX_URL=CLOSED_PORT, PIP_RETRIES=0, PIP_CONFIG_FILE=os.devnull)

    assert finished.code == 2
    assert "error: this command failed: " in finished.output
    assert "pip install" in finished.output
    assert "PIP_INDEX_URL" in finished.output
    assert "Traceback" not in finished.output
    assert not (place / ".venv" / "ready").exists()
    assert not (place / ".venv" / "locked").exists()  # so the next try begins anew


def test_an_old_python_is_refused_by_name(place):
    python = find_python("3.10")
    if python is None:
        pytest.skip("no Python 3.10 on this machine")

    finished = set_up(place, python)

    assert finished.code == 2
    assert "is Python 3.10" in finished.output
    assert "make PYTHON=" in finished.output


def test_make_says_that_there_is_no_such_python(tmp_path):
    finished = run(["make", "PYTHON=python-none", f"VENV={tmp_path}/venv", "setup"], ROOT)

    assert finished.code == 2
    assert "error: no python-none found" in finished.output


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_refused_with_a_way_out(place):
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        finished = set_up(place)
    finally:
        place.chmod(stat.S_IRWXU)

    assert finished.code == 2
    assert "make VENV=" in finished.output
