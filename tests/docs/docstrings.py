"""The examples in docstrings: what stands indented below `Example:`."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    ROOT / "generated" / "stripe_invoice_payments_api",
    ROOT / "custom" / "stripe_invoice_payments",
)

_EXAMPLE = re.compile(r"^Example:\n((?: {4}.*\n|\n)+)", re.MULTILINE)
_DOCUMENTED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _found(module: Path) -> Iterator[tuple[str, str]]:
    def visit(node: ast.AST, place: str) -> Iterator[tuple[str, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _DOCUMENTED):
                name = f"{place}{child.name}"
                docstring = ast.get_docstring(child) or ""
                for example in _EXAMPLE.finditer(f"{docstring}\n"):
                    yield name, textwrap.dedent(example[1]).rstrip() + "\n"
                yield from visit(child, f"{name}.")

    return visit(ast.parse(module.read_text("utf-8")), "")


EXAMPLES = {
    name: example
    for package in PACKAGES
    for module in sorted(package.rglob("*.py"))
    for name, example in _found(module)
}


def is_async(code: str) -> bool:
    return re.search(r"\b(await|async)\b", code) is not None
