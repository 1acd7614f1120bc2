"""The description that a package index shows: README.md, with links that lead somewhere there.

A hook of hatchling, which finds this file by its name and puts it into the sdist.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_CODE_OR_LINK = re.compile(
    r"^```.*?^```$|(?P<image>!?)\[(?P<text>[^\[\]]*)\]\((?P<target>[^)\s]+)\)",
    re.MULTILINE | re.DOTALL,
)


class Description(MetadataHookInterface):
    """Sets `readme`, which pyproject.toml lists as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set it; the address of the site is `Documentation` in `[project.urls]`."""
        text = Path(self.root, "README.md").read_text("utf-8")
        site = metadata.get("urls", {}).get("Documentation")
        metadata["readme"] = {"content-type": "text/markdown", "text": described(text, site)}


def described(text: str, site: str | None) -> str:
    """The text with relative links into the site, and no link to what the site does not have."""

    def link(found: re.Match[str]) -> str:
        target = found["target"]
        if target is None or target.startswith("#") or ":" in target:
            return found[0]
        name, hash_sign, anchor = target.partition("#")
        page = page_of(PurePosixPath(name))
        if site is None or page is None:
            return found["text"]
        address = f"{site.rstrip('/')}/{page}{hash_sign}{anchor}"
        return f"{found['image']}[{found['text']}]({address})"

    return _CODE_OR_LINK.sub(link, text)


def page_of(file: PurePosixPath) -> PurePosixPath | None:
    """Where the site has a file of the repository, as `scripts/site/pages.py` places it."""
    if file.parts[0] == "docs":
        place = file.relative_to("docs")
    elif file.suffix == ".md":
        place = PurePosixPath(file.name.lower())
    else:
        return None
    return place.with_suffix(".html") if place.suffix == ".md" else place
