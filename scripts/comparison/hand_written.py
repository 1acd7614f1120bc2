"""What in `custom/`, which no command rewrites, does not go with the new package."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
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
    for path in sorted(custom.rglob("*.py")):
        where = str(path.relative_to(custom.parent))
        text = path.read_text("utf-8")
        for module, name, line in _imports(ast.parse(text), package):
            imported.add(name)
            if name not in names.get(module, set()):
                problem = f"imports `{name}`, which {package} does not have any more"
                yield Finding("import-gone", f"{where}:{line}", problem, "Remove or replace it")
        if old_version != new_version:
            for number, line_text in enumerate(text.splitlines(), start=1):
                if old_version in line_text:
                    problem = f"names the old API version, {old_version}"
                    remedy = "Check whether it should"
                    yield Finding("old-version", f"{where}:{number}", problem, remedy)
    yield from _not_passed_on(changes, imported)


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
