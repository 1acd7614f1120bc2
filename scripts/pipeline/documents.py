"""OpenAPI documents as plain JSON: reading them, writing them, hashing them, pointing into them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

import yaml

from .errors import PipelineError

Document: TypeAlias = dict[str, Any]
Schema: TypeAlias = dict[str, Any]

SCHEMA_PREFIX = "#/components/schemas/"
# Where schemas nest as a list: the members of a union or intersection.
MEMBERS = ("anyOf", "oneOf", "allOf")


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether `value` is a JSON array."""
    return isinstance(value, list)


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
        return json.loads(text)
    except ValueError:
        return _plain_json(_parse_yaml(text, where), where)


def _parse_yaml(text: str, where: str) -> object:
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise PipelineError(
            where,
            f"this is neither JSON nor YAML ({str(error).splitlines()[0]})",
            "Check that the file is complete and not an error page",
        ) from error


def _plain_json(value: object, where: str) -> object:
    """YAML can hold what JSON cannot: dates, and anchors that nest a value in itself."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        raise PipelineError(
            where, f"this YAML is not plain JSON data ({error})", "Take the document as JSON"
        ) from error


def read_yaml(path: Path) -> dict[str, Any]:
    """One of the configuration files under `spec/`."""
    try:
        content = _plain_json(_parse_yaml(path.read_text("utf-8"), str(path)), str(path))
    except OSError as error:
        raise PipelineError(
            str(path), f"cannot be read: {error.strerror}", "Restore it from git"
        ) from error
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


def referenced_schema(schema: Schema) -> str | None:
    """The name of the component schema that `schema` is a reference to, if it is one."""
    reference = schema.get("$ref")
    return None if reference is None else str(reference).removeprefix(SCHEMA_PREFIX)


def is_list_object(schema: Schema) -> bool:
    """Whether `schema` is Stripe's list envelope: `{"object": "list", "data": [...], ...}`."""
    properties = schema.get("properties")
    if not is_mapping(properties) or "data" not in properties:
        return False
    return bool(properties.get("object", {}).get("enum") == ["list"])
