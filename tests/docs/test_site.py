"""The documentation as a site: built strictly, the same twice, by either builder.

What these tests need is in an environment of its own, which `make docs` sets up.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import stripe_invoice_payments as sip
from scripts.errors import SiteError
from scripts.site import __main__ as site, pages

ROOT = Path(__file__).parents[2]
PYTHON = Path(f"{sys.prefix}-docs") / "bin" / "python"

needs_builders = pytest.mark.skipif(
    not PYTHON.exists() and not os.environ.get("CI"), reason="`make docs` was never run here"
)


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, *map(str, command)], capture_output=True, text=True, check=False, cwd=ROOT
    )


def call(to: Path, *calls: str) -> subprocess.CompletedProcess[str]:
    """Call functions of the program that builds the site."""
    given = f"from pathlib import Path; to = Path({str(to)!r})"
    return run("-c", "; ".join(["from scripts.site.__main__ import *", given, *calls]))


def contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@needs_builders
@pytest.mark.parametrize(
    ("builder", "builds"),
    [
        ("zensical", ["once", "twice", "twice"]),  # the last one renders what has changed: nothing
        ("mkdocs", ["once", "twice"]),
    ],
)
def test_the_site_is_the_same_each_time(builder, builds, tmp_path):
    for name in builds:
        done = run("-m", "scripts.site", "--with", builder, "--to", tmp_path / name)
        assert done.returncode == 0, done.stdout + done.stderr
    once, twice = contents(tmp_path / "once" / "html"), contents(tmp_path / "twice" / "html")
    sources = [pages.page_of(source) for source in pages.sources() if source.suffix == ".md"]
    assert {page.with_suffix(".html").as_posix() for page in sources} <= once.keys()
    copies = re.findall(r"^- \[.+\]\((.+)\)$", once["llms.txt"].decode(), re.MULTILINE)
    assert {name.replace(".html", ".md") for name in once if name.endswith(".html")} == {
        *copies,
        "404.md",
    }
    assert not any(
        re.search(rb"^(:::|<!-- (fields|help))", once[name], re.MULTILINE) for name in copies
    )
    assert b"| `amount_paid` | `int`, minor units | yes | `paid` |" in once["reference/models.md"]
    versions = (
        f"stripe-invoice-payments {sip.__version__}, for Stripe's API version {sip.API_VERSION}"
    )
    html = {name: page.decode() for name, page in once.items() if name.endswith(".html")}
    assert [name for name, page in html.items() if versions not in unescape(page)] == []
    assert once.keys() == twice.keys()
    assert [name for name in once if once[name] != twice[name]] == []


@needs_builders
def test_a_page_that_changed_is_built_again(tmp_path):
    def built(page: str) -> dict[str, bytes]:
        more = f"(to / 'pages' / {page!r}).open('a').write('\\n\\nMore.\\n')"
        done = call(tmp_path, "forget(to)", "prepare(to)", more, "build(to, 'zensical')")
        assert done.returncode == 0, done.stdout + done.stderr
        return contents(tmp_path / "html")

    first, second = built("use/find.md"), built("use/sync.md")
    assert {name for name in first if first[name] != second[name]} == {
        *("use/find.html", "use/find.md", "use/sync.html", "use/sync.md", "search.json"),
    }


READ = ["custom/a.py", "generated/b.py", "scripts/site/c.py", "requirements/docs.txt"]


@pytest.mark.parametrize("file", READ)
def test_a_build_forgets_the_last_one_if_what_the_reference_is_read_from_changed(
    file, tmp_path, monkeypatch
):
    for name in READ:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("old\n", "utf-8")
    monkeypatch.setattr(site, "ROOT", tmp_path)
    cache = tmp_path / "to" / ".cache"
    for text, is_kept in (("old\n", True), ("new\n", False)):
        site.forget(tmp_path / "to")
        cache.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
        site.forget(tmp_path / "to")
        assert cache.exists() is is_kept


@needs_builders
@pytest.mark.parametrize("link", ["missing.md", "money.md#missing"])
def test_a_link_that_leads_nowhere_stops_the_build(link, tmp_path):
    assert call(tmp_path, "prepare(to)").returncode == 0
    page = tmp_path / "pages" / "use" / "sync.md"
    page.write_text(f"{page.read_text('utf-8')}\n[more]({link})\n", "utf-8")
    done = call(tmp_path, "build(to, 'zensical')")
    assert "SiteError: docs: the site was not built" in done.stderr
    assert "does not exist" in done.stdout + done.stderr


def test_pages_link_to_each_other_and_to_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "LICENSE").touch()
    (tmp_path / "README.md").write_text(
        "[money](docs/money.md#sums) [licence](LICENSE) [Stripe](https://stripe.com) [up](#up)\n"
        "```\n[code](LICENSE)\n```\n"
    )
    (tmp_path / "docs" / "money.md").write_text("[start](../README.md) [other](other.md)\n")
    (tmp_path / "docs" / "other.md").write_text("[up](money.md)\n")
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(pages, "ELSEWHERE", {"README.md": "index.md"})

    pages.stage(tmp_path / "pages")

    assert (tmp_path / "pages" / "index.md").read_text() == (
        "[money](money.md#sums) licence [Stripe](https://stripe.com) [up](#up)\n"
        "```\n[code](LICENSE)\n```\n"
    )
    assert (tmp_path / "pages" / "money.md").read_text() == "[start](index.md) [other](other.md)\n"

    (tmp_path / "docs" / "other.md").write_text("[down](gone.md)\n")
    with pytest.raises(SiteError, match=r"links to gone\.md, which is not there"):
        pages.stage(tmp_path / "pages")
