"""Loads each public name when it is first used, so that the import itself costs next to nothing.

What the package exports is listed once: the imports under `if TYPE_CHECKING` in its `__init__.py`.
Type checkers read them as they are, and this module reads them from the source. They stay whole
`from X import Y` statements: tools that vendor the packages under another name rewrite those, and
nothing more clever.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from sys import modules
from typing import Any


def install(package: str) -> bool:
    """Let `package` load its names on demand; False where Python keeps no source to read."""
    module: Any = modules[package]
    source = _source(module)
    if source is None:
        return False

    @cache
    def places() -> dict[str, str]:
        return dict(_imports(source))

    def load(name: str) -> object:
        if name == "__all__":
            return names()
        if name not in places():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(places()[name], package), name)
        setattr(module, name, value)
        return value

    def names() -> list[str]:
        return sorted([*places(), "__version__"])

    module.__getattr__ = load
    module.__dir__ = names
    return True


def _source(module: Any) -> str | None:
    if module.__file__.endswith(".py"):
        # Not through the loader: pytest's for plugins has no source, and others import tokenize.
        with suppress(OSError), open(module.__file__, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow to import
            return file.read()
    source: str | None = module.__spec__.loader.get_source(module.__name__)  # such as in a zip file
    return source


def _imports(source: str) -> Iterator[tuple[str, str]]:
    """Each name that is imported for type checkers, and where from."""
    import ast  # takes longer than all else here

    for block in ast.parse(source).body:
        if isinstance(block, ast.If):
            for node in block.body:
                if isinstance(node, ast.ImportFrom):
                    place = "." * node.level + (node.module or "")
                    yield from ((alias.name, place) for alias in node.names)
