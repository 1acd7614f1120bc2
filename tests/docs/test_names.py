"""A page has one name: in the navigation, as its title, and in the links to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.site.pages import DOCS, ELSEWHERE, ROOT, sources

NAVIGATION = {
    page: name
    for name, page in re.findall(
        r"^ +- (.+): (\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE
    )
}
FILES = {page: ROOT / name for name, page in ELSEWHERE.items()}
PAGES = [ROOT / "README.md", *(path for path in sources() if path.suffix == ".md")]


def title(page: Path) -> str:
    return page.read_text("utf-8").partition("\n")[0].removeprefix("# ")


@pytest.mark.parametrize(("page", "name"), NAVIGATION.items(), ids=NAVIGATION)
def test_a_page_is_called_as_the_navigation_calls_it(page, name):
    assert title(FILES[page] if page in FILES else DOCS / page) == name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_is_called_as_its_page(page):
    links = re.findall(r"\[([A-Z][^\]`]*)\]\(([^)#:]+\.md)\)", page.read_text("utf-8"))
    named = [(text, title(page.parent / path)) for text, path in links if not text.endswith(".md")]
    assert [(text, name) for text, name in named if text != name] == []
