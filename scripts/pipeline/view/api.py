"""Join: what templates see, of the parser's names and what the document says."""

from __future__ import annotations

import re

from attrs import define

from ..document.second_opinion import ParsedDocument
from ..errors import PipelineError
from ..openapi import Document, Schema
from .clashes import refuse_attribute_clashes, refuse_class_clashes, refuse_operation_clashes
from .columns import TableView
from .models import Model, build_models
from .operations import Operation, build_operation
from .parameters import ParameterObject, build_object, parameter_classes
from .resources import Resource, build_resources
from .text import Text, description_of
from .types import Types


@define(frozen=True, repr=False)
class ApiView:
    """The `api` of the templates.

    No class of the view has a `repr`: should a template print an object instead of its text, the
    rendering recognizes it by the one that Python gives to all objects. Whatever the document says
    is a `Text`. A `str` is Python: a name that was checked, or an expression made of names and
    literals. A `schema` is what the document says, for those who compare two views.
    """

    api_version: str
    description: Text
    base_url: Text
    models: tuple[Model, ...]
    parameter_objects: tuple[ParameterObject, ...]
    operations: tuple[Operation, ...]
    resources: tuple[Resource, ...]
    table: TableView | None = None

    @property
    def parts_in_lists(self) -> list[str]:
        """The classes that unrolled readers read within others."""
        unrolled = [model for model in self.models if model.has_unrolled_reader]
        return sorted({part for model in unrolled for part in model.parts})


def build_view(document: Document, parsed: ParsedDocument) -> ApiView:
    """What templates see of an overlaid `document`, with the names that the parser has given.

    Raises:
        PipelineError: the templates do not support something in it, or two things have one name.
    """
    schemas: dict[str, Schema] = document["components"]["schemas"]
    inputs = Types(schemas, parameter_classes(document, parsed.class_name))
    outputs = Types(schemas, parsed.class_name)
    paths = document["paths"]
    operations = [build_operation(paths, named, inputs, outputs) for named in parsed.endpoints]
    models = build_models(document, outputs)
    objects = [build_object(name, schema, inputs) for name, schema in inputs.collected()]
    objects += [operation.params for operation in operations]
    classes = [*(model.name for model in models), *(given.name for given in objects)]
    refuse_class_clashes(classes)
    refuse_operation_clashes(operations)
    for model in models:
        refuse_attribute_clashes(model, classes)
    return ApiView(
        api_version=_api_version(document["info"]["version"]),
        description=description_of(document["info"]),
        base_url=Text(_base_url(document.get("servers", []))),
        models=tuple(sorted(models, key=lambda model: model.name)),
        parameter_objects=tuple(objects),
        operations=tuple(operations),
        resources=build_resources(document, operations, classes),
    )


def _api_version(version: str) -> str:
    """It stands in comments and docstrings too, and so has to be one word."""
    if not re.fullmatch(r"[A-Za-z0-9._+-]{1,100}", version, re.ASCII):
        raise PipelineError(
            "info.version", f"{version[:100]!r} is no version", "Take the document that Stripe has"
        )
    return version


def _base_url(servers: list[Schema]) -> str:
    """The address of the first server, if there is one."""
    if not servers:
        return ""
    url: str = servers[0]["url"]
    if not re.fullmatch(r"https?://[A-Za-z0-9.:-]+[A-Za-z0-9._~/-]*", url, re.ASCII):
        raise PipelineError(
            "servers.0.url", f"{url[:200]!r} is no address", "Take the document that Stripe has"
        )
    return url.rstrip("/")
