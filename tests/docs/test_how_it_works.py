"""What maintainers read names files, commands and places that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/maintain/how-it-works.md",
    "docs/maintain/how-it-is-tested.md",
]
FOLDERS = ("custom", "docs", "generated", "scripts", "spec", "templates", "tests")

MADE_HERE = {".cache/", "dist/"}  # by a command, so not in every checkout

every_page = pytest.mark.parametrize("page", PAGES)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_links_lead_somewhere(page):
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", text_of(page)):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), (target, anchor)


@every_page
def test_files_and_folders_exist(page):
    paths = [path for folder in FOLDERS for path in (ROOT / folder, *(ROOT / folder).rglob("*"))]
    present = [f"/{path.relative_to(ROOT).as_posix()}" for path in paths]
    named = re.findall(r"`([\w./-]+(?:\.(?:py|yaml|json|toml|md|yml)|/))`", text_of(page))
    for name in set(named) - MADE_HERE:
        suffix = f"/{name.rstrip('/')}"
        assert (ROOT / name).exists() or any(path.endswith(suffix) for path in present), name


@every_page
def test_commands_are_targets_of_the_makefile(page):
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", text_of(page)))
    assert named <= targets
    assert named or page == "SECURITY.md"


def test_what_is_said_of_pip_is_what_the_locks_are_tried_with():
    pins = re.search(r'^pip-oldest = \["pip==([\d.]+)"\]', text_of("pyproject.toml"), re.MULTILINE)
    assert pins is not None
    assert f"pip {pins[1]}," in " ".join(text_of("docs/maintain/how-it-works.md").split())
