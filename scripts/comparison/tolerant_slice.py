"""Cut what is there, and say what the configuration names in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from ..pipeline.documents import Document, Schema
from ..pipeline.errors import PipelineError
from ..pipeline.slicing import FACTS, SliceConfig, cut_slice
from .references import references
from .verdicts import Finding


def cut_what_is_there(
    document: Document, config: SliceConfig, facts: tuple[str, ...] = FACTS
) -> Document:
    """The slice of `document`, without what `config` names and the document lacks.

    Raises:
        PipelineError: there is nothing left to cut, or the document itself is broken.
    """
    schemas: dict[str, Schema] = document["components"]["schemas"]
    operations = tuple(o for o in config.operations if _has(document, o))
    if not operations:
        raise PipelineError(
            config.where,
            "the document has none of the operations that it names",
            "Check that it is Stripe's document, and correct the names",
        )
    roots = tuple(name for name in config.roots if name in schemas)
    if config.schemas == "everything":
        return cut_slice(document, evolve(config, operations=operations, roots=roots), facts)
    listed = {name: value for name, value in config.schemas.items() if name in schemas}
    # With every schema a root, none is refused as unused; what nothing refers to goes afterwards.
    everything = tuple(dict.fromkeys((*roots, *listed)))
    cut = cut_slice(
        document, evolve(config, operations=operations, roots=everything, schemas=listed), facts
    )
    components: dict[str, Schema] = cut["components"]["schemas"]
    used = _reachable(components, [cut["paths"], [components[name] for name in roots]])
    cut["components"]["schemas"] = {
        name: schema for name, schema in components.items() if name in used or name in roots
    }
    return cut


def missing(document: Document, config: SliceConfig) -> Iterator[Finding]:
    """What `config` names and the document does not have."""
    for method, path in config.operations:
        if not _has(document, (method, path)):
            yield _gone(f"operation {method.upper()} {path}")
    schemas = document["components"]["schemas"]
    for name in dict.fromkeys((*config.roots, *sorted(config.listed))):
        if name not in schemas:
            yield _gone(f"schema {name}")


def unused(slice_document: Document, document: Document, config: SliceConfig) -> Iterator[Finding]:
    """The schemas that `config` lists and the slice has no use for."""
    there = config.listed & document["components"]["schemas"].keys()
    for name in sorted(there - slice_document["components"]["schemas"].keys()):
        text = "is listed in spec/slice.yaml, but nothing in the slice refers to it any more"
        yield Finding("unused-schema", f"schema {name}", text, "Remove it there", blocking=True)


def _gone(subject: str) -> Finding:
    text = "is listed in spec/slice.yaml, but the document does not have it"
    return Finding("missing-in-document", subject, text, "Remove it there", blocking=True)


def _has(document: Document, operation: tuple[str, str]) -> bool:
    method, path = operation
    return method in document["paths"].get(path, {})


def _reachable(components: dict[str, Schema], start: Any) -> set[str]:
    found: set[str] = set()
    waiting = [*references(start)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(components[name])
    return found
