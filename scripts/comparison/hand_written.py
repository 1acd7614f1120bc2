"""What in `custom/`, which no command rewrites, does not go with the new package."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from .verdicts import Change, Finding


def hand_written_findings(
    *,
    custom: Path,
    package: str,
    names: Mapping[str, set[str]],
    changes: list[Change],
    old_version: str,
    new_version: str,
) -> Iterator[Finding]:
    """Imports that would fail, new names that nobody passes on, places that name the old version.

    Args:
        custom: The directory of the hand-written code.
        package: The name of the generated package.
        names: For each module of that package the names in it.
        changes: What users notice.
        old_version: The API version that is being left.
        new_version: The one that takes its place.
    """
    imported: set[str] = set()
    gone = _gone(changes)
    for path in sorted(custom.rglob("*.py")):
        where = str(path.relative_to(custom.parent))
        text = path.read_text("utf-8")
        for module, name, line in _imports(ast.parse(text), package):
            imported.add(name)
            if name not in names.get(module, set()):
                problem = f"imports `{name}`, which {package} does not have any more"
                yield Finding("import-gone", f"{where}:{line}", problem, "Remove or replace it")
        for name, line in _mentioned(ast.parse(text), gone.keys()):
            problem = f"names `{name}`; `{gone[name]}` is gone"
            yield Finding("name-gone", f"{where}:{line}", problem, "Remove it if it is that one")
        if old_version != new_version:
            for number, line_text in enumerate(text.splitlines(), start=1):
                if old_version in line_text:
                    problem = f"names the old API version, {old_version}"
                    remedy = "Check whether it should"
                    yield Finding("old-version", f"{where}:{number}", problem, remedy)
    yield from _not_passed_on(changes, imported)


def _gone(changes: list[Change]) -> dict[str, str]:
    """Stripe's names of the fields and parameters that are gone, each with that in Python."""
    kinds = {"field-removed", "parameter-removed"}
    return {
        names[-1]: change.symbols[0]
        for change in changes
        if change.kind in kinds and (names := re.findall(r"\w+", change.where))
    }


def _mentioned(tree: ast.Module, names: Collection[str]) -> Iterator[tuple[str, int]]:
    """Where one of `names` is a key, an argument or an attribute."""
    for node in ast.walk(tree):
        found = (
            node.value
            if isinstance(node, ast.Constant)
            else getattr(node, "attr", getattr(node, "arg", None))
        )
        if isinstance(found, str) and found in names:
            yield found, getattr(node, "lineno", 0)


def _not_passed_on(changes: list[Change], imported: set[str]) -> Iterator[Finding]:
    for change in changes:
        if change.kind == "class-added" and change.symbols[0] not in imported:
            text = "is new and not passed on by the public package"
            yield Finding("not-exported", change.symbols[0], text, "Add it to its `__init__.py`")
        if change.kind == "operation-added":
            text = "is new and has no method yet"
            yield Finding("no-method", change.symbols[0], text, "Write it in `_resources.py`")


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            top, _, module = node.module.partition(".")
            if top == package:
                yield from ((module, alias.name, node.lineno) for alias in node.names)
