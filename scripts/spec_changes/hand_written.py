"""What in `custom/` and the documentation, which nothing rewrites, does not fit the new package."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ..pipeline.errors import PipelineError
from .verdicts import Change, Finding

GONE = {"field-removed", "parameter-removed"}
PARAMETER_ADDED = {"parameter-added", "required-parameter-added"}


def hand_written_findings(
    *,
    root: Path,
    package: str,
    names: Mapping[str, set[str]],
    changes: list[Change],
    old_version: str,
    new_version: str,
) -> Iterator[Finding]:
    """What has to be edited by hand, or at least looked at.

    These are imports that would fail, names that are gone, new names that nobody passes on, sends
    or describes, and places that name the old version.

    Args:
        root: The directory with `custom/`, `README.md` and `docs/`.
        package: The name of the generated package.
        names: For each module of that package the names in it.
        changes: What users notice.
        old_version: The API version that is being left.
        new_version: The one that takes its place.

    Raises:
        PipelineError: A module of `custom/` is not Python.
    """
    modules = sorted((root / "custom").rglob("*.py"))
    trees = {path: _tree(path) for path in modules}
    for path, tree in trees.items():
        where = str(path.relative_to(root))
        yield from _imports_gone(where, tree, package, names)
        yield from _names_gone(where, tree, changes)
    if old_version != new_version:
        pages = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
        yield from _old_version(root, [*modules, *filter(Path.is_file, pages)], old_version)
    imported = {name for tree in trees.values() for _, name, _ in _imports(tree, package)}
    yield from _not_exported(changes, imported)
    yield from _not_in_the_sandbox(changes, trees)
    yield from _options_table(changes)


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        where = f"{path}, line {error.lineno}"
        raise PipelineError(where, f"this is not Python ({error.msg})", "Correct it") from error


def _imports_gone(
    where: str, tree: ast.Module, package: str, names: Mapping[str, set[str]]
) -> Iterator[Finding]:
    for module, name, line in _imports(tree, package):
        if name not in names.get(module, set()):
            problem = f"imports `{name}`, which {package} does not have any more"
            yield Finding("import-gone", f"{where}:{line}", problem, "Remove or replace it")


def _names_gone(where: str, tree: ast.Module, changes: list[Change]) -> Iterator[Finding]:
    gone = {_name(c): c.symbols[0] for c in changes if c.kind in GONE}
    for line, name in sorted(_mentioned(tree, gone.keys())):
        problem = f"names `{name}`; `{gone[name]}` is gone"
        yield Finding("name-gone", f"{where}:{line}", problem, "Remove it if it is that one")


def _old_version(root: Path, paths: list[Path], old_version: str) -> Iterator[Finding]:
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if old_version in line:
                subject = f"{path.relative_to(root)}:{number}"
                problem = f"names the old API version, {old_version}"
                yield Finding("old-version", subject, problem, "Check whether it should")


def _name(change: Change) -> str:
    """Stripe's name of the field or parameter that a change is about."""
    names: list[str] = re.findall(r"\w+", change.where)
    return names[-1] if names else ""


def _mentioned(tree: ast.Module, names: Collection[str]) -> set[tuple[int, str]]:
    """The lines where one of `names` is a key, an argument or an attribute."""
    places: set[tuple[int, str]] = set()
    for node in ast.walk(tree):
        found = (
            node.value
            if isinstance(node, ast.Constant)
            else getattr(node, "attr", getattr(node, "arg", None))
        )
        if isinstance(found, str) and found in names:
            places.add((getattr(node, "lineno", 0), found))
    return places


def _not_exported(changes: list[Change], imported: set[str]) -> Iterator[Finding]:
    for change in changes:
        if change.kind == "class-added" and change.symbols[0] not in imported:
            text = "is new and not passed on by the public package"
            yield Finding("not-exported", change.symbols[0], text, "Add it to its `__init__.py`")


def _not_in_the_sandbox(
    changes: list[Change], trees: Mapping[Path, ast.Module]
) -> Iterator[Finding]:
    """New fields and parameters that no module of the sandbox names."""
    sandbox = {path: tree for path, tree in trees.items() if "sandbox" in path.parts}
    for change in changes:
        if change.kind == "field-added":
            places = list(sandbox.values())
            text = "is new, and the sandbox does not send it"
            remedy = (
                "Add it to `sandbox/data/shapes.py`, or to `sandbox/data/unfilled.py` if it may "
                "stay null"
            )
        elif change.kind in PARAMETER_ADDED:
            places = [tree for path, tree in sandbox.items() if path.name == "parameters.py"]
            text = "is new, and the sandbox refuses it as unknown"
            remedy = "Add it to `sandbox/api/parameters.py` and to `sandbox/api/listing.py`"
        else:
            continue
        if not any(_mentioned(tree, {_name(change)}) for tree in places):
            yield Finding("not-in-sandbox", change.symbols[0], text, remedy)


def _options_table(changes: list[Change]) -> Iterator[Finding]:
    """docs/options.md has a table for each TypedDict, with a row for each of its keys."""
    for change in changes:
        if change.kind in PARAMETER_ADDED:
            text = "is new, and docs/options.md has no row for it"
            yield Finding("not-documented", change.symbols[0], text, "Add one")
        elif change.kind == "parameter-removed":
            text = "is gone, and docs/options.md has a row for it"
            yield Finding("not-documented", change.symbols[0], text, "Remove it")


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            top, _, module = node.module.partition(".")
            if top == package:
                yield from ((module, alias.name, node.lineno) for alias in node.names)
