"""Slice: cut the configured operations and schemas out of the full document, facts only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define

from ..errors import MisfitError, PipelineError
from ..inputs.slice_config import SliceConfig
from ..openapi import (
    MEMBERS,
    SCHEMA_PREFIX,
    Document,
    Schema,
    is_list,
    is_list_object,
    is_mapping,
    referenced_schema,
)
from .conventions import conventional_operation
from .dialect import plain_operation, plain_schema

# What a slice says that it is: the dialect that it is written in.
_VERSION_OF_SLICES = "3.0.3"

_MAX_REFERENCES = 10  # one that leads to another, before it is taken for a circle


# What the slice keeps of a schema or parameter in addition to its structure. Upstream's prose,
# examples and length limits are left behind.
FACTS = (
    *("name", "in", "style", "explode"),
    *("type", "format", "enum", "nullable", "required", "x-resourceId"),
)

PLAIN_OBJECT: Schema = {"type": "object"}


@define(frozen=True)
class Cut:
    """A slice, and the entries of the configuration that the document does not bear out."""

    document: Document
    problems: tuple[MisfitError, ...]

    def fitting(self) -> Document:
        """The slice.

        Raises:
            MisfitError: an entry of the configuration does not fit.
        """
        for problem in self.problems:
            raise problem
        return self.document


def cut_slice(document: Document, config: SliceConfig, facts: tuple[str, ...] = FACTS) -> Cut:
    """The slice of `document` that `config` describes: names and types, none of the prose.

    `facts` are what is kept of a schema or parameter besides its structure.

    Raises:
        PipelineError: the document has a reference that leads nowhere or around in a circle, or
            is not formed as OpenAPI asks.
    """
    slicer = _Slicer(document, config, facts)
    try:
        return slicer.cut()
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise PipelineError(
            slicer.place,
            f"this part of the document is not as OpenAPI 3 or Stripe have it ({error!r})",
            "The document is broken; fetch it again or take another version",
        ) from error


class _PlainSchemas(dict[str, Schema]):
    """The document's schemas, in one spelling; each is looked at when it is asked for."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        super().__init__()
        self._raw = raw

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __missing__(self, name: str) -> Schema:
        self[name] = plain_schema(self._raw[name], f"components.schemas.{name}")
        return self[name]


class _Slicer:
    def __init__(self, document: Document, config: SliceConfig, facts: tuple[str, ...]) -> None:
        self.document = document
        self.config = config
        self.facts = facts
        self.components: dict[str, Any] = document["components"]
        self.schemas = _PlainSchemas(document["components"]["schemas"])
        self.wanted: list[str] = []
        self.problems: list[MisfitError] = []
        self.place = ""  # what is being cut, for messages

    def cut(self) -> Cut:
        paths: dict[str, Any] = {}
        for method, path in self.config.operations:
            if (operation := self._operation(method, path)) is None:
                self._lacks(f"operation {method.upper()} {path}")
            else:
                paths.setdefault(path, {})[method] = operation
        for name in dict.fromkeys((*self.config.roots, *sorted(self.config.listed))):
            if name not in self.schemas:
                self._lacks(f"schema {name}")
            elif name in self.config.roots and name not in self.wanted:
                self.wanted.append(name)
        components: dict[str, Schema] = {}
        for name in self.wanted:  # grows while schemas refer to further ones
            components[name] = self._component(name)
        for name in sorted(self.config.listed - components.keys()):
            if name in self.schemas:
                text = "is listed, but nothing in the slice refers to it"
                remedy = "Remove it there, or add it to `roots`"
                self._problem("unused-schema", f"schema {name}", text, remedy)
        self.place = "the top"
        return Cut(self._document(paths, components), tuple(self.problems))

    def _document(self, paths: Document, components: Mapping[str, Schema]) -> Document:
        is_newer = not self.document["openapi"].startswith("3.0.")
        info = self.document.get("info", {})
        security_schemes = self.document["components"].get("securitySchemes", {})
        return {
            "openapi": _VERSION_OF_SLICES if is_newer else self.document["openapi"],
            "info": {"title": info.get("title", ""), "version": str(info.get("version", ""))},
            "servers": [{"url": server["url"]} for server in self.document.get("servers", [])],
            "security": self.document.get("security", []),
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {
                    name: {key: value for key, value in scheme.items() if key != "description"}
                    for name, scheme in security_schemes.items()
                },
            },
        }

    def _lacks(self, subject: str) -> None:
        text = "is listed, but the document does not have it"
        remedy = "Correct the name, or remove it if Stripe has removed it"
        self._problem("missing-in-document", subject, text, remedy)

    def _problem(self, kind: str, subject: str, text: str, remedy: str) -> None:
        where = "spec/slice.yaml"
        self.problems.append(MisfitError(kind, where, subject, text, remedy=remedy))

    def _operation(self, method: str, path: str) -> Schema | None:
        self.place = f"{method.upper()} {path}"
        item = self._resolved(self.document["paths"].get(path, {}))
        if method not in item:
            return None
        operation = self._with_references_resolved(item, item[method])
        if "servers" in item or "servers" in operation:
            raise PipelineError(
                self.place,
                "it has `servers` of its own, and there is one address for all operations",
                "Leave the operation out of the slice",
            )
        operation = plain_operation(operation, self.place)
        cut: Schema = {
            "operationId": operation.get("operationId", ""),
            "parameters": [
                self._facts(parameter) | {"schema": self._schema(parameter["schema"])}
                for parameter in operation.get("parameters", [])
            ],
            "responses": {
                status: {"description": "", "content": self._content(response.get("content", {}))}
                for status, response in operation["responses"].items()
            },
        }
        if body := operation.get("requestBody"):
            cut["requestBody"] = {"content": self._content(body["content"])}
        return conventional_operation(method, path, cut)

    def _with_references_resolved(self, item: Schema, operation: Schema) -> Schema:
        """`operation` with what it shares with others written out."""
        own = [self._resolved(given) for given in operation.get("parameters", [])]
        of_all = [self._resolved(given) for given in item.get("parameters", [])]
        names = {(given["in"], given["name"]) for given in own}
        inherited = [given for given in of_all if (given["in"], given["name"]) not in names]
        for given in (*inherited, *own):
            if "schema" not in given:
                raise PipelineError(
                    f"{self.place} {given['name']}",
                    "a parameter without a `schema` (one with `content` is not supported)",
                    "Leave the operation out of the slice",
                )
        resolved = {
            **operation,
            "parameters": [*inherited, *own],
            "responses": {
                status: self._resolved(response)
                for status, response in operation["responses"].items()
            },
        }
        if "requestBody" in operation:
            resolved["requestBody"] = self._resolved(operation["requestBody"])
        return resolved

    def _resolved(self, node: Schema) -> Schema:
        """A parameter, response, body or path item; for a reference what it leads to."""
        for _ in range(_MAX_REFERENCES):
            if "$ref" not in node:
                return node
            reference = str(node["$ref"])
            section, _, name = reference.removeprefix("#/components/").partition("/")
            if name not in self.components.get(section, {}):
                break
            node = self.components[section][name]
        raise self._dangling(node["$ref"])

    def _content(self, content: Schema) -> Schema:
        return {
            media_type: {"schema": self._schema(value["schema"])}
            for media_type, value in content.items()
        }

    def _component(self, name: str) -> Schema:
        self.place = f"components.schemas.{name}"
        self._refuse_circles(self.schemas[name], (name,))
        schema = self.schemas[name]
        while (target := referenced_schema(schema)) is not None:  # nothing but another's name
            schema = self.schemas[target]
        if self.config.only_scalars(name):
            properties = {
                key: value
                for key, value in schema.get("properties", {}).items()
                if not _holds_objects(value)
            }
            schema = {**schema, "properties": properties}
        return self._schema(schema)

    def _refuse_circles(self, schema: Schema, trail: tuple[str, ...]) -> None:
        """A schema may come back to itself through an object's fields, and in no other way."""
        if (target := referenced_schema(schema)) is not None:
            if target in trail:
                raise PipelineError(
                    self.place,
                    f"the references go in a circle: {' -> '.join([*trail, target])}",
                    "The document is broken; take another version of it",
                )
            self._check_reference(target)
            self._refuse_circles(self.schemas[target], (*trail, target))
        for inner in _transparent_parts(schema):
            self._refuse_circles(inner, trail)

    def _schema(self, schema: Schema) -> Schema:
        if (target := referenced_schema(schema)) is not None:
            self._check_reference(target)
            if not self.config.keeps(target):
                return dict(PLAIN_OBJECT)
            if target not in self.wanted:
                self.wanted.append(target)
            return {"$ref": SCHEMA_PREFIX + target}
        if is_list_object(schema) and not self._keeps_items(schema["properties"]["data"]):
            return _plain_object(schema)

        cut = self._facts(schema)
        if "x-expansionResources" in schema:
            cut["x-expandable"] = _expansion_targets(schema["x-expansionResources"])
        for key in MEMBERS:
            if key in schema:
                cut[key] = self._members(schema[key])
        if cut.get("anyOf") == [PLAIN_OBJECT]:
            return _plain_object(schema)
        return cut | self._contents(schema)

    def _contents(self, schema: Schema) -> Schema:
        """What is in an object or array."""
        cut: Schema = {}
        if "properties" in schema:
            cut["properties"] = {
                name: self._schema(value) for name, value in schema["properties"].items()
            }
        if "items" in schema:
            cut["items"] = self._schema(schema["items"])
        if "additionalProperties" in schema:
            values = schema["additionalProperties"]
            cut["additionalProperties"] = self._schema(values) if is_mapping(values) else values
        return cut

    def _members(self, members: list[Schema]) -> list[Schema]:
        """The members of a union; all that lie outside the slice are one plain object."""
        cut: list[Schema] = []
        for member in map(self._schema, members):
            if member not in cut:
                cut.append(member)
        return cut

    def _keeps_items(self, data: Schema) -> bool:
        items = data.get("items", {})
        names = map(referenced_schema, [items, *items.get("anyOf", [])])
        return any(self.config.keeps(name) for name in names if name is not None)

    def _check_reference(self, target: str) -> None:
        if target not in self.schemas:
            raise self._dangling(target)

    def _dangling(self, target: str) -> PipelineError:
        return PipelineError(
            self.place,
            f"$ref to {target!r}, which the document does not have",
            "The document is incomplete; fetch it again or take another version",
        )

    def _facts(self, schema: Schema) -> Schema:
        facts = {key: schema[key] for key in self.facts if key in schema}
        if is_list(facts.get("required")):
            facts["required"] = sorted(facts["required"])
        return facts


def _plain_object(schema: Schema) -> Schema:
    return {**PLAIN_OBJECT, "nullable": True} if schema.get("nullable") else dict(PLAIN_OBJECT)


def _transparent_parts(schema: Schema) -> Iterator[Schema]:
    """The schemas within `schema` that no object of its own kind lies around."""
    if is_list_object(schema):
        yield schema["properties"]["data"]
    elif "properties" not in schema:
        for key in MEMBERS:
            yield from schema.get(key, [])
        for key in ("items", "additionalProperties"):
            if is_mapping(schema.get(key)):
                yield schema[key]


def _holds_objects(schema: Schema) -> bool:
    if "$ref" in schema or "properties" in schema:
        return True
    members = [member for key in MEMBERS for member in schema.get(key, [])]
    if "items" in schema:
        members.append(schema["items"])
    return any(_holds_objects(member) for member in members)


def _expansion_targets(resources: Schema) -> list[str]:
    """The names of what a field can be expanded to, those outside the slice included."""
    names = [referenced_schema(member) for member in resources.get("oneOf", [])]
    return [name for name in names if name is not None]
