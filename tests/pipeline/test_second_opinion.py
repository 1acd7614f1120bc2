"""What openapi-python-client is asked, and what is made of its answers."""

import re

import pytest

from scripts.pipeline.document.second_opinion import (
    ParsedDocument,
    parser_config,
    vet,
)
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.output.rendering import render
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.pipeline.run import committed_slice, overlaid_document
from scripts.pipeline.view.api import build_view
from scripts.spec_changes.reading import named_by_title

from .support import cat_properties, tiny_document

CONFIG = parser_config(THIS_REPOSITORY.generator_config)


def test_a_class_is_found_by_the_very_schema_that_it_was_made_of():
    document = tiny_document()
    inline = {"type": "object", "properties": {"enum": {"type": "string", "enum": ["a"]}}}
    cat_properties(document).update(
        inline=inline,
        union={"anyOf": [{"type": "string"}, {**inline}], "nullable": True},
        listed={"type": "array", "items": {**inline}},
        mapped={"type": "object", "additionalProperties": {**inline}},
    )
    properties = cat_properties(document)
    parsed = vet(document, CONFIG)
    assert [
        parsed.class_name(schema)
        for schema in (
            document["components"]["schemas"]["cat"],
            properties["inline"],
            properties["union"]["anyOf"][1],
            properties["listed"]["items"],
            properties["mapped"]["additionalProperties"],
        )
    ] == ["Cat", "CatInline", "CatUnionType1", "CatListedItem", "CatMappedAdditionalProperty"]


def test_a_schema_without_a_class_is_an_error():
    with pytest.raises(PipelineError, match="no class of the object with the fields a, b"):
        ParsedDocument((), {}).class_name({"properties": {"a": {}, "b": {}}})


def test_a_document_that_it_cannot_read_at_all():
    document = {**tiny_document(), "openapi": "2.0"}
    with pytest.raises(PipelineError, match=re.escape("openapi-python-client")) as caught:
        vet(document, CONFIG)
    assert str(caught.value).count("\n") == 0
    assert "Failed to parse OpenAPI document" in str(caught.value)


def test_operations_have_the_names_that_their_ids_make():
    (endpoint,) = vet(tiny_document(), CONFIG).endpoints
    assert str(endpoint.name) == "get_cats_cat"


def test_what_has_a_title_is_called_by_it_so_that_the_package_is_the_same_without_the_parser():
    """What docs/maintain/how-it-works.md says of the second opinion."""
    document = overlaid_document(THIS_REPOSITORY, committed_slice(THIS_REPOSITORY)[0])
    with_parser, without = (
        render(build_view(document, names), THIS_REPOSITORY.templates, "make regenerate")
        for names in (vet(document, CONFIG), named_by_title(document))
    )
    assert with_parser == without
