"""Documents and configuration files as plain JSON: parsing them, writing them, hashing them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import yaml

from ..errors import PipelineError
from ..files import read_text
from ..openapi import Document, is_list, is_mapping

# What a document or configuration file may be, by far more than Stripe's.
MAX_DEPTH = 100
MAX_VALUES = 5_000_000  # those that a YAML alias repeats counted each time
_SURROGATE = re.compile("[\ud800-\udfff]")
SUPPORTED = ("3.0", "3.1")


def parse_document(text: str, where: str) -> Document:
    """The OpenAPI 3 document in `text`, JSON or YAML.

    Raises:
        PipelineError: it is neither, or not an OpenAPI 3 document.
    """
    document = _parse_text(text, where)
    if not is_mapping(document) or not str(document.get("openapi", "")).startswith("3."):
        raise PipelineError(
            where,
            "this is not an OpenAPI 3 document (no `openapi: 3.x` at its top)",
            "Give Stripe's openapi.spec3.json or a document of that form",
        )
    if not re.fullmatch(r"3\.[01](\.\d+)?(-.+)?", str(document["openapi"])):
        raise PipelineError(
            where,
            f"it is OpenAPI {document['openapi']!r}; {' and '.join(SUPPORTED)} are supported",
            "Give the document in one of these versions",
        )
    document["openapi"] = str(document["openapi"])
    if not is_mapping(document.get("components")):
        document["components"] = {}
    for section, holder in (("paths", document), ("schemas", document["components"])):
        if not is_mapping(holder.get(section)):
            raise PipelineError(
                where,
                f"this OpenAPI document has no `{section}`",
                "Give the complete document, not an excerpt",
            )
    return document


def _parse_text(text: str, where: str) -> object:
    try:
        try:
            value = json.loads(text, object_pairs_hook=_without_repetition, parse_constant=_refused)
        except ValueError:
            value = _parse_yaml(text, where)
        return _checked(value, where)
    except _NotPlainError as error:
        raise PipelineError(where, str(error), "Correct it, or take it from elsewhere") from error
    except RecursionError:
        raise _too_deep(where) from None


class _NotPlainError(Exception):
    """A value that JSON parsers do not agree on."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = Counter(name for name, _ in pairs)
        raise _NotPlainError(f"an object has the name {names.most_common(1)[0][0]!r} twice")
    return found


def _refused(constant: str) -> NoReturn:
    raise _NotPlainError(f"{constant} is no value of JSON")


def _too_deep(where: str) -> PipelineError:
    return PipelineError(
        where,
        f"it is nested too deeply, in more than {MAX_DEPTH} levels",
        "Check that it is what you meant",
    )


def _checked(value: object, where: str) -> object:
    """`value` itself, if it is not too deep and all its text can be written."""
    level, depth = [value], 0
    while level:
        if depth > MAX_DEPTH:
            raise _too_deep(where)
        inner: list[object] = []
        for node in level:
            if isinstance(node, str):
                if not node.isascii() and _SURROGATE.search(node):
                    raise _NotPlainError(
                        f"the text {node[:100]!r} has half of a surrogate pair in it"
                    )
            elif is_mapping(node):
                inner += node
                inner += node.values()
            elif is_list(node):
                inner += node
        level, depth = inner, depth + 1
    return value


class _Loader(yaml.CSafeLoader):
    """PyYAML's, which takes the names of a mapping for what they are in JSON."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        self.flatten_mapping(node)
        names: set[object] = set()
        for key_node, _ in node.value:
            key: object = self.construct_object(key_node, deep=True)  # pyright: ignore[reportUnknownMemberType]
            if not isinstance(key, (str, int)) or isinstance(key, bool):
                line = key_node.start_mark.line + 1
                raise _NotPlainError(
                    f"line {line}: the name {key_node.value!r} is {key!r} in YAML; quote it"
                )
            if str(key) in names:
                line = key_node.start_mark.line + 1
                raise _NotPlainError(f"line {line}: a mapping has the name {str(key)!r} twice")
            names.add(str(key))
        return super().construct_mapping(node, deep)


def _parse_yaml(text: str, where: str) -> object:
    """YAML can hold what JSON cannot: dates, and anchors that nest a value in itself."""
    try:
        _check_yaml_size(text, where)
        value: object = yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a safe one
    except (yaml.YAMLError, ValueError) as error:
        raise PipelineError(
            where,
            f"this is neither JSON nor YAML ({str(error).splitlines()[0]})",
            "Check that the file is complete and not an error page",
        ) from error
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise PipelineError(
            where, f"this YAML is not plain JSON data ({error})", "Take the document as JSON"
        ) from error


def _check_yaml_size(text: str, where: str) -> None:
    """Follow the aliases without building what they stand for, which may be millions of values."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_nodes.pop()
        elif isinstance(event, yaml.NodeEvent):
            anchor, size = event.anchor, 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_nodes.append((anchor, size))
                if len(open_nodes) > MAX_DEPTH + 1:
                    raise _too_deep(where)
                continue
            if isinstance(event, yaml.AliasEvent):
                anchor, size = None, sizes.get(str(event.anchor), 1)
        else:
            continue
        if anchor is not None:
            sizes[anchor] = size
        holder, total = open_nodes[-1]
        open_nodes[-1] = (holder, total + size)
        if total + size > MAX_VALUES:
            raise PipelineError(
                where,
                f"its aliases make it larger than {MAX_VALUES} values",
                "Check that it is what you meant",
            )


def read_yaml(path: Path) -> dict[str, Any]:
    """One of the configuration files under `spec/`."""
    content = _parse_text(read_text(path), str(path))
    if not is_mapping(content):
        raise PipelineError(str(path), "expected a mapping at the top", "Restore it from git")
    return content


def canonical_json(document: Document) -> str:
    """The document as text that does not depend on the order in which keys were written."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def yaml_sha256(path: Path) -> str:
    """The sha256 of what a configuration file says, whatever its comments and layout."""
    return sha256(canonical_json(read_yaml(path)))


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
