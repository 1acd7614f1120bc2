"""The pages of the site: the Markdown files of the repository, with links from one to the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from ..errors import SiteError
from .fields import with_fields
from .manual import with_help
from .pictures import with_pictures
from .releases import with_releases

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

# Pages that are elsewhere in the repository, where its readers look for them.
ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}

_FENCE = re.compile(r"^( *)(```+).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def stage(directory: Path) -> None:
    """Write every page below `directory`, and remove what else is there.

    What has not changed stays as it is, so that a server shows only what has.
    """
    pages = {directory / page_of(source): content(source) for source in sources()}
    for path in sorted(directory.rglob("*.*")):
        if path not in pages:
            path.unlink()
    for path, text in pages.items():
        if not path.exists() or path.read_bytes() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)


def content(source: Path) -> bytes:
    if source.suffix != ".md":
        return source.read_bytes()
    text = with_help(with_fields(relinked(source), ROOT), ROOT)
    return with_pictures(with_releases(text, ROOT)).encode()


def sources() -> list[Path]:
    """The files that become pages, and what these show."""
    return [*(ROOT / name for name in ELSEWHERE), *sorted(DOCS.rglob("*.*"))]


def page_of(source: Path) -> PurePosixPath:
    """Where a file is in the site."""
    if source.is_relative_to(DOCS):
        return PurePosixPath(source.relative_to(DOCS).as_posix())
    return PurePosixPath(ELSEWHERE[source.relative_to(ROOT).as_posix()])


def relinked(source: Path) -> str:
    """The text of a page, with links as they are in the site, and none to what is not in it.

    Raises:
        SiteError: A link leads nowhere.
    """
    pages = {path.resolve(): page_of(path) for path in sources()}
    here = page_of(source).parent

    def link(match: re.Match[str]) -> str:
        image, text, target = match.groups()
        name, hash_sign, anchor = target.partition("#")
        if not name or "://" in target or target.startswith("mailto:"):
            return match[0]
        page = pages.get((source.parent / name).resolve())
        if page is None:
            if not (source.parent / name).exists():
                where = source.relative_to(ROOT)
                raise SiteError(where, f"links to {name}, which is not there", "Correct the link")
            return text
        return f"{image}[{text}]({relative(page, here)}{hash_sign}{anchor})"

    return outside_code(source.read_text("utf-8"), lambda text: _LINK.sub(link, text))


def relative(page: PurePosixPath, folder: PurePosixPath) -> str:
    """How a page in `folder` names another."""
    up = "../" * len(folder.parts)
    return f"{up}{page}"


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with what is between its blocks of code changed."""
    parts: list[str] = []
    end = 0
    for block in _FENCE.finditer(text):
        parts += [change(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, change(text[end:])])
