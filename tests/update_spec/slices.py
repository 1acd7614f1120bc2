"""Stripe's documents, and slices and overlays that go with them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from scripts.comparison.references import mentions
from scripts.comparison.tolerant_overlay import apply_what_fits, read_actions
from scripts.pipeline.documents import canonical_json
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.lock import Source
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.pipeline.slicing import SliceConfig, cut_slice
from scripts.pipeline.source import fetch

Document = dict[str, Any]


@cache
def real_document(source: Source) -> Document:
    """One of Stripe's documents, from the pipeline's own cache if it is there."""
    try:
        return fetch(source.location, THIS_REPOSITORY.downloads, source.sha256)[0]
    except PipelineError as error:
        pytest.skip(f"the document cannot be had: {error}")


def stored_slice(document: Document, config: SliceConfig) -> Document:
    stored: Document = json.loads(canonical_json(cut_slice(document, config)))
    return stored


def fitted(overlay: dict[str, Any], slice_document: Document) -> dict[str, Any]:
    """The overlay without what speaks of something that the slice does not have."""
    _, applied = apply_what_fits(slice_document, read_actions(overlay))
    actions = []
    for action, application in zip(overlay["actions"], applied, strict=True):
        if application.matches:
            properties = action.get("update", {}).get("properties", {})
            kept = {k: v for k, v in properties.items() if k not in application.absent}
            update = {**action["update"], "properties": kept} if properties else None
            actions.append({**action, "update": update} if update else action)
    return {**overlay, "actions": actions}


def near(document: dict[str, Any], config: SliceConfig) -> dict[str, Any]:
    """The operations and schemas of the slice, and the schemas that those refer to."""
    schemas = document["components"]["schemas"]
    kept = {name: schemas[name] for name in config.listed}
    names = {*kept, *mentions(kept)}
    paths = {path: document["paths"][path] for _, path in config.operations}
    near = {**document["components"], "schemas": {name: schemas[name] for name in names}}
    return {**document, "paths": paths, "components": near}
