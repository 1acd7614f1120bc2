"""Files that belong together are replaced together, or not at all."""

import errno
import os
from pathlib import Path

import pytest

from scripts.pipeline.errors import PipelineError
from scripts.pipeline.files import replace_together, staging_directory


def make(root: Path, **texts: str) -> dict[str, Path]:
    """A directory with one file for each text, named after it, below `root`."""
    for name, text in texts.items():
        (root / name).mkdir(parents=True)
        (root / name / "file").write_text(text, "utf-8")
    return {name: root / name for name in texts}


def texts_below(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_text("utf-8") for path in files}


def test_what_was_there_goes_and_what_was_not_comes(tmp_path):
    old = make(tmp_path / "old", a="1", b="2")
    new = make(tmp_path / "new", a="3", b="4", c="5")
    replace_together({tmp_path / "old" / name: path for name, path in new.items()})
    assert texts_below(tmp_path / "old") == {"a/file": "3", "b/file": "4", "c/file": "5"}
    assert old["a"].is_dir()


def test_if_one_cannot_be_replaced_none_is(tmp_path):
    make(tmp_path / "old", a="1")
    new = make(tmp_path / "new", a="2", b="3")
    before = texts_below(tmp_path)
    with pytest.raises(PipelineError, match="cannot be written: No such file"):
        replace_together(
            {
                tmp_path / "old" / "a": new["a"],
                tmp_path / "old" / "b": new["b"],
                tmp_path / "old" / "c": tmp_path / "new" / "absent",
            }
        )
    assert texts_below(tmp_path) == before


def _refuse_to_make_directories(monkeypatch, number):
    def refused(self, *_args, **_options):
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(Path, "mkdir", refused)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_clone_that_cannot_be_written_is_compared_elsewhere(tmp_path, monkeypatch, number):
    _refuse_to_make_directories(monkeypatch, number)
    with staging_directory(tmp_path / "cache") as staging:
        assert staging.is_dir()
        assert not staging.is_relative_to(tmp_path)
    assert not staging.exists()


def test_a_full_disk_is_reported_where_it_is_full(tmp_path, monkeypatch):
    _refuse_to_make_directories(monkeypatch, errno.ENOSPC)
    with pytest.raises(PipelineError, match="cannot be written: No space left"):
        with staging_directory(tmp_path / "cache"):
            pytest.fail("there is no such directory")
