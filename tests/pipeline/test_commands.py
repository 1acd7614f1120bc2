"""Commands are thin: they stand on libraries, and nothing stands on them."""

import ast
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
COMMANDS = {path.stem for path in SCRIPTS.glob("*.py")} - {"__init__", "errors"}


@pytest.mark.parametrize(
    "path", sorted(SCRIPTS.rglob("*.py")), ids=lambda path: str(path.relative_to(SCRIPTS))
)
def test_nothing_imports_a_command(path: Path) -> None:
    depth = len(path.relative_to(SCRIPTS).parts)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level == depth or node.module == "scripts":
            found = {node.module.partition(".")[0]} if node.level and node.module else set()
            found |= {alias.name for alias in node.names} if not found else set()
        elif node.module and node.module.startswith("scripts."):
            found = {node.module.split(".")[1]}
        else:
            continue
        assert not found & COMMANDS, f"line {node.lineno}"
