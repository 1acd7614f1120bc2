"""Type annotations, compared as text: has what can be read or passed in grown or shrunk?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from attrs import define

from .verdicts import Level

# Objects that are not known stay plain JSON, so a union with it is open to further classes.
OPEN = "JSONObject"
LITERAL = re.compile(r"Literal\[[^\]]*\]")
FEW_VALUES = 5
SCALARS = ("bool", "float", "int", "str")


@define(frozen=True)
class Annotation:
    """The members of a union, and the values of its enums.

    Attributes:
        members: Each member of the union; an enum that allows its whole type counts as the type.
        values: The values of enums.
        is_required: Whether a `TypedDict` insists on the key.
    """

    members: frozenset[str]
    values: frozenset[str]
    is_required: bool

    @classmethod
    def parse(cls, text: str) -> Annotation:
        node = ast.parse(text, mode="eval").body
        is_required = isinstance(node, ast.Subscript) and _name(node.value) == "Required"
        if isinstance(node, ast.Subscript) and is_required:
            node = node.slice
        values = frozenset(_values(node))
        return cls(frozenset(_members(node)), values, is_required)


def kinds_in(text: str) -> dict[str, tuple[str, ...] | None]:
    """The members of a union, each with the values that it is limited to, or None."""
    kinds: dict[str, tuple[str, ...] | None] = {}
    for part in _parts(ast.parse(text, mode="eval").body):
        kind, values = _kind(part), (*_constants(part),) or None
        known = kinds.get(kind, ())
        both = None if known is None or values is None else (*known, *values)
        kinds[kind] = both if both is None else tuple(dict.fromkeys(both))
    return kinds


def values_in(text: str) -> tuple[str, ...]:
    """The values of enums, whether or not others are allowed as well."""
    return tuple(dict.fromkeys(_constants(ast.parse(text, mode="eval"))))


def read_level(old: str, new: str) -> Level:
    """What a change of an attribute's annotation means for those who read it."""
    before, after = Annotation.parse(old), Annotation.parse(new)
    wider = after.members - before.members
    if wider and not (OPEN in before.members & after.members and all(map(_is_class, wider))):
        return Level.MAJOR
    if wider or after.members < before.members or after.values - before.values:
        return Level.MINOR
    return Level.PATCH


def expanded_level(old: str, new: str) -> Level:
    """The same for what a field can be expanded to: classes, and others that are not known yet."""
    return read_level(f"{old} | {OPEN}", f"{new} | {OPEN}")


def passed_level(old: str, new: str) -> Level:
    """What a change of a parameter's annotation means for those who pass it."""
    before, after = Annotation.parse(old), Annotation.parse(new)
    if after.is_required and not before.is_required:
        return Level.MAJOR
    if any(not _accepts(after.members, member) for member in before.members):
        return Level.MAJOR
    is_same = before.members == after.members and before.is_required == after.is_required
    return Level.PATCH if is_same else Level.MINOR


def difference(old: str, new: str) -> str:
    """How an annotation has changed, in words."""
    before, after = Annotation.parse(old), Annotation.parse(new)
    same_otherwise = LITERAL.sub("", old) == LITERAL.sub("", new)
    if not same_otherwise or before.is_required != after.is_required:
        return f"`{_shortened(old)}` became `{_shortened(new)}`"
    changes = [
        f"{word} {', '.join(f'`{value}`' for value in sorted(values))}"
        for word, values in (
            ("also", after.values - before.values),
            ("no longer", before.values - after.values),
        )
        if values
    ]
    return "; ".join(changes) or "the values are in another order"


def _shortened(text: str) -> str:
    """`text`, with nothing but the number of values where there are many."""

    def short(match: re.Match[str]) -> str:
        count = match.group().count(", ") + 1
        return match.group() if count <= FEW_VALUES else f"Literal[... {count} values]"

    return LITERAL.sub(short, text)


def _accepts(members: frozenset[str], member: str) -> bool:
    """Whether `member` may be passed where `members` are taken; a value passes as its type."""
    return member in members or (member.startswith(("'", '"')) and "str" in members)


def _is_class(member: str) -> bool:
    return member.isidentifier() and member not in {*SCALARS, "None", "JSONValue"}


def _members(node: ast.expr) -> Iterator[str]:
    """The members of a union. The values of an enum are members of their own if it is closed."""
    parts = list(_parts(node))
    open_types = {_name(part) for part in parts}
    for part in parts:
        if isinstance(part, ast.Subscript) and _name(part.value) == "Literal":
            values = part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]
            for value in values:
                kind = type(ast.literal_eval(value)).__name__
                yield kind if kind in open_types else ast.unparse(value)
        elif isinstance(part, ast.Subscript):
            inner = part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]
            within = ", ".join(" | ".join(sorted({*_members(item)})) for item in inner)
            yield f"{_name(part.value)}[{within}]"
        else:
            yield ast.unparse(part)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _values(node: ast.expr) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and inner.value is not None:
            yield repr(inner.value)


def _constants(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and inner.value is not None:
            yield str(inner.value)


def _kind(node: ast.expr) -> str:
    """A member of a union with the types of values in the place of the values."""
    if not isinstance(node, ast.Subscript):
        return ast.unparse(node)
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if _name(node.value) == "Literal":
        return type(ast.literal_eval(inner[0])).__name__
    within = (" | ".join(sorted({_kind(part) for part in _parts(item)})) for item in inner)
    return f"{_name(node.value)}[{', '.join(within)}]"


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
