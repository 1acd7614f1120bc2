"""What in `custom/`, the tests and the documentation, all by hand, does not fit the new package."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ..pipeline.errors import PipelineError
from .python_api import public_names
from .verdicts import Change, Finding

GONE = {"field-removed", "parameter-removed"}
PARAMETER_ADDED = {"parameter-added", "required-parameter-added"}


def hand_written_findings(
    *,
    root: Path,
    package: Path,
    changes: list[Change],
    old_version: str,
    new_version: str,
) -> Iterator[Finding]:
    """What has to be edited by hand, or at least looked at.

    These are imports that would fail, names that are gone, new names that nobody passes on, sends
    or describes, and places that name the old version. All of it is below `root`, but for the new
    `package`.

    Raises:
        PipelineError: A module of `custom/` or `tests/` is not Python.
    """
    names = public_names(package)
    trees = {path: _tree(path) for path in sorted((root / "custom").rglob("*.py"))}
    gone = {_name(c): c.symbols[0] for c in changes if c.kind in GONE}
    imported: set[str] = set()
    for path, tree in trees.items():
        where = path.relative_to(root)
        for module, name, line in _imports(tree, package.name):
            imported.add(name)
            if name not in names.get(module, set()):
                text = f"imports `{name}`, which {package.name} does not have any more"
                yield Finding("import-gone", f"{where}:{line}", text, "Remove or replace it")
    tests = {path: _tree(path) for path in sorted((root / "tests").rglob("*.py"))} if gone else {}
    for path, tree in (trees | tests).items():
        for line, name in sorted(_mentioned(tree, gone.keys())):
            subject = f"{path.relative_to(root)}:{line}"
            text = f"names `{name}`; `{gone[name]}` is gone"
            yield Finding("name-gone", subject, text, "Remove it if it is that one")
    if old_version != new_version:
        pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
        yield from _old_version(root, [*trees, *filter(Path.is_file, pages)], old_version)
    for change in changes:
        yield from _not_followed(change, imported, trees)


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        where = f"{path}, line {error.lineno}"
        raise PipelineError(where, f"this is not Python ({error.msg})", "Correct it") from error


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            top, _, module = node.module.partition(".")
            if top == package:
                yield from ((module, alias.name, node.lineno) for alias in node.names)


def _mentioned(tree: ast.Module, names: Collection[str]) -> set[tuple[int, str]]:
    """The lines where one of `names` is a key, an argument or an attribute."""
    places: set[tuple[int, str]] = set()
    for node in ast.walk(tree):
        for key in ("value", "attr", "arg"):
            found = getattr(node, key, None)
            if isinstance(found, str) and found in names:
                places.add((getattr(node, "lineno", 0), found))
    return places


def _old_version(root: Path, paths: list[Path], old_version: str) -> Iterator[Finding]:
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if old_version in line:
                subject = f"{path.relative_to(root)}:{number}"
                text = f"names the old API version, {old_version}"
                yield Finding("old-version", subject, text, "Check whether it should")


def _name(change: Change) -> str:
    """Stripe's name of the field or parameter that a change is about."""
    names: list[str] = re.findall(r"\w+", change.where)
    return names[-1] if names else ""


def _not_followed(
    change: Change, imported: set[str], trees: Mapping[Path, ast.Module]
) -> Iterator[Finding]:
    """Where somebody has to follow a change: exports, the sandbox, and docs/configure/options.md.

    That page has a table for each `TypedDict`, with a row for each of its keys.
    """

    def finding(kind: str, text: str, remedy: str) -> Finding:
        return Finding(kind, change.symbols[0], text, remedy)

    def in_sandbox(file: str) -> bool:
        paths = [path for path in trees if "sandbox" in path.parts and path.match(file)]
        return any(_mentioned(trees[path], {_name(change)}) for path in paths)

    if change.kind == "class-added" and change.symbols[0] not in imported:
        text = "is new and not passed on by the public package"
        yield finding("not-exported", text, "Add it to its `__init__.py`")
    if change.kind == "field-added" and not in_sandbox("*.py"):
        remedy = "Add it to `sandbox/data/shapes.py`"
        remedy += ", or to `sandbox/data/unfilled.py` if it may stay null"
        yield finding("not-in-sandbox", "is new, and the sandbox does not send it", remedy)
    if change.kind in PARAMETER_ADDED and not in_sandbox("parameters.py"):
        remedy = "Add it to `sandbox/api/parameters.py` and to `sandbox/api/listing.py`"
        yield finding("not-in-sandbox", "is new, and the sandbox refuses it as unknown", remedy)
    if change.kind in PARAMETER_ADDED:
        yield finding(
            "not-documented", "is new, and docs/configure/options.md has no row for it", "Add one"
        )
    if change.kind == "parameter-removed":
        text = "is gone, and docs/configure/options.md has a row for it"
        yield finding("not-documented", text, "Remove it")
