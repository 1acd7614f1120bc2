"""Type annotations, compared as text: has what can be read or passed in grown or shrunk?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .verdicts import Level, listed

# Objects that are not known stay plain JSON, so a union with it is open to further classes.
OPEN = "JSONObject"
LITERAL = re.compile(r"Literal\[[^\]]*\]")
REQUIRED = re.compile(r"Required\[(.*)\]")
FEW_VALUES = 5
SCALARS = ("bool", "float", "int", "str")


def kinds_in(text: str) -> dict[str, tuple[str, ...] | None]:
    """The members of a union, each with the values that it is limited to, or None."""
    node = ast.parse(text, mode="eval").body
    open_kinds = {_kind(part) for part in _parts(node) if not _is_literal(part)}
    kinds: dict[str, tuple[str, ...] | None] = {}
    for part in _parts(node):
        kind = _kind(part)
        limits = None if _is_literal(part) and kind in open_kinds else (*_limits(part),) or None
        known = kinds.get(kind, ())
        kinds[kind] = None if known is None or limits is None else _unique(*known, *limits)
    return kinds


def values_in(text: str) -> tuple[str, ...]:
    """The values of enums, whether or not others are allowed as well."""
    return _unique(*_constants(ast.parse(text, mode="eval")))


def read_level(old: str, new: str) -> Level:
    """What a change of an attribute's annotation means for those who read it."""
    before, after = _members(old), _members(new)
    wider = after - before
    is_open = (OPEN, None) in before & after and all(_is_class(kind) for kind, _ in wider)
    if wider and not is_open:
        return Level.MAJOR
    return Level.MINOR if wider or after < before or _added(old, new) else Level.PATCH


def expanded_level(old: str, new: str) -> Level:
    """The same for what a field can be expanded to: classes, and others that are not known yet."""
    return read_level(f"{old} | {OPEN}", f"{new} | {OPEN}")


def passed_level(old: str, new: str) -> Level:
    """What a change of a parameter's annotation means for those who pass it."""
    was_required, is_required = (bool(REQUIRED.fullmatch(text)) for text in (old, new))
    before, after = (_members(REQUIRED.sub(r"\1", text)) for text in (old, new))
    if is_required and not was_required:
        return Level.MAJOR
    if any((kind, value) not in after and (kind, None) not in after for kind, value in before):
        return Level.MAJOR
    return Level.PATCH if before == after and was_required == is_required else Level.MINOR


def difference(old: str, new: str) -> str:
    """How an annotation has changed, in words."""
    if LITERAL.sub("", old) != LITERAL.sub("", new):
        return f"`{_shortened(old)}` became `{_shortened(new)}`"
    changes = [
        f"{word} {listed(map(repr, sorted(values)))}"
        for word, values in (("also", _added(old, new)), ("no longer", _added(new, old)))
        if values
    ]
    return "; ".join(changes) or "the values are in another order"


def _added(old: str, new: str) -> set[str]:
    return {*values_in(new)} - {*values_in(old)}


def _members(text: str) -> set[tuple[str, str | None]]:
    """The kinds of value that a union takes; where it takes some values only, with each of them."""
    return {(kind, value) for kind, limits in kinds_in(text).items() for value in limits or (None,)}


def _shortened(text: str) -> str:
    """`text`, with nothing but the number of values where there are many."""

    def short(match: re.Match[str]) -> str:
        count = match.group().count(", ") + 1
        return match.group() if count <= FEW_VALUES else f"Literal[... {count} values]"

    return LITERAL.sub(short, text)


def _is_class(kind: str) -> bool:
    return kind.isidentifier() and kind not in {*SCALARS, "None", "JSONValue"}


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"


def _inner(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _kind(node: ast.expr) -> str:
    """A member of a union with the types of values in the place of the values."""
    if not isinstance(node, ast.Subscript):
        return ast.unparse(node)
    if _is_literal(node):
        return type(ast.literal_eval(_inner(node)[0])).__name__
    within = (" | ".join(sorted({_kind(part) for part in _parts(item)})) for item in _inner(node))
    return f"{ast.unparse(node.value)}[{', '.join(within)}]"


def _limits(node: ast.expr) -> Iterator[str]:
    """The values that a member of a union, or what is in it, is limited to."""
    if _is_literal(node):
        yield from _constants(node)
    elif isinstance(node, ast.Subscript):
        for item in _inner(node):
            for limits in kinds_in(ast.unparse(item)).values():
                yield from limits or ()


def _constants(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and inner.value is not None:
            yield str(inner.value)


def _unique(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
