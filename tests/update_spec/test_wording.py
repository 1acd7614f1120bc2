"""What the report says of a type, and the annotations in its Python table: the same, in two forms.

The sentences are made from the documents, the table from the packages that were rendered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from scripts.pipeline.repository import Repository

from . import edits as e
from .repositories import Run, report_of

STRING, INTEGER = {"type": "string"}, {"type": "integer"}
STRINGS = {"type": "array", "items": STRING}
FEW = {"type": "string", "enum": ["open", "paid"]}


def either(*schemas: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": list(schemas)}


def parameter(name: str, schema: dict[str, Any]) -> e.Edit:
    return e.parameter(
        name, lambda given: {**given, "style": "deepObject", "explode": True, "schema": schema}
    )


# One document, so that it is rendered once. Each place gets another type. None is of an invoice
# payment, whose exported columns keep their types.
EVERYTHING = e.both(
    parameter("status", either(FEW, STRINGS)),
    e.parameter_schema("invoice", e.to(FEW)),
    e.field("invoice", "amount_remaining", e.to(STRING)),
    e.field("charge", "paid", e.to(either(STRING, INTEGER))),
    e.field("charge", "captured", e.to(INTEGER)),
    e.field("charge", "description", e.to(STRINGS)),
    e.field("charge", "status", e.to(INTEGER)),
    e.field("invoice", "number", e.to({"type": "object", "additionalProperties": STRING})),
    e.field("invoice", "attempt_count", e.to(either(FEW, INTEGER))),
    e.field("payment_intent", "amount", e.to({"type": "number"})),
)
CHANGED = [
    "ListInvoicePaymentsParams.status",
    "ListInvoicePaymentsParams.invoice",
    "Invoice.amount_remaining",
    "Charge.paid",
    "Charge.captured",
    "Charge.description",
    "Charge.status",
    "Invoice.number",
    "Invoice.attempt_count",
    "PaymentIntent.amount",
]

TYPES = re.compile(r"(?:is|takes) (`.+?`) now, (?:was|not only) (`.+?`)(?:;|$)")


def members(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from members(node.left)
        yield from members(node.right)
    else:
        yield node


def kinds(node: ast.expr) -> set[str]:
    """The kinds of value that an annotation allows, without None, as the report names them."""
    return {
        "str" if ast.unparse(member).startswith("Literal[") else ast.unparse(member)
        for member in members(node)
    } - {"None"}


def choices(node: ast.expr) -> set[str] | None:
    """The strings that an annotation allows; None if it allows any."""
    found: set[str] = set()
    for member in members(node):
        if isinstance(member, ast.Name) and member.id == "str":
            return None
        if isinstance(member, ast.Subscript) and ast.unparse(member.value) == "Literal":
            found.update(ast.literal_eval(member.slice))
    return found


def old_and_new(row: dict[str, Any]) -> list[ast.expr]:
    """The old and the new annotation of a row."""
    found = re.fullmatch("`(.+)` became `(.+)`", row["text"])
    assert found is not None, row
    return [ast.parse(text, mode="eval").body for text in found.groups()]


def test_sentences_and_annotations_agree(run: Run, repository: Repository) -> None:
    run(EVERYTHING)
    report = report_of(repository)
    # The table names a parameter `Class(name)`, and the sentences `Class.name`.
    rows = {
        row["symbol"].replace("(", ".").removesuffix(")"): row
        for row in report["python_api"]["changes"]
    }
    for symbol in CHANGED:
        old, new = old_and_new(rows[symbol])
        sentences = [one["text"] for one in report["changes"] if one["symbols"][0] == symbol]

        types = [found.groups() for found in map(TYPES.search, sentences) if found]
        told = [set(re.findall("`(.+?)`", text)) for pair in types for text in pair]
        assert told == ([kinds(new), kinds(old)] if kinds(new) != kinds(old) else []), symbol

        if symbol.startswith("ListInvoicePaymentsParams"):
            text = "; ".join(sentences)
            was_any, is_any = choices(old) is None, choices(new) is None
            assert ("takes any `str` now" in text) == (is_any and not was_any), text
            found = re.search("takes only (.+) as `str` now", text)
            assert (found is not None) == (was_any and not is_any), text
            assert found is None or set(re.findall("`(.+?)`", found[1])) == choices(new)
