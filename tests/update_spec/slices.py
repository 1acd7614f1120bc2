"""Stripe's documents, and slices and overlays that go with them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from attrs import evolve

from scripts.pipeline.document.overlay import Action, apply_overlay
from scripts.pipeline.document.slicing import cut_slice
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.inputs.fetching import fetch
from scripts.pipeline.inputs.lock import Source
from scripts.pipeline.inputs.parsing import canonical_json
from scripts.pipeline.inputs.slice_config import SliceConfig
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.spec_changes.schemas import mentions

Document = dict[str, Any]


@cache
def real_document(source: Source) -> Document:
    """One of Stripe's documents, from the pipeline's own cache if it is there."""
    try:
        return fetch(source.location, THIS_REPOSITORY.downloads, source.sha256)[0]
    except PipelineError as error:
        pytest.skip(f"the document cannot be had: {error}")


def stored_slice(document: Document, config: SliceConfig) -> Document:
    stored: Document = json.loads(canonical_json(cut_slice(document, config).fitting()))
    return stored


def fitted(overlay: list[Action], slice_document: Document) -> list[Action]:
    """The overlay without what speaks of something that the slice does not have."""
    kept: list[Action] = []
    for application in apply_overlay(slice_document, overlay).applied:
        action = application.action
        if application.matches:
            gone = {problem.text.split("`")[1] for problem in application.problems}
            if gone:
                properties = action.update["properties"]
                described = {k: v for k, v in properties.items() if k not in gone}
                action = evolve(action, update={**action.update, "properties": described})
            kept.append(action)
    return kept


def overlay_text(actions: list[Action]) -> str:
    """The overlay as a file; JSON is YAML."""
    written = [
        {"target": a.target, "description": a.reason}
        | ({"remove": True} if a.update is None else {"update": a.update})
        for a in actions
    ]
    return canonical_json({"overlay": "1.0.0", "actions": written})


def near(document: dict[str, Any], config: SliceConfig) -> dict[str, Any]:
    """The operations and schemas of the slice, and the schemas that those refer to."""
    schemas = document["components"]["schemas"]
    kept = {name: schemas[name] for name in config.listed}
    names = {*kept, *mentions(kept)}
    paths = {path: document["paths"][path] for _, path in config.operations}
    near = {**document["components"], "schemas": {name: schemas[name] for name in names}}
    return {**document, "paths": paths, "components": near}
