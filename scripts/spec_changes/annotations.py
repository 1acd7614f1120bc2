"""Type annotations, compared as text: has what can be read or passed in grown or shrunk?"""

from __future__ import annotations

import ast
import re

from .verdicts import Level, listed

# Objects that are not known stay plain JSON, so a union with it is open to further classes.
OPEN = "JSONObject"
LITERAL = re.compile(r"Literal\[[^\]]*\]")
REQUIRED = re.compile(r"Required\[(.*)\]")
FEW_VALUES = 5
SCALARS = ("bool", "float", "int", "str")


def kinds_in(annotation: str | ast.expr) -> dict[str, tuple[str, ...] | None]:
    """The members of a union, each with the values that it is limited to, or None.

    One that is there without a limit as well has none.
    """
    node = _parsed(annotation)
    if isinstance(node, ast.BinOp):
        kinds = kinds_in(node.left)
        for kind, limits in kinds_in(node.right).items():
            known = kinds.get(kind, ())
            kinds[kind] = None if known is None or limits is None else _unique(*known, *limits)
        return kinds
    if not isinstance(node, ast.Subscript):
        return {ast.unparse(node): None}
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    holder = ast.unparse(node.value)
    if holder == "Literal":
        return {type(ast.literal_eval(inner[0])).__name__: values_in(node)}
    within = [kinds_in(item) for item in inner]
    values = [value for kinds in within for known in kinds.values() for value in known or ()]
    words = ", ".join(" | ".join(sorted(kinds)) for kinds in within)
    return {f"{holder}[{words}]": _unique(*values) or None}


def values_in(annotation: str | ast.expr) -> tuple[str, ...]:
    """The values of enums, whether or not others are allowed as well."""
    constants = [one for one in ast.walk(_parsed(annotation)) if isinstance(one, ast.Constant)]
    return _unique(*(str(one.value) for one in constants if one.value is not None))


def read_level(old: str, new: str) -> Level:
    """What a change of an attribute's annotation means for those who read it."""
    before, after = _members(old), _members(new)
    wider = after - before
    is_open = (OPEN, None) in before & after and all(_is_class(kind) for kind, _ in wider)
    if wider and not is_open:
        return Level.MAJOR
    return Level.MINOR if wider or after < before or _added(old, new) else Level.PATCH


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


def _parsed(annotation: str | ast.expr) -> ast.expr:
    if isinstance(annotation, str):
        return ast.parse(annotation, mode="eval").body
    return annotation


def _unique(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
