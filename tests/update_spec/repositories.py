"""A look at a repository that the command was run in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scripts.pipeline.repository import Repository

Tree = dict[str, bytes]
Run = Callable[..., int]


def tree_of(repository: Repository) -> Tree:
    """Everything that a maintainer would commit."""
    root = repository.root
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {".cache", "__pycache__", ".git"} & {*path.parts}
        if path.name != "new.json"
    }


def report_of(repository: Repository) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((repository.downloads / "report.json").read_bytes())
    return content
