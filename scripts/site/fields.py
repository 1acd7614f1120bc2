"""A table for each model, from the generated class: its fields, and what they are.

The class tells all: `| None` is what may be null, an expandable field has an `..._id`, and
maybe `expanded_...()`, and properties turn times and amounts into `datetime` and `Money`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..errors import SiteError

MODELS = Path("generated", "stripe_invoice_payments_api", "models.py")

# What turns a field into another form, and the unit that the field then has.
_UNITS = {"to_datetime": ", Unix seconds", "to_money": ", minor units", "object_id": ""}

_PLACE = re.compile(r"^<!-- fields of (\w+) -->$", re.MULTILINE)
_HEAD = "| field | type, unit | null | also as | meaning |\n| --- | --- | --- | --- | --- |"


def with_fields(text: str, root: Path) -> str:
    """The text of a page with a table wherever it names a model.

    Raises:
        SiteError: There is no such model.
    """

    def table(match: re.Match[str]) -> str:
        cls = _classes(root / MODELS).get(match[1])
        if cls is None:
            raise SiteError(MODELS, f"there is no class {match[1]}", "Correct the page")
        return "\n".join([_HEAD, *_rows(cls)])

    return _PLACE.sub(table, text)


@cache
def _classes(path: Path) -> dict[str, ast.ClassDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _rows(cls: ast.ClassDef) -> Iterator[str]:
    facts = _facts(cls)
    for node, following in zip(cls.body, cls.body[1:], strict=False):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        types = _alternatives(node.annotation)
        unit, also = facts.get(name, ("", ""))
        cells = [
            f"`{name}`",
            " or ".join(f"`{one}`" for one in types if one != "None") + unit,
            "yes" if "None" in types else "",
            also,
            _sentence(following),
        ]
        yield f"| {' | '.join(cells)} |"


def _alternatives(annotation: ast.expr) -> list[str]:
    """The members of a union; a `Literal` is what it lists."""
    if isinstance(annotation, ast.BinOp):
        return [*_alternatives(annotation.left), *_alternatives(annotation.right)]
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Literal":
        values = annotation.slice
        return [ast.unparse(v).replace("'", '"') for v in getattr(values, "elts", [values])]
    return [ast.unparse(annotation)]


def _sentence(node: ast.stmt) -> str:
    """What a string below a field says of it."""
    text: str = ast.literal_eval(ast.unparse(node))
    return " ".join(text.split()).replace("|", "\\|")


def _facts(cls: ast.ClassDef) -> dict[str, tuple[str, str]]:
    """The unit of a field, and what returns it in another form, by the methods of its model."""
    units: dict[str, str] = {}
    also: dict[str, list[str]] = {}
    for method in cls.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        for call in ast.walk(method):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args:
                field, unit = getattr(call.args[0], "attr", ""), _UNITS.get(call.func.id)
                if unit is not None:
                    units[field] = unit
                    also.setdefault(field, []).append(f"`{method.name}`")
        if method.name.startswith("expanded_"):
            field = method.name.removeprefix("expanded_")
            also.setdefault(field, []).append(f"`{method.name}()`")
    return {field: (units.get(field, ""), ", ".join(names)) for field, names in also.items()}
