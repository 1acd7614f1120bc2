"""Vet: have openapi-python-client read the document, and accept no warning from it.

It is the second opinion: a reader of OpenAPI that others wrote and use. What it cannot resolve,
type or tell apart stops the pipeline. Its names of functions and classes are taken, those of
nested objects included; the types that it derives are not, as `scripts/pipeline/view` takes
all facts from the document itself. Enums and Stripe's list envelope, which would become classes,
it is not even shown. docs/maintain/how-it-works.md has the reasons.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openapi_python_client
from attrs import define
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData

from ..errors import PipelineError
from ..inputs.configuration import read_configuration
from ..openapi import Document, Schema, is_list, is_list_object, is_mapping

# Its parser is unstable by its own account: another version is another generator, to be adopted
# on purpose and with a look at the difference.
SUPPORTED_VERSION = "0.29.1"

# Marks the schemas in the parser's copy of the document, to tell which class it made of which.
NUMBER = "x-number"


@define(frozen=True)
class NamedOperation:
    """The name of an operation's function; the placeholders in its path are Python identifiers."""

    name: str
    method: str
    path: str


@define(frozen=True)
class ParsedDocument:
    """The names that the parser has given.

    Attributes:
        endpoints: The operations, with the names of their functions.
        class_names: For each schema of an object, by `id` of the schema, the name of its class.
    """

    endpoints: tuple[NamedOperation, ...]
    class_names: dict[int, str]

    def class_name(self, schema: Schema) -> str:
        try:
            return self.class_names[id(schema)]
        except KeyError:
            fields = ", ".join(schema.get("properties", {}))
            raise PipelineError(
                "openapi-python-client",
                f"it has made no class of the object with the fields {fields}",
                "Leave it out of the slice, or correct it through spec/overlay.yaml",
            ) from None


def parser_config(path: Path) -> Config:
    """The parser's configuration, from its own file format."""
    return Config.from_sources(
        read_configuration(path, ConfigFile),
        meta_type=MetaType.NONE,
        document_source=path,
        file_encoding="utf-8",
        overwrite=True,
        output_path=None,
    )


def vet(document: Document, config: Config) -> ParsedDocument:
    """What openapi-python-client makes of `document`.

    Raises:
        PipelineError: on its first warning. Left to itself it drops the schema or operation in
            question and reports success.
    """
    if (version := openapi_python_client.__version__) != SUPPORTED_VERSION:
        raise PipelineError(
            "openapi-python-client",
            f"version {version} is installed, {SUPPORTED_VERSION} is what the pipeline is for",
            "Run `make setup`",
        )
    numbered: list[Schema] = []
    data = GeneratorData.from_dict(_for_the_parser(document, numbered), config=config)
    if isinstance(data, GeneratorError):
        raise _refusal(data)
    collections = data.endpoint_collections_by_tag.values()
    problems = [*data.errors, *(error for group in collections for error in group.parse_errors)]
    if problems:
        raise _refusal(problems[0])
    endpoints = tuple(
        NamedOperation(str(endpoint.name), endpoint.method, endpoint.path.get_untrusted_value())
        for group in collections
        for endpoint in group.endpoints
    )
    class_names: dict[int, str] = {}
    for model in data.models:
        extra = model.data.model_extra
        if extra and NUMBER in extra:
            number: int = extra[NUMBER]
            class_names[id(numbered[number])] = str(model.class_info.name)
    return ParsedDocument(endpoints, class_names)


def _refusal(problem: GeneratorError) -> PipelineError:
    detail = " ".join(text for text in (problem.header, problem.detail) if text)
    detail = re.sub(r"<[\w.]+ object at 0x\w+>", "(unnamed)", detail)  # some of its texts
    source = getattr(problem, "data", None)
    title = getattr(source, "title", None) or getattr(source, "name", None)
    return PipelineError(
        f"openapi-python-client{f', {title.get_untrusted_value()}' if title else ''}",
        detail or "the parser refused the document",
        "Correct the document through spec/overlay.yaml, or leave the schema out of the slice",
    )


def _for_the_parser(document: Document, numbered: list[Schema]) -> Document:
    """`document` as the parser is to see it; the schemas of objects go into `numbered`."""

    def visible(node: Any) -> Any:
        if is_list(node):
            return [visible(item) for item in node]
        if not is_mapping(node):
            return node
        if is_list_object(node):
            return {"type": "array", "items": visible(node["properties"]["data"]["items"])}
        properties = node.get("properties")
        hidden = ("enum", "properties")
        seen = {key: visible(value) for key, value in node.items() if key not in hidden}
        if is_mapping(properties):  # one of them may be called "enum": that is a name
            seen["properties"] = {name: visible(value) for name, value in properties.items()}
            seen[NUMBER] = len(numbered)
            numbered.append(node)
        return seen

    schemas = document["components"]["schemas"]
    return {
        **document,
        "paths": {path: visible(methods) for path, methods in document["paths"].items()},
        "components": {"schemas": {name: visible(schema) for name, schema in schemas.items()}},
    }
